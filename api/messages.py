"""What crosses the gateway's edge: what was heard, what is replied, and the turn that joins them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

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
HYPOTHESES_AT_MOST = 10


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
Confidence = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Hypothesis(Part):
    """One way to hear what was spoken."""

    text: str
    confidence: Confidence


class HypothesisIn(Hypothesis):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    text: Readable


class Heard(Part):
    """What a speech recogniser heard: its hypotheses, the best one first, and how sure it is."""

    hypotheses: tuple[Hypothesis, ...] = ()
    confidence: float | None = None


class WordsIn(Part):
    """Words, typed or spoken. With `n_best` the text may be left out; if it is there, it is one of the hypotheses."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    text: Readable | None = Field(
        default=None,
        description="What was typed or heard. May be left out with n_best: its first hypothesis is the text.",
    )
    n_best: Annotated[list[HypothesisIn], Field(min_length=1, max_length=HYPOTHESES_AT_MOST)] | None = Field(
        default=None,
        description="The speech recogniser's hypotheses, the best one first. What makes most sense is taken as heard:"
        " understanding.heard tells which.",
    )
    confidence: Confidence | None = Field(
        default=None, description="How sure the speech recogniser is of the text; left out, the first hypothesis's."
    )

    @model_validator(mode="after")
    def _of_one_sound(self) -> Self:
        if self.n_best and self.text is not None and self.text not in [one.text for one in self.n_best]:
            raise ValueError("text is none of n_best")
        if self.words is None and self.confidence is not None:
            raise ValueError("confidence without words")
        return self

    def change_words(self, change: Callable[[str], str]) -> Self:
        """The same with each text changed."""
        text = change(self.text) if self.text is not None else None
        n_best = self.n_best and [one.model_copy(update={"text": change(one.text)}) for one in self.n_best]
        return self.model_copy(update={"text": text, "n_best": n_best})

    @property
    def words(self) -> str | None:
        """What was typed, or the best that was heard."""
        return self.n_best[0].text if self.n_best and self.text is None else self.text

    @property
    def heard(self) -> Heard | None:
        """What the recogniser told; None for words that were typed."""
        if self.n_best is None and self.confidence is None:
            return None
        hypotheses = tuple(self.n_best or ())
        sure = self.confidence if self.confidence is not None else hypotheses[0].confidence
        return Heard(hypotheses=hypotheses, confidence=sure)


class MessageIn(WordsIn):
    """What a client sends: either words or the value of a choice offered in the last turn."""

    client_message_id: Annotated[Plain, Field(min_length=1, max_length=100)]
    choice: Annotated[Plain, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.words is None) == (self.choice is None):
            raise ValueError("words or choice")
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


class UnderstandIn(WordsIn):
    topic: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")] | None = None

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if self.words is None:
            raise ValueError("text or n_best")
        return self


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
    """What was understood; null where it does not apply. `also` is a second question in the same words; `correcting`:
    it puts right what was understood before; `troubled`: worded like a crisis, not surely one; `heard` is the
    hypothesis taken of those of a recogniser."""

    alternatives: tuple[Reading, ...] = ()
    entities: tuple[Entity, ...] = ()
    also: Reading | None = None
    correcting: bool = False
    troubled: bool = False
    heard: str | None = None


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
