"""An event stream lives longer than ten minutes: `python -m tests.soak.sse [MINUTES]`; too long for every run of the
suite, which proves the same with a short deadline (tests/api/test_connections.py)."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from tests.houses import keep_house


def main(minutes: float) -> None:
    with keep_house(Path(tempfile.mkdtemp())) as house:
        talk = house.talk()
        headers = {"authorization": f"Bearer {talk.token}"}
        request = urllib.request.Request(f"{house.address}{talk.path}/events", headers=headers)
        stream = urllib.request.urlopen(request, timeout=120)
        asking = threading.Timer(minutes * 60, lambda: talk.ask("法律援助怎么申请"))
        asking.start()
        started, pings = time.monotonic(), 0
        for line in stream:
            pings += line.startswith(b":")
            if line.startswith(b"event: turn"):
                break
        lived = (time.monotonic() - started) / 60
        asking.join()
    print(f"the stream lived {lived:.1f} minutes, {pings} pings, and then brought the turn")  # noqa: T201
    sys.exit(0 if lived >= minutes else 1)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.5)
