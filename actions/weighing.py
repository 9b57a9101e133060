"""What speaks for a point besides the resident's words: what was understood, what was talked about, what kind of
quantity is asked for, a figure named. In BM25 points."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.catalogue.asking import asks_of_past, districts_named, quantities_asked
from actions.catalogue.claims import Claim, Judged, Standing
from actions.catalogue.ranking import PointRanker
from actions.catalogue.records import Kind, Level, Point, Topic
from actions.catalogue.saying import figures_in
from actions.turn import Asked

OVERVIEW, AMOUNT = "overview", "amount"
TOPIC_BONUS = 10.0
# How likely a topic is at least that was understood for sure.
SURE_AT_LEAST = 0.5
CONTEXT_BONUS = 10.0
# An aspect counts the more, the surer it was understood; an overview is also what is understood of a bare detail.
ASPECT_BONUS, SURE_BONUS, OVERVIEW_BONUS = 2.0, 2.0, 1.0
PAST_BONUS = 6.0
CLAIM_BONUS = 6.0
# "How many days?" is answered by a point with days in it.
QUANTITY_BONUS = 2.0
UNKNOWN_MALUS = 3.0
# That the very thing asked for is not confirmed is worth nearly as much as a fact.
GAP_MALUS = 1.0
# A telephone number that is named is what is asked about.
_LONG_NUMBER = re.compile(r"\d{5,}")
NUMBER_BONUS = 4.0
# A number to call answers no other question.
PHONE, PHONE_MALUS = "phone", 3.0
# What holds in one district never stands in for another.
OF_DISTRICTS = frozenset({Level.JIADING, Level.PUDONG})
DISTRICT_BONUS, DISTRICT_MALUS = 2.0, 8.0
# Of topics that nothing speaks for, only points that fit at least this part as well as the best are looked at.
WORTH = 0.3
# What may only be told by a point that is about just that.
HOURS, CLOCK = "hours", "clock"
CAREFUL = frozenset({AMOUNT, HOURS, PHONE})
OF_AMOUNT = frozenset({"money", "share"})

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
    def from_asked(cls, asked: Asked, aspect: str, topic: Topic | None = None) -> Wanted:
        """`topic` is the one understood, if any."""
        understood, context = asked.understanding, asked.memory.topic
        if not asked.text or (understood.sure and topic and topic.id != context and names(asked.text, topic)):
            context = None  # a choice says itself what it is about; so do words that name another matter
        likely = {one.topic: one.confidence for one in understood.alternatives if one.topic}
        if understood.topic and understood.sure:
            likely[understood.topic] = max(likely.get(understood.topic, 0.0), understood.confidence, SURE_AT_LEAST)
        return cls(
            asked.text,
            aspect,
            likely,
            context,
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


def names(words: str, topic: Topic) -> bool:
    """Whether the words name a topic."""
    return any(name in words for name in (topic.name, *topic.aliases))


def weigh(wanted: Wanted, scores: Mapping[str, float], ranker: PointRanker) -> Ranked:
    """The points worth a look that can be said on the day, with what speaks for each, best first."""
    edition, past = ranker.edition, asks_of_past(wanted.words)
    missed = wanted.aspect in CAREFUL and wanted.quantities <= OF_AMOUNT

    districts, numbers = districts_named(wanted.words), _LONG_NUMBER.findall(wanted.words)

    lean = {topic: TOPIC_BONUS * likely for topic, likely in wanted.likely.items()}
    if wanted.context:
        lean[wanted.context] = lean.get(wanted.context, 0.0) + CONTEXT_BONUS

    def bonus(point: Point) -> float:
        topic, aspect = edition.homes[point.id]
        found = lean.get(topic, 0.0)
        if aspect == wanted.aspect:
            found += OVERVIEW_BONUS if aspect == OVERVIEW else ASPECT_BONUS + SURE_BONUS * wanted.confidence
        if point.kind is Kind.HISTORY:
            found += PAST_BONUS if past else -PAST_BONUS
        if point.kind is Kind.UNKNOWN:
            found -= GAP_MALUS if missed and aspect == wanted.aspect and not point.facts else UNKNOWN_MALUS
        if aspect == PHONE != wanted.aspect:
            found -= PHONE_MALUS
        if districts:
            found += DISTRICT_BONUS if point.level in districts else 0.0
            found -= DISTRICT_MALUS if point.level in OF_DISTRICTS - districts else 0.0
        if any(number in point.text for number in numbers):
            found += NUMBER_BONUS
        if not (wanted.quantities - {CLOCK}).isdisjoint(ranker.families[point.id]):
            found += QUANTITY_BONUS
        return found

    least = WORTH * max(scores.values(), default=0.0)
    worth = (p for p in ranker.pool(wanted.on) if edition.homes[p.id][0] in lean or scores[p.id] > least)
    weighed = ((point, scores[point.id] + bonus(point)) for point in worth)
    return sorted(weighed, key=lambda pair: -pair[1])


def prefer(ranked: Ranked, judged: Judged, claim: Claim, ranker: PointRanker) -> Ranked:
    """The points again, those first that tell the figures a claim is about; if we know none such, what we do know of
    the same kind of quantity."""
    past = judged.standing is Standing.SUPERSEDED

    def bonus(point: Point) -> float:
        found = 0.0 if figures_in(point).isdisjoint(judged.figures) else CLAIM_BONUS
        if judged.standing is Standing.NOT_VERIFIED and point.kind is Kind.FACT:
            kinds = ranker.families[point.id]
            found += CLAIM_BONUS if claim.family in kinds or (claim.family is None and kinds) else 0.0
        return found + (PAST_BONUS if past and point.kind is Kind.HISTORY else 0.0)

    return sorted(((point, score + bonus(point)) for point, score in ranked), key=lambda pair: -pair[1])


def careful(ranked: Ranked, wanted: Wanted, ranker: PointRanker) -> Ranked:
    """The points again; where an amount, an hour or a number to call is asked for, first those that may tell one."""
    if wanted.aspect not in CAREFUL:
        return ranked
    clock = wanted.quantities & {CLOCK} if wanted.aspect == HOURS else frozenset()

    def tells(point: Point) -> bool:
        families = ranker.families[point.id]
        if ranker.edition.homes[point.id][1] != wanted.aspect:
            return not wanted.quantities.isdisjoint(families)
        return not clock or point.kind is Kind.UNKNOWN or not clock.isdisjoint(families)

    return sorted(ranked, key=lambda pair: not tells(pair[0]))
