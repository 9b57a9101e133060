"""Choosing what to say about a matter: of all its points, those the resident's own words are about.

The aspect understood only tips the balance: a detail ("how many days does the notice hang?") is often taken for
another aspect than the one whose answer holds it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from actions.catalogue.claims import Claim, Judged, Standing, find_claim, judge
from actions.catalogue.edition import Edition
from actions.catalogue.ranking import PointRanker, Ranked, asks_of_past
from actions.catalogue.records import Answer, Kind, Point, Topic
from actions.catalogue.rendering import PLACEHOLDER, in_force, lapsed, render

OVERVIEW = "overview"
# How much the aspect understood weighs, in BM25 points; an overview is also what is understood of a bare detail.
ASPECT_BONUS = 2.0
OVERVIEW_BONUS = 1.0
PAST_BONUS = 6.0
CLAIM_BONUS = 4.0
# What is enough where the aspect understood holds no answer.
NAMED_HIT = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked: the resident's words, what they were understood to be about, and the day."""

    words: str
    topic: Topic
    aspect: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Chosen:
    """The points to say, best first; the aspect of the best; and how a figure named in the words stands."""

    ranked: Ranked
    aspect: str
    claim: Judged | None = None

    @property
    def first(self) -> Point:
        return self.ranked[0][0]


def choose(wanted: Wanted, ranker: PointRanker) -> Chosen | None:
    """What of a topic answers the words; None if nothing does."""
    edition = ranker.edition
    pool = pool_of(wanted, edition)
    if not pool:
        return None
    claim = find_claim(wanted.words)
    judged = judge_claim(claim, pool, edition, wanted.on) if claim else None
    ranked = weigh(wanted, pool, ranker, judged)
    best, score = ranked[0]
    home = edition.homes[best.id][1]
    if wanted.aspect not in answers_of(edition, wanted.topic) and score < NAMED_HIT:
        return None
    return Chosen(together(ranked, edition, home), home, judged)


def hit(wanted: Wanted, ranker: PointRanker) -> Chosen | None:
    """The point of a topic that the words are clearly about, whatever they were taken for, and those with it."""
    pool = pool_of(wanted, ranker.edition)
    found = ranker.clear_hit([point for point in pool if not lapsed(point, wanted.on)], wanted.words)
    if found is None:
        return None
    home = ranker.edition.homes[found.id][1]
    ranked = sorted(ranker.rank(pool, wanted.words), key=lambda pair: pair[0].id != found.id)
    return Chosen(together(ranked, ranker.edition, home), home)


def pool_of(wanted: Wanted, edition: Edition) -> list[Point]:
    """Every point of a topic that can be said on the day."""
    answers = answers_of(edition, wanted.topic).values()
    return [point for answer in answers for point in sayable(answer, edition, wanted.on)]


def weigh(wanted: Wanted, pool: Sequence[Point], ranker: PointRanker, judged: Judged | None) -> Ranked:
    """The points with what speaks for each: the words, the aspect, the past, a figure named."""
    past = asks_of_past(wanted.words) or (judged is not None and judged.standing is Standing.SUPERSEDED)

    def bonus(point: Point) -> float:
        found = 0.0
        if ranker.edition.homes[point.id][1] == wanted.aspect:
            found += OVERVIEW_BONUS if wanted.aspect == OVERVIEW else ASPECT_BONUS
        if point.kind is Kind.HISTORY:
            found += PAST_BONUS if past else -PAST_BONUS
        if judged and not figures_in(point).isdisjoint(judged.figures):
            found += CLAIM_BONUS
        return found

    ranked = ranker.rank(pool, ranker.beyond(wanted.topic, wanted.words, pool))
    return sorted(((point, score + bonus(point)) for point, score in ranked), key=lambda pair: -pair[1])


def together(ranked: Ranked, edition: Edition, home: str) -> Ranked:
    """The best point, then the others of its answer; of points that tell the same facts only the first."""
    told: set[tuple[str, ...]] = set()
    kept = []
    for point, score in ranked:
        if edition.homes[point.id][1] == home and (not point.facts or point.facts not in told):
            kept.append((point, score))
            told.add(point.facts)
    return kept


def judge_claim(claim: Claim, pool: Sequence[Point], edition: Edition, on: dt.date) -> Judged:
    """How a figure named stands by the figures of a topic's points."""
    ids = dict.fromkeys(figure for point in pool for figure in figures_in(point))
    return judge(claim, [edition.figures[id_] for id_ in ids if id_ in edition.figures], on)


def figures_in(point: Point) -> frozenset[str]:
    return frozenset(match[1] for match in PLACEHOLDER.finditer(point.text))


def answers_of(edition: Edition, topic: Topic) -> dict[str, Answer]:
    """A topic's answers by aspect; where it has none, those of the topic it is part of."""
    found: dict[str, Answer] = {}
    for owner in (topic.parent, topic.id):
        found |= {aspect: answer for (home, aspect), answer in edition.answers.items() if home == owner}
    return found


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
