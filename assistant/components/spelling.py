"""A resident's text in the spelling of the word lists, each character knowing where it stood in the original."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Dict, Generic, Iterator, List, Mapping, Sequence, Tuple, TypeVar

from components.normaliser import fuzzy, split_syllables, syllable_of, traditional_to_simplified

Entry = TypeVar("Entry")
LATIN = re.compile("[a-z]{2,120}")


class Words(Generic[Entry]):
    """Many words, each with its entries, found in one pass. A word is a string or a tuple of syllables."""

    def __init__(self) -> None:
        self.entries: Dict[Sequence[str], List[Entry]] = {}
        self.lengths: Dict[str, List[int]] = {}

    def add(self, word: Sequence[str], entry: Entry) -> None:
        entries = self.entries.setdefault(word, [])
        if entry not in entries:
            entries.append(entry)
        lengths = self.lengths.setdefault(word[0], [])
        if len(word) not in lengths:
            lengths.append(len(word))
            lengths.sort(reverse=True)

    def find(self, units: Sequence[str]) -> Iterator[Tuple[int, int, List[Entry]]]:
        """Start, end and entries of every word that occurs, the longest first at each place."""
        for start, unit in enumerate(units):
            for length in self.lengths.get(unit, ()):
                entries = self.entries.get(units[start : start + length])
                if entries and start + length <= len(units):
                    yield start, start + length, entries


@lru_cache(maxsize=20000)
def plain(character: str) -> str:
    """A character in NFKC, lower case, simplified; nothing for a space."""
    spelled = unicodedata.normalize("NFKC", character).lower()
    return "".join(traditional_to_simplified().convert(spelled).split())


def plainly(text: str) -> str:
    return "".join(map(plain, text))


class Spelling:
    """`plain`: the text in NFKC, simplified, without spaces; `text`: that with standard words for dialect words."""

    def __init__(self, original: str, dialect: "Words[str]") -> None:
        spelled = [(c, position) for position, character in enumerate(original) for c in plain(character)]
        self.plain = "".join(c for c, _ in spelled)
        self.origins = [position for _, position in spelled]
        self.text, self.spans, done = "", [], 0
        for start, end, (standard, *_) in dialect.find(self.plain):
            if start >= done:
                self._keep(done, start)
                self.text += standard
                self.spans += [(start, end)] * len(standard)
                done = end
        self._keep(done, len(self.plain))

    def _keep(self, start: int, end: int) -> None:
        self.text += self.plain[start:end]
        self.spans += [(at, at + 1) for at in range(start, end)]

    def in_plain(self, start: int, end: int) -> Tuple[int, int]:
        """Where a part of `text` stands in `plain`."""
        return self.spans[start][0], self.spans[end - 1][1]

    def in_original(self, start: int, end: int) -> Tuple[int, int]:
        """Where a part of `plain` stood in the original."""
        return self.origins[start], self.origins[end - 1] + 1

    def sounds(self) -> Tuple[Tuple[str, ...], List[int]]:
        """The fuzzy syllables, pinyin typed in letters included; where in `plain` each begins, and the end."""
        syllables: List[str] = []
        starts: List[int] = []
        position = 0
        for run in LATIN.finditer(self.plain):
            pieces = split_syllables(run.group())
            if pieces:
                self._sound(position, run.start(), syllables, starts)
                position = run.start()
            for piece in pieces:
                syllables.append(fuzzy(piece))
                starts.append(position)
                position += len(piece)
        self._sound(position, len(self.plain), syllables, starts)
        return tuple(syllables), [*starts, len(self.plain)]

    def _sound(self, start: int, end: int, syllables: List[str], starts: List[int]) -> None:
        syllables.extend(map(syllable_of, self.plain[start:end]))
        starts.extend(range(start, end))


def dialect_words(dialect: Mapping[str, Any]) -> "Words[str]":
    """The dialect map, variant to standard word, to be found in plain text."""
    words: Words[str] = Words()
    for variant, standard in dialect.items():
        key = plainly(variant)
        if key and standard:
            words.add(key, standard)
    return words
