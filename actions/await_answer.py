"""Notes that a resident wants to be told once we know what we could not answer now, and says so when we do."""

from __future__ import annotations

import datetime as dt

from actions.asking_back import offer_matters, title_of
from actions.catalogue.edition import Edition
from actions.catalogue.records import Topic
from actions.composing import Draft, combine, contacts_of
from actions.payload import Awaited, Outcome, Payload
from actions.turn import Asked, TurnAction

TELL_ME = "act:tell_me"
# A longer question is named by its matter when it is answered later.
CHARACTERS_AT_MOST = 40


class AwaitAnswer(TurnAction):
    """Answers the wish to be told later. The gateway keeps what the payload `awaits`."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        wanted = asked.memory.awaiting
        topic = edition.topics.get(wanted.topic) if wanted else None
        draft = Draft(edition, asked.today, topic=topic)
        if topic is None:
            return offer_matters(draft.say("choose_nothing")).finish(Outcome.ASKED_BACK, asked.memory)
        draft.say_contacts("tell_me_noted", contacts_of(edition, topic))
        for choice in (asked.memory.last or {}).get("choices", ()):
            if choice["value"] != TELL_ME:
                draft.offer(choice["title"], choice["value"])
        memory = asked.memory.model_copy(update={"awaiting": None, "misses": 0})
        return draft.finish(Outcome.ANSWERED, memory).model_copy(update={"awaits": wanted})


def offer_to_tell(draft: Draft, asked: Asked, topic: Topic, aspect: str, place: str | None = None) -> Awaited:
    """Offers, in a decline, to tell the answer once there is one; returns what the memory must hold for that."""
    draft.offer(draft.edition.phrases["choice_tell_me"].text, TELL_ME)
    return Awaited(topic=topic.id, aspect=aspect, text=asked.text, place=place, edition=draft.edition.number)


def say_known(payload: Payload, wanted: Awaited, edition: Edition, on: dt.date) -> Payload:
    """The answer that has come, led by the question it answers."""
    lead = Draft(edition, on).say("tell_me_answer", question=question_of(wanted, edition))
    return combine(payload, lead, first=True)


def question_of(wanted: Awaited, edition: Edition) -> str:
    """The question in the resident's words if they name the matter and are short: days later nobody knows what
    "and how much?" was about. Otherwise the matter and what about it."""
    topic = edition.topics[wanted.topic]
    names = (topic.name, *topic.aliases)
    words = wanted.text.strip()
    if len(words) <= CHARACTERS_AT_MOST and words not in names and any(name in words for name in names):
        return words
    return title_of(f"{topic.id}.{wanted.aspect}", edition)
