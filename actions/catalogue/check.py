"""The records of a catalogue while they are checked, and the problems found so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from actions.catalogue.content import Entry
from actions.catalogue.problems import Problem, say
from actions.catalogue.reading import Reading
from actions.catalogue.records import Answer, Evidence, Point, Record, Source

Path_ = tuple[int | str, ...]
R = TypeVar("R", bound=Record)


@dataclass
class Check:
    """The records by kind and id, and the problems found so far."""

    reading: Reading
    problems: list[Problem] = field(default_factory=list)
    known: dict[type[Record], dict[str, Entry]] = field(default_factory=dict)

    def all(self, model: type[R]) -> Iterator[tuple[Entry, R]]:
        """The records of a kind (Record: of every kind), each with its entry."""
        for entry in self.reading.content.entries:
            if isinstance(entry.record, model):
                yield entry, entry.record

    def complain(self, entry: Entry, path: Sequence[int | str], message: str, **slots: object) -> None:
        line = self.reading.line_of(entry, path)
        self.problems.append(Problem(entry.file, line, say(message, **slots)))

    def points(self) -> Iterator[tuple[Entry, Answer, Point, Path_]]:
        for entry, answer in self.all(Answer):
            for index, point in enumerate(answer.points):
                yield entry, answer, point, ("points", index)

    def evidence(self, ids: Iterable[str]) -> set[Evidence]:
        found = (self.known[Source].get(id_) for id_ in ids)
        return {entry.record.evidence for entry in found if entry and isinstance(entry.record, Source)}
