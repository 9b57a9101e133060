"""What the shipped content promises: all founding facts said, nothing unverified in numbers, easy words short."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from actions.catalogue.checking import required
from actions.catalogue.checking_texts import MOST_EASY, easy_sentences
from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from actions.catalogue.records import Kind
from actions.catalogue.rendering import PLACEHOLDER
from actions.composing import CRISIS
from api.settings import ROOT

FACTS = yaml.safe_load((Path(__file__).parent / "fact_ids.yml").read_text(encoding="utf-8"))
MEAN_EASY_AT_MOST = 15


@pytest.fixture(scope="module")
def edition() -> Edition:
    return build_edition(read_content(ROOT / "actions" / "catalogue" / "data"))


def test_every_fact_of_the_founding_documents_is_said_with_its_year(edition: Edition) -> None:
    said = {fact for point in edition.points.values() if "2021" in point.text for fact in point.facts}
    assert len(FACTS["seed"]) == 60
    assert [fact for fact in FACTS["seed"] if fact not in said] == []


def test_no_unverified_fact_alone_carries_a_number_a_term_a_place_or_an_hour(edition: Edition) -> None:
    unverified = set(FACTS["unverified"])
    bold = [
        point.id
        for point in edition.points.values()
        if point.kind is not Kind.UNKNOWN
        and point.facts
        and unverified.issuperset(point.facts)
        and (PLACEHOLDER.search(point.text + point.easy) or edition.homes[point.id][1] in ("amount", "timing", "hours"))
    ]
    assert bold == []


def test_a_fact_that_holds_names_the_facts_it_rests_on(edition: Edition) -> None:
    nameless = [p.id for p in edition.points.values() if p.kind is not Kind.UNKNOWN and not p.facts]
    assert nameless == []


def test_easy_words_are_short(edition: Edition) -> None:
    easy = [point.easy for point in edition.points.values()]
    easy += [phrase.easy for phrase in edition.phrases.values()]
    easy += [answer.lead for answer in edition.answers.values() if answer.lead]
    lengths = {sentence: len(sentence) for text in easy for sentence in easy_sentences(text, edition.figures)}
    assert {sentence: length for sentence, length in lengths.items() if length > MOST_EASY} == {}
    assert sum(lengths.values()) / len(lengths) <= MEAN_EASY_AT_MOST


def test_every_phrase_the_actions_say_is_required(edition: Edition) -> None:
    """Ids are written out as constants, or made of a contact's way or a day of the week."""
    needed = set(required().phrases)
    constants = {
        node.value
        for file in (ROOT / "actions").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    calls = {
        node.args[0].value
        for file in (ROOT / "actions").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("say", "say_contacts")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert calls | (constants & set(edition.phrases)) <= needed
    assert needed == set(edition.phrases), "a phrase nobody says, or one that is missing"


def test_every_contact_of_a_crisis_is_required() -> None:
    assert set(CRISIS) <= set(required().contacts)
