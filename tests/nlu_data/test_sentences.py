"""`make check` refuses sentences that would teach or judge the model wrongly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalogue.content import Content
from actions.catalogue.problems import Problem
from actions.catalogue.reading import read_content
from actions.catalogue.records import Topic
from api.sentences import Findings, check_sentences
from api.sentences.spelling import load_rules
from api.settings import ROOT

HELD = "topic: legal_aid, aspect: documents, act: null"
TRAINED = "法律援助要带什么材料"
COUNTS = ("只有", "超过", "只换了")


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content(ROOT / "actions" / "catalogue" / "data")


@pytest.fixture(scope="module")
def shipped(content: Content) -> tuple[Findings, float]:
    """What is found in the shipped sentences, and the CPU seconds that took."""
    started = time.process_time()
    found = check_sentences(ROOT / "nlu_data", content, acts())
    return found, time.process_time() - started


def acts() -> frozenset[str]:
    domain = yaml.safe_load((ROOT / "assistant" / "domain" / "domain.yml").read_text("utf-8"))
    return frozenset(name for intent in domain["intents"] for name in intent if name.startswith("say_"))


class Folder:
    """A small nlu_data/ of its own."""

    def __init__(self, root: Path, content: Content) -> None:
        self.root, self.content = root, content
        for part in ("training", "heldout"):
            (root / part).mkdir()

    def train(self, *blocks: tuple[str, str | None, list[str]], file: str = "a.yml") -> None:
        """Blocks of intent, topic and sentences."""
        lines = ['version: "3.1"', "nlu:"]
        for intent, topic, sentences in blocks:
            lines += [f"- intent: {intent}", f"  metadata: {{topic: {topic or 'null'}}}", "  examples: |"]
            lines += [f"    - {sentence}" for sentence in sentences]
        (self.root / "training" / file).write_text("\n".join(lines) + "\n", "utf-8")

    def name(self, lookup: str, words: list[str]) -> None:
        lines = ["nlu:", f"- lookup: {lookup}", "  examples: |", *(f"    - {word}" for word in words)]
        (self.root / "training" / "names.yml").write_text("\n".join(lines) + "\n", "utf-8")

    def hold(self, *items: str, file: str = "h.yml") -> None:
        (self.root / "heldout" / file).write_text("".join(f"- {item}\n" for item in items), "utf-8")

    def find(self) -> Findings:
        return check_sentences(self.root, self.content, acts())

    def problems(self) -> list[Problem]:
        """What is wrong with single sentences: so small a folder has too few of everything."""
        return [found for found in self.find().problems if not any(word in found.reason for word in COUNTS)]

    def counted(self) -> list[str]:
        return [found.reason for found in self.find().problems if any(word in found.reason for word in COUNTS)]


@pytest.fixture
def folder(tmp_path: Path, content: Content) -> Folder:
    return Folder(tmp_path, content)


def test_the_shipped_sentences_have_no_problem(shipped: tuple[Findings, float]) -> None:
    assert [str(problem) for problem in shipped[0].problems] == []


def test_checking_takes_no_longer_than_half_a_millisecond_a_sentence(
    shipped: tuple[Findings, float], content: Content
) -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in (ROOT / "nlu_data").rglob("*.yml"))
    assert shipped[1] < max(6.0, lines * 0.0005)


def test_the_summary_tells_the_share_made_from_patterns(shipped: tuple[Findings, float]) -> None:
    assert "%" in shipped[0].summary
    assert "training/" in shipped[0].summary


# -- labels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "topic", "named"), [("ask_colour", None, "ask_colour"), ("ask_where", "moon", "moon")]
)
def test_an_unknown_label_is_named_with_its_line(folder: Folder, intent: str, topic: str | None, named: str) -> None:
    folder.train(("ask_where", "legal_aid", ["去哪里找律师"]), (intent, topic, ["好的问题", "另一个问题"]))
    found = folder.problems()
    assert [(problem.file, problem.line) for problem in found] == [("training/a.yml", 10), ("training/a.yml", 11)]
    assert all(named in problem.reason for problem in found)


# -- doubles --------------------------------------------------------------------------------------

SAME = [
    ("法律援助，要带什么材料？", TRAINED),
    ("法律援助要帶什麼材料", TRAINED),
    ("二十三岁能办吗", "23岁能办吗"),
    ("ＬＥＧＡＬ　援助", "legal援助"),
    ("十级和一百二十", "10级和1百20"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_double_is_named_whatever_its_punctuation_characters_and_digits(folder: Folder, one: str, other: str) -> None:
    folder.train(("ask_documents", "legal_aid", [one, "别的事情", other]))
    (found,) = folder.problems()
    assert (found.file, found.line) == ("training/a.yml", 8)
    assert "training/a.yml:6" in found.reason
    assert other in found.reason


def test_a_sentence_under_two_labels_is_named_with_both_places(folder: Folder) -> None:
    folder.train(("ask_documents", "legal_aid", [TRAINED]))
    folder.train(("ask_apply", "legal_aid", [TRAINED + "？"]), file="b.yml")
    (found,) = folder.problems()
    assert (found.file, found.line) == ("training/b.yml", 6)
    for part in ("ask_apply/legal_aid", "ask_documents/legal_aid", "training/a.yml:6"):
        assert part in found.reason


def test_what_the_catalogue_generates_may_repeat_a_sentence_for_it_weighs_less(folder: Folder) -> None:
    (folder.root / "training" / "generated").mkdir()
    folder.train(("ask_overview", "legal_aid", ["法律援助"]), file="generated/aliases.yml")
    folder.train(("ask_overview", "legal_aid", ["法律援助"]))
    assert not folder.problems()
    folder.train(("ask_apply", "legal_aid", ["请律师"]), file="generated/aliases.yml")
    folder.train(("ask_overview", "legal_aid", ["请律师"]))
    assert not folder.problems()


# -- leaks ----------------------------------------------------------------------------------------

LEAKS = {
    "the_same": TRAINED,
    "other_signs": "法律援助，要带什么材料？",
    "traditional": "法律援助要帶什麼材料",
    "a_particle": "法律援助要带什么材料呀",
    "fillers": "请问一下，那个法律援助要带什么材料呢",
    "a_character_more": "法律援助要带些什么材料",
    "a_character_less": "法律援助带什么材料",
    "another_character": "法律援助要交什么材料",
}
NO_LEAKS = ["法律援助要准备什么材料", "打官司请律师要带什么", "材料", "律师援助要准备什么东西", "要带什么"]


@pytest.mark.parametrize("name", LEAKS)
def test_a_held_out_sentence_in_the_training_data_is_named(folder: Folder, name: str) -> None:
    folder.train(("ask_documents", "legal_aid", ["别的事情", TRAINED]))
    folder.hold(f'{{text: "别的考题", {HELD}}}', f'{{text: "{LEAKS[name]}", {HELD}}}')
    (found,) = folder.problems()
    assert (found.file, found.line) == ("heldout/h.yml", 2)
    assert f"training/a.yml:7“{TRAINED}”" in found.reason
    assert LEAKS[name] == TRAINED or LEAKS[name] not in found.reason


def test_a_held_out_sentence_inside_a_longer_one_is_named(folder: Folder) -> None:
    folder.train(("ask_documents", "legal_aid", [f"我儿子被厂里开除了，想打官司，{TRAINED}，户口簿要伐"]))
    folder.hold(f'{{text: "{TRAINED}", {HELD}}}')
    assert len(folder.problems()) == 1


@pytest.mark.parametrize("text", NO_LEAKS)
def test_another_sentence_is_no_leak(folder: Folder, text: str) -> None:
    folder.train(("ask_documents", "legal_aid", [TRAINED]))
    folder.hold(f'{{text: "{text}", {HELD}}}')
    assert not folder.problems()


def test_short_words_that_share_a_character_are_no_leak(folder: Folder) -> None:
    folder.train(("say_affirm", None, ["有的"]))
    folder.hold('{text: "有数", topic: null, aspect: null, act: affirm}')
    assert not folder.problems()


def test_every_turn_of_a_dialogue_is_checked(folder: Folder) -> None:
    folder.train(("ask_documents", "legal_aid", [TRAINED]))
    turns = f'[{{text: "打官司请人帮忙", {HELD}}},\n  {{text: "{TRAINED}", {HELD}}}]'
    folder.hold(f"{{voice: family, variety: mandarin, channel: phone, turns: {turns}}}")
    (found,) = folder.problems()
    assert (found.file, found.line) == ("heldout/h.yml", 2)


# -- held-out items -------------------------------------------------------------------------------


def test_a_held_out_sentence_may_follow_two_matters_but_stands_once_after_each(folder: Folder) -> None:
    one = f'{{text: "要带什么", {HELD}, context: legal_aid}}'
    other = '{text: "要带什么？", topic: driving, aspect: documents, act: null, context: driving}'
    folder.hold(one, other)
    assert not folder.problems()
    folder.hold(one, other, one)
    (found,) = folder.problems()
    assert (found.line, "heldout/h.yml:1" in found.reason) == (3, True)


def test_a_dialogue_may_say_again_what_was_said_elsewhere(folder: Folder) -> None:
    thanks = '{text: "好的谢谢", topic: null, aspect: null, act: thanks}'
    turns = f'[{{text: "打官司请人帮忙", {HELD}}}, {thanks}]'
    folder.hold(thanks, f"{{turns: {turns}}}", f"{{turns: {turns.replace('打官司', '找律师')}}}")
    assert not folder.problems()


WRONG: dict[str, tuple[str, str]] = {
    "a_variety": (f'{{text: "问题", {HELD}, variety: cantonese}}', "mandarin shanghainese"),
    "a_voice": (f'{{text: "问题", {HELD}, voice: pilot}}', "pilot"),
    "a_channel": (f'{{text: "问题", {HELD}, channel: fax}}', "fax"),
    "a_kind": ('{text: "问题", topic: null, aspect: null, act: out_of_scope, kind: joke}', "joke"),
    "a_field": (f'{{text: "问题", {HELD}, speaker: elderly}}', "speaker"),
    "a_context": (f'{{text: "问题", {HELD}, context: moon}}', "moon"),
    "no_act_given": ('{text: "问题", topic: legal_aid, aspect: documents}', "legal_aid/documents"),
    "an_act_with_a_topic": ('{text: "问题", topic: legal_aid, aspect: null, act: thanks}', "thanks"),
    "no_aspect": ('{text: "问题", topic: legal_aid, aspect: null, act: null}', "legal_aid/None"),
    "an_unknown_topic": ('{text: "问题", topic: moon, aspect: where, act: null}', "moon"),
    "accepts_the_moon": (f'{{text: "问题", {HELD}, accept: [{{topic: moon}}]}}', "moon"),
    "accepts_a_word": (f'{{text: "问题", {HELD}, accept: [thanks]}}', "thanks"),
    "no_text": (f"{{{HELD}}}", "text"),
    "a_word": ("问题", "text"),
    "a_dialogue_of_a_pilot": (f'{{voice: pilot, turns: [{{text: "问题", {HELD}}}]}}', "pilot"),
    "not_yaml": ('{text: "问题, topic', "YAML"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_field_is_named_with_its_line(folder: Folder, name: str) -> None:
    item, named = WRONG[name]
    folder.hold(f'{{text: "打官司请人帮忙", {HELD}, accept: [{{topic: null, aspect: null, act: human}}]}}', item)
    (found,) = folder.problems()
    assert found.file == "heldout/h.yml"
    assert found.line in ((2,) if name not in ("a_word", "not_yaml") else (1, 2, 3))
    assert named in found.reason


# -- counts and templates -------------------------------------------------------------------------


def test_too_few_of_anything_is_named(folder: Folder, content: Content) -> None:
    folder.train(("ask_where", "legal_aid", ["去哪里找律师"]), ("say_thanks", None, ["多谢侬"]))
    found = folder.counted()
    names = ["training", "heldout", "topic: null", "ask_where", "say_thanks", "say_out_of_scope", "legal_aid ask_where"]
    names += [topic.id for topic in content.of(Topic)]
    assert not [name for name in names if not any(f"“{name}”只有" in reason for reason in found)]
    assert not [reason for reason in found if "say_tell_me" in reason]


def test_a_topic_with_more_than_three_times_the_median_is_named(folder: Folder, content: Content) -> None:
    topics = [topic.id for topic in content.of(Topic)]
    blocks: list[tuple[str, str | None, list[str]]] = [
        ("ask_where", topic, [f"{topic}的第{n}个问题" for n in range(4)]) for topic in topics
    ]
    folder.train(*blocks)
    assert not [reason for reason in folder.counted() if "超过" in reason]
    folder.train(*blocks, ("ask_apply", "driving", [f"驾照怎么考第{n}种" for n in range(9)]))
    assert [reason for reason in folder.counted() if "超过" in reason and "“driving”有13句" in reason]


def sentences_made_of(patterns: int, others: int) -> list[tuple[str, str | None, list[str]]]:
    """For three topics `patterns` sentences that differ in the name alone, and `others` that do not."""
    letters = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    blocks: list[tuple[str, str | None, list[str]]] = []
    for at, (topic, name) in enumerate(
        {"legal_aid": "法律援助", "driving": "残疾人驾照", "donation": "爱心捐款"}.items()
    ):
        made = [f"{name}{letters[n]}{letters[n + 1]}{letters[n + 2]}怎么算" for n in range(patterns)]
        own = [letters[at * 7 : at * 7 + 7] * (n + 1) for n in range(others)]
        blocks.append(("ask_amount", topic, made + own))
    return blocks


@pytest.mark.parametrize(("patterns", "others", "refused"), [(1, 1, True), (2, 3, True), (1, 2, False), (1, 4, False)])
def test_more_than_a_third_made_from_patterns_is_refused_and_the_patterns_named(
    folder: Folder, patterns: int, others: int, refused: bool
) -> None:
    folder.name("topic_all", ["法律援助", "残疾人驾照", "爱心捐款"])
    folder.train(*sentences_made_of(patterns, others))
    found = [reason for reason in folder.counted() if "只换了" in reason]
    assert bool(found) == refused
    assert all("…甲乙丙怎么算 ×3 (training/a.yml:6)" in reason for reason in found)


def test_a_noun_that_is_no_name_makes_a_pattern_too(folder: Folder) -> None:
    asked = {"legal_aid": "律师", "driving": "驾照", "donation": "捐款"}
    folder.train(*(("ask_where", topic, [f"请问我妈妈的{noun}要到哪里去办"]) for topic, noun in asked.items()))
    assert any("请问我妈妈的…要到哪里去办 ×3" in reason for reason in folder.counted())


def test_the_rules_keep_to_what_was_agreed() -> None:
    rules: dict[str, Any] = load_rules()
    least = {"training": 6000, "heldout": 1000, "out_of_scope": 800, "pair": 4}
    assert all(rules["fewest"][name] >= count for name, count in least.items())
    assert rules["most"] <= 3
    assert rules["templates"]["share"] <= 0.334
    assert rules["near"]["share"] <= 0.9
