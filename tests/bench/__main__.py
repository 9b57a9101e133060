"""Measures stock Rasa and NLP.js against ours in one run.

    python -m tests.bench                  the whole measurement; exit status 1 when a target is missed
    python -m tests.bench --quick          few turns and no training: does it work at all?
    python -m tests.bench --accuracy       only how well stock Rasa, NLP.js and ours understand
    python -m tests.bench --public FOLDER  only ours on public sets (../shared/benchmarks), beside what others published
    python -m tests.bench --train-stock    the full stock recipe (hours of CPU): writes stock_training.json and
                                           stock_accuracy.json; --epochs N: fewer, writes only the second

Prints tables and writes var/bench.json. For cost both sides run at the same time but are driven one after the other,
in blocks that take turns, so that what else the machine does falls on both. How well stock Rasa understands is what
its last full training reached: the table says when that was and whether the sentences are still the same.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from api.settings import ROOT, Settings
from api.training import model_path, train_model
from tests.bench.accuracy import as_table, examine, read_cases
from tests.bench.driving import Block, Side, deal_talks, drive, our_side, stock_side
from tests.bench.measuring import resident_megabytes, weigh
from tests.bench.peers import train_stock
from tests.bench.public import as_table as public_table
from tests.bench.public import measure_public
from tests.bench.recipe import FULL_EPOCHS
from tests.bench.report import FIFTEENTH, MEMORY, Result, Row, rows_of
from tests.bench.report import as_table as ratios
from tests.bench.stock import Stock, Training, any_model, keep_stock
from tests.houses import House, keep_house

WRITTEN = ROOT / "var" / "bench.json"
WARM_UP, CONVERSATIONS, ROUNDS = 8, 48, 3
QUICK_CONVERSATIONS, QUICK_ROUNDS = 8, 2
AT_ONCE = (1, 8)

console = Console(stderr=True, highlight=False)


def train_ours() -> tuple[Path, float]:
    """Our model trained anew, kept where the assistant looks for it, and the CPU-seconds that took."""
    with tempfile.TemporaryDirectory() as folder:
        model, spent = weigh(lambda: train_model(Settings(data=Path(folder)), lambda step: None))
        kept = model_path(Settings(data=ROOT / "var"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(model, kept.parent / model.name)), spent


def measure(trained: float | None) -> Result:
    """Starts both, drives both; few turns when ours was not trained for it."""
    full, quick = Training.load(), trained is None
    console.print("stock model …")
    model = any_model()
    console.print("starting both …")
    with (
        tempfile.TemporaryDirectory() as folder,
        keep_house(Path(folder), fragment_pause="0.001") as house,
        keep_stock(model, Settings(data=Path(folder)).url_of_database) as stock,
    ):
        blocks = asyncio.run(drive_all([side_of(stock), side_of_house(house)], quick))
        resident = [resident_megabytes(pids) for pids in ((stock.rasa, stock.actions), (house.process.pid,))]
    memory = Row("resident MB", resident[0], resident[1], MEMORY)
    training = [] if trained is None else [Row("CPU-s of training", full.cpu_seconds, trained, FIFTEENTH)]
    facts: dict[str, object] = {
        "at": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "stock_training": asdict(full),
    }
    return Result([*rows_of(blocks), *training, memory], blocks, facts)


def side_of(stock: Stock) -> Side:
    return stock_side(stock.address, {"rasa": [stock.rasa], "actions": [stock.actions]})


def side_of_house(house: House) -> Side:
    return our_side(house.address, {"engine": house.pids("serve.py"), "gateway": house.pids("api.main")})


async def drive_all(sides: list[Side], quick: bool) -> list[Block]:
    """Warm-up, then the blocks of each number of conversations at once."""
    conversations, rounds = (QUICK_CONVERSATIONS, QUICK_ROUNDS) if quick else (CONVERSATIONS, ROUNDS)
    blocks = []
    for at_once in AT_ONCE:
        console.print(f"{at_once} at once …")
        await drive(sides, deal_talks(WARM_UP, seed=at_once), at_once, rounds=1)
        blocks += await drive(sides, deal_talks(conversations), at_once, rounds)
    return blocks


def measure_understanding(trained: tuple[Path, float]) -> dict[str, Any]:
    held = examine(*trained, console.print)
    Console().print(as_table(held))
    return held.as_json()


def measure_all(quick: bool, only_accuracy: bool) -> int:
    """Exit status 1 when a target is missed."""
    trained = None if quick else train_ours()
    found: dict[str, Any] = {"accuracy": measure_understanding(trained)} if trained else {}
    missed: list[str] = []
    if not only_accuracy:
        result = measure(trained and trained[1])
        Console().print(ratios(result))
        found, missed = found | result.as_json(), result.missed
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 1 if missed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="stock Rasa and NLP.js against ours")
    parser.add_argument("--quick", action="store_true", help="only cost, few turns, no training")
    parser.add_argument("--accuracy", action="store_true", help="only how well each understands")
    parser.add_argument("--public", type=Path, metavar="FOLDER", help="only ours on the public sets in this folder")
    parser.add_argument("--train-stock", action="store_true", help="train the stock recipe, keep its cost and marks")
    parser.add_argument("--epochs", type=int, default=FULL_EPOCHS, help="of --train-stock")
    asked = parser.parse_args()
    if asked.public:
        Console().print(public_table(measure_public(asked.public)))
        return 0
    if asked.train_stock:
        model, _ = train_ours()  # it reads the examination out
        console.print(train_stock(asked.epochs, read_cases(model)).as_json())
        return 0
    return measure_all(asked.quick, asked.accuracy)


if __name__ == "__main__":
    sys.exit(main())
