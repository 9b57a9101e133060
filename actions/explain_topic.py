"""Explains a matter: the points of its answer, the ones asked for first; or an honest decline that helps."""

from __future__ import annotations

import datetime as dt

from actions.catalogue.edition import Edition
from actions.catalogue.ranking import HIT_SCORE, PointRanker, Ranked
from actions.catalogue.records import Answer, Kind, Point, Topic
from actions.catalogue.rendering import PLACEHOLDER, in_force, lapsed, render
from actions.composing import Draft, contacts_of
from actions.find_service import ask_which_topic
from actions.payload import Memory, Outcome, Payload
from actions.turn import Asked, EditionSource, TurnAction

POINTS_AT_MOST = 3
CHARACTERS_AT_MOST = 130
# A point this well hit is said without those that fit much worse.
WELL_HIT = 3.0
MUCH_WORSE = 0.35
# What is enough where the topic is sure and only the aspect holds no answer.
NAMED_HIT = 5.0
FIGURE = "000"


class ExplainTopic(TurnAction):
    """Answers what is asked about a topic."""

    def __init__(self, editions: EditionSource) -> None:
        super().__init__(editions)
        self._rankers: dict[str, PointRanker] = {}

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        return explain(asked, edition, self.ranker_of(edition))

    def ranker_of(self, edition: Edition) -> PointRanker:
        """The ranker of an edition, built once for it."""
        if edition.number not in self._rankers:
            self._rankers = {edition.number: PointRanker(edition)}
        return self._rankers[edition.number]


def explain(asked: Asked, edition: Edition, ranker: PointRanker) -> Payload:
    """The reply for the topic and aspect understood; asks back when it is not clear which."""
    topic = edition.topics.get(asked.understanding.topic or "")
    aspect = asked.understanding.aspect or "overview"
    if asked.memory.asked == "topic" and aspect == "overview":
        aspect = asked.memory.aspect or aspect  # a bare name answers our question which matter is meant
    if topic is None or not asked.understanding.sure:
        return ask_which_topic(asked, edition)
    found = find_answer(edition, topic, aspect)
    points = sayable(found, edition, asked.today) if found else []
    if not points and topic.ambiguous:
        return ask_which_topic(asked, edition, topic)
    if found is None or not points:
        if ranked := points_hit(asked, ranker, topic, ranker.beyond(topic, asked.text), NAMED_HIT):
            return say_points(Draft(edition, asked.today, topic=topic), asked, topic, aspect, ranked)
        return decline(asked, edition, topic, aspect)
    draft = Draft(edition, asked.today, topic=topic)
    if found.lead:
        draft.add(found.lead, found.lead)
    return say_points(draft, asked, topic, aspect, ranker.order(points, asked.text))


def points_hit(asked: Asked, ranker: PointRanker, topic: Topic, words: str, least: float = HIT_SCORE) -> Ranked:
    """The point of a topic, under whatever aspect, that the words clearly hit, then the others of its answer."""
    edition = ranker.edition
    answers = {home: answer for home, answer in edition.answers.items() if home[0] == topic.id}
    points = [point for answer in answers.values() for point in sayable(answer, edition, asked.today)]
    hit = ranker.clear_hit([point for point in points if not lapsed(point, asked.today)], words, least)
    if hit is None:
        return []
    ranked = ranker.rank(sayable(answers[edition.homes[hit.id]], edition, asked.today), words)
    return sorted(ranked, key=lambda pair: pair[0].id != hit.id)


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


def find_answer(edition: Edition, topic: Topic, aspect: str) -> Answer | None:
    """The topic's own answer, else the one of the topic it is part of."""
    for owner in (topic.id, topic.parent):
        if owner and (answer := edition.answers.get((owner, aspect))):
            return answer
    return None


def say_points(draft: Draft, asked: Asked, topic: Topic, aspect: str, ranked: Ranked) -> Payload:
    """Says the first points, as many as can be listened to and only of one kind, and offers the rest.

    If what fits best is not confirmed, or has lapsed, the reply is a decline."""
    first = ranked[0][0]
    if lapsed(first, asked.today):
        return decline(asked, draft.edition, topic, aspect, first)
    ranked = [(point, score) for point, score in ranked if not lapsed(point, asked.today)]
    said = points_to_say(ranked)
    for point in said:
        draft.say_point(point)
    more = tuple(point.id for point, _ in ranked[len(said) :])
    unknown = first.kind is Kind.UNKNOWN
    if unknown:
        send_on(draft, topic, aspect)
    if more:
        draft.offer(draft.edition.phrases["choice_more"].text, "act:affirm")
    offer_aspects(draft, topic, aspect)
    memory = Memory(
        topic=topic.id,
        aspect=aspect,
        place=next(iter(topic.places), None),
        said=tuple(point.id for point in said),
        more=more,
        asked="more" if more else None,
        careful=asked.memory.careful,
    )
    return draft.finish(Outcome.DECLINED if unknown else Outcome.ANSWERED, memory)


def points_to_say(ranked: Ranked) -> list[Point]:
    """The first points that go together in one reply."""
    said: list[Point] = []
    best = ranked[0][1]
    for point, score in ranked[:POINTS_AT_MOST]:
        too_long = sum(length_of(one) for one in (*said, point)) > CHARACTERS_AT_MOST
        far = best >= WELL_HIT and score < MUCH_WORSE * best
        if said and (too_long or far or point.kind is not said[0].kind):
            break
        said.append(point)
    return said


def length_of(point: Point) -> int:
    """About how many characters of a point are heard."""
    return len(PLACEHOLDER.sub(FIGURE, point.text))


def offer_aspects(draft: Draft, topic: Topic, aspect: str) -> None:
    """Offers what else we know about the topic, or which of the topics it stands for is meant."""
    edition = draft.edition
    for meant in topic.ambiguous:
        name = edition.topics[meant].name
        draft.offer(name, f"{meant}.{aspect}")
    for other in edition.aspects.values():
        if other.id != aspect and (topic.id, other.id) in edition.answers:
            draft.offer(other.question, f"{topic.id}.{other.id}")


def decline(asked: Asked, edition: Edition, topic: Topic, aspect: str, gone: Point | None = None) -> Payload:
    """Nothing confirmed: says so, what held until a day now `gone`, whom to ask, and that it does not mean no."""
    draft = Draft(edition, asked.today, topic=topic)
    draft.say("no_confirmed", topic=topic.name, aspect=edition.aspects[aspect].name)
    if gone and gone.until:
        draft.say_point(gone, gone.until)
        draft.say("lapsed_note", until=f"{gone.until:%Y-%m-%d}")
    send_on(draft, topic, aspect)
    offer_aspects(draft, topic, aspect)
    memory = Memory(topic=topic.id, aspect=aspect, careful=asked.memory.careful)
    return draft.finish(Outcome.DECLINED, memory)


def send_on(draft: Draft, topic: Topic, aspect: str) -> None:
    """Whom to ask instead, and how to put it."""
    draft.say_contacts("ask_there", contacts_of(draft.edition, topic))
    draft.say("ready_sentence", topic=topic.name, aspect=draft.edition.aspects[aspect].name)
