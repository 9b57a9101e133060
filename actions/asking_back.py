"""Asking back: which matter is meant, with at most three choices; never twice in a row."""

from __future__ import annotations

from collections.abc import Sequence

from actions.catalogue.edition import Edition
from actions.catalogue.records import Contact, Topic
from actions.composing import Draft, contacts_of
from actions.payload import Outcome, Payload
from actions.turn import Asked

FIRST_MATTERS = ("disability_certificate", "two_subsidies", "free_transit", "legal_aid")
GUESSES_AT_MOST = 3
GUESS_AT_LEAST = 0.03
# How sure the aspect alone must be to be asked about by name.
ASPECT_AT_LEAST = 0.6
POLICE = ("police_110", "police_text_12110")
TOPIC, OVERVIEW = "topic", "overview"


def offer_matters(draft: Draft) -> Draft:
    """Offers the matters most asked about."""
    for topic in FIRST_MATTERS:
        if topic in draft.edition.topics:
            draft.offer(draft.edition.topics[topic].name, f"{topic}.{OVERVIEW}")
    return draft.offer(draft.edition.phrases["choice_human"].text, "act:human")


def ask_which_topic(
    asked: Asked, edition: Edition, collective: Topic | None = None, lead: str | None = None
) -> Payload:
    """Asks which topic is meant; tells of a person instead when that was just asked. `collective` is a name that
    stands for several topics."""
    aspect = asked.understanding.aspect or OVERVIEW
    guesses = list(collective.ambiguous) if collective else guess(asked, edition)
    if asked.memory.asked == TOPIC or (asked.memory.careful and not guesses):
        return give_up(asked, edition)
    draft = Draft(edition, asked.today)
    if collective:
        draft.say("which_of", topic=collective.name)
    elif not guesses and asked.understanding.aspect and asked.understanding.confidence >= ASPECT_AT_LEAST:
        draft.say("which_matter", aspect=edition.aspects[aspect].name)
        guesses = [topic for topic in FIRST_MATTERS if topic in edition.topics]
    else:
        draft.say(lead or ("which_topic" if guesses else "not_understood"))
    return offer_guesses(draft, asked, [f"{topic}.{aspect}" for topic in guesses], aspect)


def ask_what_instead(asked: Asked, edition: Edition) -> Payload:
    """Asks what was meant instead of what was understood last: what these words may mean, and what those nearly did."""
    if asked.memory.asked == TOPIC:
        return give_up(asked, edition)
    aspect = asked.memory.aspect or OVERVIEW
    values = [f"{topic}.{aspect}" for topic in guess(asked, edition) if topic != asked.memory.topic]
    values += [f"{topic}.{aspect}" for topic in siblings(asked.memory.topic, edition)]
    values += [value for value in asked.memory.alternatives if value.partition(".")[0] in edition.topics]
    draft = Draft(edition, asked.today).say("correct_which" if values else "correct_noted")
    return offer_guesses(draft, asked, list(dict.fromkeys(values)), aspect)


def siblings(topic: str | None, edition: Edition) -> list[str]:
    """The topics that are parts of the same one: taken for each other most easily."""
    known = edition.topics.get(topic or "")
    parent = known and known.parent
    return [one.id for one in edition.topics.values() if parent and one.parent == parent and one.id != topic]


def guess(asked: Asked, edition: Edition) -> list[str]:
    """The topics that may be meant, likeliest first."""
    likely = [one.topic or "" for one in asked.understanding.alternatives if one.confidence >= GUESS_AT_LEAST]
    return [topic for topic in dict.fromkeys(likely) if topic in edition.topics]


def offer_guesses(draft: Draft, asked: Asked, values: Sequence[str], aspect: str) -> Payload:
    """Offers what may be meant, as ``topic.aspect``, and remembers that it was asked."""
    edition = draft.edition
    for value in values[:GUESSES_AT_MOST]:
        draft.offer(title_of(value, edition), value)
    draft.offer(edition.phrases["choice_capabilities"].text, "act:capabilities")
    draft.offer(edition.phrases["choice_human"].text, "act:human")
    memory = asked.memory.model_copy(update={"asked": TOPIC, "aspect": aspect, "more": ()})
    return draft.finish(Outcome.ASKED_BACK, memory)


def title_of(value: str, edition: Edition) -> str:
    """A topic and an aspect as a choice is titled."""
    topic, _, aspect = value.partition(".")
    question = edition.aspects[aspect or OVERVIEW].question
    return edition.phrases["choice_of_topic"].text.format(topic=edition.topics[topic].name, question=question)


def give_up(asked: Asked, edition: Edition) -> Payload:
    """Says that it was not understood, and who will understand. After a crisis it may have been told where they are, or
    what happened: that must reach those who can come."""
    phrase, contacts = "not_understood_again", contacts_of(edition, None, asked)
    if asked.memory.careful:
        phrase, contacts = "careful_unclear", police(edition)
    draft = Draft(edition, asked.today).say_contacts(phrase, contacts)
    draft.offer(edition.phrases["choice_human"].text, "act:human")
    draft.offer(edition.phrases["choice_capabilities"].text, "act:capabilities")
    return draft.finish(Outcome.DECLINED, asked.memory.model_copy(update={"asked": None, "more": ()}))


def police(edition: Edition) -> list[Contact]:
    return [edition.contacts[contact] for contact in POLICE]
