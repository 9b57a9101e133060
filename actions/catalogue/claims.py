"""Figures a resident names ("is it 330?"): found in their words, and judged by the figures the catalogue holds."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import cn2an

from actions.catalogue.asking import asking
from actions.catalogue.records import Figure, FigureValue
from actions.catalogue.rendering import value_in_force

_NUMBER = r"\d++(?:\.\d++)?[万千百]?+|[零一二两三四五六七八九十百千万]++"
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
SHARE, DATES = "share", "dates"
# "a year", "a day": how often, not how much.
_EVERY = {("1", "years"), ("1", "months"), ("1", "days")}


class Standing(StrEnum):
    """How a figure named stands: it holds now, it held before, or we know nothing of it."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    NOT_VERIFIED = "not_verified"


@dataclass(frozen=True, slots=True)
class Claim:
    """A number somebody says is so; `family` is its kind of unit (money, share, days …), None if none was said."""

    value: str
    family: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim's standing. `figures` are the figures it fits; `until` is the last day an earlier value held."""

    standing: Standing
    figures: tuple[str, ...] = ()
    until: dt.date | None = None


def find_claim(words: str) -> Claim | None:
    """The number the words ask to have confirmed, or pass on as hearsay. Numbers told about oneself are none."""
    text = unicodedata.normalize("NFKC", words).replace(" ", "").replace(",", "")
    number, hearsay, before, after = _patterns()
    for match in number.finditer(text):
        ahead, behind = text[: match.start()], text[match.end() :]
        if not (hearsay.search(ahead) or before.search(ahead) or after.match(behind)):
            continue
        written, unit = match["number"], match["unit"] or ""
        value = _value(written)
        family = SHARE if match["share"] else family_of(unit)
        said = unit or written[0].isdigit() or len(written) > 1
        if value is not None and said and (value, family) not in _EVERY:
            return Claim(value, family)
    return None


def judge(claim: Claim, figures: Iterable[Figure], on: dt.date) -> Judged:
    """How a claim stands against some figures on a day."""
    kinds = (claim.family, None) if claim.family else tuple(family for family in asking().units if family != DATES)
    fitting = [figure for figure in figures if family_of(figure.unit) in kinds]
    current = [figure.id for figure in fitting if _says(value_in_force(figure, on), claim)]
    if current:
        return Judged(Standing.CURRENT, tuple(current))
    for figure in fitting:
        now = value_in_force(figure, on)
        for value in figure.values:
            if value is not now and value.until and value.until < on and _says(value, claim):
                return Judged(Standing.SUPERSEDED, (figure.id,), value.until)
    return Judged(Standing.NOT_VERIFIED)


def _says(value: FigureValue | None, claim: Claim) -> bool:
    return value is not None and claim.value in (_plain(found) for found in _DIGITS.findall(value.value))


def _plain(number: str) -> str:
    return f"{float(number):g}" if len(number) < 12 else number


def _value(number: str) -> str | None:
    try:
        return f"{float(cn2an.cn2an(number, 'smart')):g}"
    except ValueError:
        return None


def family_of(unit: str) -> str | None:
    """The kind of a unit, by the first of its names that the unit holds."""
    for family, names in asking().units.items():
        if any(name in unit for name in names):
            return family
    return None


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """A number with its unit; hearsay ahead of it; what asks for confirmation close ahead, and right behind."""
    found = asking()
    units = sorted((name for names in found.units.values() for name in names), key=len, reverse=True)
    unit = "|".join(map(re.escape, units))
    hearsay, before, after = ("|".join(map(re.escape, words)) for words in (found.hearsay, found.before, found.after))
    return (
        re.compile(rf"(?P<share>{found.share})?(?P<number>{_NUMBER})(?![级类楼层月])个?(?P<unit>{unit})?"),
        re.compile(hearsay),
        re.compile(rf"(?:{before})[^，。？?\d]{{0,8}}$"),
        re.compile(rf"[^，。？?\d]{{0,3}}?(?:{after})|(?:{'|'.join(map(re.escape, found.asks))})"),
    )
