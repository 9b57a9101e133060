"""Explains a matter: the points of its answer, the ones asked for first; or an honest decline that helps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from actions.catalogue.edition import Edition
from actions.catalogue.ranking import PointRanker
from actions.catalogue.records import Answer, Point, Topic
from actions.catalogue.rendering import in_force, lapsed, render
from actions.composing import Draft, contacts_of
from actions.find_service import ask_which_topic
from actions.payload import Memory, Outcome, Payload
from actions.turn import Asked, EditionSource, TurnAction

POINTS_AT_MOST = 3
CHARACTERS_AT_MOST = 130


class ExplainTopic(TurnAction):
    """Answers what is asked about a topic."""

    def __init__(self, editions: EditionSource) -> None:
        super().__init__(editions)
        self._rankers: dict[str, PointRanker] = {}

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        if edition.number not in self._rankers:
            self._rankers = {edition.number: PointRanker(edition)}
        return explain(asked, edition, self._rankers[edition.number])


def explain(asked: Asked, edition: Edition, ranker: PointRanker) -> Payload:
    """The reply for the topic and aspect understood; asks back when it is not clear which."""
    topic = edition.topics.get(asked.understanding.topic or "")
    aspect = asked.understanding.aspect or "overview"
    if topic is None or not asked.understanding.sure:
        return ask_which_topic(asked, edition)
    found = find_answer(edition, topic, aspect)
    points = [point for point in found.points if can_say(point, edition, asked.today)] if found else []
    if not points and topic.ambiguous:
        return ask_which_topic(asked, edition, topic)
    if found is None or not points:
        return decline(asked, edition, topic, aspect)
    ranked = [point for point, _ in ranker.rank(points, asked.text)]
    return say_points(asked, edition, topic, aspect, ranked)


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


def say_points(asked: Asked, edition: Edition, topic: Topic, aspect: str, points: Sequence[Point]) -> Payload:
    """Says the first points, as many as can be listened to, and offers the rest."""
    draft = Draft(edition, asked.today, topic=topic)
    said: list[Point] = []
    for point in points[:POINTS_AT_MOST]:
        if said and sum(len(p.text) for p in (*said, point)) > CHARACTERS_AT_MOST:
            break
        draft.say_point(point)
        said.append(point)
    more = tuple(point.id for point in points[len(said) :])
    if more:
        draft.offer(edition.phrases["choice_more"].text, "act:affirm")
    offer_aspects(draft, edition, topic, aspect)
    memory = Memory(
        topic=topic.id,
        aspect=aspect,
        place=next(iter(topic.places), None),
        said=tuple(point.id for point in said),
        more=more,
        asked="more" if more else None,
        careful=asked.memory.careful,
    )
    return draft.finish(Outcome.ANSWERED, memory)


def offer_aspects(draft: Draft, edition: Edition, topic: Topic, aspect: str) -> None:
    """Offers what else we know about the topic, or which of the topics it stands for is meant."""
    for meant in topic.ambiguous:
        name = edition.topics[meant].name
        draft.offer(name, f"{meant}.{aspect}")
    for other in edition.aspects.values():
        if other.id != aspect and (topic.id, other.id) in edition.answers:
            draft.offer(other.question, f"{topic.id}.{other.id}")


def decline(asked: Asked, edition: Edition, topic: Topic, aspect: str) -> Payload:
    """Nothing confirmed: says so, what we do know, whom to ask and how, and that it does not mean no."""
    draft = Draft(edition, asked.today, topic=topic)
    names = {"topic": topic.name, "aspect": edition.aspects[aspect].name}
    draft.say("no_confirmed", **names)
    for point in lapsed_points(edition, topic, aspect, asked)[:1]:
        draft.say_point(point)
        draft.say("lapsed_note", until=f"{point.until:%Y-%m-%d}")
    draft.say_contacts("ask_there", contacts_of(edition, topic))
    draft.say("ready_sentence", **names)
    offer_aspects(draft, edition, topic, aspect)
    memory = Memory(topic=topic.id, aspect=aspect, careful=asked.memory.careful)
    return draft.finish(Outcome.DECLINED, memory)


def lapsed_points(edition: Edition, topic: Topic, aspect: str, asked: Asked) -> list[Point]:
    """Points that held until a day now past."""
    found = find_answer(edition, topic, aspect)
    return [point for point in found.points if lapsed(point, asked.today)] if found else []
