"""Stock Rasa at work: training it, and running it with its action server as its documentation says."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from api.settings import ROOT, Settings
from tests.bench.measuring import weigh
from tests.bench.recipe import FEW_EPOCHS, FULL_EPOCHS, Recipe, config, write_recipe
from tests.houses import free_port

KEPT = ROOT / "var" / "bench"
TRAINING = Path(__file__).parent / "stock_training.json"
READY_WITHIN_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Training:
    """What the full recipe cost, as kept in stock_training.json. `recipe`: SHA-256 of its configuration."""

    cpu_seconds: float
    epochs: int
    sentences: int
    intents: int
    recipe: str
    date: str
    how: str

    @classmethod
    def load(cls) -> Training:
        """The cost that was kept. Raises LookupError when the recipe is another one now."""
        kept = cls(**json.loads(TRAINING.read_text("utf-8")))
        if kept.recipe != digest_of_config():
            raise LookupError("stock recipe has changed: run with --train-stock")
        return kept

    def save(self) -> None:
        TRAINING.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", "utf-8")


@dataclass(frozen=True, slots=True)
class Stock:
    """A running stock assistant: its address and process ids."""

    address: str
    rasa: int
    actions: int


def digest_of_config() -> str:
    return hashlib.sha256(yaml.safe_dump(config(FULL_EPOCHS)).encode()).hexdigest()


def model_of(recipe: Recipe) -> Path:
    return KEPT / f"stock-{recipe.digest()[:16]}.tar.gz"


def train(recipe: Recipe) -> Path:
    """Trains stock Rasa with its own command line; its progress goes to standard error."""
    model = model_of(recipe)
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        recipe.write(Path(folder))
        name = model.name.removesuffix(".tar.gz")
        command = ("train", "--force", "--out", str(KEPT), "--fixed-model-name", name)
        subprocess.run(rasa(*command), cwd=folder, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return model


def train_anew(epochs: int = FULL_EPOCHS) -> tuple[Path, Training]:
    """Trains the recipe and keeps its model for later runs; a full run's cost goes into the repository."""
    recipe = write_recipe(epochs)
    model, spent = weigh(lambda: train(recipe))
    training = Training(
        cpu_seconds=round(spent, 1),
        epochs=epochs,
        sentences=recipe.sentences,
        intents=recipe.intents,
        recipe=digest_of_config(),
        date=dt.date.today().isoformat(),
        how="full run: user and system time of `rasa train`",
    )
    if epochs == FULL_EPOCHS:
        training.save()
    return model, training


def any_model() -> Path:
    """A stock model of the present sentences: the full one where there is one, else one of few epochs. A turn
    costs the same with either."""
    full, few = write_recipe(FULL_EPOCHS), write_recipe(FEW_EPOCHS)
    found = next((model for model in map(model_of, (full, few)) if model.is_file()), None)
    return found or train(few)


@contextlib.contextmanager
def keep_stock(model: Path, database_url: str) -> Iterator[Stock]:
    """Rasa with its default REST channel and in-memory tracker, and an action server on the given catalogue."""
    port, actions_port = free_port(), free_port()
    serving = [sys.executable, "-m", "tests.bench.stock_actions", str(actions_port), database_url]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        (folder / "credentials.yml").write_text("rest:\n")
        (folder / "endpoints.yml").write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n")
        actions = stack.enter_context(running(serving, ROOT, folder / "actions.log"))
        options = ("--enable-api", "--interface", "127.0.0.1", "--port", str(port), "--model", str(model))
        engine = stack.enter_context(running(rasa("run", *options), folder, folder / "rasa.log"))
        await_status(f"http://127.0.0.1:{actions_port}/health", actions, folder / "actions.log")
        await_status(f"http://127.0.0.1:{port}/status", engine, folder / "rasa.log")
        yield Stock(f"http://127.0.0.1:{port}", engine.pid, actions.pid)


def rasa(*arguments: str) -> list[str]:
    return [str(Settings().assistant_python), "-m", "rasa", *arguments]


def environment() -> dict[str, str]:
    told = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return told | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}


@contextlib.contextmanager
def running(command: list[str], folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped at the end."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_status(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until the address answers 200. Raises RuntimeError with what was logged."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(1)
    raise RuntimeError(log.read_text("utf-8", "replace")[-2000:])
