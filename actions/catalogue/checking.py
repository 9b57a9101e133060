"""Checking the records of a catalogue against each other and against what the assistant promises."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from actions.catalogue.check import Check, Path_
from actions.catalogue.checking_not_ours import check_not_ours
from actions.catalogue.checking_texts import check_texts
from actions.catalogue.content import MODELS, Entry, key_of
from actions.catalogue.problems import Problem, messages, say
from actions.catalogue.reading import Reading, read_files
from actions.catalogue.records import (
    Answer,
    Aspect,
    CalendarDay,
    Contact,
    Evidence,
    Figure,
    Kind,
    NotOurs,
    Omission,
    Phrase,
    Place,
    Record,
    Source,
    Topic,
)
from actions.catalogue.rendering import PLACEHOLDER

_CAREFUL_ASPECTS = frozenset({"amount", "timing", "hours", "where"})
# What is passed on without having been read may say which office handles a matter, never when or how much.
_NOT_REPORTED = frozenset({"amount", "timing", "hours"})
_WEAK = frozenset({Evidence.THIRD_PARTY_WEB})


@dataclass(frozen=True, slots=True)
class Required:
    """Ids a catalogue must hold."""

    contacts: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()


@functools.cache
def required() -> Required:
    """What required.yml asks for."""
    found = yaml.safe_load((Path(__file__).parent / "required.yml").read_text(encoding="utf-8"))
    return Required(**{kind: tuple(ids or ()) for kind, ids in found.items()})


def check_files(folder: Path, needed: Required | None = None) -> list[Problem]:
    """Everything wrong with the YAML files under `folder`, by file and line; empty if they can be imported.

    `needed` stands in for required.yml.
    """
    return check_reading(read_files(folder), needed)


def check_reading(reading: Reading, needed: Required | None = None) -> list[Problem]:
    """The problems of a reading and those between its records."""
    check = Check(reading)
    for step in (_check_twice, _check_references, check_texts, _check_evidence, _check_reported, _check_order):
        step(check)
    _check_names(check)
    _check_demonstration(check)
    _check_omissions(check)
    check_not_ours(check)
    _check_required(check, required() if needed is None else needed)
    return sorted([*reading.problems, *check.problems])


def _check_twice(check: Check) -> None:
    kinds = messages()["kinds"]
    for model in MODELS.values():
        seen = check.known.setdefault(model, {})
        for entry, record in check.all(model):
            key = key_of(record)
            if key in seen:
                where = _where(check, seen[key])
                check.complain(entry, (), "twice", kind=kinds[model.__name__], id=key, where=where)
            seen.setdefault(key, entry)
    points: dict[str, str] = {}
    for entry, _, point, path in check.points():
        if point.id in points:
            check.complain(entry, path, "twice", kind=kinds["Point"], id=point.id, where=points[point.id])
        points.setdefault(point.id, _where(check, entry, path))


def _where(check: Check, entry: Entry, path: Path_ = ()) -> str:
    return f"{entry.file}:{check.reading.line_of(entry, path)}"


def _references(record: Record) -> Iterator[tuple[Path_, type[Record], str | None]]:
    """Where in a record another is named, of which kind, and by which id."""
    match record:
        case Figure():
            for index, value in enumerate(record.values):
                yield ("values", index, "source"), Source, value.source
        case Contact() | CalendarDay():
            yield ("source",), Source, record.source
        case Topic():
            yield ("parent",), Topic, record.parent
            yield from _each(("ambiguous",), Topic, record.ambiguous)
            yield from _each(("channels",), Contact, record.channels)
            yield from _each(("places",), Place, record.places)
        case NotOurs():
            yield from _each(("sources",), Source, record.sources)
        case Place():
            yield ("topic",), Topic, record.topic
            yield from _each(("contacts",), Contact, record.contacts)
            yield from _each(("services",), Topic, record.services)
            yield from _each(("sources",), Source, record.sources)
        case Answer():
            yield ("topic",), Topic, record.topic
            yield ("aspect",), Aspect, record.aspect
            for index, point in enumerate(record.points):
                yield from _each(("points", index, "sources"), Source, point.sources)


def _each(path: Path_, model: type[Record], ids: Iterable[str]) -> Iterator[tuple[Path_, type[Record], str | None]]:
    return (((*path, index), model, id_) for index, id_ in enumerate(ids))


def _check_references(check: Check) -> None:
    kinds = messages()["kinds"]
    for entry, record in check.all(Record):
        for path, model, id_ in _references(record):
            if id_ is not None and id_ not in check.known[model]:
                kind, owner = kinds[model.__name__], key_of(record)
                check.complain(entry, path, "dangling", owner=owner, field=_name(path), kind=kind, id=id_)


def _name(path: Path_) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


def _check_evidence(check: Check) -> None:
    """What only an unchecked page says carries no figure, time or address."""
    for entry, answer, point, path in check.points():
        if point.kind is Kind.UNKNOWN or not _only_weak(check, point.sources):
            continue
        texts = f"{point.text}{point.easy}{point.speech or ''}"
        if answer.aspect in _CAREFUL_ASPECTS or PLACEHOLDER.search(texts):
            check.complain(entry, path, "weak_source", owner=point.id, aspect=answer.aspect)
    for entry, figure in check.all(Figure):
        for index, value in enumerate(figure.values):
            if _only_weak(check, [value.source]):
                slots = {"owner": figure.id, "value": value.value}
                check.complain(entry, ("values", index), "weak_figure", **slots)
    for entry, place in check.all(Place):
        if (place.address or place.schedules or place.exceptions) and _only_weak(check, place.sources):
            check.complain(entry, ("sources",), "weak_place", owner=place.id)


def _check_reported(check: Check) -> None:
    """What is passed on says so, and carries no figure."""
    sign = messages()["reported_sign"]
    for entry, answer, point, path in check.points():
        if point.kind is not Kind.REPORTED:
            continue
        texts = (point.text, point.easy)
        if answer.aspect in _NOT_REPORTED or PLACEHOLDER.search("".join((*texts, *point.papers))):
            check.complain(entry, path, "reported_figure", owner=point.id, aspect=answer.aspect)
        if any(sign not in text for text in texts):
            check.complain(entry, path, "reported_unsaid", owner=point.id, sign=sign)


def _check_omissions(check: Check) -> None:
    """A fact that is left out is told nowhere."""
    told = {fact: point.id for _, _, point, _ in check.points() for fact in point.facts}
    for entry, omission in check.all(Omission):
        if omission.fact in told:
            check.complain(entry, ("fact",), "omitted_told", fact=omission.fact, owner=told[omission.fact])


def _only_weak(check: Check, sources: Iterable[str]) -> bool:
    found = check.evidence(sources)
    return bool(found) and found <= _WEAK


def _check_order(check: Check) -> None:
    """Dates that run backwards, values out of order, topics that are their own parents."""
    for entry, record in check.all(Record):
        _check_dates(check, entry, key_of(record), (), record)
    for entry, figure in check.all(Figure):
        first, *later = (value.since for value in figure.values)
        dated = [day for day in (first, *later) if day is not None]
        if None in later or dated != sorted(set(dated)):
            check.complain(entry, ("values",), "values_order", owner=figure.id)
    for entry, topic in check.all(Topic):
        if _circles(check, topic):
            check.complain(entry, ("parent",), "circle", owner=topic.id)
    for entry, _, point, path in check.points():
        _check_dates(check, entry, point.id, path, point)


def _check_dates(check: Check, entry: Entry, owner: str, path: Path_, record: Record) -> None:
    parts: list[tuple[Path_, object]] = [(path, record)]
    if isinstance(record, Figure):
        parts += [(("values", index), value) for index, value in enumerate(record.values)]
    if isinstance(record, Place):
        parts += [(("schedules", index), part) for index, part in enumerate(record.schedules)]
        for index, exception in enumerate(record.exceptions):
            parts.append((("exceptions", index), exception))
            opens, closes = exception.opens_at, exception.closes_at
            if (opens is None) != (closes is None) or (opens and closes and closes <= opens):
                check.complain(entry, ("exceptions", index), "times_pair", owner=owner)
    for where, part in parts:
        for first, last in (("since", "until"), ("valid_from", "valid_to")):
            begins, ends = getattr(part, first, None), getattr(part, last, None)
            if begins is not None and ends is not None and ends < begins:
                check.complain(entry, where, "dates_order", owner=owner)


def _circles(check: Check, topic: Topic) -> bool:
    """Whether a topic is above itself (one that only leads into a circle is not)."""
    seen: set[str] = set()
    above = topic.parent
    while above is not None and above in check.known[Topic] and above not in seen:
        if above == topic.id:
            return True
        seen.add(above)
        found = check.known[Topic][above].record
        above = found.parent if isinstance(found, Topic) else None
    return False


def _check_names(check: Check) -> None:
    """One way of calling a matter stands for one topic: the model learns from it."""
    called: dict[str, str] = {}
    for entry, topic in check.all(Topic):
        for alias in (topic.name, *topic.aliases):
            other = called.setdefault(alias, topic.id)
            if other != topic.id:
                path = ("name",) if alias == topic.name else ("aliases",)
                check.complain(entry, path, "alias_twice", alias=alias, owner=topic.id, other=other)


def _check_demonstration(check: Check) -> None:
    for entry, record in check.all(Record):
        fictional = isinstance(record, Place) and record.demonstration
        for path, model, id_ in _references(record):
            contact = check.known[Contact].get(id_ or "") if model is Contact else None
            shown = contact.record if contact else None
            if isinstance(shown, Contact) and shown.demonstration and not fictional:
                check.complain(entry, path, "demonstration_contact", owner=key_of(record), id=shown.id)


def _check_required(check: Check, needed: Required) -> None:
    wanted: tuple[tuple[type[Record], tuple[str, ...], str, str], ...] = (
        (Contact, needed.contacts, "contacts.yml", "missing_contact"),
        (Phrase, needed.phrases, "phrases.yml", "missing_phrase"),
        (Aspect, needed.aspects, "aspects.yml", "missing_aspect"),
    )
    for model, ids, file, message in wanted:
        for id_ in ids:
            if id_ not in check.known[model]:
                check.problems.append(Problem(file, 1, say(message, id=id_)))
