"""Run in the assistant's environment: our features and linear model on someone else's sentences.

    python public_peer.py  <  {"sentences": [[text, label], ...], "asked": [text, ...], "cost": 1.0, "foreign": label?}

No word lists, no dialect map, nothing of this house's data. Prints `{"labels": the likeliest for each, "scores",
"training_cpu_s", "cpu_ms"}`: with a `foreign` label, `labels` are the likeliest others and `scores` are higher the
likelier it is the foreign one.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "assistant"))

import numpy as np
from components.features import Featuriser, Vocabulary
from components.linear import LinearModel
from components.normaliser import Normaliser

FEWEST = 2


def examine(told: dict[str, Any]) -> dict[str, Any]:
    normaliser, featuriser = Normaliser({}, []), Featuriser({})
    texts, labels = zip(*told["sentences"], strict=True)
    started = time.process_time()
    rows = [featuriser.features(normaliser.normalise(text)) for text in texts]
    vocabulary = Vocabulary.learn(rows, FEWEST)
    model = LinearModel.fit(vocabulary.matrix(rows), labels, told["cost"])
    trained = time.process_time()
    found = [model.scores(*vocabulary.vector(featuriser.features(normaliser.normalise(t)))) for t in told["asked"]]
    spent = time.process_time() - trained
    scores, classes, margins = np.array(found), np.array(model.classes), np.zeros(len(found))
    if told.get("foreign"):
        foreign = model.classes.index(told["foreign"])
        ours, classes = np.delete(scores, foreign, axis=1), np.delete(classes, foreign)
        scores, margins = ours, scores[:, foreign] - ours.max(axis=1)
    return {
        "labels": classes[scores.argmax(axis=1)].tolist(),
        "scores": margins.tolist(),
        "training_cpu_s": trained - started,
        "cpu_ms": 1000 * spent / len(found),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(examine(json.load(sys.stdin))))
