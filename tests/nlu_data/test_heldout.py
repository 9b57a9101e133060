"""How well the model understands sentences it has never seen: the figures promised, through `zhuwo evaluate`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.evaluation.figures import LESS_IS_BETTER, Report
from api.settings import ROOT
from tests.houses import trained_model

# The share of each figure (api/evaluation/wording.yml says what they are): at least, or at most where less is better.
PROMISED = {
    "topic": 0.945,
    "topic_and_aspect": 0.895,
    "act": 0.94,
    "crisis": 0.97,
    "crisis_in_idioms": 0.035,
    "crisis_elsewhere": 0.006,
    "out_of_scope": 0.82,
    "in_scope_rejected": 0.02,
    "asked_back": 0.08,
    "offered": 0.85,
    "misheard_topic": 0.93,
    "misheard_topic_and_aspect": 0.87,
    "dialogue_ellipsis": 0.89,
    "dialogue_topic_and_aspect": 0.78,
    "dialogue_act": 0.9,
}
# How many sentences each rests on, so that the share says something.
FEWEST = {
    "topic": 1000,
    "act": 300,
    "crisis": 100,
    "crisis_in_idioms": 200,
    "crisis_elsewhere": 2000,
    "out_of_scope": 300,
    "out_of_scope.near_miss": 200,
    "misheard_topic": 2000,
    "dialogue_ellipsis": 200,
}
CALIBRATED_WITHIN = 0.05


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder in which `zhuwo evaluate` was run."""
    folder = tmp_path_factory.mktemp("evaluation")
    (folder / "models").mkdir()
    shutil.copy(trained_model(), folder / "models")
    command = [sys.executable, "-m", "api.cli", "evaluate"]
    environment = os.environ | {"ZHUWO_DATA": str(folder)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return Report.model_validate_json((folder / "evaluation.json").read_bytes())


@pytest.mark.parametrize("name", FEWEST)
def test_a_figure_rests_on_enough_sentences(report: Report, name: str) -> None:
    assert report.figures[name].of >= FEWEST[name]


@pytest.mark.parametrize("name", PROMISED)
def test_a_figure_is_as_promised(report: Report, name: str) -> None:
    share, promised = report.figures[name].share, PROMISED[name]
    assert share <= promised if name in LESS_IS_BETTER else share >= promised


def test_the_confidence_is_how_often_it_is_right(report: Report) -> None:
    assert report.ece <= CALIBRATED_WITHIN


def test_the_report_is_a_page_and_the_log_tells_nothing_said(folder: Path) -> None:
    assert (folder / "evaluation.html").read_text("utf-8").startswith("<!doctype html>")
    assert "text=" not in (folder / "logs" / "evaluate.log").read_text("utf-8")


def test_what_decided_about_one_sentence_is_shown(folder: Path) -> None:
    command = [sys.executable, "-m", "api.cli", "understand", "那要带什么材料", "--topic", "legal_aid"]
    environment = os.environ | {"ZHUWO_DATA": str(folder), "COLUMNS": "120"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for shown in ("legal_aid", "documents", "「要带」", "cai-liao", "句末的音 ", "界限"):
        assert shown in done.stdout
    assert "材料" not in (folder / "logs" / "understand.log").read_text("utf-8")
