"""Says that a matter is not ours, whom to ask instead, and what one can ask here."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.catalogue.records import Point
from actions.catalogue.rendering import lapsed
from actions.composing import Draft, contacts_of
from actions.explain_topic import ExplainTopic, say_points, sayable
from actions.payload import Outcome, Payload
from actions.tell_capabilities import offer_matters
from actions.turn import Asked

CLEAR_HIT = 5.0


class RefuseMatter(ExplainTopic):
    """Answers what is out of scope; unless the words clearly hit a point of the matter being talked about."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        if points := self.points_hit(asked, edition):
            topic, aspect = edition.homes[points[0].id]
            draft = Draft(edition, asked.today, topic=edition.topics[topic])
            return say_points(draft, asked, edition.topics[topic], aspect, points)
        draft = Draft(edition, asked.today).say_contacts("not_covered", contacts_of(edition, None))
        return offer_matters(draft).finish(Outcome.NOT_COVERED, asked.memory)

    def points_hit(self, asked: Asked, edition: Edition) -> list[Point]:
        """The point the words clearly hit, then the others of its answer; nothing if none is."""
        topic = asked.memory.topic
        answers = [answer for (home, _), answer in edition.answers.items() if home == topic]
        points = [point for answer in answers for point in sayable(answer, edition, asked.today)]
        ranked = self.ranker_of(edition).rank([p for p in points if not lapsed(p, asked.today)], asked.text)
        if not ranked or ranked[0][1] < CLEAR_HIT:
            return []
        home = edition.homes[ranked[0][0].id]
        return [point for point, _ in ranked if edition.homes[point.id] == home]
