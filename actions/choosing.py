"""Choosing what to say: of all points of the catalogue, those the resident's own words are about.

What was understood only tips the balance. A detail ("how many days does the notice hang?") is often taken for another
aspect, or another matter, than the one whose answer holds it.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from actions.catalogue.asking import synonyms_of
from actions.catalogue.claims import Claim, Judged, find_claim, judge
from actions.catalogue.edition import Edition
from actions.catalogue.ranking import PointRanker
from actions.catalogue.records import Kind, Point, Topic
from actions.catalogue.saying import figures_in
from actions.weighing import CAREFUL, OF_AMOUNT, OVERVIEW, Ranked, Wanted, careful, prefer, weigh

# All limits were found on tests/content/details.yml and questions/, those for refused words also on nlu_data/heldout/.
# Below this, what tells one point of a topic from another is noise: they stand in the order of their answer.
TELLING = 2.0
# How well the words must fit a point where the aspect understood holds no answer.
NAMED_HIT = 5.0
# What fits so well is said even if it is no amount, hour or number to call though such was understood.
DECISIVE = 12.0
# Where the topic was not understood for sure, a point decides that fits so well, so far ahead of all other topics.
CLEAR_SCORE, CLEAR_COVERAGE, CLEAR_MARGIN = 8.0, 0.6, 0.5
# Where the words were taken for no matter of ours; more of them must be in the point where that is sure.
UNSURE, SURE = 0.65, 0.9
HIT_SCORE, HIT_COVERAGE = 12.0, (0.5, 0.65, 0.75)
CONTEXT_HIT_SCORE, CONTEXT_HIT_COVERAGE = 8.0, (0.35, 0.5)
# A point has hardly anything, or a good part, of what the words say beyond the topic's name.
HARDLY, WELL = 0.06, 0.3
# Those words say something; something never heard of; or a whole story.
SAYING, UNHEARD, RAMBLING = 10.0, 25.0, 80.0
HARMFUL = CAREFUL | {"eligibility", "timing"}
OPEN = frozenset({OVERVIEW, "eligibility"})
ABOUT_AS_WELL = 0.85


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
        """Whether the words alone decide. That a point has most of a few words is too little where a mistake does harm:
        "that subsidy" could be any."""
        covered = self.coverage >= CLEAR_COVERAGE and self.aspect not in HARMFUL
        return self.margin >= CLEAR_MARGIN and (self.score >= CLEAR_SCORE or covered)

    def hit(self, confidence: float = 0) -> bool:
        """Whether the words are about the best point, though taken with some confidence for no matter of ours."""
        if self.in_context:
            least = CONTEXT_HIT_COVERAGE[confidence > SURE]
            return self.score >= CONTEXT_HIT_SCORE and self.coverage >= least
        least = HIT_COVERAGE[(confidence > UNSURE) + (confidence > SURE)]
        return self.score >= HIT_SCORE and self.coverage >= least


def choose(wanted: Wanted, ranker: PointRanker) -> Chosen | None:
    """The points that answer the words; None if nothing does."""
    edition = ranker.edition
    claim = find_claim(wanted.words)
    wanted = wanted.with_claim(claim)
    looked_for = f"{wanted.words} {synonyms_of(wanted.words)}"
    scores = ranker.scores(looked_for)
    weighed = weigh(wanted, scores, ranker)
    if not weighed:
        return None
    best, score = weighed[0]
    topic = edition.topics[edition.homes[best.id][0]]
    other = next((far for point, far in weighed if edition.homes[point.id][0] != topic.id), 0.0)
    own: Ranked = [(point, weight) for point, weight in weighed if edition.homes[point.id][0] == topic.id]
    beyond = ranker.beyond(looked_for, topic)
    said = ranker.scores(beyond)
    usual = statistics.median(said[point.id] for point, _ in own)
    evidence = {point.id: said[point.id] - usual for point, _ in own}
    judged = judge_claim(claim, own, edition, wanted.on) if claim else None
    if claim and judged:
        own = prefer(own, judged, claim, ranker)
    elif max(evidence.values()) < TELLING:
        own = as_listed(own, wanted, ranker)
    elif wanted.aspect != OVERVIEW and ranker.weight(ranker.nameless(wanted.words, topic)) < SAYING:
        own = [pair for pair in own if is_about(pair[0], wanted, ranker)] or own
        if max(evidence[point.id] for point, _ in own) < TELLING:
            own = as_listed(own, wanted, ranker)
    if not own or not answers(own[0][0], evidence, wanted, ranker):
        return None
    own, uncovered = cover(own, wanted, beyond, ranker)
    if evidence[own[0][0].id] < DECISIVE or wanted.confidence > SURE:
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
        ranker.weight(beyond) >= SAYING and ranker.coverage(beyond, own[0][0].id) >= WELL,
        uncovered and judged is None,
    )


def cover(own: Ranked, wanted: Wanted, beyond: str, ranker: PointRanker) -> tuple[Ranked, bool]:
    """The points again, first the one that has what the words say beyond the topic's name if the best has nothing of
    it; and whether none has, though they say something."""
    weight, best = ranker.weight(beyond), own[0][0]
    held = ranker.coverage(beyond, best.id)
    if best.kind is Kind.UNKNOWN and weight >= UNHEARD and held < WELL:
        return own, True  # what is not confirmed is something else
    if weight < SAYING or held >= HARDLY:
        return own, False
    covering = max(own, key=lambda pair: ranker.coverage(beyond, pair[0].id))
    if ranker.coverage(beyond, covering[0].id) >= WELL:
        return sorted(own, key=lambda pair: pair[0].id != covering[0].id), False
    return own, wanted.aspect in OPEN and UNHEARD <= weight <= RAMBLING


def answers(point: Point, evidence: Mapping[str, float], wanted: Wanted, ranker: PointRanker) -> bool:
    """Whether the best point may answer: its topic tells of the aspect at all, or the point a quantity of the kind
    asked for, or the words fit it well."""
    topic = ranker.edition.homes[point.id][0]
    told = (topic, wanted.aspect) in ranker.edition.answers or tells_quantity(point, wanted, ranker)
    return told or evidence[point.id] >= NAMED_HIT


def tells_quantity(point: Point, wanted: Wanted, ranker: PointRanker) -> bool:
    """Whether a point tells a quantity of the kind asked for, money apart: that has an aspect of its own."""
    return not (wanted.quantities - OF_AMOUNT).isdisjoint(ranker.families[point.id])


def is_about(point: Point, wanted: Wanted, ranker: PointRanker) -> bool:
    """Whether a point is of the aspect asked for, or tells a quantity of the kind asked for."""
    return ranker.edition.homes[point.id][1] == wanted.aspect or tells_quantity(point, wanted, ranker)


def as_listed(ranked: Ranked, wanted: Wanted, ranker: PointRanker) -> Ranked:
    """The points of the aspect asked for in the order of its answer: the words beyond the topic's name say nothing
    about which is meant. Only those that tell a quantity of the kind asked for go before (what is not confirmed about
    money stays where it stands), and how it was before goes last."""
    own = {point.id for point, _ in ranked if is_about(point, wanted, ranker)}
    listed = [point for point in ranker.edition.points.values() if point.id in own]

    def place(point: Point) -> tuple[bool, bool]:
        return point.kind is Kind.HISTORY, not tells_quantity(point, wanted, ranker)

    return [(point, 0.0) for point in sorted(listed, key=place)]


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


def judge_claim(claim: Claim, own: Ranked, edition: Edition, on: dt.date) -> Judged:
    """How a figure named in the words stands by the figures of a topic's points."""
    ids = dict.fromkeys(figure for point, _ in own for figure in figures_in(point))
    return judge(claim, [edition.figures[id_] for id_ in ids if id_ in edition.figures], on)
