"""What the catalogue teaches the language model: the names of its topics and places, for Rasa."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from actions.catalogue.edition import Edition
from actions.catalogue.records import Place, Topic

_HEADING = '# Written from the catalogue; do not edit.\nversion: "3.1"\nnlu:\n'


def write_training(edition: Edition, path: Path) -> bool:
    """Write the training file for `edition` at `path`; returns whether that changed anything."""
    if check_training(edition, path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_training(edition), encoding="utf-8")
    return True


def check_training(edition: Edition, path: Path) -> bool:
    """Whether the file at `path` is just what `write_training` would write."""
    return path.is_file() and path.read_text(encoding="utf-8") == render_training(edition)


def render_training(edition: Edition) -> str:
    """The training file: a lookup table for each topic and place, and each topic's bare names as questions
    for an overview. The same text for the same catalogue."""
    blocks = [
        *(_lookup(f"topic_{topic.id}", _names(topic)) for topic in edition.topics.values()),
        *(_lookup(f"place_{place.id}", _names(place)) for place in edition.places.values()),
        *(_overview(topic) for topic in edition.topics.values()),
    ]
    return _HEADING + "".join(blocks)


def _names(record: Topic | Place) -> list[str]:
    """What a record is called, each name once and on one line."""
    return list(dict.fromkeys(" ".join(name.split()) for name in (record.name, *record.aliases)))


def _lookup(name: str, examples: Iterable[str]) -> str:
    return f"- lookup: {name}\n{''.join(_lines(examples))}"


def _overview(topic: Topic) -> str:
    return f"- intent: ask_overview\n  metadata: {{topic: {topic.id}}}\n{''.join(_lines(_names(topic)))}"


def _lines(examples: Iterable[str]) -> Iterator[str]:
    yield "  examples: |\n"
    for example in examples:
        yield f"    - {example}\n"
