"""`make check` refuses sentences that would teach or judge the model wrongly."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from actions.catalogue.reading import read_content
from api.sentences import check_sentences
from api.settings import ROOT

DATA = ROOT / "actions" / "catalogue" / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "nlu_data", tmp_path / "nlu_data"))


def problems_of(folder: Path) -> list[str]:
    domain = yaml.safe_load((ROOT / "assistant" / "domain" / "domain.yml").read_text("utf-8"))
    acts = frozenset(name for intent in domain["intents"] for name in intent if name.startswith("say_"))
    return [str(problem) for problem in check_sentences(folder, read_content(DATA), acts)]


def add(file: Path, block: str) -> None:
    file.write_text(file.read_text("utf-8") + block, "utf-8")


def test_the_shipped_sentences_have_no_problem(folder: Path) -> None:
    assert problems_of(folder) == []


@pytest.mark.parametrize(
    ("block", "named"),
    [
        ("- intent: ask_colour\n  examples: |\n    - 这个章是红的还是蓝的呢\n", "ask_colour"),
        ("- intent: ask_amount\n  metadata: {topic: moon}\n  examples: |\n    - 月亮上的钱怎么算\n", "moon"),
        (
            "- intent: ask_where\n  metadata: {topic: legal_aid}\n  examples: |\n    - 交通补贴多少钱？\n",
            "交通补贴多少钱",
        ),
    ],
)
def test_an_unknown_label_or_a_double_is_named(folder: Path, block: str, named: str) -> None:
    add(folder / "training" / "legal_aid.yml", block)
    found = problems_of(folder)
    assert any(named in problem and "training/legal_aid.yml" in problem for problem in found)


def test_a_held_out_sentence_in_the_training_data_is_named_whatever_its_punctuation(folder: Path) -> None:
    held = yaml.safe_load((folder / "heldout" / "topics.yml").read_text("utf-8"))[0]
    leaked = "，".join((held["text"][:3], held["text"][3:])) + "？"
    block = f"- intent: ask_{held['aspect']}\n  metadata: {{topic: {held['topic']}}}\n  examples: |\n    - {leaked}\n"
    add(folder / "training" / "legal_aid.yml", block)
    assert any(held["text"] in problem and "heldout/topics.yml" in problem for problem in problems_of(folder))
