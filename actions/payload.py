"""The one schema of what crosses from an action, through Rasa, to the gateway: one payload for each turn."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Outcome(StrEnum):
    """How a turn ended. Declined: we know the matter but hold nothing confirmed; not_covered: outside what we serve."""

    ANSWERED = "answered"
    ASKED_BACK = "asked_back"
    DECLINED = "declined"
    NOT_COVERED = "not_covered"
    HANDED_OVER = "handed_over"
    FAILED = "failed"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(Part):
    """A reply the resident can press. `value` is ``topic.aspect``, ``topic.`` , ``.aspect`` or ``act:name``."""

    title: str = Field(min_length=1)
    value: str = Field(min_length=1, max_length=200)


class SourceNote(Part):
    """A source as shown to the resident."""

    id: str
    title: str
    issuer: str
    date: str
    locator: str | None = None
    url: str | None = None
    level: str


class ContactNote(Part):
    """A way to a person: number, how it is read out, and whether by voice, text or sign-language video."""

    id: str
    name: str
    way: str
    number: str
    spoken: str
    hours: str | None = None
    description: str


class ServiceNote(Part):
    id: str
    name: str


class PlaceNote(Part):
    """A place as shown: `opening` is open, closed or unknown at the time of the turn."""

    id: str
    name: str
    address: str | None = None
    opening: str
    demonstration: bool


class HandOver(Part):
    """Who can help when we cannot; `waiting` is True only if a person is really there."""

    waiting: bool
    contacts: tuple[ContactNote, ...] = Field(min_length=1)


class Awaited(Part):
    """A question that has no answer yet: its matter, the words it was asked in (none when it was a choice), the
    place it is about, and the edition of the catalogue that did not know."""

    topic: str
    aspect: str
    text: str
    place: str | None = None
    edition: str


class Memory(Part):
    """What the conversation is about. Sent with every turn and returned by it: engines hold no state.

    `said` are the points of the last answer, `more` those on offer; `asked` is the question we put
    (``topic``, ``more`` or ``about:topic.aspect``); `careful` stays on after a crisis; `awaiting` is the question
    just declined, should the resident want to be told later; `way` is how they communicate if not by voice.
    `topics` are those talked about, the latest last; `alternatives` are the choices that were nearly understood last;
    `misses` turns in a row were not answered, `angry` were complaints, `same` got the answer before; `consoled`: was
    led to a person since the last answer; `cared`: was asked once whether they are well.
    """

    topic: str | None = None
    aspect: str | None = None
    place: str | None = None
    said: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    asked: str | None = None
    topics: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    misses: int = 0
    angry: int = 0
    same: int = 0
    consoled: bool = False
    cared: bool = False
    careful: bool = False
    awaiting: Awaited | None = None
    way: str | None = None
    last: dict[str, Any] | None = None


class Payload(Part):
    """One reply before it reaches a channel. `text` for the screen, `speech` for the ear, `easy` in plain
    language: never empty. An answered fact has a source. `papers` are the lines of a tick list of what to bring;
    `awaits` is what the resident wants to be told once we know it."""

    outcome: Outcome
    text: str = Field(min_length=1)
    speech: str = Field(min_length=1)
    easy: str = Field(min_length=1)
    choices: tuple[Choice, ...] = ()
    sources: tuple[SourceNote, ...] = ()
    as_of: str | None = None
    services: tuple[ServiceNote, ...] = ()
    places: tuple[PlaceNote, ...] = ()
    hand_over: HandOver | None = None
    papers: tuple[str, ...] = ()
    awaits: Awaited | None = None
    points: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    memory: Memory
    edition: str
