"""`zhuwo catalogue …`: what editors do with the catalogue's files."""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.markdown import Markdown

from actions.catalogue import aliases
from actions.catalogue.checking import check_reading
from actions.catalogue.comparing import compare_editions
from actions.catalogue.coverage import find_faults, load_tiers, measure_coverage
from actions.catalogue.edition import Edition, NoEdition, build_edition, load_edition
from actions.catalogue.editor_schema import add_modelines, write_schemas
from actions.catalogue.exporting import export_catalogue
from actions.catalogue.importing import import_catalogue
from actions.catalogue.reading import Reading, read_content, read_files
from api.catalogue_reports import describe_changes, describe_coverage, describe_fault
from api.settings import ROOT, Settings
from api.shell import console, open_database, say, word

GENERATED = ROOT / "nlu_data" / "training" / "generated" / "aliases.yml"
COVERAGE = ROOT / "docs" / "coverage.md"
NEAR = 5
TABLE_WIDTH = 180


class _Named(Protocol):
    """A topic or an aspect."""

    @property
    def name(self) -> str: ...

    @property
    def aliases(self) -> tuple[str, ...]: ...


def check(settings: Settings, told: argparse.Namespace) -> int:
    """Check the YAML files of a catalogue."""
    reading = read_files(told.folder)
    problems = check_reading(reading)
    for problem in problems:
        say(str(problem))
    if not problems:
        say(word("catalogue_sound", files=len(reading.headings), records=len(reading.entries)))
    return 1 if problems else 0


def import_(settings: Settings, told: argparse.Namespace) -> int:
    """Load a folder of YAML files into the database: all of it, or none."""
    engine = open_database(settings)
    with engine.begin() as connection:
        edition = import_catalogue(connection, told.folder)
    say(word("imported", edition=edition))
    return 0


def export(settings: Settings, told: argparse.Namespace) -> int:
    """Write the database's catalogue as YAML files."""
    with open_database(settings).begin() as connection:
        export_catalogue(connection, told.folder)
    say(word("exported", folder=told.folder))
    return 0


def teach(settings: Settings, told: argparse.Namespace) -> int:
    """Write the catalogue's names into the training data."""
    aliases.write_training(build_edition(read_content(settings.catalogue)), GENERATED)
    say(word("taught", file=GENERATED.relative_to(ROOT)))
    return 0


def coverage(settings: Settings, told: argparse.Namespace) -> int:
    """Show what the catalogue says and what it does not; with --write, also as a Markdown file."""
    text = describe_coverage(measure_coverage(read_content(told.folder), load_tiers()))
    Console(width=max(console.width, TABLE_WIDTH)).print(Markdown(text))
    if told.write:
        told.write.write_text(text, encoding="utf-8")
        say(word("coverage_written", file=told.write))
    return 0


def check_coverage(reading: Reading) -> list[str]:
    """Facts unaccounted for or told as more than they are, and a coverage.md that is out of date."""
    problems = [describe_fault(fault) for fault in find_faults(reading, load_tiers())]
    text = describe_coverage(measure_coverage(reading.content, load_tiers()))
    if not COVERAGE.is_file() or COVERAGE.read_text(encoding="utf-8") != text:
        problems.append(word("coverage_stale"))
    return problems


def preview(settings: Settings, told: argparse.Namespace) -> int:
    """Show an answer as residents get it: every point, in the three forms, with its sources."""
    from api.catalogue_preview import preview_answer

    edition = build_edition(read_content(told.folder))
    topic = edition.topics.get(told.topic)
    if topic is None:
        say(word("no_topic", id=told.topic, near=name_near(told.topic, edition.topics)))
        return 1
    if told.aspect and told.aspect not in edition.aspects:
        say(word("no_aspect", id=told.aspect, near=name_near(told.aspect, edition.aspects)))
        return 1
    now = settings.now()
    if told.on:
        now = dt.datetime.combine(told.on, now.time(), now.tzinfo)
    answered = [aspect for aspect in edition.aspects if (topic.id, aspect) in edition.answers]
    for aspect in [told.aspect] if told.aspect else answered or list(edition.aspects)[:1]:
        say("\n".join(preview_answer(edition, topic, aspect, now)) + "\n")
    return 0


def name_near(id_: str, known: Mapping[str, _Named]) -> str:
    """The ids closest to one that is not known, with their names; all of them if none is close."""
    called = {spelling: key for key, one in known.items() for spelling in (key, one.name, *one.aliases)}
    close = difflib.get_close_matches(id_, called, n=2 * NEAR, cutoff=0.5)
    near: Iterable[str] = list(dict.fromkeys(called[spelling] for spelling in close))[:NEAR] or known
    return word("separator").join(word("named", id=key, name=known[key].name) for key in near)


def diff(settings: Settings, told: argparse.Namespace) -> int:
    """Show what residents will hear differently: from one folder or edition to another."""
    on = told.on or settings.now().date()
    try:
        old, new = find_edition(settings, told.old), find_edition(settings, told.new)
    except NoEdition as missing:
        number = str(missing)
        say(word("no_edition_numbered", number=number) if number else word("no_edition_here"))
        return 1
    for line in describe_changes(compare_editions(old, new, on), new, on):
        say(line)
    return 0


def find_edition(settings: Settings, named: str | None) -> Edition:
    """The edition of a folder or of a number; by default the one in force. Raises NoEdition."""
    if named is not None and not named.isdecimal():
        return build_edition(read_content(Path(named)))
    with open_database(settings).begin() as connection:
        return load_edition(connection, named)


def schema(settings: Settings, told: argparse.Namespace) -> int:
    """Write JSON Schemas beside the folder, for editors, and name them in the files' first line."""
    folder = told.folder.resolve()
    schemas = folder.parent / "schema"
    say(word("schemas_written", folder=schemas.name, count=len(write_schemas(schemas))))
    say(word("modelines_written", count=len(add_modelines(folder, schemas))))
    return 0


def add_commands(parser: argparse.ArgumentParser, settings: Settings) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    added = {}
    for do in (check, import_, export, teach, coverage, preview, diff, schema):
        name = do.__name__.rstrip("_")
        added[name] = commands.add_parser(name, help=do.__doc__, description=do.__doc__)
        added[name].set_defaults(do=do)
    for name in ("check", "import", "coverage", "schema"):
        added[name].add_argument("folder", type=Path, nargs="?", default=settings.catalogue)
    added["export"].add_argument("folder", type=Path)
    added["coverage"].add_argument("--write", type=Path, metavar="FILE")
    added["preview"].add_argument("topic")
    added["preview"].add_argument("aspect", nargs="?")
    added["preview"].add_argument("--folder", type=Path, default=settings.catalogue)
    added["diff"].add_argument("old", nargs="?", help="a folder or an edition; by default the one in force")
    added["diff"].add_argument("new", nargs="?", default=str(settings.catalogue))
    for name in ("preview", "diff"):
        added[name].add_argument("--on", type=day, metavar="DATE")


def day(written: str) -> dt.date:
    return dt.date.fromisoformat(written)
