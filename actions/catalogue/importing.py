"""Importing a folder of YAML files into the database: all of it, or none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from actions.catalogue import tables
from actions.catalogue.checking import Required, check_reading
from actions.catalogue.content import Content, digest, key_of, pack
from actions.catalogue.loading import load_content
from actions.catalogue.problems import CatalogueProblems
from actions.catalogue.reading import read_files
from actions.catalogue.records import Answer
from actions.catalogue.storing import identify, store_content

Fields = dict[str, str]
Flat = dict[tuple[str, str], Fields]

_HSDS_KINDS = {"topic": "service", "place": "location", "contact": "phone"}


def import_catalogue(
    connection: Connection, folder: Path, updated_by: str = "shipped", needed: Required | None = None
) -> str:
    """Make the database hold exactly what the YAML files under `folder` say; returns the edition number.

    One transaction of its own, or a savepoint inside the caller's. Content that has not changed keeps its
    edition; a change makes the next one, with an HSDS metadata record for each changed field, in the name of
    `updated_by`. Raises CatalogueProblems with everything that is wrong, and then changes nothing.
    """
    reading = read_files(folder)
    problems = check_reading(reading, needed)
    if problems:
        raise CatalogueProblems(problems)
    if connection.in_transaction():
        with connection.begin_nested():
            return store_edition(connection, reading.content, updated_by)
    with connection.begin():
        return store_edition(connection, reading.content, updated_by)


def store_edition(connection: Connection, content: Content, updated_by: str) -> str:
    """Store checked content as the current edition, within the caller's transaction; returns its number."""
    table = tables.edition
    newest = connection.execute(select(table.c.number, table.c.digest).order_by(table.c.number.desc()).limit(1)).first()
    before = load_content(connection)
    mark = digest(content)
    if newest is not None and newest.digest == mark and digest(before) == mark:
        return str(newest.number)
    number = 1 + (connection.scalar(select(func.max(table.c.number))) or 0)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    store_content(connection, content)
    made = {"last_action_date": now, "updated_by": updated_by, "edition": number}
    changes = [change | made for change in _changes(flatten(before), flatten(content))]
    if changes:
        ids = [{"id": identify("metadata", number, place)} for place in range(len(changes))]
        rows = [change | id_ for change, id_ in zip(changes, ids, strict=True)]
        connection.execute(tables.metadata_record.insert(), rows)
    row = {"number": number, "digest": mark, "made_on": now, "made_by": updated_by, "snapshot": pack(content)}
    connection.execute(table.insert(), row)
    return str(number)


def flatten(content: Content) -> Flat:
    """Every record (points apart from their answers) by kind and id, each field as JSON."""
    flat: Flat = {}
    for entry in content.entries:
        record = entry.record
        fields = record.model_dump(mode="json")
        if isinstance(record, Answer):
            for point in record.points:
                flat["point", point.id] = _json(point.model_dump(mode="json"))
            fields["points"] = [point.id for point in record.points]
        flat[_kind(type(record).__name__), key_of(record)] = _json(fields)
    return flat


def _kind(name: str) -> str:
    return {"CalendarDay": "calendar_day"}.get(name, name.lower())


def _json(fields: Mapping[str, Any]) -> Fields:
    return {name: json.dumps(value, ensure_ascii=False) for name, value in fields.items()}


def _changes(before: Flat, after: Flat) -> Iterator[dict[str, Any]]:
    """A change record for each record that came or went (field ``*``) and each field that changed."""
    for kind, key in sorted(before.keys() | after.keys()):
        old, new = before.get((kind, key)), after.get((kind, key))
        about = {
            "resource_type": _HSDS_KINDS.get(kind, kind),
            "resource_id": identify(_HSDS_KINDS.get(kind, kind), *key.split(".")),
            "code": key,
        }
        if old is None or new is None:
            action = "create" if old is None else "delete"
            yield about | _change(action, "*", _whole(old), _whole(new))
            continue
        for name in new:
            if old.get(name) != new[name]:
                yield about | _change("update", name, old.get(name, ""), new[name])


def _change(action: str, field_name: str, previous: str, replacement: str) -> dict[str, str]:
    return {
        "last_action_type": action,
        "field_name": field_name,
        "previous_value": previous,
        "replacement_value": replacement,
    }


def _whole(fields: Fields | None) -> str:
    if fields is None:
        return ""
    return json.dumps({name: json.loads(value) for name, value in fields.items()}, ensure_ascii=False)
