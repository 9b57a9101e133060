"""`zhuwo catalogue …` as an editor uses it: what it says, and the status it ends with."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from actions.catalogue.content import MODELS, holds_one, model_of
from actions.catalogue.coverage import State, measure_coverage
from actions.catalogue.editor_schema import MODELINE, build_schema, name_schema, wording
from actions.catalogue.reading import read_content
from api import cli
from api.settings import ROOT

TINY = ROOT / "tests" / "actions" / "catalogue"
CATALOGUE = ROOT / "actions" / "catalogue"
Zhuwo = Callable[..., tuple[int, str]]


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it: a date is text."""


Yaml12.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny catalogue that a test may change."""
    return Path(shutil.copytree(TINY, tmp_path / "catalogue"))


@pytest.fixture
def zhuwo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Zhuwo:
    """Runs a command on a database of its own; gives its status and what it said."""
    monkeypatch.setenv("ZHUWO_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("ZHUWO_CLOCK", "2026-11-25T10:00:00")
    (tmp_path / "var").mkdir()

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["zhuwo", "catalogue", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(str(ended.value.code)), capsys.readouterr().out

    return run


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    written = path.read_text("utf-8")
    assert old in written
    path.write_text(written.replace(old, new), "utf-8")


# -- check ----------------------------------------------------------------------------------------


def test_a_sound_catalogue_is_said_to_be_sound(zhuwo: Zhuwo, tmp_path: Path) -> None:
    status, said = zhuwo("check")
    assert (status, "没有问题" in said) == (0, True), said


def test_a_mistake_is_named_by_file_and_line(zhuwo: Zhuwo, folder: Path) -> None:
    change(folder, "figures.yml", "source: seed_2021", "source: nowhere")
    status, said = zhuwo("check", folder)
    assert status == 1
    assert "figures.yml 第7行" in said


# -- preview --------------------------------------------------------------------------------------


def test_an_answer_is_shown_in_three_forms_with_its_sources(zhuwo: Zhuwo, folder: Path) -> None:
    status, said = zhuwo("preview", "transport_subsidy", "amount", "--folder", folder)
    assert status == 0
    for sentence in ("每人每月75元。", "每月75元。", "每人每月七十五元。", "2025-08-07", "transport_amount_before"):
        assert sentence in said


def test_figures_and_lapsed_points_are_as_of_the_day(zhuwo: Zhuwo, folder: Path) -> None:
    _, early = zhuwo("preview", "transport_subsidy", "amount", "--folder", folder, "--on", "2025-01-01")
    _, late = zhuwo("preview", "transport_subsidy", "--folder", folder, "--on", "2027-01-01")
    assert "还没开始（从 2025-07-01 起）" in early
    assert "已过期（到 2026-12-31）" in late
    assert "有数字在这一天没有值" in late


@pytest.mark.parametrize(
    ("state", "shown"),
    [(State.NOT_CONFIRMED, "后面还会说"), (State.SENT_ON, "没有回答"), (State.OF_PARENT, "上级事项")],
)
def test_what_is_not_confirmed_is_shown_with_whom_to_ask(zhuwo: Zhuwo, state: State, shown: str) -> None:
    cells = measure_coverage(read_content(CATALOGUE / "data"), {}).cells
    home = next((home for home, cell in cells.items() if cell.state is state), None)
    if home is None:
        return  # nothing left to ask
    status, said = zhuwo("preview", *home)
    assert status == 0
    assert shown in said
    assert state is State.OF_PARENT or "12345" in said


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        (["transport_subsidi"], "transport_subsidy"),
        (["车帖"], "transport_subsidy"),
        (["天气"], "certificate"),
        (["certificate", "amout"], "amount"),
    ],
)
def test_an_unknown_id_is_answered_with_the_nearest(zhuwo: Zhuwo, folder: Path, asked: list[str], near: str) -> None:
    status, said = zhuwo("preview", *asked, "--folder", folder)
    assert status == 1
    assert f"没有编号是“{asked[-1]}”" in said
    assert near in said


# -- diff -----------------------------------------------------------------------------------------


def test_a_changed_figure_shows_in_every_sentence_that_uses_it(zhuwo: Zhuwo, folder: Path) -> None:
    change(folder, "figures.yml", "value: '75'", "value: '80'")
    change(folder, "phrases.yml", "对不起，没有听懂", "抱歉，没有听懂")
    status, said = zhuwo("diff", TINY, folder)
    assert status == 0
    for line in (
        "屏幕 旧: 每人每月75元。",
        "屏幕 新: 每人每月80元。",
        "易读 新: 每月80元。",
        "读出 新: 每人每月八十元。",
        "读出 新: 以前每人每月45元整，现在80元整。",
        "屏幕 新: 抱歉，没有听懂。",
        "共 3 处变化",
    ):
        assert line in said
    assert "notice_days" not in said


def test_points_that_come_go_or_change_places_are_shown(zhuwo: Zhuwo, folder: Path) -> None:
    change(folder, "answers/transport_subsidy.yml", "id: transport_cost_free", "id: transport_cost_nothing")
    change(folder, "answers/transport_subsidy.yml", "id: transport_timing_pay", "id: transport_timing_")
    change(folder, "answers/transport_subsidy.yml", "id: transport_timing_notice", "id: transport_timing_pay")
    change(folder, "answers/transport_subsidy.yml", "id: transport_timing_\n", "id: transport_timing_notice\n")
    _, said = zhuwo("diff", TINY, folder)
    assert "新增 transport_cost_nothing" in said
    assert "去掉 transport_cost_free" in said
    assert "先后 新: transport_timing_pay; transport_timing_notice" in said


def test_editions_are_compared_by_number_and_with_the_shipped_folder(zhuwo: Zhuwo, tmp_path: Path) -> None:
    assert "数据库里没有目录" in zhuwo("diff")[1]
    assert zhuwo("import")[0] == 0
    assert zhuwo("diff") == (0, "没有变化\n")
    assert zhuwo("diff", "1", "1") == (0, "没有变化\n")
    assert zhuwo("diff", "9") == (1, "数据库里没有第 9 版目录。\n")
    shipped = Path(shutil.copytree(CATALOGUE / "data", tmp_path / "data"))
    change(shipped, "contacts.yml", "全年每天24小时", "全年每天")
    _, said = zhuwo("diff", "1", shipped)
    assert "时间 旧: 全年每天24小时" in said


# -- coverage -------------------------------------------------------------------------------------


def test_coverage_is_written_as_it_is_counted(zhuwo: Zhuwo, folder: Path, tmp_path: Path) -> None:
    status, said = zhuwo("coverage", folder, "--write", tmp_path / "coverage.md")
    written = (tmp_path / "coverage.md").read_text("utf-8")
    assert status == 0
    assert "| 交通补贴 |  | 2 | 1 | 2 | 2 |" in written
    assert "| 补贴 | 先问哪项 |" in written
    assert "PDS-001" in written
    assert "底稿里的事实" in said


# -- schema ---------------------------------------------------------------------------------------


def test_every_field_and_choice_is_explained_in_chinese() -> None:
    shapes: dict[str, Any] = {}
    for model in MODELS.values():
        shapes |= build_schema(model, holds_one(model))["definitions"]
    assert {name: set(shape.get("properties", ())) for name, shape in shapes.items()} == {
        name: set(said.get("fields", ())) for name, said in wording().items()
    }
    assert {name: set(shape["enum"]) for name, shape in shapes.items() if "enum" in shape} == {
        name: set(said["values"]) for name, said in wording().items() if "values" in said
    }


def test_the_shipped_schemas_are_those_of_the_records() -> None:
    for model in MODELS.values():
        written = json.loads((CATALOGUE / "schema" / name_schema(model)).read_text("utf-8"))
        assert written == build_schema(model, holds_one(model)), "zhuwo catalogue schema"


@pytest.mark.parametrize("data", [CATALOGUE / "data", TINY], ids=["shipped", "tiny"])
def test_every_file_fits_its_schema(data: Path) -> None:
    files = sorted(data.rglob("*.yml"))
    assert files
    for file in files:
        model = model_of(file.relative_to(data).as_posix())
        assert model is not None
        held = yaml.load(file.read_text("utf-8"), Yaml12)
        validator = jsonschema.Draft7Validator(
            build_schema(model, holds_one(model)), format_checker=jsonschema.FormatChecker()
        )
        assert [f"{file.name}: {error.message}" for error in validator.iter_errors(held)] == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("figures.yml", "unit: 元", "units: 元"),
        ("answers/transport_subsidy.yml", "kind: history", "kind: past"),
        ("answers/transport_subsidy.yml", "id: transport_amount\n", "id: Transport\n"),
        ("places/demonstration_station.yml", "opens_at: '13:00'", "opens_at: '25:00'"),
        ("figures.yml", "2025-06-30", "2025-06-31"),
    ],
)
def test_an_editor_marks_what_the_check_would_refuse(folder: Path, file: str, old: str, new: str) -> None:
    change(folder, file, old, new)
    model = model_of(file)
    assert model is not None
    schema = build_schema(model, holds_one(model))
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    assert not validator.is_valid(yaml.load((folder / file).read_text("utf-8"), Yaml12))


def test_files_are_given_their_first_line_once(zhuwo: Zhuwo, folder: Path) -> None:
    before = read_content(folder)
    zhuwo("schema", folder)
    once = {path: path.read_bytes() for path in folder.rglob("*.yml")}
    zhuwo("schema", folder)
    assert {path: path.read_bytes() for path in folder.rglob("*.yml")} == once
    for path, held in once.items():
        first = held.decode().splitlines()[0]
        assert first.startswith(MODELINE)
        assert (path.parent / first.removeprefix(MODELINE)).is_file()
    after = read_content(folder)
    assert after.entries == before.entries
    assert all(after.headings[file].endswith(heading) for file, heading in before.headings.items())
