"""What the evaluation takes for a noisy line: the same every time, as long as what was said, and sounding like it."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from api.sentences.reading import read_sentences
from api.settings import ROOT, Settings

HERE = ROOT / "tests" / "nlu_data"


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    found = [one.text for one in read_sentences(ROOT / "nlu_data").training if not one.is_generated]
    return sorted(found)[::5]


def mishear(texts: list[str], known: list[str], seed: int) -> dict[str, Any]:
    command = [str(Settings().assistant_python), str(HERE / "mishearing_copies.py")]
    asked = json.dumps({"texts": texts, "known": known, "seed": seed})
    environment = os.environ | {"PYTHONHASHSEED": "random"}
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def is_han(character: str) -> bool:
    return "一" <= character <= "鿿"


def test_a_seed_gives_the_same_copies_whatever_else_is_asked(sentences: list[str]) -> None:
    first = mishear(sentences, sentences, 7)["copies"]
    assert mishear(sentences, sentences[::-1], 7)["copies"] == first
    assert mishear(sentences[10:20], sentences, 7)["copies"] == first[10:20]
    assert mishear(sentences, sentences, 8)["copies"] != first


def test_a_copy_is_as_long_as_what_was_said_and_only_like_sounding_characters_change(sentences: list[str]) -> None:
    found = mishear(sentences, sentences, 7)
    spoken = ["".join(c for c in text if c.isalnum() or c == "_") for text in sentences]
    assert [len(copy) for copy in found["copies"]] == [len(text) for text in spoken]
    pairs = list(zip("".join(spoken), "".join(found["copies"]), strict=True))
    changed = [(a, b) for a, b in pairs if a != b]
    known = set("".join(sentences))
    assert all(is_han(a) and b in known for a, b in changed)
    assert all(found["sounds"][b][0] in found["sounds"][a] for a, b in changed)
    assert 0.12 <= len(changed) / sum(is_han(a) for a, _ in pairs) <= 0.15


def test_near_sounds_are_heard_too(sentences: list[str]) -> None:
    """杨 and 严 differ by -ng; 老 and 脑 by l; 飞 and 黑 by f; 张 and 脏 by zh."""
    pairs = ("杨严", "老脑", "飞黑", "张脏")
    copies = [mishear([first * 400], [first, second], 7)["copies"][0] for first, second in pairs]
    shares = [copy.count(second) / 400 for copy, (_, second) in zip(copies, pairs, strict=True)]
    assert all(0.02 <= share <= 0.08 for share in shares), shares
