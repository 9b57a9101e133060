"""From what was heard to one reading: the likeliest of a recogniser's hypotheses, a correction, a second question."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Dict, List, Mapping, Sequence

from components.understander import OUT_OF_SCOPE, OVERVIEW, About, Understander

CORRECT = "correct"
# A second question is answered next only if it is as clear as this.
CLEAR = 0.6
# What an understanding is worth against a recogniser's confidence, and the least either may count for.
UNDERSTANDING_COUNTS, LEAST = 0.7, 0.02
# Heard less surely than this, a matter must be surer than usual.
HEARD_BADLY, SURE_THOUGH_BADLY_HEARD = 0.4, 0.75

Reading = Dict[str, Any]


def listen(understander: Understander, text: str, about: About) -> Reading:
    """What `Understander.understand` reads, with `correcting` (sets right what was understood before) and `also`, the
    reading of a second question in the same text, or None."""
    talk, normal = understander.talk, understander.normaliser.normalise(text)
    found = {**understander.understand(text, about), "correcting": False, "also": None}
    named = found["alternatives"][0] if found["alternatives"] else None
    if found["act"] == CORRECT and named and named["topic"] != about.topic and named["confidence"] >= CLEAR:
        found.update(named, correcting=True)  # no need to ask which matter
    if found["act"] is not None:
        return found
    if about.aspect and found["topic"] and talk.corrects(normal):
        found["correcting"] = True
    if found["correcting"] and found["aspect"] == OVERVIEW:
        found["aspect"] = about.aspect or OVERVIEW
    parts = talk.questions(normal)
    if len(parts) > 1:
        first, second = (understander.understand(part, replace(about, topic=found["topic"])) for part in parts[:2])
        if is_clear(first) and is_clear(second) and matter_of(first) != matter_of(second):
            kept = {name: first[name] for name in ("topic", "aspect", "confidence", "sure", "alternatives")}
            also = {name: second[name] for name in ("topic", "aspect", "act", "confidence")}
            return {**found, **kept, "also": also}
    return found


def hear(understander: Understander, hypotheses: Sequence[Mapping[str, Any]], about: About) -> Reading:
    """The reading of the hypothesis (`{text, confidence}`) that is likeliest, both as sound and as something a resident
    would say; `heard` is its text."""
    read: List[Reading] = [
        {**listen(understander, hypothesis["text"], about), "heard": hypothesis["text"]} for hypothesis in hypotheses
    ]
    place = max(range(len(read)), key=lambda n: likelihood(read[n], hypotheses[n]["confidence"]))
    found, confidence = read[place], hypotheses[place]["confidence"]
    if confidence < HEARD_BADLY and found["confidence"] < SURE_THOUGH_BADLY_HEARD:
        found["sure"] = False
    return found


def likelihood(reading: Reading, heard: float) -> float:
    """The log likelihood of a hypothesis heard with a confidence; one that is not ours says nothing for itself."""
    understood = 0.0 if reading["act"] == OUT_OF_SCOPE else reading["confidence"]
    return math.log(max(heard, LEAST)) + UNDERSTANDING_COUNTS * math.log(max(understood, LEAST))


def is_clear(reading: Reading) -> bool:
    return reading["act"] is None and reading["sure"] and reading["confidence"] >= CLEAR


def matter_of(reading: Reading) -> Any:
    return reading["topic"], reading["aspect"]
