"""The features of a sentence: characters 1-3, fuzzy pinyin 1-3, the same of its end, concepts of the lexicon and names
of the catalogue, and pairs of them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import Dict, Iterable, Iterator, List, Mapping, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix

from components.normaliser import syllables

PUNCTUATION = re.compile(r"[^\w]+")
CHARACTERS, SYLLABLES, CONCEPT, PAIR, END = "c", "p", "s", "x", "e"
# What is asked mostly stands at the end, after the story: so many syllables.
END_AT_MOST = 8


def grams(units: Sequence[str], kind: str) -> Iterator[str]:
    """The 1-, 2- and 3-grams of units with the sentence's ends marked."""
    bounded = ["^", *units, "$"]
    for size in (1, 2, 3):
        for start in range(len(bounded) - size + 1):
            yield kind + " ".join(bounded[start : start + size])


def ends(units: Sequence[str]) -> Iterator[str]:
    """The 1-, 2- and 3-grams of the last units."""
    last = units[-END_AT_MOST:]
    for size in (1, 2, 3):
        for start in range(len(last) - size + 1):
            yield END + " ".join(last[start : start + size])


class Featuriser:
    """Turns normalised text into named features. `concepts` maps a concept or a catalogue name to its words.

    A concept is found by sound, so that a misheard or mistyped word still is: a word of one character by itself.
    """

    def __init__(self, concepts: Mapping[str, Iterable[str]]) -> None:
        self.characters: Dict[str, List[str]] = {}
        self.sounds: Dict[Tuple[str, ...], List[str]] = {}
        for name, words in concepts.items():
            for word in words:
                sound = tuple(syllables(word))
                if len(sound) > 1:
                    self.sounds.setdefault(sound, []).append(name)
                elif word:
                    self.characters.setdefault(word, []).append(name)
        self.longest = max(map(len, self.sounds), default=0)

    def features(self, text: str) -> Dict[str, float]:
        """Feature name to weight before tf-idf."""
        text = PUNCTUATION.sub(" ", text).strip()
        characters = [c for c in text if c != " "]
        spelled = syllables(text)
        found: Dict[str, float] = dict(Counter(grams(characters, CHARACTERS)))
        found.update(Counter(grams(spelled, SYLLABLES)))
        found.update((name, 1.0) for name in ends(spelled))
        concepts = sorted(set(self.concepts(characters, spelled)))
        found.update((CONCEPT + name, 1.0) for name in concepts)
        found.update((f"{PAIR}{one} {other}", 1.0) for one, other in combinations(concepts, 2))
        return found

    def concepts(self, characters: Sequence[str], spelled: Sequence[str]) -> Iterator[str]:
        """The concepts whose words occur."""
        for character in characters:
            yield from self.characters.get(character, ())
        for start in range(len(spelled)):
            for end in range(start + 2, min(start + self.longest, len(spelled)) + 1):
                yield from self.sounds.get(tuple(spelled[start:end]), ())


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
    """The share of the sentence's pairs of syllables that were never heard in training, 0 to 1."""
    pairs = [name for name in row if name.startswith(SYLLABLES) and name.count(" ") == 1]
    if not pairs:
        return 0.0
    return sum(name not in vocabulary.index for name in pairs) / len(pairs)
