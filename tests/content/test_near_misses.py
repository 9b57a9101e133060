"""What sounds like ours and is not (near_misses.yml), asked through the door a resident uses: nobody is told an amount
or a right for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.houses import House, keep_house

NEAR_MISSES: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "near_misses.yml").read_text(encoding="utf-8")
)
AT_ONE_TIME = 4
NOT_ANSWERED = {"not_covered", "declined", "asked_back"}
AMOUNT = re.compile(r"\d[\d.]*\s*(?:元|%|折)")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with keep_house(tmp_path_factory.mktemp("near"), conversations_a_minute="9999") as kept:
        yield kept


@pytest.fixture(scope="module")
def turns(house: House) -> list[tuple[str, dict[str, Any]]]:
    def ask(line: dict[str, str]) -> tuple[str, dict[str, Any]]:
        talk = house.talk()
        if before := line.get("after"):
            talk.ask(before)
        return line["ask"], talk.ask(line["ask"])

    with ThreadPoolExecutor(AT_ONE_TIME) as pool:
        return list(pool.map(ask, NEAR_MISSES))


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len({line["ask"] for line in NEAR_MISSES}) == len(NEAR_MISSES) >= 60


def test_no_near_miss_is_told_an_amount_or_a_right(turns: list[tuple[str, dict[str, Any]]]) -> None:
    told = [(words, turn["outcome"], turn["reply"]["text"][:80]) for words, turn in turns if tells(turn)]
    print(*told, sep="\n")  # noqa: T201  (pytest shows it)
    assert told == []


def tells(turn: dict[str, Any]) -> bool:
    """Whether a turn answers, or names an amount in any form."""
    forms = "\n".join(turn["reply"][form] for form in ("text", "easy"))
    return turn["outcome"] not in NOT_ANSWERED or AMOUNT.search(forms) is not None


def test_each_refusal_says_whom_to_ask(turns: list[tuple[str, dict[str, Any]]]) -> None:
    refused = [(words, turn) for words, turn in turns if turn["outcome"] == "not_covered"]
    assert refused
    assert [words for words, turn in refused if "12345" not in turn["reply"]["text"]] == []
