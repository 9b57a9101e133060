"""Reading the tables back into the very records that were stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from actions.catalogue import tables
from actions.catalogue.content import Content, Entry, collect
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

Grouped = Mapping[str, list[RowMapping]]


def load_content(connection: Connection) -> Content:
    """All records in the database; an empty Content if nothing was ever imported."""
    headings = {row["path"]: row["heading"] for row in _all(connection, tables.content_file)}
    aliases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _all(connection, tables.alias, "entity", "code", "position"):
        aliases[row["entity"], row["code"]].append(row["alias"])
    entries = [
        *_flat(connection, tables.source, Source),
        *_flat(connection, tables.phrase, Phrase),
        *_flat(connection, tables.term, Term),
        *_flat(connection, tables.not_ours, NotOurs),
        *_flat(connection, tables.omission, Omission),
        *_flat(connection, tables.calendar_day, CalendarDay),
        *_figures(connection),
        *_contacts(connection),
        *_aspects(connection, aliases),
        *_topics(connection, aliases),
        *_answers(connection),
        *_places(connection, aliases),
    ]
    return collect(entries, headings)


def _all(connection: Connection, table: Table, *order: str) -> list[RowMapping]:
    query = select(table).order_by(*(table.c[name] for name in order))
    return list(connection.execute(query).mappings())


def _grouped(connection: Connection, table: Table, by: str) -> Grouped:
    groups: dict[str, list[RowMapping]] = defaultdict(list)
    for row in _all(connection, table, "position"):
        groups[row[by]].append(row)
    return groups


def _entry(record: Record, row: RowMapping) -> Entry:
    return Entry(record, row["file"], row["position"])


def _fields(row: RowMapping, model: type[Record]) -> dict[str, Any]:
    """Those columns of a row that are fields of the record by the same name."""
    return {name: row[name] for name in model.model_fields if name in row}


def _flat(connection: Connection, table: Table, model: type[Record]) -> list[Entry]:
    return [_entry(model(**_fields(row, model)), row) for row in _all(connection, table)]


def _figures(connection: Connection) -> list[Entry]:
    values = _grouped(connection, tables.figure_value, "figure")
    names = ("value", "since", "until", "source")
    return [
        _entry(
            Figure(
                **{name: row[name] for name in ("id", "name", "unit")},
                values=[{name: value[name] for name in names} for value in values[row["id"]]],
            ),
            row,
        )
        for row in _all(connection, tables.figure)
    ]


def _contacts(connection: Connection) -> list[Entry]:
    return [
        _entry(Contact(**_fields(row, Contact) | {"id": row["code"], "way": row["type"]}), row)
        for row in _all(connection, tables.phone)
    ]


def _aspects(connection: Connection, aliases: Mapping[tuple[str, str], list[str]]) -> list[Entry]:
    query = select(tables.taxonomy_term).where(tables.taxonomy_term.c.taxonomy == "aspect")
    return [
        _entry(
            Aspect(
                id=row["code"],
                name=row["name"],
                question=row["description"],
                aliases=tuple(aliases["aspect", row["code"]]),
            ),
            row,
        )
        for row in connection.execute(query).mappings()
    ]


def _topics(connection: Connection, aliases: Mapping[tuple[str, str], list[str]]) -> list[Entry]:
    return [
        _entry(Topic(**_fields(row, Topic) | {"id": row["code"], "aliases": aliases["topic", row["code"]]}), row)
        for row in _all(connection, tables.service)
    ]


def _answers(connection: Connection) -> list[Entry]:
    points = _grouped(connection, tables.point, "answer_id")
    hidden = {"answer_id", "position"}
    return [
        _entry(
            Answer(
                topic=row["topic"],
                aspect=row["aspect"],
                lead=row["lead"],
                points=[{k: v for k, v in point.items() if k not in hidden} for point in points[row["id"]]],
            ),
            row,
        )
        for row in _all(connection, tables.answer)
    ]


def _places(connection: Connection, aliases: Mapping[tuple[str, str], list[str]]) -> list[Entry]:
    addresses = {row["location_id"]: row["address_1"] for row in _all(connection, tables.address)}
    schedules = _grouped(connection, tables.schedule, "location_id")
    exceptions = _grouped(connection, tables.schedule_exception, "location_id")
    services = _services_at(connection)
    access = _access(connection)
    days = ("opens_at", "closes_at", "valid_from", "valid_to")
    dates = ("since", "until", "opens_at", "closes_at", "reason")
    entries = []
    for row in _all(connection, tables.location):
        found = _fields(row, Place) | {
            "id": row["code"],
            "aliases": aliases["place", row["code"]],
            "contacts": row["phones"],
            "address": addresses.get(row["id"]),
            "schedules": [
                {name: one[name] for name in days} | {"byday": one["byday"].split(",")} for one in schedules[row["id"]]
            ],
            "exceptions": [{name: one[name] for name in dates} for one in exceptions[row["id"]]],
            "services": services[row["id"]],
            "accessibility": access[row["id"]],
        }
        entries.append(_entry(Place(**found), row))
    return entries


def _services_at(connection: Connection) -> Mapping[str, list[str]]:
    linked, service = tables.service_at_location, tables.service
    query = select(linked.c.location_id, service.c.code).join_from(linked, service).order_by(linked.c.position)
    found: dict[str, list[str]] = defaultdict(list)
    for location_id, code in connection.execute(query):
        found[location_id].append(code)
    return found


def _access(connection: Connection) -> Mapping[str, list[dict[str, Any]]]:
    access, mark, term = tables.accessibility, tables.attribute, tables.taxonomy_term
    query = (
        select(access.c.location_id, term.c.code, mark.c.value, access.c.description)
        .join_from(access, mark, mark.c.link_id == access.c.id)
        .join(term, term.c.id == mark.c.taxonomy_term_id)
        .order_by(access.c.position)
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for location_id, code, value, description in connection.execute(query):
        found[location_id].append({"code": code, "available": value == "true", "description": description})
    return found
