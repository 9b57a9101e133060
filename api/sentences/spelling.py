"""Spellings in which sentences are compared: what the model hears as the same is the same here."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from opencc import OpenCC

DIGITS = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
TENS = tuple(
    (re.compile(pattern), digits)
    for pattern, digits in ((r"(?<=\d)十(?=\d)", ""), (r"(?<=\d)十", "0"), (r"十(?=\d)", "1"), ("十", "10"))
)


@functools.cache
def load_rules() -> dict[str, Any]:
    """The rules, as they stand in rules.yml."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "rules.yml").read_text("utf-8"))
    return found


@functools.cache
def to_simplified() -> OpenCC:
    return OpenCC("t2s")


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern of any of the words, the longest first; of nothing when there are none."""
    ordered = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)) or "(?!)")


@functools.cache
def _fillers() -> re.Pattern[str]:
    rules = load_rules()
    return any_of([spell(word) for word in rules["fillers"]] + rules["particles"])


def spell(text: str) -> str:
    """Letters and digits alone, in NFKC, simplified characters and Arabic digits. Signs alone stay."""
    flat = to_simplified().convert(unicodedata.normalize("NFKC", text).lower()).translate(DIGITS)
    for pattern, digits in TENS:
        flat = pattern.sub(digits, flat)
    return "".join(c for c in flat if unicodedata.category(c)[0] in "LN") or flat.strip()


def without_fillers(spelled: str) -> str:
    """A spelled sentence without fillers and particles, unless it is nothing else."""
    return _fillers().sub("", spelled) or spelled
