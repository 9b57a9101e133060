"""The catalogue goes into the database whole and comes out as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from actions.catalogue import tables
from actions.catalogue.content import Entry, collect
from actions.catalogue.edition import NoEdition, load_edition
from actions.catalogue.exporting import export_catalogue, format_files
from actions.catalogue.importing import import_catalogue, store_edition
from actions.catalogue.loading import load_content
from actions.catalogue.problems import CatalogueProblems
from actions.catalogue.reading import read_content
from actions.catalogue.records import Phrase
from tests.actions.conftest import NEEDED, TINY


def load(engine: Engine, folder: Path) -> str:
    with engine.connect() as connection:
        return import_catalogue(connection, folder, needed=NEEDED)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yml")}


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    written = path.read_text(encoding="utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), encoding="utf-8")


def test_every_record_survives_the_database_exactly(engine: Engine) -> None:
    load(engine, TINY)
    with engine.connect() as connection:
        assert load_content(connection) == read_content(TINY)


def test_export_gives_the_same_files_byte_for_byte(engine: Engine, tmp_path: Path) -> None:
    load(engine, TINY)
    with engine.connect() as connection:
        export_catalogue(connection, tmp_path / "out")
    assert files_in(tmp_path / "out") == files_in(TINY)


def test_the_shipped_catalogue_survives_the_database_too(engine: Engine, shipped: Path, tmp_path: Path) -> None:
    with engine.connect() as connection:
        import_catalogue(connection, shipped)
        export_catalogue(connection, tmp_path / "out")
        assert load_content(connection) == read_content(shipped)
    assert files_in(tmp_path / "out") == files_in(shipped)


def test_unchanged_content_keeps_its_edition(engine: Engine, folder: Path) -> None:
    assert load(engine, TINY) == "1"
    assert load(engine, folder) == "1"
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.edition)) == 1


def test_a_change_makes_a_new_edition_and_says_what_changed(engine: Engine, folder: Path) -> None:
    load(engine, folder)
    change(folder, "answers/transport_subsidy.yml", "办理不收费。", "办理免费。")
    assert load(engine, folder) == "2"
    records = tables.metadata_record
    with engine.connect() as connection:
        found = connection.execute(
            select(records).where(records.c.edition == 2, records.c.resource_type == "point")
        ).mappings()
        (row,) = found
    assert (row["code"], row["last_action_type"], row["field_name"]) == (
        "transport_cost_free",
        "update",
        "text",
    )
    assert json.loads(row["previous_value"]) == "办理不收费。"
    assert json.loads(row["replacement_value"]) == "办理免费。"
    assert row["updated_by"] == "shipped"
    assert row["last_action_date"].startswith("20")


def test_the_first_import_records_every_record_as_created(engine: Engine) -> None:
    load(engine, TINY)
    records = tables.metadata_record
    with engine.connect() as connection:
        made = connection.execute(select(records.c.resource_type, records.c.code, records.c.last_action_type))
        found = {(row.resource_type, row.code) for row in made if row.last_action_type == "create"}
    assert {
        ("service", "certificate"),
        ("location", "demonstration_station"),
        ("point", "transport_amount"),
    } <= found
    assert {("phone", "police_text"), ("calendar_day", "2026-10-01")} <= found


def test_a_record_that_goes_is_recorded_as_deleted(engine: Engine, folder: Path) -> None:
    load(engine, folder)
    (folder / "calendar/2026.yml").unlink()
    load(engine, folder)
    records = tables.metadata_record
    with engine.connect() as connection:
        query = select(records.c.code).where(records.c.edition == 2, records.c.last_action_type == "delete")
        gone = connection.scalars(query).all()
        assert connection.scalar(select(func.count()).select_from(tables.calendar_day)) == 0
    assert gone == ["2026-10-01", "2026-10-10"]


def test_an_earlier_edition_can_still_be_read(engine: Engine, folder: Path) -> None:
    load(engine, folder)
    change(folder, "figures.yml", "'75'", "'80'")
    load(engine, folder)
    with engine.connect() as connection:
        now, before = load_edition(connection), load_edition(connection, "1")
        assert now.figures["transport_monthly"].values[-1].value == "80"
        assert before.figures["transport_monthly"].values[-1].value == "75"
        assert (now.number, before.number) == ("2", "1")
        with pytest.raises(NoEdition):
            load_edition(connection, "7")
        with pytest.raises(NoEdition):
            load_edition(connection, "1; drop table")


def test_a_faulty_folder_changes_nothing_and_names_every_fault(engine: Engine, folder: Path) -> None:
    load(engine, TINY)
    change(folder, "figures.yml", "'75'", "'80'")
    change(folder, "phrases.yml", "easy: 没有听懂。", "esay: 没有听懂。")
    change(folder, "topics.yml", "parent: subsidies", "parent: nowhere")
    with pytest.raises(CatalogueProblems) as raised:
        load(engine, folder)
    assert {problem.file for problem in raised.value.problems} == {"phrases.yml", "topics.yml"}
    assert "phrases.yml 第" in str(raised.value)
    with engine.connect() as connection:
        assert load_content(connection) == read_content(TINY)
        assert load_edition(connection).number == "1"


def test_an_import_that_breaks_half_way_leaves_the_old_catalogue(engine: Engine) -> None:
    load(engine, TINY)
    content = read_content(TINY)
    twice = [*content.entries, Entry(Phrase(id="apology", text="再来。", easy="再来。"), "phrases.yml", 9)]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        store_edition(connection, collect(twice, content.headings), "test")
    with engine.connect() as connection:
        assert load_content(connection) == content


def test_an_import_joins_the_transaction_it_is_called_in(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.begin()
        import_catalogue(connection, TINY, needed=NEEDED)
        connection.rollback()
        with pytest.raises(NoEdition):
            load_edition(connection)


def test_hsds_rows_are_linked_as_hsds_says(engine: Engine) -> None:
    load(engine, TINY)
    service, location, linked = tables.service, tables.location, tables.service_at_location
    with engine.connect() as connection:
        query = select(service.c.code).join_from(linked, service).join(location).order_by(linked.c.position)
        assert connection.scalars(query).all() == ["transport_subsidy", "certificate"]
        papers = select(tables.required_document.c.document).join(service)
        assert connection.scalars(papers).all() == ["带残疾人证。"]
        costs = select(tables.cost_option.c.point, tables.cost_option.c.currency)
        assert ("transport_cost_free", "CNY") in [tuple(row) for row in connection.execute(costs)]
        organization = select(tables.organization.c.name).join_from(service, tables.organization)
        assert connection.scalars(organization.where(service.c.code == "transport_subsidy")).all() == ["试验局"]
        shifts = connection.execute(select(tables.schedule).order_by(tables.schedule.c.position)).mappings().all()
    assert [shift["byday"] for shift in shifts] == ["MO,TU,WE,TH,FR", "MO,TU,WE,TH,FR", "SA"]
    assert {shift["freq"] for shift in shifts} == {"WEEKLY"}


def test_formatting_twice_changes_nothing_more_and_loses_nothing(folder: Path) -> None:
    path = folder / "phrases.yml"
    path.write_text(
        "# 开头的说明留下\n\n- easy: 没有 听懂。\n  text: |\n    第一行\n    第二行: 是\n  id: apology\n"
        "- {id: greeting, text: '您好，{name}', easy: \"450\"}\n",
        encoding="utf-8",
    )
    before = read_content(folder)
    assert format_files(folder) == ["phrases.yml"]
    assert format_files(folder) == []
    assert read_content(folder) == before
    assert path.read_text(encoding="utf-8").startswith("# 开头的说明留下\n\n- id: apology\n")


def test_an_empty_database_says_so(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(NoEdition):
        load_edition(connection)
