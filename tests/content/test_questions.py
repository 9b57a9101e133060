"""Questions of our own on the first content, asked through the door a resident uses, at two clocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.houses import House

QUESTIONS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "questions.yml").read_text(encoding="utf-8"))
RIGHT_AT_LEAST = 0.95
OUTDATED = ("410", "290", "330元", "330/", "300元", "150元")
Asked = list[tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="module")
def asked(house_today: House, house_next_year: House) -> Asked:
    """Every question with the turn that answered it."""
    return list(_ask_all({"today": house_today, "next_year": house_next_year}))


def _ask_all(houses: dict[str, House]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for question in QUESTIONS:
        talk = houses[question.get("at", "today")].talk()
        if before := question.get("after"):
            talk.ask(before)
        yield question, talk.ask(question["ask"])


def _forms(turn: dict[str, Any]) -> str:
    return "\n".join(turn["reply"][form] for form in ("text", "easy", "speech"))


def _fault(question: dict[str, Any], turn: dict[str, Any]) -> str | None:
    """What is wrong with the answer, if anything."""
    missing = [words for words in question.get("says", []) if words not in turn["reply"]["text"]]
    wrong = [words for words in question.get("never", []) if words in _forms(turn)]
    if turn["outcome"] == question["outcome"] and not missing and not wrong:
        return None
    return f"{question['ask']} → {turn['outcome']}; missing {missing}; wrong {wrong}: {turn['reply']['text'][:90]}"


@pytest.mark.parametrize("clock", ["today", "next_year"])
def test_at_least_95_of_100_questions_are_answered_right(asked: Asked, clock: str) -> None:
    here = [(question, turn) for question, turn in asked if question.get("at", "today") == clock]
    faults = [fault for question, turn in here if (fault := _fault(question, turn))]
    print(f"{clock}: {len(here) - len(faults)} of {len(here)} right", *faults, sep="\n")  # noqa: T201  (pytest shows it)
    assert len(here) - len(faults) >= RIGHT_AT_LEAST * len(here), "\n".join(faults)


def test_no_outdated_amount_is_ever_said_unless_the_past_is_asked_about(asked: Asked) -> None:
    wrong = [
        question["ask"]
        for question, turn in asked
        if any(amount in _forms(turn) for amount in OUTDATED) and "不用了" not in turn["reply"]["text"]
    ]
    assert wrong == []


def test_no_answer_states_a_fact_without_a_source(asked: Asked) -> None:
    assert [
        question["ask"] for question, turn in asked if turn["outcome"] == "answered" and not turn["reply"]["sources"]
    ] == []


def test_what_lapsed_is_said_only_as_lapsed(asked: Asked) -> None:
    later = [turn for question, turn in asked if question.get("at") == "next_year"]
    lapsed = [turn for turn in later if "50%" in _forms(turn)]
    assert lapsed
    for turn in lapsed:
        assert turn["outcome"] == "declined"
        assert "2026-12-31" in turn["reply"]["text"]


def test_every_decline_names_someone_to_ask(asked: Asked) -> None:
    declined = [(question, turn) for question, turn in asked if turn["outcome"] in ("declined", "not_covered")]
    assert [question["ask"] for question, turn in declined if "12345" not in turn["reply"]["text"]] == []
