"""What of an edition can be said on a day, and what its points tell."""

from __future__ import annotations

import datetime as dt

from actions.catalogue.claims import family_of
from actions.catalogue.edition import Edition
from actions.catalogue.records import Answer, Point, Topic
from actions.catalogue.rendering import PLACEHOLDER, in_force, lapsed, render


def answers_of(edition: Edition, topic: Topic) -> dict[str, Answer]:
    """A topic's answers by aspect."""
    return {aspect: answer for (home, aspect), answer in edition.answers.items() if home == topic.id}


def figures_in(point: Point) -> frozenset[str]:
    return frozenset(match[1] for match in PLACEHOLDER.finditer(point.text))


def families_of(point: Point, edition: Edition) -> frozenset[str]:
    """The kinds of quantities a point tells."""
    units = (edition.figures[figure].unit for figure in figures_in(point) if figure in edition.figures)
    return frozenset(family for unit in units if (family := family_of(unit)))


def sayable(answer: Answer, edition: Edition, on: dt.date) -> list[Point]:
    """The points to choose from on a day: those in force, then lapsed ones whose facts no other point tells now."""
    holding = [point for point in answer.points if can_say(point, edition, on)]
    told = {fact for point in holding for fact in point.facts}
    gone = [point for point in answer.points if lapsed(point, on) and told.isdisjoint(point.facts)]
    return [*holding, *gone]


def can_say(point: Point, edition: Edition, on: dt.date) -> bool:
    """Whether a point, and every figure in it, is in force."""
    try:
        render(point.text + point.easy, edition, on)
    except LookupError:
        return False
    return in_force(point, on)
