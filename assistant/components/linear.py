"""One linear classifier over sparse features, with probabilities calibrated on sentences it was not fitted on."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

# How near the optimum a fit must come: nearer costs half as much again and changes no figure.
TOLERANCE = 0.01


class LinearModel:
    """Scores each class of a sentence. `weights` is (features, classes), `bias` (classes,)."""

    def __init__(self, classes: List[str], weights: np.ndarray, bias: np.ndarray, sharpness: float = 1.0) -> None:
        self.classes = classes
        self.weights = weights
        self.bias = bias
        self.sharpness = sharpness

    @classmethod
    def fit(
        cls, matrix: csr_matrix, labels: Sequence[str], cost: float, weights: Optional[Any] = None
    ) -> "LinearModel":
        """Learns from one row for each label; `weights` says how much each counts. Rare classes count as much as
        frequent ones."""
        machine = LinearSVC(C=cost, tol=TOLERANCE, class_weight="balanced", random_state=0)
        machine.fit(matrix, np.array(labels), sample_weight=weights)
        found = np.ascontiguousarray(machine.coef_.T.astype(np.float32))
        return cls(list(machine.classes_), found, machine.intercept_.astype(np.float32))

    def scores(self, indices: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The score of every class for one sentence given as positions and values."""
        return values @ self.weights[indices] + self.bias

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Scores (last axis: classes) as calibrated probabilities."""
        scaled = scores * self.sharpness
        exponent = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        return exponent / exponent.sum(axis=-1, keepdims=True)

    def calibrate(self, scores: np.ndarray, labels: Sequence[str]) -> None:
        """Finds the sharpness under which unseen sentences' right labels are likeliest."""
        right = np.array([self.classes.index(label) for label in labels])

        def surprise(sharpness: float) -> float:
            scaled = scores * sharpness
            top = scaled.max(axis=1)
            total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
            return float(np.mean(total - scaled[np.arange(len(right)), right]))

        self.sharpness = float(minimize_scalar(surprise, bounds=(0.5, 20), method="bounded").x)


def unseen_scores(
    matrix: csr_matrix, labels: Sequence[str], cost: float, weights: np.ndarray, folds: np.ndarray
) -> np.ndarray:
    """The scores each sentence gets from a model fitted without its fold (columns: sorted classes). Sentences of fold
    -1 are learned from every time and get none."""
    names = np.array(labels)
    classes = sorted(set(labels))
    found = np.zeros((len(names), len(classes)), dtype=np.float32)
    for fold in range(folds.max() + 1):
        left, kept = folds == fold, folds != fold
        model = LinearModel.fit(matrix[kept], names[kept], cost, weights[kept])
        columns = [classes.index(name) for name in model.classes]
        found[np.ix_(left, columns)] = matrix[left] @ model.weights + model.bias
    return found
