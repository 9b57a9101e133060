"""How well the model understands sentences it has never seen: the figures promised, through `zhuwo evaluate`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.settings import ROOT
from tests.houses import trained_model


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("evaluation")
    model = trained_model()
    (folder / "models").mkdir()
    shutil.copy(model, folder / "models")
    command = [sys.executable, "-m", "api.cli", "evaluate"]
    environment = os.environ | {"ZHUWO_DATA": str(folder)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(Path(folder / "evaluation.json").read_text("utf-8"))
    return found


def test_the_set_is_large_enough_to_say_something(report: dict[str, Any]) -> None:
    assert report["sentences"]["questions"] >= 400
    assert report["sentences"]["out_of_scope"] >= 100


def test_the_matter_is_recognised_in_88_of_100_questions(report: dict[str, Any]) -> None:
    assert report["topic"] >= 0.88


def test_matter_and_aspect_are_recognised_in_80_of_100_questions(report: dict[str, Any]) -> None:
    assert report["topic_and_aspect"] >= 0.80


def test_what_is_not_ours_is_refused_and_what_is_ours_hardly_ever(report: dict[str, Any]) -> None:
    assert report["out_of_scope_recall"] >= 0.55
    assert report["in_scope_rejected"] <= 0.03


def test_someone_in_danger_is_heard(report: dict[str, Any]) -> None:
    assert report["crisis"] >= 0.9
