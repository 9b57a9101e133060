"""The examination that every peer sits: the held-out sentences, questions also misheard; and its marks.

A sentence is asked by itself, with no more than the matter in hand where it has one; dialogues, which only ours can
follow, are left out. How well a peer knows what is none of ours does not depend on how cautious it is: the limit on
its own score is set afterwards, where it would reject 3 % of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.evaluation.judging import OUT_OF_SCOPE, Case, Reading, Round, Understood
from tests.bench.recipe import BETWEEN, NO_TOPIC, SAY

REJECTED_AT_MOST = 0.03
NONE_OF_THEM = "None"
"""NLP.js's intent when no other fits."""
FOREIGN = (SAY + OUT_OF_SCOPE, NONE_OF_THEM)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer made of a sentence. `foreign`: its scores, each higher the less the sentence is ours; where a peer
    has several, the one that serves it best counts."""

    reading: Reading
    foreign: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """Percent right: topic, topic and aspect, the same misheard, acts; and of what is none of ours, percent known as
    such where 3 % of ours would be rejected."""

    topic: float
    whole: float
    topic_misheard: float
    whole_misheard: float
    acts: float
    foreign: float


def ask_of(case: Case) -> dict[str, str | None]:
    return {"text": case.text, "context": case.context}


def choose_cases(asked: Iterable[dict[str, Any]]) -> list[Case]:
    """What assistant/evaluate.py asks, less the dialogues."""
    return [Case.model_validate(one) for one in asked if one["round"] != Round.DIALOGUE]


def digest_of(cases: Sequence[Case]) -> str:
    """SHA-256 (hex) of what is asked and what is right."""
    told = [[case.text, case.context, [reading.label for reading in case.readings]] for case in cases]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def read_flat(answer: dict[str, Any], context: str | None) -> Answer:
    """An answer with an intent and a ranking of intents."""
    scores = dict(answer["ranking"])
    foreign = max(scores.get(name, 0.0) for name in FOREIGN)
    if answer["intent"] == NONE_OF_THEM:
        foreign = 1.0
    best = max((score for name, score in scores.items() if name not in FOREIGN), default=0.0)
    return Answer(understand(answer["intent"], context), (-best, foreign - best))


def understand(flat: str, context: str | None) -> Reading:
    """A flat intent as a reading. One that names no matter is about the one in hand."""
    if flat in FOREIGN:
        return Reading(act=OUT_OF_SCOPE)
    if flat.startswith(SAY):
        return Reading(act=flat.removeprefix(SAY))
    aspect, _, topic = flat.partition(BETWEEN)
    return Reading(topic=context if topic == NO_TOPIC else topic, aspect=aspect)


def read_ours(answer: dict[str, Any]) -> Answer:
    return Answer(Understood.model_validate(answer["understanding"]), (answer["refusal"],))


def mark(cases: Sequence[Case], answers: Sequence[Answer]) -> Marks:
    """The marks of one peer, whose answers are in the order of the cases."""
    answered = [with_reading(case, answer.reading) for case, answer in zip(cases, answers, strict=True)]
    plain, misheard = ([c for c in answered if c.is_question and c.round is r] for r in (Round.PLAIN, Round.MISHEARD))
    return Marks(
        topic=percent_right(plain, "topic"),
        whole=percent_right(plain),
        topic_misheard=percent_right(misheard, "topic"),
        whole_misheard=percent_right(misheard),
        acts=percent_right([case for case in answered if case.act not in (None, OUT_OF_SCOPE)]),
        foreign=100 * best_recall(cases, [answer.foreign for answer in answers]),
    )


def percent_right(answered: Sequence[Case], *names: str) -> float:
    return 100 * sum(case.agrees(*names) for case in answered) / len(answered)


def best_recall(cases: Sequence[Case], scores: Sequence[tuple[float, ...]]) -> float:
    """What is none of ours, known as such: by the score that does it best. Of sentences outside of a talk, as written,
    but none that may be read either way."""
    alone = [
        (case, of) for case, of in zip(cases, scores, strict=True) if case.round is Round.PLAIN and not case.context
    ]
    foreign = [of for case, of in alone if case.act == OUT_OF_SCOPE]
    ours = [of for case, of in alone if OUT_OF_SCOPE not in {reading.act for reading in case.readings}]
    kinds = range(len(scores[0]))
    return max(recall_at_limit([of[kind] for of in foreign], [of[kind] for of in ours]) for kind in kinds)


def is_alone(case: Case) -> bool:
    return case.round is Round.PLAIN and not case.context


def recall_at_limit(foreign: Sequence[float], ours: Sequence[float], rejected: float = REJECTED_AT_MOST) -> float:
    """The share of the foreign that are rejected where that share of ours is: all above a limit, and of those at the
    limit as many by lot as may be (a coarse score has many equals)."""
    allowed = rejected * len(ours)
    limit = sorted(ours, reverse=True)[min(int(allowed), len(ours) - 1)]
    lot = (allowed - sum(score > limit for score in ours)) / ours.count(limit)
    return (sum(score > limit for score in foreign) + lot * foreign.count(limit)) / len(foreign)


def with_reading(case: Case, reading: Reading) -> Case:
    got = Understood(topic=reading.topic, aspect=reading.aspect, act=reading.act, confidence=1, sure=True)
    return case.model_copy(update={"got": got})
