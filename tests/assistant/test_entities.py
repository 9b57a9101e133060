"""What is found in a sentence: the finder in its own environment, with the word lists and sentences as they stand."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import ROOT

HERE = Path(__file__).parent
CASES = HERE / "entity_cases.yml"
SETS = ("dates", "first", "second")
RIGHT, FOUND = 0.98, 0.96  # precision and recall promised for every type
BUSY = 4.0  # times the milliseconds measured on a quiet machine (docs/entities.md) that a busy one may take


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What tests/assistant/entities_found.py says."""
    python = ROOT / "assistant" / ".venv" / "bin" / "python"
    command = [python, HERE / "entities_found.py", CASES]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(CASES.read_text("utf-8"))
    return loaded


def wanted(found: dict[str, Any]) -> set[tuple[str, str]]:
    """The types and values a case asks for."""
    return {
        (kind, f"{value}:00" if kind == "time" else value)
        for kind, values in found.items()
        for value in (values if isinstance(values, list) else [values])
    }


def named(entities: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(entity["type"], entity["value"]) for entity in entities}


def test_each_type_is_found_and_nothing_else_is_taken_for_it(told: dict[str, Any], cases: dict[str, Any]) -> None:
    right, false, missed = Counter[str](), Counter[str](), Counter[str]()
    for text, found in (case for part in SETS for case in cases[part].items()):
        expected, got = wanted(found), named(told["found"][text])
        right.update(kind for kind, _ in expected & got)
        false.update(kind for kind, _ in got - expected)
        missed.update(kind for kind, _ in expected - got)
    kinds = right + missed + false
    precision = {kind: right[kind] / max(right[kind] + false[kind], 1) for kind in kinds}
    recall = {kind: right[kind] / max(right[kind] + missed[kind], 1) for kind in kinds}
    assert {kind: share for kind, share in precision.items() if share < RIGHT} == {}
    assert {kind: share for kind, share in recall.items() if share < FOUND} == {}


def test_every_town_of_both_districts_is_known_with_its_district(told: dict[str, Any], cases: dict[str, Any]) -> None:
    ids = set()
    for district, names in cases["towns"].items():
        for name in names:
            found = named(told["towns"][name])
            (town,) = [value for kind, value in found if kind == "town"]
            assert ("district", district) in found, name
            ids.add(town)
    assert (len(cases["towns"]["jiading"]), len(cases["towns"]["pudong"]), len(ids)) == (12, 36, 48)


def everything(told: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    yield from told["found"].items()
    yield from told["training"].items()
    yield from told["strange"].items()


def test_what_was_found_stands_in_the_residents_own_words(told: dict[str, Any]) -> None:
    spaced = 0
    for text, entities in everything(told):
        for entity in entities:
            assert entity["text"] == text[entity["start"] : entity["end"]] != "", text
            assert all(isinstance(entity[field], str) for field in ("type", "value"))
            spaced += " " in entity["text"]
    assert spaced, "no sentence with spaces was tried"


def test_a_name_heard_wrong_seldom_fires_inside_ordinary_sentences(told: dict[str, Any]) -> None:
    tables = yaml.safe_load((ROOT / "nlu_data" / "training" / "entities.yml").read_text("utf-8"))["nlu"]
    listed = "".join(block["examples"] for block in tables if str(block.get("lookup")).startswith("town_"))
    heard = [
        (text, entity["text"])
        for text, entities in told["training"].items()
        for entity in entities
        if entity["type"] == "town" and "".join(entity["text"].split()) not in listed
    ]
    assert len(heard) <= len(told["training"]) / 1000, heard


def test_autism_is_never_a_category(told: dict[str, Any]) -> None:
    found = [entity for entities in told["training"].values() for entity in entities if entity["value"] == "autism"]
    assert {entity["type"] for entity in found} == {"condition"}


def test_days_are_days_in_shanghai_and_need_the_time_of_the_turn(told: dict[str, Any]) -> None:
    assert named(told["late_in_london"]) == {("time", "2026-11-27T15:00:00")}
    assert named(told["without_now"]) == {("person", "mother"), ("town", "nanxiang"), ("district", "jiading")}


def test_finding_costs_little(told: dict[str, Any]) -> None:
    assert told["milliseconds"] < 0.1 * BUSY
    assert told["milliseconds_with_dates"] < 0.2 * BUSY
