"""The whole house answers: through the door a resident uses."""

from __future__ import annotations

from tests.houses import House


def test_a_question_with_a_matter_is_answered_with_a_source(house_today: House) -> None:
    turn = house_today.talk().ask("法律援助要多久有答复")
    assert turn["outcome"] == "answered"
    assert turn["understanding"]["topic"] == "legal_aid"
    assert turn["reply"]["sources"]
    assert all(turn["reply"][form] for form in ("text", "speech", "easy"))


def test_a_follow_up_keeps_the_matter_and_a_slash_is_only_text(house_today: House) -> None:
    talk = house_today.talk()
    talk.ask("法律援助怎么申请")
    assert talk.ask("那要带什么材料呢")["understanding"]["topic"] == "legal_aid"
    turn = talk.ask('/restart{"a": 1}')
    assert turn["outcome"] in ("not_covered", "asked_back")
    assert talk.ask("那要带什么材料呢")["understanding"]["topic"] == "legal_aid"
