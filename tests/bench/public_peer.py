"""Run in the assistant's environment: our features and linear model on someone else's sentences.

    python public_peer.py  <  {"sentences": [[text, label], ...], "asked": [text, ...], "foreign": label?}

No word lists, no dialect map, nothing of this house's data. Two readers are asked: `house` has the features that serve
residents, and one linear model; `views` averages two linear models, one over those features and all pairs of units (a
Chinese character, a Latin word), one over longer runs and runs with gaps. Which views, and the costs, were chosen on
the development sentences of the three sets. Prints for each reader `{"labels": the likeliest for each, "scores",
"training_cpu_s", "cpu_ms"}`: with a `foreign` label, `labels` are the likeliest others and `scores` are higher the
likelier it is the foreign one.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "assistant"))

import numpy as np
from components.features import Featuriser, Vocabulary
from components.linear import LinearModel
from components.normaliser import Normaliser

FEWEST = 2
UNIT = re.compile(r"[a-z]+|[^\W_]")
LONGEST, LONGEST_IN_LETTERS, GAP = 4, 5, 3

Features = dict[str, float]
View = Callable[[str], Features]

featuriser = Featuriser({})


def see_house(text: str) -> Features:
    return featuriser.features(text)


def see_pairs(text: str) -> Features:
    """The house's features and which two units stand in the text, anywhere."""
    pairs = combinations(sorted(set(UNIT.findall(text))), 2)
    return {**see_house(text), **{f"&{one} {other}": 1.0 for one, other in pairs}}


def see_runs(text: str) -> Features:
    """Runs of units, two units with others between, and where there are Latin words, runs of letters."""
    units = UNIT.findall(text)
    found = {**count_runs(units, LONGEST), **count_gaps(units)}
    if any(len(unit) > 1 for unit in units):
        letters = [c for c in text if c.isalnum() or c == " "]
        found.update({f"~{run}": n for run, n in count_runs(letters, LONGEST_IN_LETTERS).items()})
    return found


def count_runs(units: Sequence[str], longest: int) -> Features:
    bounded = ["^", *units, "$"]
    runs = (bounded[start : start + size] for size in range(1, longest + 1) for start in range(len(bounded) - size + 1))
    return {run: float(n) for run, n in Counter(map(" ".join, runs)).items()}


def count_gaps(units: Sequence[str]) -> Features:
    bounded = ["^", *units, "$"]
    gaps = (f"{one} _ {other}" for start, one in enumerate(bounded) for other in bounded[start + 2 : start + GAP + 1])
    return {gap: float(n) for gap, n in Counter(gaps).items()}


READERS: dict[str, tuple[tuple[View, float], ...]] = {
    "house": ((see_house, 4.0),),
    "views": ((see_pairs, 4.0), (see_runs, 6.0)),
}
"""What each reader sees, and the cost of the model over it."""


class Reader:
    """One linear model for each view; their scores are averaged, each as so many deviations above its mean."""

    def __init__(self, views: Sequence[tuple[View, float]], texts: Sequence[str], labels: Sequence[str]) -> None:
        self.models = []
        for see, cost in views:
            rows = [see(text) for text in texts]
            vocabulary = Vocabulary.learn(rows, FEWEST)
            self.models.append((see, vocabulary, LinearModel.fit(vocabulary.matrix(rows), labels, cost)))
        self.classes: list[str] = self.models[0][2].classes

    def scores(self, text: str) -> Any:
        found = [model.scores(*vocabulary.vector(see(text))) for see, vocabulary, model in self.models]
        return np.mean([(scores - scores.mean()) / scores.std() for scores in found], axis=0)


def examine(views: Sequence[tuple[View, float]], told: dict[str, Any]) -> dict[str, Any]:
    normalise = Normaliser({}, []).normalise
    texts, labels = zip(*told["sentences"], strict=True)
    started = time.process_time()
    reader = Reader(views, [normalise(text) for text in texts], labels)
    trained = time.process_time()
    scores = np.array([reader.scores(normalise(text)) for text in told["asked"]])
    spent = time.process_time() - trained
    classes, margins = np.array(reader.classes), np.zeros(len(scores))
    if told.get("foreign"):
        foreign = reader.classes.index(told["foreign"])
        ours, classes = np.delete(scores, foreign, axis=1), np.delete(classes, foreign)
        scores, margins = ours, scores[:, foreign] - ours.max(axis=1)
    return {
        "labels": classes[scores.argmax(axis=1)].tolist(),
        "scores": margins.tolist(),
        "training_cpu_s": trained - started,
        "cpu_ms": 1000 * spent / len(scores),
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.stdout.write(json.dumps({name: examine(views, asked) for name, views in READERS.items()}))
