"""Held-out sentences that also stand in the training data, word for word or nearly. What is held out is not quoted:
whoever mends the training data need not read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from actions.catalogue.problems import Problem
from api.sentences.reading import Sentence, Written, problem
from api.sentences.spelling import load_rules, without_fillers

Finder = Callable[[str], Sentence | None]


def check_leaks(written: Written) -> Iterator[Problem]:
    """The first way in which each held-out sentence leaks."""
    ways = {
        "leak": find_same(written.training),
        "leak_fillers": find_but_fillers(written.training),
        "leak_character": find_but_a_character(written.training),
        "leak_trigrams": find_inside(written.training),
    }
    for held in written.heldout:
        for reason, find in ways.items():
            if (trained := find(held.key)) is not None:
                yield problem(held.file, held.line, reason, text=trained.text, where=trained.where)
                break


def find_same(sentences: Iterable[Sentence]) -> Finder:
    return {sentence.key: sentence for sentence in sentences}.get


def find_but_fillers(sentences: Iterable[Sentence]) -> Finder:
    """The sentence that is the same but for fillers and particles."""
    known = {without_fillers(sentence.key): sentence for sentence in sentences}
    return lambda key: known.get(without_fillers(key))


def find_but_a_character(sentences: Iterable[Sentence]) -> Finder:
    """The sentence with one character more, less or another; very short ones are too easily alike."""
    fewest = load_rules()["near"]["characters"]
    known: defaultdict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        if len(sentence.key) >= fewest:
            for shorter in shorten(sentence.key):
                known[shorter].append(sentence)

    def find(key: str) -> Sentence | None:
        if len(key) < fewest:
            return None
        alike = (sentence for shorter in shorten(key) for sentence in known.get(shorter, ()))
        return next((sentence for sentence in alike if differ_in_one(key, sentence.key)), None)

    return find


def shorten(key: str) -> set[str]:
    """The sentence, and the sentence without one of its characters."""
    return {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}


def differ_in_one(one: str, other: str) -> bool:
    """Whether at most one character was put in, left out or replaced."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    short, long = sorted((one, other), key=len)
    return short in shorten(long)


def find_inside(sentences: Iterable[Sentence]) -> Finder:
    """The sentence that holds nearly all trigrams of a longer one. It holds one of the rarest, for few may fail."""
    near = load_rules()["near"]
    known: defaultdict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        for trigram in trigrams_of(sentence.key):
            known[trigram].append(sentence)

    def find(key: str) -> Sentence | None:
        mine = trigrams_of(key)
        if len(key) < near["trigrams"]:
            return None
        may_fail = int(len(mine) * (1 - near["share"]) + 1e-9)
        rarest = sorted(mine, key=lambda trigram: len(known.get(trigram, ())))[: may_fail + 1]
        alike = (sentence for trigram in rarest for sentence in known.get(trigram, ()))
        return next((s for s in alike if len(mine - trigrams_of(s.key)) <= may_fail), None)

    return find


def trigrams_of(key: str) -> set[str]:
    return {key[place : place + 3] for place in range(len(key) - 2)}
