"""What a resident wrote, in the one spelling the model learns from: NFKC, simplified characters, the standard
word for a dialect word, digits for spoken digits, no fillers. Pure functions; the word lists are training data."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Dict, Iterable, List, Mapping, Pattern

from opencc import OpenCC
from pypinyin import Style
from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.style import convert

SPOKEN_DIGITS = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
DIGIT_RUN = re.compile("[零〇一幺二两三四五六七八九]{3,}")
LATIN_RUN = re.compile(r"[a-z]+(?:['\s]+[a-z]+)*")
SPACE = re.compile(r"\s+")
# zh=z, ch=c, sh=s, -ng=-n, n-=l-, f-=h-: what recognisers and southern speakers confuse
FUZZY = ((re.compile("^([zcs])h"), r"\1"), (re.compile("ng$"), "n"), (re.compile("^n"), "l"))


@lru_cache(maxsize=1)
def traditional_to_simplified() -> OpenCC:
    return OpenCC("t2s")


def longest_first(words: Iterable[str]) -> Pattern[str]:
    """One pattern that matches any of the words, preferring longer ones; matches nothing when there are none."""
    ordered = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)")


class Normaliser:
    """Brings text to the model's spelling. `dialect` maps a variant to its standard word; `fillers` are dropped."""

    def __init__(self, dialect: Mapping[str, str], fillers: Iterable[str]) -> None:
        self.dialect = {variant.lower(): standard for variant, standard in dialect.items() if variant != standard}
        self.variants = longest_first(self.dialect)
        self.fillers = longest_first(fillers)

    def normalise(self, text: str) -> str:
        """Returns the text in the model's spelling; may be empty when only fillers were said."""
        text = unicodedata.normalize("NFKC", text).lower()
        text = traditional_to_simplified().convert(text)
        text = self.fillers.sub("", text)
        text = self.variants.sub(lambda match: self.dialect[match.group()], text)
        text = DIGIT_RUN.sub(lambda match: match.group().translate(SPOKEN_DIGITS), text)
        return SPACE.sub(" ", text).strip()


def fuzzy(syllable: str) -> str:
    for pattern, replacement in FUZZY:
        syllable = pattern.sub(replacement, syllable)
    return syllable


@lru_cache(maxsize=None)
def syllable_of(character: str) -> str:
    """The toneless fuzzy syllable of one character; the character itself when it has none."""
    readings = pinyin_dict.get(ord(character))
    if not readings:
        return character
    return fuzzy(convert(readings.split(",")[0], Style.NORMAL, True))


@lru_cache(maxsize=1)
def known_syllables() -> frozenset:
    """Every toneless Mandarin syllable, as written."""
    return frozenset(
        convert(readings.split(",")[0], Style.NORMAL, True).replace("ü", "v")
        for code, readings in pinyin_dict.items()
        if 0x4E00 <= code <= 0x9FA5
    )


def split_syllables(letters: str) -> List[str]:
    """Splits a run of pinyin letters into syllables, fewest first; empty when it is not pinyin."""
    best: Dict[int, List[str]] = {0: []}
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            piece = letters[start:end]
            if start in best and piece in known_syllables():
                candidate = [*best[start], piece]
                if end not in best or len(candidate) < len(best[end]):
                    best[end] = candidate
    return best.get(len(letters), [])


def syllables(text: str) -> List[str]:
    """The fuzzy syllables of normalised text, pinyin typed in letters included."""
    found: List[str] = []
    position = 0
    for run in LATIN_RUN.finditer(text):
        found.extend(syllable_of(c) for c in text[position : run.start()] if c != " ")
        letters = re.sub(r"[^a-z]", "", run.group())
        pieces = split_syllables(letters) if len(letters) <= 120 else []
        found.extend(fuzzy(piece) for piece in pieces) if pieces else found.append(run.group())
        position = run.end()
    found.extend(syllable_of(c) for c in text[position:] if c != " ")
    return found
