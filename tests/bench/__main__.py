"""Measures stock Rasa against ours in one run.

    python -m tests.bench                  the whole measurement; exit status 1 when a target is missed
    python -m tests.bench --quick          few turns and no training: does it work at all?
    python -m tests.bench --train-stock    the full stock recipe (hours of CPU): writes stock_training.json

Prints a table and writes var/bench.json. Both sides run at the same time but are driven one after the other, in
blocks that take turns, so that what else the machine does falls on both.
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

from rich.console import Console

from api.settings import ROOT, Settings
from api.training import model_path, train_model
from tests.bench.driving import Block, Side, deal_talks, drive, our_side, stock_side
from tests.bench.measuring import resident_megabytes, weigh
from tests.bench.report import FIFTEENTH, MEMORY, Result, Row, as_table, rows_of
from tests.bench.stock import Stock, Training, any_model, keep_stock, train_fully
from tests.houses import House, keep_house

WRITTEN = ROOT / "var" / "bench.json"
WARM_UP, CONVERSATIONS, ROUNDS = 8, 48, 3
QUICK_CONVERSATIONS, QUICK_ROUNDS = 8, 2
AT_ONCE = (1, 8)

console = Console(stderr=True, highlight=False)


def train_ours() -> float:
    """CPU-seconds of training our model anew; the model is kept where the assistant looks for it."""
    with tempfile.TemporaryDirectory() as folder:
        model, spent = weigh(lambda: train_model(Settings(data=Path(folder)), lambda step: None))
        kept = model_path(Settings(data=ROOT / "var"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(model, kept.parent / model.name)
    return spent


def measure(quick: bool) -> Result:
    """Trains ours, starts both, drives both."""
    full = Training.load()
    trained = None if quick else train_ours()
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="stock Rasa against ours")
    parser.add_argument("--quick", action="store_true", help="few turns, no training")
    parser.add_argument("--train-stock", action="store_true", help="run the full stock recipe and keep its cost")
    asked = parser.parse_args()
    if asked.train_stock:
        console.print(asdict(train_fully()))
        return 0
    result = measure(asked.quick)
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(result.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    Console().print(as_table(result))
    return 1 if result.missed else 0


if __name__ == "__main__":
    sys.exit(main())
