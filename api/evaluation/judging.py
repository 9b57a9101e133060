"""One held-out sentence, what was understood, and whether that is right."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

OUT_OF_SCOPE, CRISIS = "out_of_scope", "crisis"
ACT, QUESTION, NO_TOPIC = "act", "question", "none"
"""Labels in the confusions for what is another kind of thing, or names no matter."""
OFFERED_AT_MOST = 3
WHOLE = ("topic", "aspect")


class Round(StrEnum):
    """How a sentence was asked: as written, as a recogniser might hear it, or as a turn of a dialogue."""

    PLAIN = "plain"
    MISHEARD = "misheard"
    DIALOGUE = "dialogue"


class Reading(BaseModel):
    """What a sentence means: a topic and an aspect, or an act."""

    topic: str | None = None
    aspect: str | None = None
    act: str | None = None

    @property
    def label(self) -> str:
        return self.act or f"{self.topic}.{self.aspect}"


class Understood(Reading):
    confidence: float
    sure: bool
    alternatives: list[Reading] = Field(default_factory=list)


class Case(Reading):
    """A sentence with its right reading, its tags, and what was understood (`got`).

    `accept`: further right readings, only their differing keys. `before`: what was said earlier in its dialogue.
    `said`: what was said where `text` is what a recogniser might hear.
    """

    text: str
    round: Round
    file: str
    got: Understood
    accept: list[dict[str, str | None]] = Field(default_factory=list)
    before: list[str] = Field(default_factory=list)
    said: str | None = None
    context: str | None = None
    variety: str | None = None
    voice: str | None = None
    channel: str | None = None
    kind: str | None = None

    @property
    def key(self) -> str:
        """The same in every evaluation that asks this sentence in this place."""
        return " / ".join([*([self.context] if self.context else []), *self.before, self.text])

    @property
    def source(self) -> tuple[str, str | None, str]:
        """The same for a sentence as written and its misheard copies."""
        return self.file, self.context, self.said or self.text

    @property
    def readings(self) -> list[Reading]:
        """The right reading, then the acceptable ones."""
        right = {"topic": self.topic, "aspect": self.aspect, "act": self.act}
        return [Reading.model_validate({**right, **other}) for other in ({}, *self.accept)]

    def agrees(self, *names: str, strict: bool = False) -> bool:
        """Whether the named parts of what was understood are those of one right reading. An act has no parts."""
        allowed = self.readings[: 1 if strict else None]
        return any(_agree(reading, self.got, names or WHOLE) for reading in allowed)

    @property
    def is_question(self) -> bool:
        return self.act is None

    @property
    def may_be_crisis(self) -> bool:
        return any(reading.act == CRISIS for reading in self.readings)

    @property
    def is_idiom(self) -> bool:
        """From a file of sayings that sound like a crisis and are none."""
        return self.file.endswith("idioms")

    @property
    def asked_back(self) -> bool:
        return self.got.act is None and not self.got.sure

    @property
    def offered(self) -> bool:
        """Whether a right topic is among the alternatives that can be offered."""
        topics = {reading.topic for reading in self.got.alternatives[:OFFERED_AT_MOST]}
        return any(reading.topic in topics for reading in self.readings if reading.topic)


def _agree(reading: Reading, got: Reading, names: tuple[str, ...]) -> bool:
    if reading.act or got.act:
        return reading.act == got.act
    return all(getattr(reading, name) == getattr(got, name) for name in names)


class Fault(StrEnum):
    """What went wrong, the gravest first."""

    CRISIS_MISSED = "crisis_missed"
    CRISIS_FALSE = "crisis_false"
    REJECTED = "rejected"
    NOT_REFUSED = "not_refused"
    TAKEN_FOR_ACT = "taken_for_act"
    ACT = "act"
    TOPIC = "topic"
    ASPECT = "aspect"


def find_fault(case: Case) -> Fault | None:
    """The fault of a case, or None when it is right."""
    got = case.got.act
    if case.agrees():
        return None
    grave = [
        (Fault.CRISIS_MISSED, case.act == CRISIS),
        (Fault.CRISIS_FALSE, got == CRISIS),
        (Fault.REJECTED, got == OUT_OF_SCOPE),
        (Fault.NOT_REFUSED, case.act == OUT_OF_SCOPE),
        (Fault.TAKEN_FOR_ACT, case.is_question and got is not None),
        (Fault.ACT, not case.is_question),
        (Fault.TOPIC, not case.agrees("topic")),
    ]
    return next((fault for fault, holds in grave if holds), Fault.ASPECT)


def label_part(case: Case, part: str) -> tuple[str, str]:
    """The right label and the one understood for one part of a question; an acceptable one counts as right."""
    right = getattr(case, part) or NO_TOPIC
    if case.agrees(part):
        return right, right
    if case.got.act:
        return right, OUT_OF_SCOPE if case.got.act == OUT_OF_SCOPE else ACT
    return right, getattr(case.got, part) or NO_TOPIC


def label_act(case: Case) -> tuple[str, str]:
    """The right act and the one understood; a question is one label."""
    right = case.act or QUESTION
    return right, right if case.agrees() else case.got.act or QUESTION


def read_cases(asked: list[dict[str, Any]]) -> list[Case]:
    """What assistant/evaluate.py prints."""
    return [Case.model_validate(one) for one in asked]
