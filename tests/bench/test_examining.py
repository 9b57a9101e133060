"""The marks and the conversions of the bench, on numbers and sentences made up for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.evaluation.judging import Case, Reading
from tests.bench.driving import HELDOUT, TURNS_EACH, deal_talks
from tests.bench.examining import Answer, Marks, choose_cases, mark, read_flat, recall_at_limit
from tests.bench.peers import Peer
from tests.bench.public import read_banking77, read_clinc150, read_smp2020, shares_of

GOT = {"confidence": 1.0, "sure": True}


def case(number: int, round_: str = "plain", **right: Any) -> Case:
    return Case.model_validate({"text": f"t{number}", "round": round_, "file": "made_up", "got": GOT, **right})


def answer(foreign: float = 0.0, **reading: str) -> Answer:
    return Answer(Reading.model_validate(reading), (foreign,))


def test_limit_is_where_the_allowed_share_of_ours_is_rejected() -> None:
    ours = [float(score) for score in range(100)]
    assert recall_at_limit([95.0, 96.5, 97.0, 200.0], ours, 0.03) == 0.75
    assert recall_at_limit([99.0, 99.5], ours, 0.0) == 0.5


def test_of_equals_at_the_limit_as_many_are_rejected_as_may_be() -> None:
    assert recall_at_limit([1.0, 1.0, 2.0, 0.0], [0.0] * 90 + [1.0] * 10, 0.03) == pytest.approx((1 + 2 * 0.3) / 4)


def test_marks_count_acceptable_readings_and_each_part_apart() -> None:
    cases = [
        case(1, topic="bus", aspect="cost"),
        case(2, topic="bus", aspect="cost", accept=[{"aspect": "apply"}]),
        case(3, topic="bus", aspect="cost"),
        case(4, topic="bus", aspect="cost"),
        case(5, "misheard", topic="bus", aspect="cost"),
        case(6, act="thanks"),
        case(7, act="out_of_scope"),
        case(8, act="out_of_scope"),
    ]
    answers = [
        answer(topic="bus", aspect="cost"),
        answer(topic="bus", aspect="apply"),
        answer(topic="bus", aspect="where"),
        answer(act="thanks"),
        answer(topic="taxi", aspect="cost"),
        answer(act="thanks"),
        answer(0.9, act="out_of_scope"),
        answer(-0.1, topic="bus", aspect="cost"),
    ]
    marks = mark(cases, answers)
    assert (marks.topic, marks.whole, marks.topic_misheard, marks.whole_misheard) == (75, 50, 0, 0)
    assert (marks.acts, marks.foreign) == (100, 50)


def test_out_of_scope_counts_by_the_score_that_does_best_and_outside_of_a_talk_only() -> None:
    cases = [
        case(1, topic="bus", aspect="cost"),
        case(2, "misheard", topic="bus", aspect="cost"),
        case(3, topic="bus", aspect="cost", context="bus"),
        case(4, topic="bus", aspect="cost", accept=[{"act": "out_of_scope"}]),
        case(5, act="thanks"),
        case(6, act="out_of_scope"),
    ]
    scores = [(0.0, 0.0), (9.0, 9.0), (9.0, 9.0), (9.0, 9.0), (0.0, 0.0), (-1.0, 1.0)]
    assert mark(cases, [Answer(Reading(), score) for score in scores]).foreign == 100


@pytest.mark.parametrize(
    ("intent", "context", "reading"),
    [
        ("amount__bus", None, Reading(topic="bus", aspect="amount")),
        ("amount__bus", "taxi", Reading(topic="bus", aspect="amount")),
        ("amount__none", "taxi", Reading(topic="taxi", aspect="amount")),
        ("amount__none", None, Reading(topic=None, aspect="amount")),
        ("say_thanks", "taxi", Reading(act="thanks")),
        ("say_out_of_scope", None, Reading(act="out_of_scope")),
        ("None", None, Reading(act="out_of_scope")),
    ],
)
def test_flat_intents_are_read_as_ours(intent: str, context: str | None, reading: Reading) -> None:
    assert read_flat({"intent": intent, "ranking": [[intent, 0.5]]}, context).reading == reading


def test_scores_of_a_ranking_rise_with_how_foreign_it_looks() -> None:
    ours = read_flat({"intent": "amount__bus", "ranking": [["amount__bus", 0.7], ["say_out_of_scope", 0.2]]}, None)
    foreign = read_flat({"intent": "say_out_of_scope", "ranking": [["say_out_of_scope", 0.9]]}, None)
    none = read_flat({"intent": "None", "ranking": [["amount__bus", 0.4]]}, None)
    assert ours.foreign == pytest.approx((-0.7, -0.5))
    assert foreign.foreign == pytest.approx((0, 0.9))
    assert none.foreign == pytest.approx((-0.4, 0.6))


def test_dialogues_are_not_asked() -> None:
    asked = [
        json.loads(case(1, round_, act="thanks").model_dump_json()) for round_ in ("plain", "dialogue", "misheard")
    ]
    assert [one.round for one in choose_cases(asked)] == ["plain", "misheard"]


def test_a_peer_is_kept_as_it_was() -> None:
    marks = Marks(topic=95.5, whole=92.0, topic_misheard=90.0, whole_misheard=88.0, acts=96.0, foreign=80.0)
    peer = Peer("stock", marks, 1.5, 20.0, 300.0, 10, "x", "y", "2026-11-25", 100, "stock.tar.gz")
    assert Peer.from_json(json.loads(json.dumps(peer.as_json()))) == peer


def test_public_sets_are_read_whole(tmp_path: Path) -> None:
    block = "给\tO\n1\tB-a\nPLAY\n\n开\tO\nOPEN\n"
    for part in ("train", "dev", "test"):
        (tmp_path / f"smp2020_{part}.txt").write_text(block, "utf-8")
        (tmp_path / f"banking77_{part}.csv").write_text('text,category\n"a, b",card\n', "utf-8")
    clinc = {
        f"{oos}{part}": [[f"{oos}{part}", "oos" if oos else "x"]] for oos in ("", "oos_") for part in ("train", "test")
    }
    (tmp_path / "clinc150_full.json").write_text(json.dumps(clinc), "utf-8")
    assert read_smp2020(tmp_path).asked == [("给1", "PLAY"), ("开", "OPEN")]
    assert len(read_smp2020(tmp_path).learned) == 4
    assert read_clinc150(tmp_path).asked == [("test", "x"), ("oos_test", "oos")]
    assert read_banking77(tmp_path).learned == [("a, b", "card")]


def test_public_figures_leave_the_outside_out_of_the_accuracy() -> None:
    right = ["x", "y", "oos", "oos"]
    assert shares_of(right, ["x", "x", "x", "x"], [0.0, 0.1, 0.2, -0.5]) == [0.5, 0.5]
    assert shares_of(["x", "y"], ["x", "y"], [0.0, 0.0]) == [1.0]


def test_talks_are_dealt_the_same_again_and_from_every_held_out_sentence() -> None:
    items = [item for path in HELDOUT.glob("*.yml") for item in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)]
    turns = {turn["text"] for item in items for turn in item.get("turns", [item]) if "text" in turn}
    dealt = deal_talks(1 + len(turns) // TURNS_EACH)
    assert dealt == deal_talks(1 + len(turns) // TURNS_EACH)
    assert {len(talk) for talk in dealt} == {TURNS_EACH}
    assert {text for talk in dealt for text in talk} <= turns
    assert any("turns" in item and item["turns"][0]["text"] in {t for talk in dealt for t in talk} for item in items)
