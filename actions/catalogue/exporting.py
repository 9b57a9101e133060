"""Writing a catalogue as YAML files in their one canonical form."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from actions.catalogue.content import Content, holds_one, model_of
from actions.catalogue.loading import load_content
from actions.catalogue.reading import read_content
from actions.catalogue.records import Record

_UNLIMITED = 1_000_000


class _CanonicalDumper(yaml.SafeDumper):
    """Lists of plain values on one line, lists of records indented; times as ``'08:30'``."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    short = not any(isinstance(value, (dict, list)) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=short)


def _represent_time(dumper: yaml.SafeDumper, time: dt.time) -> yaml.Node:
    form = "minutes" if not time.second and not time.microsecond else "auto"
    return dumper.represent_str(time.isoformat(form))


_CanonicalDumper.add_representer(list, _represent_list)
_CanonicalDumper.add_representer(dt.time, _represent_time)


def export_catalogue(connection: Connection, folder: Path) -> None:
    """Write the catalogue in the database as YAML files under `folder`; gives the imported files back.

    Files already there are overwritten where the catalogue has them, and otherwise left alone.
    """
    write_files(load_content(connection), folder)


def format_files(folder: Path) -> list[str]:
    """Rewrite the YAML files under `folder` in canonical form; returns the files that changed.

    A leading comment stays, comments further down do not. Raises CatalogueProblems if a file cannot be read.
    """
    changed = []
    for file, text in texts_of(read_content(folder)).items():
        path = folder / file
        if path.read_bytes() != text.encode():
            path.write_bytes(text.encode())
            changed.append(file)
    return changed


def write_files(content: Content, folder: Path) -> None:
    """Write every file of `content` under `folder`."""
    for file, text in texts_of(content).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def texts_of(content: Content) -> dict[str, str]:
    """The canonical text of every file, by its path relative to the folder."""
    records: dict[str, list[dict[str, Any]]] = {file: [] for file in content.headings}
    for entry in content.entries:
        records.setdefault(entry.file, []).append(ordered(entry.record))
    return {file: content.headings.get(file, "") + _dump(file, found) for file, found in records.items()}


def ordered(record: Record) -> dict[str, Any]:
    """A record's fields in the model's order, without those at their defaults."""
    fields = record.model_dump(exclude_defaults=True)
    plain: dict[str, Any] = _plain(fields)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(below) for name, below in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(below) for below in value]
    if isinstance(value, str):
        return str(value)  # an enum member becomes its value
    return value


def _dump(file: str, records: list[dict[str, Any]]) -> str:
    if not records:
        return ""
    model = model_of(file)
    document: Any = records[0] if model is not None and holds_one(model) else records
    return yaml.dump(
        document,
        Dumper=_CanonicalDumper,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=_UNLIMITED,
    )
