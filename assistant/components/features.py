"""The features of a sentence: characters 1-3, fuzzy pinyin 1-3, concepts of the lexicon, names of the catalogue."""

from __future__ import annotations

import re
from collections import Counter
from typing import Dict, Iterable, Iterator, List, Mapping, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix

from components.normaliser import longest_first, syllables

PUNCTUATION = re.compile(r"[^\w]+")


def grams(units: Sequence[str], kind: str) -> Iterator[str]:
    """The 1-, 2- and 3-grams of units with the sentence's ends marked."""
    bounded = ["^", *units, "$"]
    for size in (1, 2, 3):
        for start in range(len(bounded) - size + 1):
            yield kind + " ".join(bounded[start : start + size])


class Featuriser:
    """Turns normalised text into named features. `concepts` maps a concept or a catalogue name to its words."""

    def __init__(self, concepts: Mapping[str, Iterable[str]]) -> None:
        self.concepts = {
            name: (
                longest_first(words),
                [w for w in (self._spell(word) for word in words) if w.count(" ") > 2],
            )
            for name, words in concepts.items()
        }

    @staticmethod
    def _spell(word: str) -> str:
        return " " + " ".join(syllables(word)) + " "

    def features(self, text: str) -> Dict[str, float]:
        """Feature name to weight before tf-idf. Concepts weigh double: they are few and sure."""
        text = PUNCTUATION.sub(" ", text).strip()
        characters = [c for c in text if c != " "]
        spelled = syllables(text)
        found: Dict[str, float] = dict(Counter(grams(characters, "c")))
        for name, count in Counter(grams(spelled, "p")).items():
            found[name] = count
        sound = " " + " ".join(spelled) + " "
        for name, (pattern, sounds) in self.concepts.items():
            if pattern.search(text):
                found["l" + name] = 2.0
            elif any(s in sound for s in sounds):
                found["s" + name] = 1.0
        return found


class Vocabulary:
    """Feature names with their inverse document frequency, learned from training sentences."""

    def __init__(self, names: Sequence[str], idf: np.ndarray) -> None:
        self.idf = idf
        self.index = {name: position for position, name in enumerate(names)}

    @classmethod
    def learn(cls, rows: Sequence[Mapping[str, float]], fewest: int) -> "Vocabulary":
        """Keeps the features that occur in at least `fewest` sentences."""
        seen = Counter(name for row in rows for name in row)
        names = sorted(name for name, count in seen.items() if count >= fewest)
        idf = np.log((1 + len(rows)) / (1 + np.array([seen[name] for name in names]))) + 1
        return cls(names, idf.astype(np.float32))

    def vector(self, row: Mapping[str, float]) -> Tuple[np.ndarray, np.ndarray]:
        """Positions and unit-length tf-idf values of the known features of one sentence."""
        known = [(self.index[name], weight) for name, weight in row.items() if name in self.index]
        if not known:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        positions, weights = zip(*known)
        indices = np.array(positions, dtype=np.int64)
        values = (1 + np.log(np.array(weights, dtype=np.float32))) * self.idf[indices]
        return indices, values / np.linalg.norm(values)

    def matrix(self, rows: Sequence[Mapping[str, float]]) -> csr_matrix:
        """The sentences as a sparse matrix, one row each."""
        vectors = [self.vector(row) for row in rows]
        starts = np.cumsum([0] + [len(indices) for indices, _ in vectors])
        return csr_matrix(
            (np.concatenate([v for _, v in vectors]), np.concatenate([i for i, _ in vectors]), starts),
            shape=(len(rows), len(self.idf)),
        )

    @property
    def names(self) -> List[str]:
        return list(self.index)


def unknown_share(row: Mapping[str, float], vocabulary: Vocabulary) -> float:
    """The share of the sentence's character pairs that were never seen in training, 0 to 1."""
    pairs = [name for name in row if name.startswith("c") and name.count(" ") == 1]
    if not pairs:
        return 0.0
    return sum(name not in vocabulary.index for name in pairs) / len(pairs)
