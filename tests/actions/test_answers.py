"""What the shipped catalogue answers, asked of the actions themselves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from actions.comfort_crisis import ComfortCrisis
from actions.explain_topic import ExplainTopic
from actions.payload import Memory, Outcome, Payload
from actions.refuse_matter import RefuseMatter
from actions.take_reply import TakeReply
from actions.turn import Asked, Entity, TurnAction, Understanding
from actions.visit_place import VisitPlace
from api.settings import ROOT

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
NEXT_YEAR = dt.datetime(2027, 1, 2, 10, tzinfo=SHANGHAI)
OLD = ("410", "290", "300", "150", "330")
SUBSIDIES = {
    "living_subsidy": ("450", "320"),
    "nursing_subsidy": ("350", "180"),
    "two_subsidies": ("450", "320", "350", "180"),
}
HOW_MUCH = ("多少钱", "几钿", "现在涨到多少", "标准是多少", "现在每个月多少钱", "一个月好拿几块", "是不是330", "发多少")
BEFORE = ("以前是多少", "原来多少", "调整前多少", "涨了多少", "去年多少")


@pytest.fixture(scope="module")
def edition() -> Edition:
    return build_edition(read_content(ROOT / "actions" / "catalogue" / "data"))


class Desk:
    """Asks the actions as the engine would."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.actions: dict[type[TurnAction], TurnAction] = {}

    def current(self) -> Edition:
        return self.edition

    def ask(
        self,
        action: type[TurnAction],
        text: str,
        *,
        memory: Memory | None = None,
        now: dt.datetime = NOW,
        **understood: Any,
    ) -> Payload:
        asked = Asked(text, Understanding(**understood), memory or Memory(), now)
        return self.actions.setdefault(action, action(self)).answer(asked, self.edition)


@pytest.fixture(scope="module")
def desk(edition: Edition) -> Desk:
    return Desk(edition)


@pytest.mark.parametrize("words", HOW_MUCH)
@pytest.mark.parametrize("topic", SUBSIDIES)
def test_a_subsidy_is_answered_with_the_amounts_of_today(desk: Desk, topic: str, words: str) -> None:
    said = desk.ask(ExplainTopic, words, topic=topic, aspect="amount")
    assert [amount for amount in SUBSIDIES[topic] if amount not in said.text] == []
    assert [amount for amount in OLD if amount in f"{said.text}{said.easy}"] == []
    assert not any("_before" in point for point in said.points)


@pytest.mark.parametrize("words", BEFORE)
@pytest.mark.parametrize("topic", SUBSIDIES)
def test_who_asks_about_the_past_hears_that_it_is_past_and_what_holds_now(desk: Desk, topic: str, words: str) -> None:
    said = desk.ask(ExplainTopic, words, topic=topic, aspect="amount")
    assert all(point.startswith(f"{topic}_amount_before") for point in said.points)
    assert "不用了" in said.text
    assert all(amount in said.text for amount in SUBSIDIES[topic])


@pytest.mark.parametrize(
    ("words", "first"), [("一级给多少", "350"), ("三级精神有多少", "180"), ("低保边缘能拿多少", "320")]
)
def test_the_grade_or_group_named_comes_first(desk: Desk, words: str, first: str) -> None:
    topic = "living_subsidy" if first == "320" else "nursing_subsidy"
    assert first in desk.ask(ExplainTopic, words, topic=topic, aspect="amount").text.splitlines()[0]


def test_what_is_not_confirmed_is_declined_with_a_channel(desk: Desk) -> None:
    said = desk.ask(ExplainTopic, "低保标准是多少", topic="social_assistance", aspect="amount")
    assert said.outcome is Outcome.DECLINED
    assert said.hand_over is not None
    assert "act:tell_me" in [choice.value for choice in said.choices]


def test_the_next_question_on_offer_says_the_rest(desk: Desk) -> None:
    first = desk.ask(ExplainTopic, "办残疾证要带什么材料", topic="disability_certificate", aspect="documents")
    rest = desk.ask(TakeReply, "好的", act="affirm", memory=first.memory)
    assert first.memory.more
    assert rest.points[0] == first.memory.more[0]


def test_what_held_until_the_end_of_the_year_is_then_told_as_lapsed(desk: Desk) -> None:
    question: dict[str, Any] = {"topic": "employment", "aspect": "amount"}
    assert desk.ask(ExplainTopic, "岗位补贴多少", **question).outcome is Outcome.ANSWERED
    later = desk.ask(ExplainTopic, "岗位补贴多少", now=NEXT_YEAR, **question)
    assert later.outcome is Outcome.DECLINED
    assert "2026年12月31日" in later.text


def test_a_point_clearly_hit_is_said_though_the_turn_was_taken_for_out_of_scope(desk: Desk) -> None:
    about = Memory(topic="disability_certificate")
    said = desk.ask(RefuseMatter, "公示贴几天", memory=about, act="out_of_scope", confidence=0.7)
    assert (said.outcome, "5个工作日" in said.text) == (Outcome.ANSWERED, True)


def test_what_is_out_of_scope_stays_refused_after_98_of_100_topics(desk: Desk, edition: Edition) -> None:
    held_out = yaml.safe_load((ROOT / "nlu_data/heldout/out_of_scope.yml").read_text(encoding="utf-8"))
    questions = ["护照怎么办", "今天天气怎么样", *(sentence["text"] for sentence in held_out)]
    answered = [
        (topic, question)
        for topic in (*edition.topics, None)
        for question in questions
        if desk.ask(RefuseMatter, question, memory=Memory(topic=topic), act="out_of_scope", confidence=0.95).outcome
        is not Outcome.NOT_COVERED
    ]
    assert len(answered) <= 0.02 * len(questions) * (len(edition.topics) + 1), answered
    assert len([question for topic, question in answered if topic is None]) <= 0.02 * len(questions)


def hours(desk: Desk, kind: str, value: str, now: dt.datetime = NOW) -> Payload:
    entities = (Entity(type="place", value="demonstration_station"), Entity(type=kind, value=value))
    return desk.ask(VisitPlace, "开门吗", now=now, aspect="hours", topic="rights_protection", entities=entities)


@pytest.mark.parametrize("holiday", ["清明", "端午", "国庆", "春节"])
def test_a_holiday_beyond_the_calendar_is_not_known_and_never_answered_for_now(desk: Desk, holiday: str) -> None:
    said = hours(desk, "holiday", holiday)
    assert said.outcome is Outcome.DECLINED
    assert holiday in said.text
    assert "不知道" in said.text
    assert "现在" not in said.text


def test_a_holiday_within_the_calendar_or_the_places_own_notice_is_answered_for_its_day(desk: Desk) -> None:
    assert "1月1日" in hours(desk, "holiday", "元旦").text
    spring = hours(desk, "holiday", "国庆", dt.datetime(2026, 9, 1, 10, tzinfo=SHANGHAI))
    assert spring.outcome is Outcome.DECLINED
    assert "10月1日" in spring.text


def test_a_day_of_next_year_is_not_known_before_its_calendar_is_out(desk: Desk) -> None:
    said = hours(desk, "date", "2027-03-01")
    assert said.outcome is Outcome.DECLINED
    assert "3月1日" in said.text


def test_a_place_brings_no_matter_that_was_only_guessed(desk: Desk) -> None:
    said = hours(desk, "time", "2026-11-25T15:00:00")
    assert said.memory.topic is None
    assert "16:30" in said.text
    assert "维权" not in said.text


def test_after_a_crisis_every_turn_ends_with_one_calm_sentence_and_a_voice_and_a_silent_way(desk: Desk) -> None:
    crisis = desk.ask(ComfortCrisis, "不想活了", act="crisis")
    said = desk.ask(ExplainTopic, "多少钱", topic="living_subsidy", aspect="amount", memory=crisis.memory)
    reminder = said.text.splitlines()[-1]
    assert len(reminder) < 80
    assert said.hand_over is not None
    assert [contact.way for contact in said.hand_over.contacts] == ["voice", "text"]


def test_every_answer_can_be_said_in_three_forms_on_both_days(desk: Desk, edition: Edition) -> None:
    for topic in edition.topics:
        for aspect in edition.aspects:
            for now in (NOW, NEXT_YEAR):
                action = VisitPlace if aspect in ("where", "hours", "phone") else ExplainTopic
                said = desk.ask(action, edition.aspects[aspect].question, now=now, topic=topic, aspect=aspect)
                if said.outcome is Outcome.ASKED_BACK:
                    assert edition.topics[topic].ambiguous, (topic, aspect)
                    continue
                assert said.outcome in (Outcome.ANSWERED, Outcome.DECLINED)
                assert said.sources, (topic, aspect)
                if said.outcome is Outcome.DECLINED:
                    assert said.hand_over is not None, (topic, aspect)


def test_the_shipped_folder_is_the_one_asked(shipped: Path) -> None:
    assert shipped == ROOT / "actions" / "catalogue" / "data"


def test_a_detail_that_no_point_holds_is_declined_with_what_is_known(desk: Desk) -> None:
    said = desk.ask(ExplainTopic, "阳光天地有没有食堂？", topic="sunshine_world", aspect="overview", confidence=0.5)
    assert said.outcome is Outcome.DECLINED
    assert "您问的这一点" in said.text
    assert "我知道的是" in said.text
    assert "的一件事" in said.text
    assert "食堂" not in said.text
    assert said.memory.awaiting is not None


def test_a_rumour_a_resident_brings_up_is_not_repeated(desk: Desk) -> None:
    said = desk.ask(ExplainTopic, "听说交通补贴每月45块", topic="transport_subsidy", aspect="amount", confidence=0.9)
    assert said.outcome is Outcome.DECLINED
    assert "没有核实" in said.text
    assert "45元" not in f"{said.text}{said.easy}" and "45块" not in f"{said.text}{said.easy}"


def test_another_districts_points_do_not_answer(desk: Desk, edition: Edition) -> None:
    said = desk.ask(ExplainTopic, "浦东的残联理事长是谁", topic="federation", aspect="overview", confidence=0.9)
    assert "jiading" not in {edition.points[point].level for point in said.points}
