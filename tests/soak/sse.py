"""How long a stream of events lives with the shipped settings: `python -m tests.soak.sse [MINUTES]` (default 11).

Too long for the suite. A whole house is started; one stream stays open with nothing but pings until the end, when a
turn must still arrive on it; meanwhile silent connections must each be closed within 15 seconds.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from tests.houses import House, Talk, keep_house

DEFAULT_MINUTES = 11.0
CLOSED_WITHIN_SECONDS = 15.0


class Stream(threading.Thread):
    """Reads a conversation's events until the server ends them."""

    def __init__(self, talk: Talk) -> None:
        super().__init__(daemon=True)
        headers = {"Authorization": f"Bearer {talk.token}"}
        self.request = urllib.request.Request(f"{talk.house.address}{talk.path}/events", headers=headers)
        self.pings, self.turns, self.started = 0, 0, time.monotonic()
        self.ended: float | None = None

    def run(self) -> None:
        with urllib.request.urlopen(self.request, timeout=60) as answer:
            for line in answer:
                self.pings += line.startswith(b":")
                self.turns += line.startswith(b"event: turn")
        self.ended = time.monotonic() - self.started


def seconds_silent(house: House) -> float:
    """How long the server keeps a connection on which nothing is sent."""
    started = time.monotonic()
    place = ("127.0.0.1", int(house.address.rsplit(":", 1)[1]))
    with contextlib.suppress(ConnectionResetError), socket.create_connection(place, timeout=60) as connection:
        connection.recv(1)
    return time.monotonic() - started


def main(minutes: float) -> int:
    with tempfile.TemporaryDirectory() as folder, keep_house(Path(folder)) as house:
        talk = house.talk()
        stream = Stream(talk)
        stream.start()
        longest = 0.0
        while time.monotonic() - stream.started < minutes * 60 and stream.is_alive():
            longest = max(longest, seconds_silent(house))
        talk.ask("法律援助要带什么材料？")
        time.sleep(2)
        lived = stream.ended or time.monotonic() - stream.started
        sys.stdout.write(
            f"stream: {lived:.0f} s, {stream.pings} pings, {stream.turns} turns; silent: {longest:.1f} s at most\n"
        )
        return 0 if stream.is_alive() and stream.turns == 1 and longest < CLOSED_WITHIN_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_MINUTES))
