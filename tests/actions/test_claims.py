"""A figure a resident names is found in their words and judged by what the shipped catalogue holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalogue.claims import find_claim, judge
from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from actions.catalogue.saying import figures_in
from api.settings import ROOT

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "claim_cases.yml").read_text(encoding="utf-8"))
TODAY = dt.date(2026, 11, 25)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return build_edition(read_content(ROOT / "actions" / "catalogue" / "data"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_a_figure_named_is_heard_with_its_kind_and_nothing_else_is(case: dict[str, Any]) -> None:
    claim = find_claim(case["says"])
    assert (claim and claim.value, claim and claim.family) == (case.get("value"), case.get("family"))


@pytest.mark.parametrize("case", [case for case in CASES if "stands" in case], ids=lambda case: case["says"])
def test_a_figure_named_is_current_superseded_or_not_verified(edition: Edition, case: dict[str, Any]) -> None:
    points = [point for point in edition.points.values() if edition.homes[point.id][0] == case["topic"]]
    figures = {figure for point in points for figure in figures_in(point)}
    claim = find_claim(case["says"])
    assert claim is not None
    judged = judge(claim, [edition.figures[figure] for figure in sorted(figures)], TODAY)
    assert judged.standing.value == case["stands"]
