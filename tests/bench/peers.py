"""The three that sit the examination: stock Rasa, NLP.js 4 and ours. Each learns from the same sentences."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from api.evaluation.judging import Case
from api.settings import Settings
from tests.bench.examining import Answer, Marks, ask_of, digest_of, mark, read_flat, read_ours
from tests.bench.recipe import read_examples
from tests.bench.stock import KEPT, environment, train_anew

HERE = Path(__file__).parent
STOCK_ACCURACY = HERE / "stock_accuracy.json"
STOCK, NLPJS, OURS = "stock Rasa", "NLP.js 4", "ours"


@dataclass(frozen=True, slots=True)
class Peer:
    """One that sat the examination: its marks, what it cost, and what was asked of it when. `learned` and `asked`:
    SHA-256 (hex) of the residents' sentences learned from and of the examination; `model`: the file that was kept."""

    name: str
    marks: Marks
    cpu_ms: float
    training_cpu_s: float
    megabytes: float
    sentences: int
    learned: str
    asked: str
    date: str
    epochs: int | None = None
    model: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, tree: dict[str, Any]) -> Peer:
        return cls(**{**tree, "marks": Marks(**tree["marks"])})


def digest_of_sentences() -> str:
    return hashlib.sha256(json.dumps(read_examples(), ensure_ascii=False).encode()).hexdigest()


def make_peer(name: str, cases: Sequence[Case], found: Mapping[str, Any], read: Callable[[Any, Case], Answer]) -> Peer:
    """A peer from what its process printed; `found` also has its training's CPU-seconds."""
    answers = [read(answer, case) for answer, case in zip(found["answers"], cases, strict=True)]
    return Peer(
        name=name,
        marks=mark(cases, answers),
        cpu_ms=found["cpu_ms"],
        training_cpu_s=found["training_cpu_s"],
        megabytes=found["megabytes"],
        sentences=sum(map(len, read_examples().values())),
        learned=digest_of_sentences(),
        asked=digest_of(cases),
        date=dt.date.today().isoformat(),
        epochs=found.get("epochs"),
        model=found.get("model"),
    )


def read_intent(answer: Any, case: Case) -> Answer:
    return read_flat(answer, case.context)


def examine_ours(model: Path, training_cpu_s: float, cases: Sequence[Case]) -> Peer:
    found = ask_rasa(model, cases) | {"training_cpu_s": training_cpu_s}
    return make_peer(OURS, cases, found, lambda answer, case: read_ours(answer))


def examine_nlpjs(cases: Sequence[Case]) -> Peer | None:
    """Installs NLP.js into var/, trains and asks it. None where there is no Node.js."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder = KEPT / "nlpjs"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (HERE / "nlpjs").iterdir():
        shutil.copy(file, folder)
    install = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    subprocess.run(install, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    told = {"sentences": read_examples(), "asked": [case.text for case in cases]}
    return make_peer(NLPJS, cases, tell(["node", "peer.js"], told, folder), read_intent)


def train_stock(epochs: int, cases: Sequence[Case]) -> Peer:
    """Trains the stock recipe, out of the way of everything else, and examines it; kept in stock_accuracy.json."""
    learned = digest_of_sentences()
    os.nice(19)
    model, training = train_anew(epochs)
    costs = {"training_cpu_s": training.cpu_seconds, "epochs": epochs, "model": model.name}
    peer = make_peer(STOCK, cases, ask_rasa(model, cases) | costs, read_intent)
    peer = replace(peer, sentences=training.sentences, learned=learned)
    STOCK_ACCURACY.write_text(json.dumps(peer.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    return peer


def examine_stock(cases: Sequence[Case]) -> Peer | None:
    """The kept model, where this machine still has it, sits the present examination; else the result that was kept.
    None where there is neither."""
    if not STOCK_ACCURACY.is_file():
        return None
    kept = Peer.from_json(json.loads(STOCK_ACCURACY.read_text("utf-8")))
    model = KEPT / (kept.model or "")
    if not model.is_file():
        return kept
    told = {"training_cpu_s": kept.training_cpu_s, "epochs": kept.epochs, "model": kept.model}
    again = make_peer(kept.name, cases, ask_rasa(model, cases) | told, read_intent)
    return replace(again, sentences=kept.sentences, learned=kept.learned, date=kept.date)


def ask_rasa(model: Path, cases: Sequence[Case]) -> dict[str, Any]:
    command = [str(Settings().assistant_python), str(HERE / "rasa_peer.py"), str(model)]
    found: dict[str, Any] = tell(command, [ask_of(case) for case in cases], HERE)
    return found


def tell(command: Sequence[str], told: Any, folder: Path) -> Any:
    """Runs a peer with JSON on its standard input; its last line is what it found. What else it says is dropped
    unless it fails: then RuntimeError with the end of it."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        input=json.dumps(told, ensure_ascii=False),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])
