"""What crosses the gateway's edge: what was heard, what is replied, and the turn that joins them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from actions.payload import (
    Choice,
    HandOver,
    Memory,
    Outcome,
    Payload,
    PlaceNote,
    ServiceNote,
    SourceNote,
)
from api.errors import EngineNonsense

__all__ = ["Choice", "HandOver", "Memory", "Outcome", "PlaceNote", "ServiceNote", "SourceNote"]

CHARACTERS_AT_MOST = 2000


def readable(text: str) -> str:
    """The text in NFC without control characters; refuses lone surrogates and text with nothing to read."""
    if any(unicodedata.category(character) == "Cs" for character in text):
        raise ValueError("lone surrogate")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    normal = unicodedata.normalize("NFC", kept).strip()
    if not any(unicodedata.category(c)[0] in "LNPS" for c in normal):
        raise ValueError("nothing to read")
    return normal


Readable = Annotated[str, Field(max_length=CHARACTERS_AT_MOST), AfterValidator(readable)]
Plain = Annotated[str, AfterValidator(readable)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class MessageIn(Part):
    """What a client sends: either words or the value of a choice offered in the last turn."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    client_message_id: Annotated[Plain, Field(min_length=1, max_length=100)]
    text: Readable | None = None
    choice: Annotated[Plain, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> MessageIn:
        if (self.text is None) == (self.choice is None):
            raise ValueError("text or choice")
        return self


class ConversationIn(Part):
    """How a conversation begins."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    locale: Literal["zh-CN"] = "zh-CN"


class FeedbackIn(Part):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    turn_id: Annotated[Plain, Field(max_length=64)]
    helpful: bool
    comment: Readable | None = None


class UnderstandIn(Part):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    text: Readable
    topic: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")] | None = None


class CallbackIn(Part):
    """A number a resident leaves on purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    phone: Annotated[Plain, Field(min_length=5, max_length=40, pattern=r"^[0-9０-９+()（）\- ]+$")]
    note: Readable | None = None


class Entity(Part):
    type: str
    value: str
    text: str
    start: int
    end: int


class Reading(Part):
    topic: str | None = None
    aspect: str | None = None
    act: str | None = None
    confidence: float = Field(ge=0, le=1)


class Understanding(Reading):
    """What was understood; null where it does not apply."""

    alternatives: tuple[Reading, ...] = ()
    entities: tuple[Entity, ...] = ()


class Reply(Part):
    """What is answered, in three forms that are never empty."""

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

    @classmethod
    def from_payload(cls, payload: Payload) -> Reply:
        return cls.model_validate({name: getattr(payload, name) for name in cls.model_fields})


class Turn(Part):
    """One thing heard, one reply, one outcome."""

    turn_id: str
    outcome: Outcome
    reply: Reply | None
    understanding: Understanding | None
    model: str | None
    catalogue_edition: str


class Opened(Part):
    """A new conversation. `token` authorises what follows; `code` can be spoken to a helper."""

    conversation_id: str
    token: str
    code: str
    reply: Reply


class EntryKind(StrEnum):
    RESIDENT = "resident"
    ASSISTANT = "assistant"
    NOTICE = "notice"


class Entry(Part):
    """One line of a transcript."""

    kind: EntryKind
    text: str
    at: dt.datetime
    turn_id: str | None = None
    outcome: Outcome | None = None
    reply: Reply | None = None
    helpful: bool | None = None
    careful: bool = False
    """A crisis answer: the page shows the quick exit."""


class Transcript(Part):
    conversation_id: str
    code: str
    entries: tuple[Entry, ...]


class Parsed(Part):
    """The connector's answer to a text that is only to be understood."""

    understanding: Understanding

    @classmethod
    def from_engine(cls, body: bytes) -> Parsed:
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise EngineNonsense(str(error.error_count())) from error


class EngineReply(Part):
    """The connector's answer to one turn."""

    understanding: dict[str, Any]
    payload: Payload
    model: str
    action: str

    @classmethod
    def from_engine(cls, body: bytes) -> EngineReply:
        """Takes the JSON that the engine sent; anything unknown or empty is an error, never an answer."""
        try:
            reply = cls.model_validate_json(body)
            Understanding.model_validate(reply.understanding)
        except ValidationError as error:
            raise EngineNonsense(str(error.error_count())) from error
        if reply.payload.outcome is Outcome.ANSWERED and reply.payload.points and not reply.payload.sources:
            raise EngineNonsense("a fact without a source")
        return reply
