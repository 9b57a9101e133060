"""Conversations with the shipped catalogue: what is said after what (conversation_cases.yml)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from actions.payload import Choice, Memory, Payload
from actions.picking import understand_choice
from actions.turn import Asked, Reading, TurnAction, Understanding, notice_way
from api.actions_host import build_actions
from api.settings import ROOT, SHANGHAI

NOW = dt.datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "conversation_cases.yml").read_text(encoding="utf-8")
)
RULES = yaml.safe_load((ROOT / "assistant" / "rules" / "rules.yml").read_text(encoding="utf-8"))["rules"]
ACTION_OF = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in RULES}


class Shipped:
    """The shipped catalogue with its actions."""

    def __init__(self) -> None:
        self.edition: Edition = build_edition(read_content(ROOT / "actions" / "catalogue" / "data"))
        self.actions: dict[str, TurnAction] = build_actions(self)

    def current(self) -> Edition:
        return self.edition

    def answer(self, text: str, understood: Understanding, memory: Memory) -> Payload:
        """What is answered, by the action that the rules name."""
        intent = f"say_{understood.act}" if understood.act else f"ask_{understood.aspect}"
        asked = Asked(text, understood, notice_way(text, memory), NOW)
        return self.actions[ACTION_OF[intent]].answer(asked, self.edition)

    def take(self, turn: dict[str, Any], memory: Memory) -> Payload:
        """The answer to a turn of a case."""
        if "press" in turn:
            pressed = Asked("", Understanding(), memory, NOW)
            return self.answer("", understand_choice(turn["press"], pressed), memory)
        told: dict[str, Any] = turn["understood"]
        readings = [
            {"topic": topic, "aspect": told.get("aspect"), "confidence": 0.2} for topic in told.get("alternatives", ())
        ]
        return self.answer(turn["say"], Understanding.model_validate(told | {"alternatives": readings}), memory)


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return Shipped()


def dialogues() -> Iterator[Any]:
    """The cases; one with `each` once for each of its words, which stand for "*"."""
    for case in CASES:
        for words in case.get("each", [None]):
            turns = [{**turn, "say": words} if words and turn.get("say") == "*" else turn for turn in case["turns"]]
            yield pytest.param(turns, id=f"{case['name']} {words or ''}".strip())


def faults(turn: dict[str, Any], payload: Payload) -> list[str]:
    """What is not as the turn of a case wants it."""
    forms = "\n".join((payload.text, payload.easy, payload.speech))
    values, memory = [choice.value for choice in payload.choices], payload.memory.model_dump(mode="json")
    found = [f"missing {words}" for words in turn.get("says", ()) if words not in forms]
    found += [f"said {words}" for words in turn.get("never", ()) if words in forms]
    found += [f"not offered {value}" for value in turn.get("offers", ()) if value not in values]
    found += [f"offered {value}" for value in turn.get("not_offered", ()) if value in values]
    person = payload.hand_over is not None
    held = {"outcome": payload.outcome.value, "first": next(iter(values), None), "person": person}
    found += [f"{name}: {got}" for name, got in held.items() if name in turn and turn[name] != got]
    wanted = turn.get("memory", {})
    found += [f"memory {name}: {memory[name]}" for name, value in wanted.items() if memory[name] != value]
    if payload.outcome == "answered" and payload.points and not payload.sources:
        found.append("a fact without a source")
    return found


@pytest.mark.parametrize("turns", list(dialogues()))
def test_the_conversation_goes_as_promised(shipped: Shipped, turns: list[dict[str, Any]]) -> None:
    memory = Memory()
    for turn in turns:
        payload = shipped.take(turn, memory)
        assert faults(turn, payload) == [], f"{turn.get('say', turn.get('press'))} → {payload.outcome}: {payload.text}"
        memory = payload.memory


def test_at_most_three_guesses_and_five_choices_are_offered_whatever_was_understood(shipped: Shipped) -> None:
    topics = list(shipped.edition.topics)
    for first in range(0, len(topics), 5):
        likely = [Reading(topic=topic, confidence=0.19) for topic in topics[first : first + 5]]
        understood = Understanding(aspect="amount", confidence=0.3, sure=False, alternatives=tuple(likely))
        payload = shipped.answer("喏", understood, Memory())
        matters = [choice for choice in payload.choices if not choice.value.startswith("act:")]
        assert (payload.outcome, len(matters) <= 3, len(payload.choices) <= 5) == ("asked_back", True, True)


def test_every_choice_offered_can_be_taken_by_its_place_and_by_its_title(shipped: Shipped) -> None:
    likely = [Reading(topic=topic, confidence=0.3) for topic in ("driving", "donation", "education")]
    unsure = Understanding(aspect="apply", confidence=0.3, sure=False, alternatives=tuple(likely))
    asked = shipped.answer("喏", unsure, Memory())
    nothing = Understanding(act="out_of_scope", confidence=0.99)

    def pressed(choice: Choice) -> str:
        chosen = understand_choice(choice.value, Asked("", Understanding(), asked.memory, NOW))
        return shipped.answer("", chosen, asked.memory).text

    for place, choice in enumerate(asked.choices, 1):
        assert shipped.answer(f"{place}", nothing, asked.memory).text == pressed(choice), choice
        assert shipped.answer(choice.title, nothing, asked.memory).text == pressed(choice), choice


def test_no_refusal_repeats_what_the_resident_called_it(shipped: Shipped) -> None:
    for foreign in shipped.edition.not_ours.values():
        for word in foreign.words:
            said = shipped.answer(f"{word}多少钱", Understanding(act="out_of_scope", confidence=0.99), Memory())
            assert said.outcome == "not_covered", word
            assert word not in said.text.replace(foreign.text or "", ""), word
