"""Which model fits the training data, and training it: in a process of its own, in the assistant's environment."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from api.settings import ROOT, Settings

LEARNED_FROM = ("nlu_data/training", "assistant/components", "assistant/domain", "assistant/rules")
LEARNED_WITH = ("assistant/config.yml", "assistant/uv.lock", "assistant/train.py", "assistant/importing.py")
STEPS = ("import", "train", "done")


class TrainingFailed(RuntimeError):
    """The training process ended with an error; `log` is where it says why."""

    def __init__(self, log: Path) -> None:
        super().__init__(str(log))
        self.log = log


def digest_of_data() -> str:
    """SHA-256 (hex) of everything a model is learned from."""
    files = [file for folder in LEARNED_FROM for file in (ROOT / folder).rglob("*") if file.suffix in (".yml", ".py")]
    found = hashlib.sha256()
    for file in sorted([*files, *(ROOT / name for name in LEARNED_WITH)]):
        found.update(file.relative_to(ROOT).as_posix().encode())
        found.update(file.read_bytes())
    return found.hexdigest()


def model_path(settings: Settings) -> Path:
    """Where the model for the present data is, or will be."""
    return settings.data.resolve() / "models" / f"{digest_of_data()[:16]}.tar.gz"


def train_model(settings: Settings, tell: Callable[[str], None]) -> Path:
    """Trains the model for the present data; `tell` hears each step of STEPS. Raises TrainingFailed."""
    model = model_path(settings)
    log = settings.data.resolve() / "logs" / "training.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(settings.assistant_python),
        str(ROOT / "assistant" / "train.py"),
        str(model),
        str(ROOT / "nlu_data/training"),
    ]
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    with log.open("wb") as kept:
        training = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=kept, text=True, env=environment)
        for line in training.stdout or ():
            if line.startswith("step "):
                tell(line.split()[1])
            else:
                kept.write(line.encode())
        if training.wait() != 0 or not model.is_file():
            raise TrainingFailed(log)
    return model
