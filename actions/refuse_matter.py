"""Says that a matter is not ours, whom to ask instead, and what one can ask here."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.composing import Draft, contacts_of
from actions.explain_topic import ExplainTopic, points_hit, say_points
from actions.payload import Outcome, Payload
from actions.tell_capabilities import offer_matters
from actions.turn import Asked


class RefuseMatter(ExplainTopic):
    """Answers what is out of scope; unless the words clearly hit a point of the matter being talked about."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        topic = edition.topics.get(asked.memory.topic or "")
        if topic and (ranked := points_hit(asked, self.ranker_of(edition), topic, asked.text)):
            aspect = edition.homes[ranked[0][0].id][1]
            return say_points(Draft(edition, asked.today, topic=topic), asked, topic, aspect, ranked)
        draft = Draft(edition, asked.today).say_contacts("not_covered", contacts_of(edition, None))
        return offer_matters(draft).finish(Outcome.NOT_COVERED, asked.memory)
