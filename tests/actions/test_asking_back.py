"""When the matter is not named the assistant asks for it by what is known, and takes a bare name for an answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from actions.explain_topic import ExplainTopic
from actions.payload import Memory, Outcome, Payload
from actions.turn import Asked, Understanding
from api.settings import ROOT, SHANGHAI

NOW = dt.datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return build_edition(read_content(ROOT / "actions" / "catalogue" / "data"))


def answer(edition: Edition, text: str, memory: Memory, **understood: Any) -> Payload:
    class Shipped:
        def current(self) -> Edition:
            return edition

    return ExplainTopic(Shipped()).answer(Asked(text, Understanding(**understood), memory, NOW), edition)


def test_an_aspect_without_a_matter_is_asked_back_by_its_name_and_kept(edition: Edition) -> None:
    asked = answer(edition, "多少钱", Memory(), aspect="amount", confidence=0.99, sure=False)
    assert asked.outcome is Outcome.ASKED_BACK
    assert edition.aspects["amount"].name in asked.text
    assert any(choice.value.endswith(".amount") for choice in asked.choices)
    named = answer(edition, "护理补贴", asked.memory, topic="nursing_subsidy", aspect="overview", confidence=0.9)
    assert named.memory.aspect == "amount"
    assert "350" in named.text


def test_who_tells_where_they_are_after_a_crisis_is_sent_to_those_who_can_come(edition: Edition) -> None:
    told = answer(edition, "我在[地址]", Memory(careful=True), aspect="where", confidence=0.99, sure=False)
    assert told.hand_over
    assert {contact.id for contact in told.hand_over.contacts} == {"police_110", "police_text_12110"}
    assert told.memory.careful
