"""Ours on sets that others have measured too, beside what they published. The sets stay where they are.

No word list, no dialect map, nothing downloaded. What there is to choose, the same for all three sets, was chosen on
their development sentences (Banking77 has none: 1,500 of its training ones); the test sentences are only asked.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from api.settings import Settings
from tests.bench.examining import recall_at_limit
from tests.bench.peers import tell

HERE = Path(__file__).parent
OUTSIDE = "oos"
READERS = ("house", "views")
"""The readers of public_peer.py."""

Labelled = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Set:
    """A public set: what is learned from and what is asked; `published`: what others reached, by figure."""

    name: str
    learned: Labelled
    asked: Labelled
    published: dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a set: percent by reader, what each cost, and what others reached."""

    of: str
    figure: str
    percent: dict[str, float]
    training_cpu_s: dict[str, float]
    cpu_ms: dict[str, float]
    published: str


def read_smp2020(folder: Path) -> Set:
    """Intents. One character and its slot a line, the intent last, an empty line between sentences."""

    def read(part: str) -> Iterator[tuple[str, str]]:
        for block in (folder / f"smp2020_{part}.txt").read_text("utf-8").strip().split("\n\n"):
            *characters, intent = block.splitlines()
            yield "".join(line.split("\t")[0] for line in characters), intent.strip()

    published = "Slot-Gated 91.2, SF-ID 92.7, Stack-Propagation 94.0, MLWA 96.3"
    return Set("SMP2020", [*read("train"), *read("dev")], [*read("test")], {"intents": published})


def read_clinc150(folder: Path) -> Set:
    """Intents, with sentences that are none of them."""
    tree = json.loads((folder / "clinc150_full.json").read_text("utf-8"))
    learned, asked = ([*map(tuple, tree[part] + tree[f"oos_{part}"])] for part in ("train", "test"))
    published = {
        "intents, in scope": "SVM 91.0, Rasa (2019) 91.5, MLP 93.5, BERT 96.9",
        "out of scope at 3 %": "at their own limits: SVM 14.5, Rasa (2019) 45.3, MLP 47.4, BERT 40.3",
    }
    return Set("CLINC150", learned, asked, published)


def read_banking77(folder: Path) -> Set:
    def read(part: str) -> Labelled:
        with (folder / f"banking77_{part}.csv").open(encoding="utf-8", newline="") as file:
            return [(row["text"], row["category"]) for row in csv.DictReader(file)]

    return Set("Banking77", read("train"), read("test"), {"intents": "sentence encoders 93-94"})


def measure_public(folder: Path) -> list[Line]:
    return [line for read in (read_smp2020, read_clinc150, read_banking77) for line in measure_set(read(folder))]


def measure_set(of: Set) -> Iterator[Line]:
    right = [label for _, label in of.asked]
    told = {"sentences": of.learned, "asked": [text for text, _ in of.asked]}
    if OUTSIDE in right:
        told["foreign"] = OUTSIDE
    found = tell([str(Settings().assistant_python), str(HERE / "public_peer.py")], told, HERE)
    shares = {name: shares_of(right, found[name]["labels"], found[name]["scores"]) for name in READERS}
    training, asking = ({name: found[name][cost] for name in READERS} for cost in ("training_cpu_s", "cpu_ms"))
    for place, (figure, published) in enumerate(of.published.items()):
        percent = {name: 100 * share[place] for name, share in shares.items()}
        yield Line(of.name, figure, percent, training, asking, published)


def shares_of(right: Sequence[str], labels: Sequence[str], scores: Sequence[float]) -> list[float]:
    """Right of those in scope; where some are outside, also the share of those known as such at the limit."""
    inside = [label == truth for label, truth in zip(labels, right, strict=True) if truth != OUTSIDE]
    shares = [sum(inside) / len(inside)]
    if OUTSIDE in right:
        outside = [score for score, truth in zip(scores, right, strict=True) if truth == OUTSIDE]
        ours = [score for score, truth in zip(scores, right, strict=True) if truth != OUTSIDE]
        shares.append(recall_at_limit(outside, ours))
    return shares


def as_table(lines: Sequence[Line]) -> Table:
    table = Table(title="ours on public sets: the house's features and model | two views averaged; nothing downloaded")
    for column in ("set", "figure", "published"):
        table.add_column(column)
    for column in ("%", "training CPU-s", "CPU-ms each"):
        table.add_column(column, justify="right")
    for line in lines:
        told = (line.percent, line.training_cpu_s, line.cpu_ms)
        numbers = (" | ".join(f"{by[name]:.1f}" for name in READERS) for by in told)
        table.add_row(line.of, line.figure, line.published, *numbers)
    return table
