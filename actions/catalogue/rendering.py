"""Filling the figures of a text with the values in force on a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from actions.catalogue.records import Figure, FigureValue, Point

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(:previous)?\}")


class UnknownFigure(LookupError):
    """A text names a figure the catalogue does not hold."""


class NoValueInForce(LookupError):
    """A figure has no value on the day (or no earlier one where the text asks for it)."""


class _Figures(Protocol):
    @property
    def figures(self) -> Mapping[str, Figure]: ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it is shown, and the ids of the figures in it, each once, in the order they appear."""

    text: str
    figures: tuple[str, ...]


def render(text: str, edition: _Figures, on: dt.date) -> Rendered:
    """Fill every ``{figure}`` and ``{figure:previous}`` of `text` as of the day `on`.

    Raises UnknownFigure or NoValueInForce: a text is shown whole or not at all.
    """
    used: dict[str, None] = {}

    def fill(match: re.Match[str]) -> str:
        name, previous = match.groups()
        figure = edition.figures.get(name)
        if figure is None:
            raise UnknownFigure(name)
        used[name] = None
        value = value_before(figure, on) if previous else value_in_force(figure, on)
        if value is None:
            raise NoValueInForce(f"{name}{previous or ''} {on.isoformat()}")
        return value.value

    return Rendered(PLACEHOLDER.sub(fill, text), tuple(used))


def value_in_force(figure: Figure, on: dt.date) -> FigureValue | None:
    """The newest value of a figure in force on a day."""
    return next((value for value in reversed(figure.values) if _covers(value, on)), None)


def value_before(figure: Figure, on: dt.date) -> FigureValue | None:
    """The value just before the one in force on a day."""
    current = value_in_force(figure, on)
    if current is None:
        return None
    place = max(index for index, value in enumerate(figure.values) if value is current)
    return figure.values[place - 1] if place > 0 else None


def in_force(point: Point, on: dt.date) -> bool:
    """Whether a point holds on a day: begun, and not lapsed."""
    return not lapsed(point, on) and (point.since is None or point.since <= on)


def lapsed(point: Point, on: dt.date) -> bool:
    """Whether a point's last day lies before a day."""
    return point.until is not None and point.until < on


def _covers(value: FigureValue, on: dt.date) -> bool:
    begun = value.since is None or value.since <= on
    return begun and (value.until is None or on <= value.until)
