"""Words by which residents show what they ask for; they stand in asking.yml, where anybody can add one."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Asking:
    """`past` asks how it was; `empty` says only that something is asked; `hearsay`, `before`, `after` and `asks` bring
    up a number, `units` are the kinds of units by family, `share` is said before a percentage; `quantities` ask for
    one of a family; `districts` name one by its level; `synonyms` are
    residents' words by the catalogue's; `silent` tells that the resident does not hear or speak. `ordinals` name the
    first choice on offer, the second …, `last` the last one, `choosing` stands around either; `well` and `unwell`
    answer "are you all right?"; `correcting` goes before what was really meant; `again` are the words that name a part
    of the last answer, and patterns of its sentences."""

    past: Sequence[str]
    empty: Sequence[str]
    hearsay: Sequence[str]
    before: Sequence[str]
    after: Sequence[str]
    asks: Sequence[str]
    share: str
    units: Mapping[str, Sequence[str]]
    silent: Sequence[str]
    quantities: Mapping[str, Sequence[str]]
    districts: Mapping[str, Sequence[str]]
    synonyms: Mapping[str, Sequence[str]]
    ordinals: Sequence[Sequence[str]]
    last: Sequence[str]
    choosing: Sequence[str]
    well: Sequence[str]
    unwell: Sequence[str]
    correcting: Sequence[str]
    again: Mapping[str, tuple[Sequence[str], Sequence[str]]]


@functools.cache
def asking() -> Asking:
    """What asking.yml holds."""
    found = yaml.safe_load((Path(__file__).parent / "asking.yml").read_text(encoding="utf-8"))
    lists: dict[str, Any] = {
        name: {family: tuple(below) for family, below in words.items()} if isinstance(words, dict) else words
        for name, words in found.items()
    }
    return Asking(**lists)


def asks_of_past(words: str) -> bool:
    """Whether a resident asks how it was before."""
    return any(sign in words for sign in asking().past)


def synonyms_of(words: str) -> str:
    """The catalogue's words for what residents call otherwise."""
    found = (word for word, others in asking().synonyms.items() if any(other in words for other in others))
    return " ".join(found)


def districts_named(words: str) -> frozenset[str]:
    """The districts named, as levels (jiading, pudong)."""
    return frozenset(level for level, names in asking().districts.items() if any(name in words for name in names))


def quantities_asked(words: str) -> frozenset[str]:
    """The kinds of quantities a question asks for: money, days, an age …"""
    kinds = asking().quantities.items()
    return frozenset(family for family, signs in kinds if any(sign in words for sign in signs))
