"""What the catalogue's commands show: its coverage as Markdown, a comparison in lines."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from actions.catalogue.comparing import Change, Forms
from actions.catalogue.coverage import Cell, Coverage, Fault, Standing, State, Tier
from actions.catalogue.edition import Edition
from actions.catalogue.records import Kind, Level
from api.shell import word, words

# -- coverage -------------------------------------------------------------------------------------


def describe_coverage(coverage: Coverage) -> str:
    """Markdown, the same for the same catalogue on any day."""
    say = words("coverage")
    parts = [f"# {say['title']}", say["made"], say["legend"].format(**say), _cells(coverage)]
    parts += [f"## {say['totals']}", _points(coverage), _facts(coverage)]
    parts += [f"## {say['left_out']}", _reasons(coverage)]
    missing = coverage.standing(Standing.MISSING)
    parts += [f"## {say['missing']}", word("separator").join(missing) or say["none"]]
    return "\n\n".join(parts) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', ' ') for cell in line)} |" for line in lines)


def _cells(coverage: Coverage) -> str:
    aspects, say = coverage.aspects.values(), words("coverage")
    rows = (
        [topic.name, *(_cell(coverage.cells[topic.id, aspect.id]) for aspect in aspects)]
        for topic in coverage.topics.values()
    )
    return _table([say["topic"], *(aspect.name for aspect in aspects)], rows)


def _cell(cell: Cell) -> str:
    say = words("coverage")
    match cell.state:
        case State.SAID:
            return str(cell.points)
        case State.OF_PARENT:
            return f"{say['of_parent']}{cell.points}"
        case State.NOT_CONFIRMED | State.WHICH:
            return str(say[cell.state.value])
    return ""


def _points(coverage: Coverage) -> str:
    say = words("coverage")
    rows: list[tuple[str, int]] = [(say["kinds"][kind], coverage.kinds.get(kind, 0)) for kind in Kind]
    rows += [(say["levels"][level], coverage.levels.get(level, 0)) for level in Level]
    return _table((say["points"], say["all"]), [(say["all"], sum(coverage.kinds.values())), *rows])


def _facts(coverage: Coverage) -> str:
    say = words("coverage")
    found = Counter((standing, coverage.tiers[fact]) for fact, standing in coverage.facts.items())
    rows = [
        [say["standings"][standing], *(found[standing, tier] for tier in Tier), len(coverage.standing(standing))]
        for standing in Standing
    ]
    tiers = [sum(found[standing, tier] for standing in Standing) for tier in Tier]
    heads = [say["facts"], *(say["tiers"][tier] for tier in Tier), say["all"]]
    return _table(heads, [*rows, [say["all"], *tiers, len(coverage.facts)]])


def _reasons(coverage: Coverage) -> str:
    say = words("coverage")
    if not coverage.reasons:
        return str(say["none"])
    return _table((say["fact"], say["reason"]), coverage.reasons.items())


def describe_fault(fault: Fault) -> str:
    if not fault.owner:
        return word("fact_missing", fact=fault.fact)
    where = {"file": fault.file, "line": fault.line, "owner": fault.owner, "fact": fault.fact}
    if fault.kind is None or fault.tier is None:
        return word("fact_unknown", **where)
    say = words("coverage")
    return word("fact_tier", **where, kind=say["kinds"][fault.kind], tier=say["tiers"][fault.tier])


# -- a comparison ---------------------------------------------------------------------------------


def describe_changes(changes: Sequence[Change], edition: Edition, on: dt.date) -> Iterator[str]:
    """What residents will hear differently, with the old and new sentence in each form that changed."""
    say = words("diff")
    if not changes:
        yield say["none"]
        return
    yield say["title"].format(on=on)
    home = None
    for change in changes:
        if change.home != home:
            home = change.home
            yield f"\n{_name_home(home, edition)}"
        sign = "added" if change.old is None else "removed" if change.new is None else "changed"
        yield f"  {say[sign]} {change.item}"
        for form in change.new or change.old or {}:
            yield from _sides(form, change)
    yield f"\n{say['count'].format(count=len(changes))}"


def _name_home(home: str, edition: Edition) -> str:
    topic, _, aspect = home.partition(".")
    if not aspect:
        return str(words("diff")["homes"][home])
    names = [known[id_].name for known, id_ in ((edition.topics, topic), (edition.aspects, aspect)) if id_ in known]
    return word("named", id=home, name=" · ".join(names)) if names else home


def _sides(form: str, change: Change) -> Iterator[str]:
    say = words("diff")
    name = say["forms"][form]
    if change.old is None or change.new is None:
        yield f"      {name}: {_value(form, change.new or change.old or {})}"
        return
    yield f"      {name} {say['old']}: {_value(form, change.old)}"
    yield f"      {name} {say['new']}: {_value(form, change.new)}"


def _value(form: str, forms: Forms) -> str:
    value = forms.get(form, "")
    if form == "kind" and value:
        return str(words("coverage")["kinds"][value])
    if form == "heard" and value:
        return str(words("diff")["heard"][value])
    return value or str(words("diff")["nothing"])
