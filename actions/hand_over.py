"""Hands over to a person, honestly: nobody waits here, so it names who can be reached, and how, right now."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.composing import Draft, contacts_of
from actions.explain_topic import UnlessHit
from actions.payload import Outcome, Payload
from actions.turn import Asked


class HandOver(UnlessHit):
    """Answers a wish for a person or a call-back. The gateway records the wish."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        topic = edition.topics.get(asked.memory.topic or "")
        draft = Draft(edition, asked.today, topic=topic)
        phrase = "callback_form" if asked.understanding.act == "callback" else "human_nobody_here"
        draft.say_contacts(phrase, contacts_of(edition, topic, asked))
        if topic:
            draft.say("ready_sentence_topic", topic=topic.name)
        return draft.finish(Outcome.DECLINED, asked.memory)
