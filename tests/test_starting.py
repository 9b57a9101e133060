"""`make run`: one command starts everything, says clearly what is wrong, and stops everything."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from api.settings import ROOT
from tests.houses import free_port, keep_house


def try_to_start(**settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {f"ZHUWO_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "api.cli", "run"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def said_once(done: subprocess.CompletedProcess[str], word: str) -> None:
    """A sentence with the word, no traceback, and a status that says no."""
    assert done.returncode == 1
    assert word in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said_once(try_to_start(data=str(tmp_path), port=port), port)


def test_a_broken_catalogue_file_is_named_with_its_line_and_nothing_starts(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(ROOT / "actions" / "catalogue" / "data", catalogue)
    with (catalogue / "contacts.yml").open("a") as file:
        file.write("- id: broken\n  way: smoke\n")
    done = try_to_start(data=str(tmp_path / "data"), port=str(free_port()), catalogue=str(catalogue))
    said_once(done, "contacts.yml")


def test_a_missing_rasa_environment_is_one_clear_sentence(tmp_path: Path) -> None:
    done = try_to_start(data=str(tmp_path), port=str(free_port()), assistant_python=str(tmp_path / "none"))
    said_once(done, "Python 3.10")


def test_a_folder_that_cannot_be_written_is_one_clear_sentence() -> None:
    said_once(try_to_start(data="/proc/zhuwo", port=str(free_port())), "ZHUWO_DATA")


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_without_a_terminal_does_not_retrain_and_stops_everything(
    tmp_path: Path, told: signal.Signals
) -> None:
    with keep_house(tmp_path) as house:
        assert "training" not in {log.stem for log in (tmp_path / "logs").iterdir()}
        assert house.call("GET", "/readyz")[0] == 200
        started = psutil.Process(house.process.pid).children(recursive=True)
        assert len(started) >= 3
        house.process.send_signal(told)
        house.process.wait(30)
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
