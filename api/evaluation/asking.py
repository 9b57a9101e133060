"""Asking a trained model in the assistant's environment, where Rasa is."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.settings import ROOT, Settings
from api.training import model_path

NLU_DATA = ROOT / "nlu_data"


class NoModel(RuntimeError):
    """Nothing has been trained from the present data."""


class AskingFailed(RuntimeError):
    """The process ended with an error; `log` is where it says why."""

    def __init__(self, log: Path) -> None:
        super().__init__(str(log))
        self.log = log


def ask_heldout(settings: Settings, tell: Callable[[int, int], None]) -> list[dict[str, Any]]:
    """Every held-out sentence with what was understood; `tell` hears how many are asked, of how many."""
    command, log = _prepare(settings, "evaluate", str(NLU_DATA))
    last = ""
    with log.open("wb") as kept, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=kept, text=True) as process:
        for line in process.stdout or ():
            if line.startswith("asked "):
                _, done, of = line.split()
                tell(int(done), int(of))
            else:
                last = line
    asked: list[dict[str, Any]] = _read_answer(last, process.returncode, log)
    return asked


def ask_one(settings: Settings, text: str, memory: dict[str, str | None]) -> dict[str, Any]:
    """What is understood of one sentence and why: `{understanding, explained}`."""
    command, log = _prepare(settings, "understand")
    asked = json.dumps({"text": text, "memory": memory, "now": settings.now().isoformat()})
    with log.open("wb") as kept:
        done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, stderr=kept, text=True, check=False)
    found: dict[str, Any] = _read_answer(done.stdout, done.returncode, log)
    return found


def _prepare(settings: Settings, name: str, *more: str) -> tuple[list[str], Path]:
    """The command that runs a script of assistant/ on the model, and the log of what it says besides its answer."""
    model = model_path(settings)
    if not model.is_file():
        raise NoModel
    log = settings.data.resolve() / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    script = ROOT / "assistant" / f"{name}.py"
    return [str(settings.assistant_python), str(script), str(model), *more], log


def _read_answer(printed: str, status: int, log: Path) -> Any:
    if status != 0:
        raise AskingFailed(log)
    return json.loads(printed)
