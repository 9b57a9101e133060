"""Takes a short reply to what we asked or offered: yes, no, the second one, I don't know."""

from __future__ import annotations

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition
from actions.catalogue.ranking import ranker_for
from actions.composing import Draft
from actions.explain_topic import UnlessHit, explain, say_points
from actions.payload import Outcome, Payload
from actions.turn import Asked, Understanding

ORDINALS = ("1一首", "2二两", "3三", "4四", "5五")


class TakeReply(UnlessHit):
    """Answers affirm, deny, choose and dont_know by what was last asked."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        act = asked.understanding.act
        if act == "affirm" and asked.memory.asked == "more":
            return say_more(asked, edition)
        if act == "choose" and (value := chosen(asked)):
            topic, _, aspect = value.partition(".")
            picked = Understanding(topic=topic or None, aspect=aspect or "overview", confidence=1.0)
            return explain(Asked("", picked, asked.memory, asked.now), edition, ranker_for(edition))
        phrases = {"affirm": "affirm_nothing", "deny": "deny_nothing", "choose": "choose_nothing"}
        draft = Draft(edition, asked.today).say(phrases.get(act or "", "dont_know"))
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


def chosen(asked: Asked) -> str | None:
    """The value of the choice named by its position or its words; None when none fits."""
    offered = [c for c in (asked.memory.last or {}).get("choices", []) if not c["value"].startswith("act:")]
    for choice in offered:
        if choice["title"] in asked.text:
            return str(choice["value"])
    for choice, signs in zip(offered, ORDINALS, strict=False):
        if any(sign in asked.text for sign in signs):
            return str(choice["value"])
    return None
