"""What has changed since the last evaluation."""

from __future__ import annotations

from pydantic import BaseModel

from api.evaluation.figures import LESS_IS_BETTER, Report, Wrong


class Changes(BaseModel):
    """`figures`: the change of each share, in points of 100; `newly_wrong` and `newly_right`: the sentences."""

    made: str
    figures: dict[str, float]
    ece: float
    newly_wrong: list[Wrong]
    newly_right: list[str]

    @property
    def worse(self) -> frozenset[str]:
        """The figures that moved the wrong way."""
        return frozenset(
            name for name, change in self.figures.items() if change and (change > 0) == (name in LESS_IS_BETTER)
        )


def compare(now: Report, before: Report) -> Changes:
    """The changes in what both evaluations measured: figures of nothing and sentences only one asked are left out."""
    figures = {
        name: round(100 * (figure.share - before.figures[name].share), 1)
        for name, figure in now.figures.items()
        if figure.of and name in before.figures and before.figures[name].of
    }
    moved = {key for key, right in now.verdicts.items() if before.verdicts.get(key, right) != right}
    return Changes(
        made=before.made,
        figures=figures,
        ece=round(100 * (now.ece - before.ece), 1),
        newly_wrong=[wrong for wrong in now.wrong if wrong.key in moved and not wrong.said],
        newly_right=sorted(key for key in moved if now.verdicts[key]),
    )
