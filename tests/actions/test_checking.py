"""Whatever is wrong with the YAML files is said at once: the file, the line and why, in Chinese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from actions.catalogue.checking import Required, check_files, required
from actions.catalogue.checking_texts import easy_sentences
from tests.actions.conftest import NEEDED, TINY

CASES = yaml.safe_load((Path(__file__).parent / "problem_cases.yml").read_text(encoding="utf-8"))
Spoil = Callable[[str, str, str], None]


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        written = path.read_text(encoding="utf-8")
        assert old in written, f"{file} does not hold {old!r}"
        path.write_text(written.replace(old, new, 1), encoding="utf-8")

    return replace


def test_the_tiny_catalogue_has_no_problems() -> None:
    assert check_files(TINY, NEEDED) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_mistake_is_named_with_its_file_line_and_reason(case: dict[str, str], folder: Path, spoil: Spoil) -> None:
    spoil(case["file"], case["old"], case["new"])
    problems = check_files(folder, NEEDED)
    spoiled = (folder / case["file"]).read_text(encoding="utf-8").splitlines()
    line = 1 + next(number for number, text in enumerate(spoiled) if case["at"] in text)
    found = [(problem.file, problem.line) for problem in problems if case["says"] in problem.reason]
    assert found == [(case["file"], line)], [str(problem) for problem in problems]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_reason_has_no_english_but_names_of_fields_and_records(
    case: dict[str, str], folder: Path, spoil: Spoil
) -> None:
    spoil(case["file"], case["old"], case["new"])
    for problem in check_files(folder, NEEDED):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.reason)
        assert "should" not in problem.reason
        assert "Input" not in problem.reason


def test_all_mistakes_in_all_files_are_found_in_one_go(folder: Path, spoil: Spoil) -> None:
    for case in CASES:
        if case.get("alone"):
            continue
        spoil(case["file"], case["old"], case["new"])
    reasons = " ".join(problem.reason for problem in check_files(folder, NEEDED))
    assert len({case["says"] for case in CASES if not case.get("alone") and case["says"] in reasons}) >= 5


def test_a_catalogue_without_a_crisis_contact_is_refused() -> None:
    reasons = [problem.reason for problem in check_files(TINY)]
    for contact in (
        "psych_962525",
        "psych_12356",
        "police_text_12110",
        "police_110",
        "ambulance_120",
        "fire_119",
    ):
        assert contact in required().contacts
        assert any(contact in reason for reason in reasons)
    assert any("hotline_12345_sign" in reason for reason in reasons)
    assert not any("“hotline_12345”" in reason for reason in reasons)


def test_a_missing_phrase_is_refused() -> None:
    (problem,) = check_files(TINY, Required(phrases=("greeting", "farewell")))
    assert (problem.file, "farewell" in problem.reason) == ("phrases.yml", True)


def test_a_missing_or_empty_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert len(check_files(tmp_path / "empty", Required())) == 1
    assert len(check_files(tmp_path / "nowhere", Required())) == 1


def test_a_file_nobody_reads_is_a_problem(folder: Path) -> None:
    for stray in ("answer.yml", "answers/deep/more.yml", "places/note.yaml"):
        (folder / stray).parent.mkdir(exist_ok=True)
        (folder / stray).write_text("[]\n", encoding="utf-8")
    found = {problem.file for problem in check_files(folder, NEEDED)}
    assert found == {"answer.yml", "answers/deep/more.yml", "places/note.yaml"}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"a: [1",
        b"\x00",
        b"--- 1\n--- 2\n",
        b"just words",
        b"- - 1\n",
        b"- &a [*a]\n",
        b"!!python/object:x {}",
    ],
)
def test_no_content_breaks_the_reader(folder: Path, content: bytes) -> None:
    (folder / "phrases_more.yml").write_bytes(content)
    found = [problem for problem in check_files(folder, NEEDED) if problem.file == "phrases_more.yml"]
    assert found
    assert all(problem.line >= 1 for problem in found)


def test_values_need_no_quotes(folder: Path, spoil: Spoil) -> None:
    spoil("figures.yml", "value: '75'", "value: 75")
    spoil("places/demonstration_station.yml", "opens_at: '13:00'", "opens_at: 13:00")
    spoil("sources.yml", "date: '2025-08-07'", "date: 2025-08-07")
    spoil("contacts.yml", "number: '12345'", "number: 12345")
    assert check_files(folder, NEEDED) == []


def test_the_length_of_an_easy_sentence_counts_its_figures() -> None:
    assert easy_sentences("先看这里。再看那里！好吗？") == ["先看这里。", "再看那里！", "好吗？"]


def test_the_shipped_catalogue_has_no_problems(shipped: Path) -> None:
    assert [str(problem) for problem in check_files(shipped)] == []
