"""The shape of every catalogue record, as it stands in YAML, in the database and in memory.

One frozen pydantic model per kind of record. The importer validates YAML with these, the tables keep them
(HSDS 3.1.3 names where HSDS has the concept, our declared profile beside them), and an Edition hands the very
same objects to the actions. Dates are ISO; times are local to Asia/Shanghai.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _without_zone(time: dt.time) -> dt.time:
    if time.tzinfo is not None:
        raise PydanticCustomError("zone", "a local time has no zone")
    return time


LocalTime = Annotated[dt.time, AfterValidator(_without_zone)]


class Record(BaseModel):
    """A record is immutable and knows no fields but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(StrEnum):
    """Who a statement holds for."""

    NATIONAL = "national"
    SHANGHAI = "shanghai"
    JIADING = "jiading"
    PUDONG = "pudong"


class Evidence(StrEnum):
    """How strong a source is, strongest first (see docs/content.md)."""

    OFFICIAL_TEXT = "official_text"
    OFFICIAL_PAGE = "official_page"
    OFFICIAL_QUOTED = "official_quoted"
    NEWS = "news"
    SEED = "seed"
    THIRD_PARTY_CITING_OFFICIAL = "third_party_citing_official"
    THIRD_PARTY_WEB = "third_party_web"
    DEMONSTRATION = "demonstration"


class Source(Record):
    """Where a statement comes from. `date` is the document's own date, as exact as it is known
    (``2025-08-07``, ``2017-01``, ``2024``); `since`/`until` are the dates it is in force."""

    id: Id
    title: Sentence
    issuer: Sentence
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    level: Level
    evidence: Evidence
    locator: str | None = None
    url: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    checked_by: Sentence
    checked_on: dt.date


class FigureValue(Record):
    """One dated value of a figure. `value` is written as it is said (``450``, ``1.5``)."""

    value: Annotated[str, StringConstraints(min_length=1)]
    since: dt.date | None = None
    until: dt.date | None = None
    source: Id


class Figure(Record):
    """A number stored once: an amount, a deadline, an age. Texts refer to it as ``{id}`` (the value in force)
    or ``{id:previous}`` (the one before it). `values` run from the oldest to the newest."""

    id: Id
    name: Sentence
    unit: Sentence
    values: tuple[FigureValue, ...] = Field(min_length=1)


class Way(StrEnum):
    """How a contact is reached; HSDS `phone.type` values."""

    VOICE = "voice"
    TEXT = "text"
    VIDEO = "video"


class Contact(Record):
    """A public number or service a resident can turn to (HSDS `phone`). `number` is what is dialled or
    sent to; `spoken` is how it is read out; `hours` is None when nobody has confirmed them."""

    id: Id
    name: Sentence
    way: Way
    number: Sentence
    spoken: Sentence
    hours: str | None = None
    description: Sentence
    easy: Sentence
    source: Id
    demonstration: bool = False


class Topic(Record):
    """A matter residents ask about (HSDS `service` and `taxonomy_term`). `aliases` are how people call it;
    `ambiguous` lists the topics it may stand for when it is only a collective name; `channels` are the
    contacts named when we hold nothing confirmed; `office` says in a sentence who handles the matter."""

    id: Id
    name: Sentence
    description: Sentence
    parent: Id | None = None
    aliases: tuple[str, ...] = ()
    ambiguous: tuple[Id, ...] = ()
    channels: tuple[Id, ...] = Field(min_length=1)
    office: str | None = None
    places: tuple[Id, ...] = ()


class Kind(StrEnum):
    """What a point does: tells what holds now, passes on what somebody else quotes from a document we have not
    read (conditions, steps and papers only), tells how it was before, or says that something is not confirmed."""

    FACT = "fact"
    REPORTED = "reported"
    HISTORY = "history"
    UNKNOWN = "unknown"


class Point(Record):
    """One fact, said in one or two sentences. `text` and `easy` may hold ``{figure}``s; speech is derived
    from `text` unless `speech` overrides it. `words` are extra words a resident may use for it; `papers` names,
    each in a few words, what to bring: the lines of a tick list. `facts` are the ids of the compiled facts it
    tells, or, if unknown, those it does not vouch for."""

    id: Id
    kind: Kind = Kind.FACT
    text: Sentence
    easy: Sentence
    speech: str | None = None
    facts: tuple[str, ...] = ()
    sources: tuple[Id, ...] = Field(min_length=1)
    level: Level
    since: dt.date | None = None
    until: dt.date | None = None
    words: tuple[str, ...] = ()
    papers: tuple[Sentence, ...] = ()


class Answer(Record):
    """What we say for one topic and aspect: a short lead (no facts of its own) and its points."""

    topic: Id
    aspect: Id
    lead: str | None = None
    points: tuple[Point, ...] = Field(min_length=1)


class Weekday(StrEnum):
    """iCalendar day names, as HSDS `schedule.byday` uses them."""

    MO = "MO"
    TU = "TU"
    WE = "WE"
    TH = "TH"
    FR = "FR"
    SA = "SA"
    SU = "SU"


class Schedule(Record):
    """Weekly hours (HSDS `schedule`): open from `opens_at` to `closes_at` on each day of `byday`."""

    byday: tuple[Weekday, ...] = Field(min_length=1)
    opens_at: LocalTime
    closes_at: LocalTime
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @field_validator("closes_at")
    @classmethod
    def _closes_after_it_opens(cls, closes_at: dt.time, info: ValidationInfo) -> dt.time:
        if (opens_at := info.data.get("opens_at")) and closes_at <= opens_at:
            raise PydanticCustomError("closes_early", "closes_at must come after opens_at")
        return closes_at


class ScheduleException(Record):
    """Dates on which the weekly hours do not hold (profile). No times: closed all day."""

    since: dt.date
    until: dt.date
    opens_at: LocalTime | None = None
    closes_at: LocalTime | None = None
    reason: Sentence


class Accessibility(Record):
    """One declared access fact about a place (HSDS `accessibility` with profile codes)."""

    code: Id
    available: bool
    description: Sentence


class Place(Record):
    """A place people go to (HSDS `location`). Empty `schedules` means the hours are not confirmed."""

    id: Id
    name: Sentence
    aliases: tuple[str, ...] = ()
    topic: Id | None = None
    district: Level
    address: str | None = None
    transportation: str | None = None
    contacts: tuple[Id, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    exceptions: tuple[ScheduleException, ...] = ()
    accessibility: tuple[Accessibility, ...] = ()
    services: tuple[Id, ...] = ()
    sources: tuple[Id, ...] = Field(min_length=1)
    confirmed_on: dt.date | None = None
    demonstration: bool = False


class CalendarDay(Record):
    """A day whose kind differs from its weekday: a public holiday or a make-up working day (profile)."""

    date: dt.date
    name: Sentence
    holiday: bool
    source: Id


class Phrase(Record):
    """Wording of the dialogue itself (greeting, apology, question back); states no facts about services.
    May hold ``{name}`` slots filled by the caller."""

    id: Id
    text: Sentence
    easy: Sentence
    speech: str | None = None


class Term(Record):
    """A hard word and what it means, added to an easy text that uses it. States no facts about services."""

    id: Id
    word: Sentence
    easy: Sentence


class NotOurs(Record):
    """A matter that is not ours. `words` are how residents call it; `unless` names what makes it ours after all, said
    beside them. `text` and `easy` tell what kind of office handles it, if one of the compiled `facts` does."""

    id: Id
    words: tuple[Sentence, ...] = Field(min_length=1)
    unless: tuple[Sentence, ...] = ()
    text: Sentence | None = None
    easy: Sentence | None = None
    facts: tuple[str, ...] = ()
    sources: tuple[Id, ...] = ()


class Omission(Record):
    """A compiled fact that no point tells, and why not."""

    fact: Annotated[str, StringConstraints(pattern=r"^[A-Z]+-\d+$")]
    reason: Sentence


class Aspect(Record):
    """What about a matter is asked. `question` is how a choice button puts it."""

    id: Id
    name: Sentence
    question: Sentence
    aliases: tuple[str, ...] = ()
