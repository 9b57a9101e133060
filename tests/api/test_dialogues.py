"""Conversations through the resident API, with the real engine: what one turn means for the next."""

from __future__ import annotations

from typing import Any

import pytest

from tests.houses import House, Talk

PERSON = "act:human"
UNSURE = "多少钱"


@pytest.fixture
def talk(house_today: House) -> Talk:
    return house_today.talk()


def matters(turn: dict[str, Any]) -> list[dict[str, str]]:
    """The choices of a turn that name a matter."""
    return [choice for choice in turn["reply"]["choices"] if not choice["value"].startswith("act:")]


def leads_to_person(turn: dict[str, Any]) -> bool:
    contacts = (turn["reply"]["hand_over"] or {}).get("contacts")
    return bool(contacts) and turn["reply"]["choices"][0]["value"] == PERSON


def test_unsure_it_asks_once_and_the_second_time_names_a_person(talk: Talk) -> None:
    asked = talk.ask(UNSURE)
    assert asked["outcome"] == "asked_back"
    assert 1 <= len(matters(asked)) <= 3
    again = talk.ask("要等多久呀")
    assert again["outcome"] != "asked_back"
    assert leads_to_person(again)
    assert talk.ask("法律援助怎么申请")["outcome"] == "answered"


@pytest.mark.parametrize("words", ["第{}个", "{}", "选{}", "最后一个"])
def test_a_choice_is_taken_by_its_number(talk: Talk, words: str) -> None:
    offered = matters(talk.ask(UNSURE))
    taken = talk.ask(words.format(len(offered)))
    assert taken["outcome"] in ("answered", "declined")
    assert taken["reply"]["services"][0]["id"] == offered[-1]["value"].partition(".")[0]


def test_a_choice_said_answers_as_the_choice_pressed(house_today: House) -> None:
    said, pressed = house_today.talk(), house_today.talk()
    choice = matters(said.ask(UNSURE))[0]
    pressed.ask(UNSURE)
    assert said.ask(choice["title"])["reply"] == pressed.choose(choice["value"])["reply"]


def test_a_crisis_is_one_though_a_number_was_asked_for(talk: Talk) -> None:
    talk.ask(UNSURE)
    assert "962525" in talk.ask("我不想活了")["reply"]["text"]
    talk.ask("重新开始")
    assert "要是您现在不安全" in talk.ask("法律援助怎么申请")["reply"]["text"]


def test_the_second_complaint_leads_to_a_person(talk: Talk) -> None:
    talk.ask("你怎么这么笨")
    assert leads_to_person(talk.ask("气死我了，一点用都没有"))


def test_an_answer_is_said_again_with_its_source(talk: Talk) -> None:
    answered = talk.ask("重度残疾人护理补贴多少钱")["reply"]
    assert answered["text"] in talk.ask("再讲一遍")["reply"]["text"]
    source = talk.ask("这个是谁规定的")["reply"]["text"]
    assert all(note["title"] in source and note["date"][:4] in source for note in answered["sources"])
    assert answered["text"] in talk.ask("再讲一遍")["reply"]["text"]


def test_what_is_not_ours_is_told_what_kind_of_office(talk: Talk) -> None:
    refused = talk.ask("敬老卡在哪里办")
    assert refused["outcome"] == "not_covered"
    assert "社区事务受理服务中心" in refused["reply"]["text"]
    assert refused["reply"]["sources"]
    assert refused["reply"]["hand_over"]
