"""The table of ratios: ours against stock, beside the target that each has to meet."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from rich.table import Table

from tests.bench.driving import Block

QUARTER, SEVENTH, FIFTEENTH, MEMORY = 1 / 4, 1 / 7, 1 / 15, 0.70
ENGINES = {"stock": "rasa", "ours": "engine"}


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of both sides; `target` is the largest ratio ours / stock allowed, None: for information."""

    measure: str
    stock: float
    ours: float
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours / stock; None where stock has nothing to compare with."""
        return self.ours / self.stock if self.stock else None

    @property
    def met(self) -> bool:
        return self.target is None or (self.ratio is not None and self.ratio <= self.target)


@dataclass(slots=True)
class Result:
    """Everything one run found, as it goes to bench.json."""

    rows: list[Row]
    blocks: list[Block] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def missed(self) -> list[str]:
        return [row.measure for row in self.rows if not row.met]

    def as_json(self) -> dict[str, object]:
        rows = [asdict(row) | {"ratio": row.ratio, "met": row.met} for row in self.rows]
        blocks = [
            {"side": b.side, "at_once": b.at_once, "turns": b.turns, "failed": b.failed, "cpu_ms": b.cpu_ms}
            for b in self.blocks
        ]
        return {"facts": self.facts, "missed": self.missed, "rows": rows, "blocks": blocks}


def rows_of(blocks: list[Block]) -> list[Row]:
    """What the turns cost and how long they took, for each number of conversations at once."""
    rows = []
    for at_once in sorted({block.at_once for block in blocks}):
        stock, ours = ([b for b in blocks if (b.side, b.at_once) == (side, at_once)] for side in ENGINES)
        with_all = f"{at_once} at once"
        rows += [
            Row(f"CPU-ms a turn, {with_all}", cpu_of(stock), cpu_of(ours), QUARTER),
            Row(f"of it the engine alone, {with_all}", engine_cpu_of(stock), engine_cpu_of(ours), SEVENTH),
            Row(f"p50 ms, {with_all}", percentile(stock, 50), percentile(ours, 50)),
            Row(f"p95 ms, {with_all}", percentile(stock, 95), percentile(ours, 95)),
            Row(f"turns without a reply, {with_all}", failures(stock), failures(ours)),
        ]
    return rows


def cpu_of(blocks: list[Block], parts: Iterable[str] = ()) -> float:
    """CPU-milliseconds a turn over the blocks, of all parts or of those named."""
    turns = sum(block.turns for block in blocks)
    spent = [block.turns * block.cpu_ms[part] for block in blocks for part in (parts or block.cpu_ms)]
    return sum(spent) / turns


def engine_cpu_of(blocks: list[Block]) -> float:
    return cpu_of(blocks, [ENGINES[blocks[0].side]])


def percentile(blocks: list[Block], percent: int) -> float:
    """Milliseconds."""
    return 1000 * statistics.quantiles([second for block in blocks for second in block.seconds], n=100)[percent - 1]


def failures(blocks: list[Block]) -> float:
    return sum(block.failed for block in blocks)


def as_table(result: Result) -> Table:
    table = Table(title="ours / stock Rasa (CPU counts; times are for information)")
    table.add_column("measure")
    for column in ("stock", "ours", "ratio", "target", ""):
        table.add_column(column, justify="right")
    for row in result.rows:
        aim = "" if row.target is None else f"≤ {row.target:.3f}"
        verdict = "" if row.target is None else ("met" if row.met else "MISSED")
        ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
        table.add_row(row.measure, f"{row.stock:,.1f}", f"{row.ours:,.1f}", ratio, aim, verdict)
    return table
