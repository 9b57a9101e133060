"""Writing a whole Content into the tables: every record becomes rows, HSDS rows first in line."""

from __future__ import annotations

import functools
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Table

from actions.catalogue import tables
from actions.catalogue.content import Content
from actions.catalogue.records import (
    Answer,
    Aspect,
    CalendarDay,
    Contact,
    Figure,
    NotOurs,
    Omission,
    Phrase,
    Place,
    Record,
    Source,
    Term,
    Topic,
)

Row = dict[str, Any]
Rows = dict[Table, list[Row]]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/zhuwo/catalogue")
_KEPT = (tables.edition, tables.metadata_record)


def identify(kind: str, *keys: object) -> str:
    """The HSDS id (a UUID, always the same) of what we call `keys` among things of this `kind`."""
    return str(uuid.uuid5(_NAMESPACE, "/".join([kind, *map(str, keys)])))


@functools.cache
def _constants() -> Row:
    found: Row = yaml.safe_load((Path(__file__).parent / "hsds.yml").read_text(encoding="utf-8"))
    return found


def store_content(connection: Connection, content: Content) -> None:
    """Replace all records in the database by `content`; the caller owns the transaction.

    Editions and change records stay.
    """
    for table in reversed(tables.metadata.sorted_tables):
        if table not in _KEPT:
            connection.execute(table.delete())
    rows = rows_of(content)
    for table in tables.metadata.sorted_tables:
        if rows.get(table):
            connection.execute(table.insert(), rows[table])


def rows_of(content: Content) -> Rows:
    """All rows of all record tables. References must have been checked."""
    rows: Rows = defaultdict(list)
    rows[tables.content_file] = [{"path": p, "heading": h} for p, h in content.headings.items()]
    rows[tables.organization] = _organizations(content.of(Source))
    issuers = {source.id: identify("organization", source.issuer) for source in content.of(Source)}
    for entry in content.entries:
        filed = {"file": entry.file, "position": entry.position}
        _STORE[type(entry.record)](rows, entry.record, filed)
    _link_organizations(rows, content, issuers)
    rows[tables.taxonomy_term].extend(_accessibility_terms(content.of(Place)))
    parents = {row["id"]: row["parent_id"] for row in rows[tables.taxonomy_term]}
    rows[tables.taxonomy_term].sort(key=lambda row: _depth(row["id"], parents))
    return rows


def _depth(term: str, parents: dict[str, str | None]) -> int:
    """How many parents stand above a term: parents are inserted before their children."""
    depth = 0
    above = parents.get(term)
    while above is not None and depth < len(parents):
        depth, above = depth + 1, parents.get(above)
    return depth


def _organizations(sources: Iterable[Source]) -> list[Row]:
    issuers = dict.fromkeys(source.issuer for source in sources)
    return [{"id": identify("organization", name), "name": name, "description": name} for name in issuers]


def _link_organizations(rows: Rows, content: Content, issuers: dict[str, str]) -> None:
    """A service is run, a location kept, by whoever issued the first source we cite for it."""
    cited: dict[str, str] = {}
    for answer in content.of(Answer):
        cited.setdefault(answer.topic, answer.points[0].sources[0])
    for row in rows[tables.service]:
        row["organization_id"] = issuers.get(cited.get(row["code"], ""))
    for row in rows[tables.location]:
        row["organization_id"] = issuers.get(row["sources"][0])


def _columns(record: Record, *names: str) -> Row:
    return {name: getattr(record, name) for name in names}


def _aliases(entity: str, code: str, words: tuple[str, ...]) -> list[Row]:
    return [
        {"entity": entity, "code": code, "position": position, "alias": word} for position, word in enumerate(words)
    ]


def _store_source(rows: Rows, source: Source, filed: Row) -> None:
    row = source.model_dump() | filed
    row |= {"organization_id": identify("organization", source.issuer)}
    row |= {"level": source.level.value, "evidence": source.evidence.value}
    rows[tables.source].append(row)


def _store_figure(rows: Rows, figure: Figure, filed: Row) -> None:
    rows[tables.figure].append(_columns(figure, "id", "name", "unit") | filed)
    rows[tables.figure_value] += [
        value.model_dump() | {"figure": figure.id, "position": position} for position, value in enumerate(figure.values)
    ]


def _store_contact(rows: Rows, contact: Contact, filed: Row) -> None:
    row = contact.model_dump(exclude={"id", "way"}) | filed
    row |= {"id": identify("phone", contact.id), "code": contact.id, "type": contact.way.value}
    rows[tables.phone].append(row)


def _store_aspect(rows: Rows, aspect: Aspect, filed: Row) -> None:
    row = {"id": identify("aspect", aspect.id), "code": aspect.id, "taxonomy": "aspect", "parent_id": None}
    row |= {"name": aspect.name, "description": aspect.question} | filed
    rows[tables.taxonomy_term].append(row)
    rows[tables.alias] += _aliases("aspect", aspect.id, aspect.aliases)


def _store_topic(rows: Rows, topic: Topic, filed: Row) -> None:
    row = topic.model_dump(exclude={"id", "aliases"}) | filed
    row |= {"id": identify("service", topic.id), "code": topic.id, "status": _constants()["status"]}
    rows[tables.service].append(row)
    above = identify("topic", topic.parent) if topic.parent else None
    term = {"id": identify("topic", topic.id), "code": topic.id, "taxonomy": "topic", "parent_id": above}
    term |= {"name": topic.name, "description": topic.description} | filed
    rows[tables.taxonomy_term].append(term)
    rows[tables.alias] += _aliases("topic", topic.id, topic.aliases)


def _flat(table: Table) -> Callable[[Rows, Record, Row], None]:
    """Stores a record whose fields are the columns."""
    return lambda rows, record, filed: rows[table].append(record.model_dump() | filed)


def _store_answer(rows: Rows, answer: Answer, filed: Row) -> None:
    answer_id = identify("answer", answer.topic, answer.aspect)
    rows[tables.answer].append({"id": answer_id} | _columns(answer, "topic", "aspect", "lead") | filed)
    service_id = identify("service", answer.topic)
    for position, point in enumerate(answer.points):
        row = point.model_dump() | {"answer_id": answer_id, "position": position}
        rows[tables.point].append(row | {"level": point.level.value, "kind": point.kind.value})
        about: Row = {"service_id": service_id, "point": point.id}
        if answer.aspect == "documents":
            about |= {"id": identify("required_document", point.id), "document": point.text, "uri": None}
            rows[tables.required_document].append(about)
        if answer.aspect == "cost":
            about |= {"id": identify("cost_option", point.id), "option": point.text}
            about |= {
                "valid_from": point.since,
                "valid_to": point.until,
                "currency": _constants()["currency"],
            }
            rows[tables.cost_option].append(about)


def _store_place(rows: Rows, place: Place, filed: Row) -> None:
    row = _columns(place, "name", "transportation", "topic", "confirmed_on", "demonstration", "sources")
    row |= {"id": identify("location", place.id), "code": place.id, "district": place.district.value}
    row |= {"location_type": _constants()["location_type"], "phones": place.contacts} | filed
    rows[tables.location].append(row)
    rows[tables.alias] += _aliases("place", place.id, place.aliases)
    _store_place_hours(rows, place)
    _store_place_access(rows, place)
    if place.address is not None:
        names = ("city", "state_province", "postal_code", "country")
        fixed = {name: _constants()[name] for name in names}
        found = {"address_1": place.address, "address_type": "physical"}
        rows[tables.address].append(_of_place(place, "address", 0, {**fixed, **found}, placed=False))
    for position, code in enumerate(place.services):
        found = {"service_id": identify("service", code)}
        rows[tables.service_at_location].append(_of_place(place, "service_at_location", position, found))


def _of_place(place: Place, kind: str, position: int, found: Row, placed: bool = True) -> Row:
    row = {"id": identify(kind, place.id, position), "location_id": identify("location", place.id), **found}
    return row | {"position": position} if placed else row


def _store_place_hours(rows: Rows, place: Place) -> None:
    for position, schedule in enumerate(place.schedules):
        found = schedule.model_dump(exclude={"byday"})
        found |= {"byday": ",".join(schedule.byday), "freq": _constants()["freq"]}
        found |= {"timezone": _constants()["timezone"]}
        rows[tables.schedule].append(_of_place(place, "schedule", position, found))
    for position, exception in enumerate(place.exceptions):
        found = exception.model_dump()
        rows[tables.schedule_exception].append(_of_place(place, "schedule_exception", position, found))


def _store_place_access(rows: Rows, place: Place) -> None:
    for position, access in enumerate(place.accessibility):
        row = _of_place(place, "accessibility", position, {"description": access.description})
        rows[tables.accessibility].append(row)
        mark = {"id": identify("attribute", row["id"]), "link_id": row["id"], "link_type": "code"}
        mark |= {"taxonomy_term_id": identify("accessibility_code", access.code)}
        mark |= {"link_entity": "accessibility", "value": "true" if access.available else "false"}
        rows[tables.attribute].append(mark)


def _accessibility_terms(places: Iterable[Place]) -> list[Row]:
    codes = sorted({access.code for place in places for access in place.accessibility})
    fixed = {"taxonomy": "accessibility", "parent_id": None, "file": None, "position": None}
    return [
        {"id": identify("accessibility_code", code), "code": code, "name": code, "description": code} | fixed
        for code in codes
    ]


_STORE: Mapping[type[Record], Callable[[Rows, Any, Row], None]] = {
    Source: _store_source,
    Figure: _store_figure,
    Contact: _store_contact,
    Aspect: _store_aspect,
    Topic: _store_topic,
    Phrase: _flat(tables.phrase),
    Term: _flat(tables.term),
    NotOurs: _flat(tables.not_ours),
    Omission: _flat(tables.omission),
    CalendarDay: _flat(tables.calendar_day),
    Answer: _store_answer,
    Place: _store_place,
}
