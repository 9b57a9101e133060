"""What a catalogue says and what it does not: by topic and aspect, by kind and level, and for every compiled fact."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from actions.catalogue.content import Content
from actions.catalogue.reading import Reading
from actions.catalogue.records import Answer, Aspect, Kind, Level, Omission, Point, Topic

SAYING = frozenset({Kind.FACT, Kind.REPORTED, Kind.HISTORY})


class Tier(StrEnum):
    """How far a compiled fact is checked: read in an official document, quoted from one, or only heard."""

    VERIFIED = "verified"
    QUOTED = "quoted"
    HEARSAY = "hearsay"


# What a point of a kind may tell.
_ALLOWED: Mapping[Kind, frozenset[Tier]] = {
    Kind.FACT: frozenset({Tier.VERIFIED}),
    Kind.HISTORY: frozenset({Tier.VERIFIED}),
    Kind.REPORTED: frozenset({Tier.VERIFIED, Tier.QUOTED}),
    Kind.UNKNOWN: frozenset(Tier),
}


class Standing(StrEnum):
    """What became of a compiled fact, the most a resident gets of it first."""

    SAID = "said"
    REPORTED = "reported"
    NOT_CONFIRMED = "not_confirmed"
    LEFT_OUT = "left_out"
    MISSING = "missing"


class State(StrEnum):
    """What a resident gets who asks for a topic and aspect."""

    SAID = "said"
    OF_PARENT = "of_parent"
    NOT_CONFIRMED = "not_confirmed"
    WHICH = "which"
    SENT_ON = "sent_on"


@dataclass(frozen=True, slots=True)
class Cell:
    """`points` is how many points say something; 0 unless the state is one that says."""

    state: State
    points: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """`cells` by topic and aspect; `facts` by id; `reasons` of the facts left out."""

    topics: Mapping[str, Topic]
    aspects: Mapping[str, Aspect]
    cells: Mapping[tuple[str, str], Cell]
    kinds: Mapping[Kind, int]
    levels: Mapping[Level, int]
    facts: Mapping[str, Standing]
    tiers: Mapping[str, Tier]
    reasons: Mapping[str, str]

    def standing(self, wanted: Standing) -> list[str]:
        """The facts that stand so, in the order of facts.yml."""
        return [fact for fact, found in self.facts.items() if found is wanted]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fact told in a way its tier does not allow, one nobody compiled, or (no point) one left unaccounted for."""

    file: str
    line: int
    fact: str
    owner: str = ""
    kind: Kind | None = None
    tier: Tier | None = None


@functools.cache
def load_tiers() -> Mapping[str, Tier]:
    """The tier of every compiled fact, as facts.yml has it."""
    found = yaml.safe_load((Path(__file__).parent / "facts.yml").read_text(encoding="utf-8"))
    return {fact: Tier(tier) for tier, facts in found.items() for fact in facts}


def measure_coverage(content: Content, tiers: Mapping[str, Tier]) -> Coverage:
    """Counts points whatever the day: whether one has lapsed is no matter of coverage."""
    topics = {topic.id: topic for topic in content.of(Topic)}
    aspects = {aspect.id: aspect for aspect in content.of(Aspect)}
    answers = {(answer.topic, answer.aspect): answer for answer in content.of(Answer)}
    points = [point for answer in content.of(Answer) for point in answer.points]
    reasons = {omission.fact: omission.reason for omission in content.of(Omission)}
    return Coverage(
        topics=topics,
        aspects=aspects,
        cells={(topic.id, aspect): _cell(topic, aspect, answers) for topic in topics.values() for aspect in aspects},
        kinds=Counter(point.kind for point in points),
        levels=Counter(point.level for point in points),
        facts=_standings(points, reasons, tiers),
        tiers=tiers,
        reasons=reasons,
    )


def _cell(topic: Topic, aspect: str, answers: Mapping[tuple[str, str], Answer]) -> Cell:
    for owner in (topic.id, topic.parent):
        if owner and (answer := answers.get((owner, aspect))):
            count = sum(point.kind in SAYING for point in answer.points)
            if not count:
                return Cell(State.NOT_CONFIRMED)
            return Cell(State.SAID if owner == topic.id else State.OF_PARENT, count)
    return Cell(State.WHICH if topic.ambiguous else State.SENT_ON)


def _standings(
    points: Sequence[Point], reasons: Mapping[str, str], tiers: Mapping[str, Tier]
) -> Mapping[str, Standing]:
    by_kind: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for point in points:
        by_kind[point.kind].update(point.facts)
    steps = (
        (Standing.SAID, by_kind[Kind.FACT] | by_kind[Kind.HISTORY]),
        (Standing.REPORTED, by_kind[Kind.REPORTED]),
        (Standing.NOT_CONFIRMED, by_kind[Kind.UNKNOWN]),
        (Standing.LEFT_OUT, set(reasons)),
    )
    return {fact: next((standing for standing, facts in steps if fact in facts), Standing.MISSING) for fact in tiers}


def find_faults(reading: Reading, tiers: Mapping[str, Tier]) -> list[Fault]:
    """Facts that are told as more than they are, that nobody compiled, and that nothing accounts for."""
    missing = measure_coverage(reading.content, tiers).standing(Standing.MISSING)
    return [*_wrongly_told(reading, tiers), *(Fault("", 0, fact, tier=tiers[fact]) for fact in missing)]


def _wrongly_told(reading: Reading, tiers: Mapping[str, Tier]) -> Iterator[Fault]:
    for entry in reading.content.entries:
        record = entry.record
        if isinstance(record, Omission) and record.fact not in tiers:
            yield Fault(entry.file, reading.line_of(entry, ("fact",)), record.fact, owner=record.fact)
        if not isinstance(record, Answer):
            continue
        for index, point in enumerate(record.points):
            for fact in point.facts:
                tier = tiers.get(fact)
                if tier is None or tier not in _ALLOWED[point.kind]:
                    line = reading.line_of(entry, ("points", index, "facts"))
                    yield Fault(entry.file, line, fact, point.id, point.kind, tier)
