"""Questions of our own, asked through the door a resident uses, at two clocks.

Each line of questions/*.yml is one question:

ask: the words; after: what was asked before, which sets the matter; at: today (2026-11-25) or next_year (2027-01-02),
without it the question is asked at both; outcome: how the turn ends, or a list of ways it may; says: must be in the
text, all of them, where an item that is a list is met by any one of its words; never: must not be in any form of
the reply.

unknown.yml holds what nobody has confirmed: there no slip is allowed. Elsewhere 97 of 100 must be right.

blind/*.yml were asked only once the answers were done (2026-11-25): 172 of 189 factual ones were right then, and 82 of
91 on what is not known. What they showed was mended afterwards in part; the limit is what was reached blind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.houses import AFTER_THE_TURN_OF_THE_YEAR, TODAY, House, keep_house

FOLDER = Path(__file__).parent / "questions"
BLIND = Path(__file__).parent / "blind"
BLIND_AT_LEAST = 0.9
CLOCKS = ("today", "next_year")
KEYS = {"ask", "after", "at", "outcome", "says", "never"}
OUTCOMES = {"answered", "asked_back", "declined", "not_covered", "handed_over"}
RIGHT_AT_LEAST = 0.97
AT_ONE_TIME = 4
UNKNOWN = "unknown"
GENERAL_HOTLINE = "12345"
OUTDATED = ("410", "290", "330元", "330/", "300元", "150元")
SAID_TO_BE_PAST = ("不用了", "以前", "原来")
END_OF_2026 = ("2026-12-31", "2026年12月31日", "2026年底")


@dataclass(frozen=True)
class Question:
    """A line of a file of questions, the file, and the clock it is asked at."""

    file: str
    clock: str
    line: dict[str, Any]

    @property
    def words(self) -> str:
        before = self.line.get("after")
        return f"{before} / {self.line['ask']}" if before else str(self.line["ask"])


@dataclass(frozen=True)
class Asked:
    """A question and the turn that answered it."""

    question: Question
    turn: dict[str, Any]

    @property
    def outcome(self) -> str:
        return str(self.turn["outcome"])

    @property
    def text(self) -> str:
        return str(self.turn["reply"]["text"])

    @property
    def forms(self) -> str:
        return "\n".join(self.turn["reply"][form] for form in ("text", "easy", "speech"))

    @property
    def fault(self) -> str | None:
        """What is wrong with the answer, if anything."""
        line = self.question.line
        missing = [item for item in line.get("says", []) if not any(words in self.text for words in _any_of(item))]
        wrong = [words for words in line.get("never", []) if words in self.forms]
        if self.outcome in _any_of(line["outcome"]) and not missing and not wrong:
            return None
        return f"{self.question.words} → {self.outcome}; missing {missing}; wrong {wrong}: {self.text[:120]}"


def _any_of(item: str | list[str]) -> list[str]:
    return item if isinstance(item, list) else [item]


def all_questions(folder: Path = FOLDER) -> Iterator[Question]:
    """Every question at every clock it is asked at."""
    for path in sorted(folder.glob("*.yml")):
        for line in yaml.safe_load(path.read_text(encoding="utf-8")):
            for clock in _any_of(line.get("at", list(CLOCKS))):
                yield Question(path.stem, clock, line)


def ask_all(houses: dict[str, House], questions: Iterable[Question]) -> list[Asked]:
    """Asks questions, each in a conversation of its own."""

    def ask(question: Question) -> Asked:
        talk = houses[question.clock].talk()
        if before := question.line.get("after"):
            talk.ask(before)
        return Asked(question, talk.ask(question.line["ask"]))

    with ThreadPoolExecutor(AT_ONE_TIME) as pool:
        return list(pool.map(ask, questions))


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, House]]:
    """Houses of our own: hundreds of conversations in a minute are more than the shared ones take from an address."""
    times = {"today": TODAY, "next_year": AFTER_THE_TURN_OF_THE_YEAR}
    with contextlib.ExitStack() as stack:
        yield {
            clock: stack.enter_context(keep_house(tmp_path_factory.mktemp(clock), time, conversations_a_minute="9999"))
            for clock, time in times.items()
        }


@pytest.fixture(scope="module")
def asked(houses: dict[str, House]) -> list[Asked]:
    return ask_all(houses, all_questions())


@pytest.fixture(scope="module")
def asked_blind(houses: dict[str, House]) -> list[Asked]:
    return ask_all(houses, [question for question in all_questions(BLIND) if question.clock == "today"])


def test_every_question_is_well_formed() -> None:
    for question in all_questions():
        line = question.line
        items = [words for key in ("says", "never") for item in line.get(key, []) for words in _any_of(item)]
        assert {"ask", "outcome"} <= set(line) <= KEYS, line
        assert set(_any_of(line["outcome"])) <= OUTCOMES, line
        assert question.clock in CLOCKS, line
        assert all(isinstance(words, str) and words for words in items), line


@pytest.mark.parametrize("clock", CLOCKS)
def test_at_least_97_of_100_questions_are_answered_right(asked: list[Asked], clock: str) -> None:
    here = [one for one in asked if one.question.clock == clock and one.question.file != UNKNOWN]
    faults = [f"{one.question.file}: {one.fault}" for one in here if one.fault]
    right = f"{clock}: {len(here) - len(faults)} of {len(here)} right"
    print(right, *faults, sep="\n")  # noqa: T201  (pytest shows it)
    assert len(here) - len(faults) >= RIGHT_AT_LEAST * len(here), "\n".join([right, *faults])


@pytest.mark.parametrize("clock", CLOCKS)
def test_what_is_not_known_is_never_made_up(asked: list[Asked], clock: str) -> None:
    here = [one for one in asked if one.question.clock == clock and one.question.file == UNKNOWN]
    faults = [one.fault for one in here if one.fault]
    right = f"{clock}: {len(here) - len(faults)} of {len(here)} right"
    print(right, *faults, sep="\n")  # noqa: T201  (pytest shows it)
    assert not faults, "\n".join([right, *faults])


def test_at_least_90_of_100_blind_questions_are_answered_right_and_nothing_is_made_up(asked_blind: list[Asked]) -> None:
    faults = [one.fault for one in asked_blind if one.fault]
    right = f"blind: {len(asked_blind) - len(faults)} of {len(asked_blind)} right"
    print(right, *faults, sep="\n")  # noqa: T201  (pytest shows it)
    assert len(asked_blind) - len(faults) >= BLIND_AT_LEAST * len(asked_blind), "\n".join([right, *faults])
    forbidden = [one.fault for one in asked_blind if any(w in one.forms for w in one.question.line.get("never", []))]
    assert forbidden == []


def test_no_outdated_amount_is_ever_said_unless_as_past(asked: list[Asked]) -> None:
    wrong = [
        one.question.words
        for one in asked
        if any(amount in one.forms for amount in OUTDATED) and not any(word in one.text for word in SAID_TO_BE_PAST)
    ]
    assert wrong == []


def test_no_answer_states_a_fact_without_a_source(asked: list[Asked]) -> None:
    """What is said of the assistant itself (an act, no matter) needs none."""
    facts = [one for one in asked if one.outcome == "answered" and not one.turn["understanding"]["act"]]
    assert facts
    assert [one.question.words for one in facts if not one.turn["reply"]["sources"]] == []


def test_what_lapsed_is_said_only_as_lapsed(asked: list[Asked]) -> None:
    lapsed = [
        one
        for one in asked
        if one.question.clock == "next_year" and "50%" in one.forms and "补贴" in one.question.words
    ]
    assert lapsed
    for one in lapsed:
        assert one.outcome == "declined", one.question.words
        assert any(end in one.text for end in END_OF_2026), one.question.words


def test_every_decline_gives_someone_to_ask(asked: list[Asked]) -> None:
    declined = [one for one in asked if one.outcome in ("declined", "not_covered")]
    assert [one.question.words for one in declined if GENERAL_HOTLINE not in one.text] == []
    assert [one.question.words for one in declined if not _ready_help(one)] == []


def _ready_help(one: Asked) -> bool:
    """Whether the page can show a number to press, not only words."""
    contacts = (one.turn["reply"].get("hand_over") or {}).get("contacts", [])
    return GENERAL_HOTLINE in [contact["number"] for contact in contacts]
