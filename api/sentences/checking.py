"""Checks the training and held-out sentences in nlu_data/: Rasa itself accepts unknown topics, doubles and leaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actions.catalogue.content import Content
from actions.catalogue.problems import Problem
from actions.catalogue.records import Aspect, Topic
from api.sentences.counting import check_counts
from api.sentences.doubles import check_doubles
from api.sentences.leaks import check_leaks
from api.sentences.reading import ASK, LINES, OUT_OF_SCOPE, SAY, Held, Sentence, Written, problem, read_sentences, say
from api.sentences.spelling import load_rules
from api.sentences.templates import Templates, check_templates, find_templates

READING = ("topic", "aspect", "act")
FIELDS = {"text", "accept", "context", LINES, *READING}


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with the sentences, and how many there are, in a sentence."""

    problems: tuple[Problem, ...]
    summary: str


def check_sentences(folder: Path, content: Content, acts: frozenset[str]) -> Findings:
    """Everything wrong with the sentences under `folder` (nlu_data/); `acts` are the domain's ``say_…`` intents."""
    topics = {topic.id for topic in content.of(Topic)}
    intents = {ASK + aspect.id for aspect in content.of(Aspect)} | acts
    written = read_sentences(folder)
    templates = find_templates(written)
    problems = [
        *written.problems,
        *_check_labels(written.training, topics, intents),
        *_check_fields(written.heldout, topics, intents),
        *check_doubles(written),
        *check_leaks(written),
        *check_counts(written, topics, intents),
        *check_templates(templates),
    ]
    return Findings(tuple(sorted(problems)), summarise(written, templates))


def summarise(written: Written, templates: Templates) -> str:
    """How many sentences there are, and how many are made from a pattern."""
    sentences = [sentence for sentence in written.training if not sentence.is_generated]
    return say(
        "summary",
        training=len(sentences),
        foreign=sum(sentence.intent == OUT_OF_SCOPE for sentence in sentences),
        heldout=len(written.heldout),
        share=f"{templates.share:.1%}",
        largest=templates.name_largest(),
    )


def _check_labels(sentences: Iterable[Sentence], topics: set[str], intents: set[str]) -> Iterator[Problem]:
    for sentence in sentences:
        if sentence.intent not in intents:
            yield problem(sentence.file, sentence.line, "unknown_intent", name=sentence.intent)
        if sentence.topic is not None and sentence.topic not in topics:
            yield problem(sentence.file, sentence.line, "unknown_topic", name=sentence.topic)
        if not sentence.key:
            yield problem(sentence.file, sentence.line, "empty")


def _check_fields(heldout: Iterable[Held], topics: set[str], intents: set[str]) -> Iterator[Problem]:
    allowed: dict[str, list[str]] = load_rules()["heldout"]
    for held in heldout:
        for name in sorted(held.fields.keys() - FIELDS - allowed.keys()):
            yield problem(held.file, held.line, "unknown_field", name=name)
        for name, values in allowed.items():
            if name in held.fields and held.fields[name] not in values:
                among = " ".join(values)
                yield problem(held.file, held.line, "unknown_value", name=name, value=held.fields[name], among=among)
        if held.fields.get("context") not in [None, *topics]:
            yield problem(held.file, held.line, "unknown_topic", name=held.fields["context"])
        for reading in _readings(held):
            if (fault := _fault_of(reading, topics, intents)) is not None:
                yield problem(held.file, held.line, "not_a_reading", name=fault)


def _readings(held: Held) -> list[dict[str, Any]]:
    """The right reading and the acceptable ones, which tell only what differs."""
    right = {name: held.fields.get(name, "") for name in READING}
    accepted = held.fields.get("accept") or ()
    others = (other if isinstance(other, dict) else {"accept": other} for other in accepted)
    return [right, *({**right, **{n: v for n, v in other.items() if n != LINES}} for other in others)]


def _fault_of(reading: dict[str, Any], topics: set[str], intents: set[str]) -> str | None:
    """What makes this no reading: an act stands alone, a question has an aspect and a known topic or none."""
    topic, aspect, act = (reading[name] for name in READING)
    if act is None:
        sound = f"{ASK}{aspect}" in intents and topic in [None, *topics]
    else:
        sound = f"{SAY}{act}" in intents and topic is None and aspect is None
    return None if sound and reading.keys() == set(READING) else "/".join(map(str, reading.values()))
