"""A confusion plot: who is taken for whom, as the cells of a grid with their places in pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.evaluation.figures import Confusion

CELL = 34
LEFT, TOP, RIGHT = 190, 150, 110
"""Room for the names of rows, of columns, and for the slant of the last column's name."""
FAINTEST, STRONGEST = 0.1, 0.5
"""Opacity of the colour: the number on it must stay readable."""


@dataclass(frozen=True, slots=True)
class Cell:
    x: int
    y: int
    times: int
    opacity: float
    is_right: bool
    title: str


@dataclass(frozen=True, slots=True)
class Plot:
    width: int
    height: int
    rows: tuple[tuple[int, str], ...]
    columns: tuple[tuple[int, str], ...]
    cells: tuple[Cell, ...]


def plot(confusions: Sequence[Confusion], name: Callable[[str], str], whole: bool) -> Plot:
    """The grid of all labels, or (not `whole`) of the rows with a confusion and the columns that caused one."""
    wrong = [one for one in confusions if one.right != one.got]
    shown = confusions if whole else wrong
    rights = sorted({one.right for one in shown})
    gots = sorted({one.got for one in shown} | ({one.right for one in shown} if whole else set()))
    of_row: Counter[str] = Counter()
    for one in confusions:
        of_row[one.right] += one.times
    cells = tuple(
        Cell(
            x=LEFT + gots.index(one.got) * CELL,
            y=TOP + rights.index(one.right) * CELL,
            times=one.times,
            opacity=round(FAINTEST + (STRONGEST - FAINTEST) * one.times / of_row[one.right], 2),
            is_right=one.right == one.got,
            title=f"{name(one.right)} → {name(one.got)}: {one.times}",
        )
        for one in confusions
        if one.right in rights and one.got in gots
    )
    return Plot(
        width=LEFT + len(gots) * CELL + RIGHT,
        height=TOP + len(rights) * CELL + CELL // 2,
        rows=tuple((TOP + place * CELL, name(label)) for place, label in enumerate(rights)),
        columns=tuple((LEFT + place * CELL, name(label)) for place, label in enumerate(gots)),
        cells=cells,
    )
