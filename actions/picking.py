"""Picking: what a resident says to choices on offer, or to a question of ours, read as the choice it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.asking_back import OVERVIEW, TOPIC
from actions.catalogue.asking import asking
from actions.catalogue.edition import Edition
from actions.catalogue.ranking import without
from actions.payload import Choice
from actions.turn import Asked, Understanding

ACT, ABOUT = "act:", "about:"
FINE, UNWELL = "act:fine", "act:crisis"
# A shorter part of a name is in too many names.
CHARACTERS_AT_LEAST = 2
_NO_WORDS = re.compile(r"[^\w]+")


def pick(asked: Asked, edition: Edition) -> Understanding | None:
    """The choice that the words name, understood as if it had been pressed; None when they name none."""
    value = find_value(asked, edition) if asked.text else None
    return understand_choice(value, asked) if value else None


def understand_choice(value: str, asked: Asked) -> Understanding:
    """What a choice means: an act, or a topic and an aspect."""
    if value.startswith(ACT):
        return Understanding(act=value.removeprefix(ACT), confidence=1.0)
    topic, _, aspect = value.partition(".")
    return Understanding(topic=topic or asked.memory.topic, aspect=aspect or OVERVIEW, confidence=1.0)


def offered(asked: Asked) -> list[Choice]:
    """The choices of the last turn, in their order."""
    return [Choice.model_validate(choice) for choice in (asked.memory.last or {}).get("choices", ())]


def find_value(asked: Asked, edition: Edition) -> str | None:
    """The value of the choice that is named; by its place whenever there are choices, otherwise as an answer to what
    was asked last."""
    choices, act, question = offered(asked), asked.understanding.act, asked.memory.asked or ""
    matters = [choice for choice in choices if not choice.value.startswith(ACT)]
    words = reduce(asked.text)
    found = by_place(words, choices, matters) if choices else None
    if found is None and any(choice.value == UNWELL for choice in choices):
        found = by_wellbeing(asked)
    if found is None and (question == TOPIC or act == "choose"):
        found = by_name(words, choices, edition)
    if found is None and act == "affirm":
        if question == TOPIC and len(matters) == 1:
            found = matters[0].value
        elif question.startswith(ABOUT):
            found = question.removeprefix(ABOUT)
    return found


def reduce(words: str) -> str:
    """What tells choices apart: the words without what is said around them, and without punctuation."""
    return _NO_WORDS.sub("", without(words, asking().choosing))


def by_place(words: str, choices: Sequence[Choice], matters: Sequence[Choice]) -> str | None:
    """The choice named by its place; the last one is the last matter, not the offers that always stand below."""
    for choice, names in zip(choices, asking().ordinals, strict=False):
        if words in names:
            return choice.value
    return (matters or choices)[-1].value if words in asking().last else None


def by_wellbeing(asked: Asked) -> str | None:
    """The choice that an answer to "are you all right?" means. A bare no is taken for a bad sign."""
    if any(sign in asked.text for sign in asking().unwell):
        return UNWELL
    if any(sign in asked.text for sign in asking().well) or asked.understanding.act == "affirm":
        return FINE
    return UNWELL if asked.understanding.act == "deny" else None


def by_name(words: str, choices: Sequence[Choice], edition: Edition) -> str | None:
    """The one choice whose title, or a name of whose topic, holds the words."""
    if len(words) < CHARACTERS_AT_LEAST:
        return None
    found = [choice.value for choice in choices if any(words in reduce(name) for name in names_of(choice, edition))]
    return found[0] if len(found) == 1 else None


def names_of(choice: Choice, edition: Edition) -> list[str]:
    """What a choice may be called."""
    topic = edition.topics.get(choice.value.partition(".")[0])
    return [choice.title, *((topic.name, *topic.aliases) if topic else ())]
