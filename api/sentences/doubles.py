"""Sentences that stand twice, whatever their punctuation, characters or digits."""

from __future__ import annotations

from collections.abc import Iterator

from actions.catalogue.problems import Problem
from api.sentences.reading import Sentence, Written, problem


def check_doubles(written: Written) -> Iterator[Problem]:
    """A sentence written twice; under two labels it teaches neither. What the catalogue generates
    may repeat: it weighs less."""
    first: dict[str, Sentence] = {}
    for sentence in written.training:
        before = first.setdefault(sentence.key, sentence)
        if before is sentence or before.is_generated or sentence.is_generated:
            continue
        slots = {"text": sentence.text, "where": before.where}
        if before.label != sentence.label:
            labels = {"mine": sentence.label, "other": before.label}
            yield problem(sentence.file, sentence.line, "two_labels", **slots, **labels)
        else:
            yield problem(sentence.file, sentence.line, "twice", **slots)
    asked: dict[tuple[str, str], str] = {}
    for held in written.heldout:
        before_it = asked.setdefault((held.key, held.context), held.where)
        if before_it != held.where:
            yield problem(held.file, held.line, "held_twice", where=before_it)
