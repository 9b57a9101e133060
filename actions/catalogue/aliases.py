"""What the catalogue teaches the language model, for Rasa: the names of its topics and places, and the words of its
points, so that a detail is recognised by what the documents say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from actions.catalogue.edition import Edition
from actions.catalogue.records import Answer, Place, Point, Topic
from actions.catalogue.rendering import PLACEHOLDER

# How much names and words of points count beside a sentence of a resident (docs/understanding.md, what was tried).
WEIGHT = 0.3
MARKS = str.maketrans("[](){}", "      ")
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
    """The training file: a lookup table for each topic and place, each topic's bare names as questions for an overview,
    and what is told of each aspect, weighed less than what residents say. The same text for the same catalogue."""
    blocks = [
        *(_lookup(f"topic_{topic.id}", _names(topic)) for topic in edition.topics.values()),
        *(_lookup(f"place_{place.id}", _names(place)) for place in edition.places.values()),
        *(_overview(topic) for topic in edition.topics.values()),
        *(_points(answer) for answer in edition.answers.values()),
    ]
    return _HEADING + "".join(blocks)


def _names(record: Topic | Place) -> list[str]:
    """What a record is called, each name once and on one line."""
    return list(dict.fromkeys(" ".join(name.split()) for name in (record.name, *record.aliases)))


def _lookup(name: str, examples: Iterable[str]) -> str:
    return f"- lookup: {name}\n{''.join(_lines(examples))}"


def _overview(topic: Topic) -> str:
    return _questions("overview", topic.id, _names(topic))


def _points(answer: Answer) -> str:
    return _questions(answer.aspect, answer.topic, map(_words_of, answer.points))


def _questions(aspect: str, topic: str, examples: Iterable[str]) -> str:
    heading = f"- intent: ask_{aspect}\n  metadata: {{topic: {topic}, weight: {WEIGHT}}}\n"
    return heading + "".join(_lines(examples))


def _words_of(point: Point) -> str:
    """The words of a point on one line, without figures and without what Rasa reads as marks of an entity."""
    text = " ".join([*point.words, PLACEHOLDER.sub("", point.text)])
    return " ".join(text.translate(MARKS).split())


def _lines(examples: Iterable[str]) -> Iterator[str]:
    yield "  examples: |\n"
    for example in examples:
        yield f"    - {example}\n"
