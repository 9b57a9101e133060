"""Whether there are enough sentences of everything, and not far too many of one matter."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator

from actions.catalogue.problems import Problem
from api.sentences.reading import ASK, OUT_OF_SCOPE, Sentence, Written, problem
from api.sentences.spelling import load_rules


def check_counts(written: Written, topics: set[str], intents: set[str]) -> Iterator[Problem]:
    """Too few of a topic, an aspect, an act, a pair of topic and aspect; a topic with far more than the others."""
    rules = load_rules()
    sentences = [sentence for sentence in written.training if not sentence.is_generated]
    of_topic = Counter({topic: 0 for topic in topics})
    of_topic.update(sentence.topic for sentence in sentences if sentence.topic in topics)
    for kind, name, count in _count(sentences, of_topic, intents - set(rules["pressed"])):
        if count < rules["fewest"][kind]:
            yield problem("training", 1, "too_few", name=name, count=count, least=rules["fewest"][kind])
    if len(written.heldout) < rules["fewest"]["heldout"]:
        count, least = len(written.heldout), rules["fewest"]["heldout"]
        yield problem("heldout", 1, "too_few", name="heldout", count=count, least=least)
    median = statistics.median(of_topic.values())
    for topic, count in sorted(of_topic.items()):
        if count > rules["most"] * median:
            slots = {"name": topic, "count": count, "most": rules["most"], "median": median}
            yield problem("training", 1, "too_many", **slots)


def _count(sentences: list[Sentence], of_topic: Counter[str], intents: set[str]) -> Iterator[tuple[str, str, int]]:
    """What is counted, its name and how many there are."""
    of_intent = Counter(sentence.intent for sentence in sentences)
    yield "training", "training", len(sentences)
    yield "no_topic", "topic: null", sum(s.topic is None and s.intent.startswith(ASK) for s in sentences)
    for topic, count in of_topic.items():
        yield "topic", topic, count
    for intent in intents:
        kind = "aspect" if intent.startswith(ASK) else "out_of_scope" if intent == OUT_OF_SCOPE else "act"
        yield kind, intent, of_intent[intent]
    for (topic, intent), count in Counter((s.topic, s.intent) for s in sentences if s.topic).items():
        yield "pair", f"{topic} {intent}", count
