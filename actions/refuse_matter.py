"""Says that a matter is not ours, whom to ask instead, and what one can ask here."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.catalogue.ranking import Ranked
from actions.catalogue.rendering import lapsed
from actions.composing import Draft, contacts_of
from actions.explain_topic import ExplainTopic, say_points, sayable
from actions.payload import Outcome, Payload
from actions.tell_capabilities import offer_matters
from actions.turn import Asked


class RefuseMatter(ExplainTopic):
    """Answers what is out of scope; unless the words clearly hit a point of the matter being talked about."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        if asked.memory.topic in edition.topics and (ranked := self.points_hit(asked, edition)):
            topic, aspect = edition.homes[ranked[0][0].id]
            draft = Draft(edition, asked.today, topic=edition.topics[topic])
            return say_points(draft, asked, edition.topics[topic], aspect, ranked)
        draft = Draft(edition, asked.today).say_contacts("not_covered", contacts_of(edition, None))
        return offer_matters(draft).finish(Outcome.NOT_COVERED, asked.memory)

    def points_hit(self, asked: Asked, edition: Edition) -> Ranked:
        """The point the words clearly hit, then the others of its answer; nothing if none is."""
        ranker = self.ranker_of(edition)
        answers = {home: answer for home, answer in edition.answers.items() if home[0] == asked.memory.topic}
        points = [point for answer in answers.values() for point in sayable(answer, edition, asked.today)]
        hit = ranker.clear_hit([point for point in points if not lapsed(point, asked.today)], asked.text)
        if hit is None:
            return []
        return ranker.rank(sayable(answers[edition.homes[hit.id]], edition, asked.today), asked.text)
