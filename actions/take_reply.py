"""Takes a short reply to what we asked or offered: yes, no, the second one, I don't know."""

from __future__ import annotations

from actions.asking_back import TOPIC, give_up, offer_matters
from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.explain_topic import UnlessHit, say_points
from actions.payload import Outcome, Payload
from actions.turn import Asked

PHRASES = {"affirm": "affirm_nothing", "deny": "deny_nothing", "choose": "choose_nothing"}


class TakeReply(UnlessHit):
    """Answers affirm, deny, choose and dont_know by what was last asked. Which choice is named was found before."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        act = asked.understanding.act
        if act == "affirm" and asked.memory.more:
            return say_more(asked, edition)
        if asked.memory.asked == TOPIC:
            return give_up(asked, edition)
        draft = Draft(edition, asked.today).say(PHRASES.get(act or "", "dont_know"))
        memory = asked.memory.model_copy(update={"asked": None, "more": ()})
        return offer_matters(draft).finish(Outcome.ASKED_BACK, memory)


def say_more(asked: Asked, edition: Edition) -> Payload:
    """The points on offer."""
    points = [(edition.points[point], 0.0) for point in asked.memory.more if point in edition.points]
    topic = edition.topics.get(asked.memory.topic or "")
    if not points or topic is None:
        return Draft(edition, asked.today).say("no_more").finish(Outcome.ASKED_BACK, asked.lasting())
    draft = Draft(edition, asked.today, topic=topic)
    return say_points(draft, asked, topic, asked.memory.aspect or "overview", points)
