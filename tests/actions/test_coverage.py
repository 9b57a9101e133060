"""Every compiled fact is accounted for, and told as no more than it is."""

from __future__ import annotations

from pathlib import Path

import yaml

from actions.catalogue.coverage import Cell, Standing, State, Tier, find_faults, load_tiers, measure_coverage
from actions.catalogue.reading import read_content, read_files
from tests.actions.conftest import TINY

KNOWN = yaml.safe_load((Path(__file__).parent / "fact_ids.yml").read_text(encoding="utf-8"))
ANSWERS = "answers/transport_subsidy.yml"
TIERS = {"TRA-001": Tier.VERIFIED, "TRA-002": Tier.QUOTED, "TRA-003": Tier.HEARSAY}


def tell(folder: Path, kind: str, facts: str, omitted: str = "") -> None:
    """Lets the point on the money be of a kind and tell these facts."""
    path = folder / ANSWERS
    text = path.read_text("utf-8")
    path.write_text(text.replace("facts: [TRA-001]", f"facts: [{facts}]\n      kind: {kind}"), "utf-8")
    if omitted:
        (folder / "omissions.yml").write_text(f"- fact: {omitted}\n  reason: 不说\n", "utf-8")


def faults(folder: Path) -> list[tuple[str, str]]:
    return [(fault.fact, fault.owner) for fault in find_faults(read_files(folder), TIERS)]


def test_the_list_holds_all_facts_once() -> None:
    tiers = load_tiers()
    assert len(tiers) == 303
    assert {fact for fact in tiers if tiers[fact] is not Tier.VERIFIED} == set(KNOWN["unverified"])
    assert all(tiers[fact] is Tier.VERIFIED for fact in KNOWN["seed"])


def test_facts_nobody_tells_or_leaves_out_are_missing(folder: Path) -> None:
    tell(folder, "fact", "TRA-001", omitted="TRA-003")
    coverage = measure_coverage(read_content(folder), TIERS)
    assert coverage.facts == {
        "TRA-001": Standing.SAID,
        "TRA-002": Standing.MISSING,
        "TRA-003": Standing.LEFT_OUT,
    }
    assert coverage.reasons == {"TRA-003": "不说"}
    assert faults(folder) == [("TRA-002", "")]


def test_a_fact_is_told_as_no_more_than_it_is(folder: Path) -> None:
    told = (ANSWERS, "transport_amount")
    for kind, wrong in {
        "fact": ["TRA-002", "TRA-003"],
        "history": ["TRA-002", "TRA-003"],
        "reported": ["TRA-003"],
        "unknown": [],
    }.items():
        tell(folder, kind, "TRA-001, TRA-002, TRA-003")
        assert faults(folder) == [(fact, told[1]) for fact in wrong], kind
        (folder / ANSWERS).write_text((TINY / ANSWERS).read_text("utf-8"), "utf-8")


def test_a_fault_has_its_file_and_line(folder: Path) -> None:
    tell(folder, "fact", "TRA-001, TRA-002", omitted="TRA-009")
    found = find_faults(read_files(folder), TIERS)
    lines = (folder / ANSWERS).read_text("utf-8").splitlines()
    assert [(fault.file, fault.fact) for fault in found] == [
        (ANSWERS, "TRA-002"),
        ("omissions.yml", "TRA-009"),
        ("", "TRA-003"),
    ]
    assert "TRA-002" in lines[found[0].line - 1]


def test_what_is_asked_finds_points_a_question_or_a_way_on(folder: Path) -> None:
    tell(folder, "fact", "TRA-001")
    cells = measure_coverage(read_content(folder), TIERS).cells
    assert cells["transport_subsidy", "amount"] == Cell(State.SAID, 2)
    assert cells["subsidies", "amount"] == Cell(State.WHICH)
    assert cells["certificate", "amount"] == Cell(State.SENT_ON)


def test_only_what_is_not_confirmed_counts_as_nothing_said(folder: Path) -> None:
    path = folder / ANSWERS
    text = path.read_text("utf-8")
    path.write_text(text.replace("id: transport_documents_card", "id: transport_documents_card\n      kind: unknown"))
    cells = measure_coverage(read_content(folder), TIERS).cells
    assert cells["transport_subsidy", "documents"] == Cell(State.NOT_CONFIRMED)
