"""Choosing what to say: of all points of the catalogue, those the resident's own words are about.

What was understood only tips the balance. A detail ("how many days does the notice hang?") is often taken for another
aspect, or another matter, than the one whose answer holds it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.catalogue.asking import asks_of_past, quantities_asked
from actions.catalogue.claims import Claim, Judged, Standing, find_claim, judge
from actions.catalogue.edition import Edition
from actions.catalogue.ranking import PointRanker, without_names
from actions.catalogue.records import Kind, Point, Topic
from actions.catalogue.saying import figures_in
from actions.turn import Asked

OVERVIEW, AMOUNT = "overview", "amount"
# What speaks for a point besides the words, in BM25 points. An overview is also what is understood of a bare detail.
ASPECT_BONUS = 2.0
SURE_BONUS = 2.0
OVERVIEW_BONUS = 1.0
TOPIC_BONUS = 10.0
# How likely a topic is at least that was understood for sure.
SURE_AT_LEAST = 0.5
CONTEXT_BONUS = 10.0
PAST_BONUS = 6.0
CLAIM_BONUS = 6.0
UNKNOWN_MALUS = 3.0
# That the very thing asked for is not confirmed is worth nearly as much as a fact.
GAP_MALUS = 1.0
# "How many days?" is answered by a point with days in it.
QUANTITY_BONUS = 2.0
# How well the words beyond the topic's name must fit a point where the aspect understood holds no answer.
NAMED_HIT = 5.0
# Below this, what the words say beyond the topic's name is noise: the points stand in the order of their answer.
TELLING = 2.0
# Where the topic was not understood for sure, a point decides that fits so well, so far ahead of all other topics.
CLEAR_SCORE = 8.0
CLEAR_MARGIN = 0.5
# Where the words were taken for a matter that is not ours.
HIT_SCORE, HIT_COVERAGE, HIT_COVERAGE_SURE = 12.0, 0.65, 0.75
CONTEXT_HIT_SCORE, CONTEXT_HIT_COVERAGE, CONTEXT_HIT_COVERAGE_SURE = 8.0, 0.35, 0.5

# A point has hardly anything, or a good part, of what the words say; they say something, or something not heard of.
HARDLY, WELL = 0.06, 0.3
SAYING, UNHEARD, RAMBLING = 10.0, 25.0, 80.0
OPEN = frozenset({OVERVIEW, "eligibility"})
# What may only be told by a point that is about just that.
OF_AMOUNT = frozenset({"money", "share"})
CAREFUL = frozenset({"amount", "hours", "phone"})
ABOUT_AS_WELL = 0.85

Ranked = Sequence[tuple[Point, float]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked: the resident's words, the aspect understood, how likely each topic is (0 to 1), the topic talked
    about before, the day, and the kinds of quantities asked for."""

    words: str
    aspect: str
    likely: Mapping[str, float]
    context: str | None
    on: dt.date
    quantities: frozenset[str] = frozenset()
    confidence: float = 0.0

    @classmethod
    def from_asked(cls, asked: Asked, aspect: str) -> Wanted:
        understood = asked.understanding
        likely = {one.topic: one.confidence for one in understood.alternatives if one.topic}
        if understood.topic and understood.sure:
            likely[understood.topic] = max(likely.get(understood.topic, 0.0), understood.confidence, SURE_AT_LEAST)
        return cls(
            asked.text,
            aspect,
            likely,
            asked.memory.topic,
            asked.today,
            quantities_asked(asked.text),
            understood.confidence,
        )

    def with_claim(self, claim: Claim | None) -> Wanted:
        """The same with the quantity a figure named is of; who names an amount asks for the amount."""
        if claim is None or claim.family is None:
            return self
        aspect = AMOUNT if claim.family in OF_AMOUNT else self.aspect
        return dataclasses.replace(self, aspect=aspect, quantities=self.quantities | {claim.family})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The points to say, best first, of one topic; the aspect of the best; how a figure named in the words stands;
    how well the best point fits, how far ahead of those of all other topics, how much of the words it has (0 to 1),
    and whether its topic is the one talked about before."""

    ranked: Ranked
    topic: Topic
    aspect: str
    claim: Judged | None
    score: float
    margin: float
    coverage: float
    in_context: bool
    told: bool
    """Whether the best point has a good part of what the words say beyond the topic's name."""
    uncovered: bool
    """Whether the words say something that no point has."""

    @property
    def first(self) -> Point:
        return self.ranked[0][0]

    @property
    def clear(self) -> bool:
        return self.score >= CLEAR_SCORE and self.margin >= CLEAR_MARGIN

    def hit(self, sure: bool) -> bool:
        """Whether the words are about the best point, whatever they were taken for; more is needed if for `sure`."""
        if self.in_context:
            least = CONTEXT_HIT_COVERAGE_SURE if sure else CONTEXT_HIT_COVERAGE
            return self.score >= CONTEXT_HIT_SCORE and self.coverage >= least
        return self.score >= HIT_SCORE and self.coverage >= (HIT_COVERAGE_SURE if sure else HIT_COVERAGE)


def choose(wanted: Wanted, ranker: PointRanker) -> Chosen | None:
    """The points that answer the words; None if nothing does."""
    edition = ranker.edition
    claim = find_claim(wanted.words)
    wanted = wanted.with_claim(claim)
    scores = ranker.scores(wanted.words)
    weighed = weigh(wanted, scores, ranker)
    if not weighed:
        return None
    best, score = weighed[0]
    topic = edition.topics[edition.homes[best.id][0]]
    other = next((far for point, far in weighed if edition.homes[point.id][0] != topic.id), 0.0)
    own: Ranked = [(point, weight) for point, weight in weighed if edition.homes[point.id][0] == topic.id]
    usual = statistics.median(scores[point.id] for point, _ in own)
    evidence = {point.id: scores[point.id] - usual for point, _ in own}
    judged = judge_claim(claim, own, edition, wanted.on) if claim else None
    if claim and judged:
        own = prefer(own, judged, claim, ranker)
    elif max(evidence.values()) < TELLING:
        own = as_listed(own, edition, wanted.aspect)
    if not own or (not holds(edition, topic, wanted.aspect) and evidence[own[0][0].id] < NAMED_HIT):
        return None
    own, uncovered = cover(own, wanted, topic, ranker)
    own = careful(own, wanted, ranker)
    aspect = edition.homes[own[0][0].id][1]
    return Chosen(
        together(own, edition, aspect),
        topic,
        aspect,
        judged,
        scores[own[0][0].id],
        score - other,
        ranker.coverage(wanted.words, own[0][0].id),
        topic.id == wanted.context,
        ranker.coverage(without_names(wanted.words, topic), own[0][0].id) >= WELL,
        uncovered and judged is None,
    )


def cover(own: Ranked, wanted: Wanted, topic: Topic, ranker: PointRanker) -> tuple[Ranked, bool]:
    """The points again, first the one that has what the words say beyond the topic's name if the best has nothing of
    it; and whether none has, though they say something."""
    beyond = without_names(wanted.words, topic)
    weight = ranker.weight(beyond)
    if weight < SAYING or ranker.coverage(beyond, own[0][0].id) >= HARDLY:
        return own, False
    covering = max(own, key=lambda pair: ranker.coverage(beyond, pair[0].id))
    if ranker.coverage(beyond, covering[0].id) >= WELL:
        return sorted(own, key=lambda pair: pair[0].id != covering[0].id), False
    return own, wanted.aspect in OPEN and UNHEARD <= weight <= RAMBLING


def careful(ranked: Ranked, wanted: Wanted, ranker: PointRanker) -> Ranked:
    """The points again; where an amount, an hour or a number to call is asked for, first those that may tell one."""
    if wanted.aspect not in CAREFUL:
        return ranked

    def tells(point: Point) -> bool:
        return ranker.edition.homes[point.id][1] == wanted.aspect or not wanted.quantities.isdisjoint(
            ranker.families[point.id]
        )

    return sorted(ranked, key=lambda pair: not tells(pair[0]))


def weigh(wanted: Wanted, scores: Mapping[str, float], ranker: PointRanker) -> Ranked:
    """Every point that can be said on the day, with what speaks for it, best first."""
    edition, past = ranker.edition, asks_of_past(wanted.words)
    missed = wanted.aspect in CAREFUL and wanted.quantities <= OF_AMOUNT

    def bonus(point: Point) -> float:
        topic, aspect = edition.homes[point.id]
        found = TOPIC_BONUS * wanted.likely.get(topic, 0.0)
        if topic == wanted.context:
            found += CONTEXT_BONUS
        if aspect == wanted.aspect:
            found += OVERVIEW_BONUS if aspect == OVERVIEW else ASPECT_BONUS + SURE_BONUS * wanted.confidence
        if point.kind is Kind.HISTORY:
            found += PAST_BONUS if past else -PAST_BONUS
        if point.kind is Kind.UNKNOWN:
            found -= GAP_MALUS if missed and aspect == wanted.aspect and not point.facts else UNKNOWN_MALUS
        if not wanted.quantities.isdisjoint(ranker.families[point.id]):
            found += QUANTITY_BONUS
        return found

    weighed = ((point, scores[point.id] + bonus(point)) for point in ranker.pool(wanted.on))
    return sorted(weighed, key=lambda pair: -pair[1])


def holds(edition: Edition, topic: Topic, aspect: str) -> bool:
    return (topic.id, aspect) in edition.answers


def as_listed(ranked: Ranked, edition: Edition, aspect: str) -> Ranked:
    """The points of the aspect asked for in the order of its answer: the words beyond the topic's name say nothing
    about which is meant."""
    scores = {point.id: score for point, score in ranked if edition.homes[point.id][1] == aspect}
    listed = [point for point in edition.points.values() if point.id in scores]
    return sorted(((point, 0.0) for point in listed), key=lambda pair: pair[0].kind is Kind.HISTORY)


def together(ranked: Ranked, edition: Edition, aspect: str) -> Ranked:
    """The best point, then those of its answer, and of other answers those that fit about as well and tell something
    else."""
    best = ranked[0][1]
    told: set[tuple[str, ...]] = set()
    kept: list[tuple[Point, float]] = []
    for point, score in ranked:
        home = edition.homes[point.id][1] == aspect
        if home or (score >= ABOUT_AS_WELL * best and point.facts not in told):
            kept.append((point, score))
            told.add(point.facts)
    return kept


def prefer(ranked: Ranked, judged: Judged, claim: Claim, ranker: PointRanker) -> Ranked:
    """The points again, those first that tell the figures a claim is about; if we know none such, what we do know of
    the same kind of quantity."""
    past = judged.standing is Standing.SUPERSEDED

    def bonus(point: Point) -> float:
        found = 0.0 if figures_in(point).isdisjoint(judged.figures) else CLAIM_BONUS
        if judged.standing is Standing.NOT_VERIFIED and point.kind is Kind.FACT:
            found += CLAIM_BONUS if claim.family in ranker.families[point.id] else 0.0
        return found + (PAST_BONUS if past and point.kind is Kind.HISTORY else 0.0)

    return sorted(((point, score + bonus(point)) for point, score in ranked), key=lambda pair: -pair[1])


def judge_claim(claim: Claim, own: Ranked, edition: Edition, on: dt.date) -> Judged:
    """How a figure named in the words stands by the figures of a topic's points."""
    ids = dict.fromkeys(figure for point, _ in own for figure in figures_in(point))
    return judge(claim, [edition.figures[id_] for id_ in ids if id_ in edition.figures], on)
