"""The report as one HTML file that needs nothing else: no script, no other file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.evaluation.comparing import Changes
from api.evaluation.figures import Figure, Report, Wrong
from api.evaluation.judging import Fault, Round
from api.evaluation.plots import CELL, plot
from api.evaluation.wording import load_wording, name_figure

TEMPLATES = Path(__file__).parent / "templates"


def render_report(
    report: Report, changes: Changes | None, topics: Mapping[str, str], aspects: Mapping[str, str]
) -> str:
    """The page. `topics` and `aspects` are their names by id."""
    wording = load_wording()
    labels = {"topic": topics, "aspect": aspects}

    def name_label(part: str, label: str) -> str:
        return str({**wording["labels"], **labels.get(part, {})}.get(label, label))

    def name_reading(label: str) -> str:
        topic, separated, aspect = label.partition(".")
        if not separated:
            return name_label("act", label)
        topic = wording["labels"]["none"] if topic == "None" else name_label("topic", topic)
        return str(wording["labels"]["named"]).format(topic=topic, aspect=name_label("aspect", aspect))

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=_percent, interval=_interval, reading=name_reading)
    environment.globals.update(w=wording, name_figure=name_figure, name_label=name_label, cell=CELL)
    return environment.get_template("report.html").render(
        report=report,
        changes=changes,
        columns={name: _used_parts(groups) for name, groups in report.groups.items()},
        plots={
            part: plot(found, partial(name_label, part), whole=part != "topic")
            for part, found in report.confusions.items()
        },
        wrong=_by_heading(report.wrong),
    )


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _interval(figure: Figure) -> str:
    return f"{figure.low:.1%}–{figure.high:.1%}"


def _used_parts(groups: Mapping[str, Mapping[str, Figure]]) -> list[str]:
    """The parts that any value of the group has figures of."""
    parts = list(load_wording()["groups"]["parts"])
    return [part for part in parts if any(figures[part].of for figures in groups.values())]


def _by_heading(wrong: list[Wrong]) -> dict[str, list[Wrong]]:
    """The wrong sentences under what went wrong, then those of dialogues, then the misheard."""
    wording = load_wording()["wrong"]
    headings: dict[str, list[Wrong]] = {
        wording["faults"][fault]: [one for one in wrong if one.fault is fault and one.round is Round.PLAIN]
        for fault in Fault
    }
    for name in (Round.DIALOGUE, Round.MISHEARD):
        headings[wording[name]] = [one for one in wrong if one.round is name]
    return {heading: sorted(held, key=lambda one: (one.right, one.text)) for heading, held in headings.items() if held}
