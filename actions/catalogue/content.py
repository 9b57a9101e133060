"""A whole catalogue as records, with the place in the YAML files each one came from.

The kinds of record, which files hold them and what identifies each are said once, here.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, TypeVar

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

R = TypeVar("R", bound=Record)

_PATTERNS: tuple[tuple[str, type[Record]], ...] = (
    ("sources*.yml", Source),
    ("figures*.yml", Figure),
    ("contacts*.yml", Contact),
    ("aspects*.yml", Aspect),
    ("topics*.yml", Topic),
    ("phrases*.yml", Phrase),
    ("glossary.yml", Term),
    ("not_ours.yml", NotOurs),
    ("omissions.yml", Omission),
    ("calendar/*.yml", CalendarDay),
    ("places/*.yml", Place),
    ("answers/*.yml", Answer),
)
MODELS: Mapping[str, type[Record]] = {model.__name__: model for _, model in _PATTERNS}


def model_of(path: str) -> type[Record] | None:
    """Which kind of record the file at `path` (relative to the folder) holds; None if not ours."""
    depth = len(PurePosixPath(path).parts)
    for pattern, model in _PATTERNS:
        if depth == len(PurePosixPath(pattern).parts) and fnmatchcase(path, pattern):
            return model
    return None


def holds_one(model: type[Record]) -> bool:
    """True if a file of this kind is one mapping rather than a list."""
    return model is Place


def key_of(record: Record) -> str:
    """What identifies a record among its kind: ``topic.aspect`` of an answer, the day, the fact left out, or the id."""
    if isinstance(record, Answer):
        return f"{record.topic}.{record.aspect}"
    if isinstance(record, CalendarDay):
        return record.date.isoformat()
    if isinstance(record, Omission):
        return record.fact
    return str(record.id)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and where it stands: `file` relative to the folder, `position` from 0 within it."""

    record: Record
    file: str
    position: int


@dataclass(frozen=True, slots=True)
class Content:
    """Every record of a catalogue and every file's heading (its leading comment, "" if none)."""

    entries: tuple[Entry, ...]
    headings: Mapping[str, str] = field(default_factory=dict)

    def of(self, model: type[R]) -> tuple[R, ...]:
        """All records of one kind, by file and position."""
        return tuple(entry.record for entry in self.entries if isinstance(entry.record, model))


def collect(entries: Iterable[Entry], headings: Mapping[str, str]) -> Content:
    """A Content in its one order: files by path, records by position."""
    ordered = sorted(entries, key=lambda entry: (entry.file, entry.position))
    return Content(tuple(ordered), dict(sorted(headings.items())))


def pack(content: Content) -> bytes:
    """The content as compressed JSON, the same bytes for the same content."""
    rows = [[type(entry.record).__name__, entry.file, entry.position, plain(entry.record)] for entry in content.entries]
    text = json.dumps({"headings": dict(content.headings), "entries": rows}, ensure_ascii=False, sort_keys=True)
    return zlib.compress(text.encode(), 9)


def unpack(packed: bytes) -> Content:
    """What `pack` packed."""
    found = json.loads(zlib.decompress(packed))
    entries = [
        Entry(MODELS[kind].model_validate(fields), file, position) for kind, file, position, fields in found["entries"]
    ]
    return collect(entries, found["headings"])


def digest(content: Content) -> str:
    """SHA-256 of the content (hex): equal exactly when the YAML would be equal."""
    return hashlib.sha256(zlib.decompress(pack(content))).hexdigest()


def plain(record: Record) -> dict[str, Any]:
    """The fields of a record that differ from their defaults, as JSON values."""
    return record.model_dump(mode="json", exclude_defaults=True)
