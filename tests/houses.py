"""The whole assistant for tests: `zhuwo run` as a user would start it, on a port and a data folder of its own.

Its clock stands still, so that answers do not depend on the day the tests run. The model is trained once for each
state of the training data and kept in var/models of the checkout.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.settings import ROOT, Settings
from api.training import model_path, train_model

TODAY = "2026-11-25T10:00:00"
AFTER_THE_TURN_OF_THE_YEAR = "2027-01-02T10:00:00"
READY_WITHIN_SECONDS = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def trained_model() -> Path:
    """The model for the present training data, trained now if need be."""
    settings = Settings(data=ROOT / "var")
    model = model_path(settings)
    return model if model.is_file() else train_model(settings, lambda step: None)


@dataclass
class House:
    """A running assistant: where it is, and the process to stop."""

    address: str
    data: Path
    process: subprocess.Popen[str]
    printed: Path

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """One request: the status and the JSON (or bytes) that came back."""
        sent = {"content-type": "application/json", **(headers or {})}
        if token:
            sent["authorization"] = f"Bearer {token}"
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, content, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, _decode(response.read())
        except urllib.error.HTTPError as error:
            return error.code, _decode(error.read())

    def talk(self, channel: str = "web") -> Talk:
        status, opened = self.call("POST", "/api/v1/conversations", {"channel": channel})
        assert status == 201, opened
        return Talk(self, opened["conversation_id"], opened["token"], opened)

    def pids(self, name: str) -> list[int]:
        """The processes started by this house whose command line contains `name`."""
        listed = subprocess.run(["pgrep", "-f", name], capture_output=True, text=True, check=False).stdout.split()
        mine = str(self.data)
        return [int(pid) for pid in listed if mine in Path(f"/proc/{pid}/environ").read_text(errors="replace")]

    def stop(self) -> int:
        """Stops it as Ctrl-C would; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        if self.process.poll() is None:
            self.process.kill()
        return self.process.wait()


@dataclass
class Talk:
    """One conversation through the resident API."""

    house: House
    id: str
    token: str
    opened: dict[str, Any]
    turns: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.id}"

    def send(self, message: dict[str, Any], wait: int = 1) -> tuple[int, Any]:
        body = {"client_message_id": uuid.uuid4().hex, **message}
        return self.house.call("POST", f"{self.path}/messages?wait={wait}", body, self.token)

    def ask(self, text: str) -> dict[str, Any]:
        """Sends words and returns the turn."""
        return self._turn({"text": text})

    def choose(self, value: str) -> dict[str, Any]:
        return self._turn({"choice": value})

    def _turn(self, message: dict[str, Any]) -> dict[str, Any]:
        status, turn = self.send(message)
        assert status == 200, turn
        self.turns.append(turn)
        return dict(turn)


def _decode(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content


def start_house(folder: Path, clock: str = TODAY, **settings: str) -> House:
    """Starts an assistant with its data in `folder` and waits until it is ready. `settings` are ZHUWO_… variables."""
    model = trained_model()
    (folder / "models").mkdir(parents=True, exist_ok=True)
    shutil.copy(model, folder / "models" / model.name)
    port = free_port()
    environment = os.environ | {
        "ZHUWO_DATA": str(folder),
        "ZHUWO_PORT": str(port),
        "ZHUWO_CLOCK": clock,
        "ZHUWO_FRAGMENT_PAUSE": "0.1",
        **{f"ZHUWO_{name.upper()}": value for name, value in settings.items()},
    }
    printed = folder / "printed.txt"
    with printed.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "run"], cwd=ROOT, env=environment, stdout=out, stderr=out, text=True
        )
    house = House(f"http://127.0.0.1:{port}", folder, process, printed)
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if house.address in printed.read_text():
            return house
        time.sleep(0.3)
    house.stop()
    raise RuntimeError(printed.read_text())


@contextlib.contextmanager
def keep_house(folder: Path, clock: str = TODAY, **settings: str) -> Iterator[House]:
    house = start_house(folder, clock, **settings)
    try:
        yield house
    finally:
        house.stop()


@pytest.fixture(scope="session")
def house_today(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The assistant at 10:00 on 2026-11-25 (a Wednesday). Shared: do not stop or spoil it."""
    with keep_house(tmp_path_factory.mktemp("today")) as house:
        yield house


@pytest.fixture(scope="session")
def house_next_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The assistant at 10:00 on 2027-01-02: what held until 31 December has lapsed. Shared."""
    with keep_house(tmp_path_factory.mktemp("next_year"), AFTER_THE_TURN_OF_THE_YEAR) as house:
        yield house
