"""Asking back: which matter is meant, with choices when several fit, and never the same way twice."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.catalogue.records import Topic
from actions.composing import Draft, contacts_of
from actions.payload import Outcome, Payload
from actions.turn import Asked

FIRST_MATTERS = ("disability_certificate", "two_subsidies", "free_transit", "legal_aid")
GUESSES_AT_MOST = 3
GUESS_AT_LEAST = 0.08
# How sure the aspect alone must be to be asked about by name.
ASPECT_AT_LEAST = 0.6
POLICE = ("police_110", "police_text_12110")


def offer_matters(draft: Draft) -> Draft:
    """Offers the matters most asked about."""
    for topic in FIRST_MATTERS:
        if topic in draft.edition.topics:
            draft.offer(draft.edition.topics[topic].name, f"{topic}.overview")
    return draft.offer(draft.edition.phrases["choice_human"].text, "act:human")


def ask_which_topic(
    asked: Asked, edition: Edition, collective: Topic | None = None, lead: str | None = None
) -> Payload:
    """Asks which topic is meant. `collective` is a name that stands for several topics."""
    draft = Draft(edition, asked.today)
    aspect = asked.understanding.aspect or "overview"
    misses = asked.memory.misses + 1
    if collective:
        draft.say("which_of", topic=collective.name)
        guesses = list(collective.ambiguous)
    else:
        guesses = [
            reading.topic
            for reading in asked.understanding.alternatives
            if reading.topic and reading.topic in edition.topics and reading.confidence >= GUESS_AT_LEAST
        ][:GUESSES_AT_MOST]
        if asked.memory.careful and not guesses:
            # perhaps where they are, or what happened: that must reach those who can come
            draft.say_contacts("careful_unclear", [edition.contacts[contact] for contact in POLICE])
        elif misses > 1:
            draft.say_contacts("not_understood_again", contacts_of(edition, None, asked))
        elif not guesses and asked.understanding.aspect and asked.understanding.confidence >= ASPECT_AT_LEAST:
            draft.say("which_matter", aspect=edition.aspects[aspect].name)
            guesses = list(FIRST_MATTERS)
        else:
            draft.say(lead or ("which_topic" if guesses else "not_understood"))
    for topic in guesses:
        title = edition.phrases["choice_of_topic"].text
        name, question = edition.topics[topic].name, edition.aspects[aspect].question
        draft.offer(title.format(topic=name, question=question), f"{topic}.{aspect}")
    draft.offer(edition.phrases["choice_capabilities"].text, "act:capabilities")
    draft.offer(edition.phrases["choice_human"].text, "act:human")
    memory = asked.memory.model_copy(update={"asked": "topic", "aspect": aspect, "misses": misses, "more": ()})
    return draft.finish(Outcome.ASKED_BACK, memory)
