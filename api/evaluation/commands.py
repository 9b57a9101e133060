"""`zhuwo evaluate` and `zhuwo understand`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.table import Column, Table

from api.evaluation.asking import AskingFailed, NoModel, ask_heldout, ask_one
from api.evaluation.comparing import Changes, compare
from api.evaluation.figures import Report, judge
from api.evaluation.judging import read_cases
from api.evaluation.reasons import show_reasons
from api.evaluation.wording import load_wording, name_figure
from api.settings import Settings
from api.shell import console, say, word
from api.training import model_path

CONFUSIONS_AT_MOST = 15


def add_commands(commands: Any) -> None:
    commands.add_parser("evaluate", help=evaluate.__doc__).set_defaults(do=evaluate)
    added = commands.add_parser("understand", help=understand.__doc__)
    added.add_argument("text")
    added.add_argument("--topic")
    added.add_argument("--aspect")
    added.set_defaults(do=understand)


def evaluate(settings: Settings, told: argparse.Namespace) -> int:
    """Ask the model the held-out sentences, write a report and compare it with the last one."""
    wording = load_wording()["terminal"]
    say(wording["loading"])
    try:
        asked = ask_heldout(settings, lambda done, of: say(wording["asked"].format(asked=done, total=of)))
    except (NoModel, AskingFailed) as error:
        return _tell_failure(error)
    made = settings.now().isoformat(timespec="minutes")
    report = judge(read_cases(asked), made, model_path(settings).name)
    folder = settings.data.resolve()
    changes = keep_report(folder, report)
    page = folder / "evaluation.html"
    page.write_text(_render(settings, report, changes), encoding="utf-8")
    show_report(report, changes)
    say(wording["written"].format(file=page))
    return 0


def keep_report(folder: Path, report: Report) -> Changes | None:
    """Writes the report, keeps the last one beside it, and compares. None when there is no last one to read."""
    now, last = folder / "evaluation.json", folder / "evaluation.previous.json"
    if now.is_file():
        now.replace(last)
    now.write_text(report.model_dump_json(indent=1), encoding="utf-8")
    try:
        return compare(report, Report.model_validate_json(last.read_bytes()))
    except (FileNotFoundError, ValidationError):
        return None


def _render(settings: Settings, report: Report, changes: Changes | None) -> str:
    from actions.catalogue.reading import read_content
    from actions.catalogue.records import Aspect, Topic
    from api.evaluation.page import render_report

    content = read_content(settings.catalogue)
    topics = {topic.id: topic.name for topic in content.of(Topic)}
    aspects = {aspect.id: aspect.name for aspect in content.of(Aspect)}
    return render_report(report, changes, topics, aspects)


def show_report(report: Report, changes: Changes | None) -> None:
    """The figures, their changes and the commonest confusions. The sentences stand in the page only."""
    wording = load_wording()
    say_of = wording["figures"]
    moved = {**changes.figures, "ece": changes.ece} if changes else {}
    shown = {name: say_of["points"].format(change=change) if change else "" for name, change in moved.items()}
    table = Table(
        Column(say_of["name"], overflow="fold"), say_of["share"], wording["interval"], say_of["count"], say_of["change"]
    )
    for name, figure in report.figures.items():
        interval = f"{figure.low:.1%}–{figure.high:.1%}"
        cells = (f"{figure.share:.1%}", interval) if figure.of else (wording["nothing"], "")
        table.add_row(name_figure(name), *cells, f"{figure.right} / {figure.of}", shown.get(name, ""))
    table.add_row(say_of["ece"], f"{report.ece:.1%}", "", "", shown.get("ece", ""))
    console.print(table)
    if changes:
        say(wording["changes"]["counts"].format(wrong=len(changes.newly_wrong), right=len(changes.newly_right)))
    say(wording["terminal"]["confusions"])
    for right, got, times in report.commonest(CONFUSIONS_AT_MOST):
        say(wording["terminal"]["confusion"].format(right=right, got=got, times=times))


def understand(settings: Settings, told: argparse.Namespace) -> int:
    """Show what is understood of a sentence, and the features that decided."""
    try:
        found = ask_one(settings, told.text, {"topic": told.topic, "aspect": told.aspect})
    except (NoModel, AskingFailed) as error:
        return _tell_failure(error)
    show_reasons(told.text, found["understanding"], found["explained"])
    return 0


def _tell_failure(error: NoModel | AskingFailed) -> int:
    if isinstance(error, AskingFailed):
        say(f"{word('evaluate_failed')} {error.log}")
    else:
        say(word("no_model"))
    return 1
