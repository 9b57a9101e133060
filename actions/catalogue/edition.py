"""The catalogue as the actions see it: an immutable edition in memory, replaced when the database moves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from actions.catalogue import tables
from actions.catalogue.content import Content, key_of, unpack
from actions.catalogue.loading import load_content
from actions.catalogue.records import (
    Answer,
    Aspect,
    CalendarDay,
    Contact,
    Evidence,
    Figure,
    NotOurs,
    Phrase,
    Place,
    Point,
    Record,
    Source,
    Term,
    Topic,
)

R = TypeVar("R", bound=Record)

_log = logging.getLogger(__name__)
_SECONDS_BETWEEN_CHECKS = 1.0


class NoEdition(LookupError):
    """The database holds no catalogue (or not the edition asked for)."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Every record of one edition, by id (answers by topic and aspect, the calendar by day).

    `homes` says which topic and aspect a point belongs to. Mappings keep the order of the YAML files.
    """

    number: str
    digest: str
    topics: Mapping[str, Topic]
    aspects: Mapping[str, Aspect]
    answers: Mapping[tuple[str, str], Answer]
    points: Mapping[str, Point]
    homes: Mapping[str, tuple[str, str]]
    figures: Mapping[str, Figure]
    sources: Mapping[str, Source]
    contacts: Mapping[str, Contact]
    places: Mapping[str, Place]
    phrases: Mapping[str, Phrase]
    glossary: Mapping[str, Term]
    not_ours: Mapping[str, NotOurs]
    calendar: Mapping[dt.date, CalendarDay]


def build_edition(content: Content, number: str = "0", digest: str = "") -> Edition:
    """An Edition of records that have been read, wherever from."""
    answers = content.of(Answer)
    return Edition(
        number=number,
        digest=digest,
        topics=_by_id(content, Topic),
        aspects=_by_id(content, Aspect),
        answers=MappingProxyType({(answer.topic, answer.aspect): answer for answer in answers}),
        points=MappingProxyType({point.id: point for answer in answers for point in answer.points}),
        homes=MappingProxyType(
            {point.id: (answer.topic, answer.aspect) for answer in answers for point in answer.points}
        ),
        figures=_by_id(content, Figure),
        sources=_by_id(content, Source),
        contacts=_by_id(content, Contact),
        places=_by_id(content, Place),
        phrases=_by_id(content, Phrase),
        glossary=_by_id(content, Term),
        not_ours=_by_id(content, NotOurs),
        calendar=MappingProxyType({day.date: day for day in content.of(CalendarDay)}),
    )


def load_edition(connection: Connection, number: str | None = None) -> Edition:
    """The edition in force, or the one numbered `number` as it was then.

    Raises NoEdition if there is none.
    """
    table = tables.edition
    if number is not None:
        if not number.isdecimal() or len(number) > 9:
            raise NoEdition(number)
        row = connection.execute(select(table).where(table.c.number == int(number))).mappings().first()
        if row is None:
            raise NoEdition(number)
        return build_edition(unpack(row["snapshot"]), number, row["digest"])
    newest = select(table.c.number, table.c.digest).order_by(table.c.number.desc()).limit(1)
    while True:  # an import may commit between two of our queries: then what we read is mixed, so read again
        found = connection.execute(newest).first()
        if found is None:
            raise NoEdition
        content = load_content(connection)
        if connection.execute(newest).first() == found:
            return build_edition(content, str(found.number), found.digest)


def without_demonstration(edition: Edition) -> Edition:
    """The same edition without its demonstration places, contacts and what only they support."""
    fictional = {id_ for id_, source in edition.sources.items() if source.evidence is Evidence.DEMONSTRATION}
    places = {id_: place for id_, place in edition.places.items() if not place.demonstration}
    contacts = {id_: contact for id_, contact in edition.contacts.items() if not contact.demonstration}
    answers = {}
    for home, answer in edition.answers.items():
        points = tuple(point for point in answer.points if not fictional.issuperset(point.sources))
        if points:
            answers[home] = answer.model_copy(update={"points": points})
    points_left = {point.id: point for answer in answers.values() for point in answer.points}
    topics = {
        id_: topic.model_copy(update={"places": tuple(place for place in topic.places if place in places)})
        for id_, topic in edition.topics.items()
    }
    return dataclasses.replace(
        edition,
        topics=MappingProxyType(topics),
        answers=MappingProxyType(answers),
        points=MappingProxyType(points_left),
        homes=MappingProxyType({id_: edition.homes[id_] for id_ in points_left}),
        contacts=MappingProxyType(contacts),
        places=MappingProxyType(places),
    )


class EditionReader:
    """Hands out the current edition; safe to share between threads.

    Looks at the database at most once a second, and reads the catalogue again only when the edition number
    there has moved. While one thread reads, the others keep the edition they know; so do all when the
    database cannot be reached.
    """

    def __init__(self, engine: Engine, demonstration: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._demonstration = demonstration
        self._clock = clock
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._checked = float("-inf")

    def current(self) -> Edition:
        """The edition in force. Raises NoEdition, or SQLAlchemy's error if none was ever read."""
        known = self._edition
        if known is not None:
            fresh = self._clock() - self._checked < _SECONDS_BETWEEN_CHECKS
            if fresh or not self._lock.acquire(blocking=False):
                return known
        else:
            self._lock.acquire()
        try:
            return self._refresh()
        finally:
            self._lock.release()

    def _refresh(self) -> Edition:
        known = self._edition
        if known is not None and self._clock() - self._checked < _SECONDS_BETWEEN_CHECKS:
            return known
        try:
            with self._engine.connect() as connection:
                number = connection.scalar(select(func.max(tables.edition.c.number)))
                if known is None or known.number != str(number):
                    known = load_edition(connection)
                    known = known if self._demonstration else without_demonstration(known)
        except (SQLAlchemyError, NoEdition):
            if known is None:
                raise
            _log.warning("the catalogue cannot be read; edition %s stays in use", known.number, exc_info=True)
        self._edition = known
        self._checked = self._clock()
        return known


def _by_id(content: Content, model: type[R]) -> Mapping[str, R]:
    return MappingProxyType({key_of(record): record for record in content.of(model)})
