"""Run in the assistant's environment: what the finder finds in each sentence of the cases, and in the training
sentences, with the word lists as they stand."""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "assistant"))

from components.entities import EntityFinder
from components.normaliser import Normaliser

TRAINING = Path(__file__).resolve().parents[2] / "nlu_data" / "training"


def read_training() -> tuple[dict[str, list[str]], dict[str, str], list[str]]:
    """Lookup tables by name, the dialect map, and the sentences."""
    tables: dict[str, list[str]] = {}
    dialect: dict[str, str] = {}
    sentences = []
    for path in sorted(TRAINING.rglob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            examples = [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
            if "lookup" in block:
                tables.setdefault(block["lookup"], []).extend(examples)
            elif "synonym" in block:
                dialect.update(dict.fromkeys(examples, block["synonym"]))
            else:
                sentences += examples
    return tables, dialect, sentences


def find_all(finder: EntityFinder, texts: list[str], now: dt.datetime | None) -> dict[str, list[dict[str, Any]]]:
    """What is found in each text."""
    return {text: finder.find(text, now) for text in texts}


def measure(finder: EntityFinder, texts: list[str], now: dt.datetime | None) -> float:
    """Milliseconds of CPU a sentence."""
    started = time.process_time()
    find_all(finder, texts, now)
    return (time.process_time() - started) * 1000 / len(texts)


def strange(count: int) -> list[str]:
    """Texts nobody would write, up to 2,000 characters, the same each time."""
    chance = random.Random(1)
    pieces = [
        *"０９①㎡百十零两半年月日号点级岁个：:/.-第初底早晚到至，。 \t\x00🙂",
        *("农历", "星期", "以后", "nan", "5000"),
    ]
    return ["".join(chance.choices(pieces, k=chance.randint(0, 1500))) for _ in range(count)]


cases = yaml.safe_load(Path(sys.argv[1]).read_text("utf-8"))
now = dt.datetime.fromisoformat(cases.pop("now"))
towns = [town for names in cases.pop("towns").values() for town in names]
tables, dialect, sentences = read_training()
finder = EntityFinder(tables, Normaliser(dialect, tables.get("filler", [])))
texts = [text for part in cases.values() for text in part]
find_all(finder, texts, now)
told = {
    "found": find_all(finder, texts, now),
    "towns": find_all(finder, towns, now),
    "training": find_all(finder, sentences, now),
    "strange": find_all(finder, strange(60), now),
    "late_in_london": finder.find("明天下午", dt.datetime(2026, 11, 25, 17, 0, tzinfo=ZoneInfo("UTC"))),
    "without_now": finder.find("我妈明天去南翔", None),
    "milliseconds": measure(finder, sentences, None),
    "milliseconds_with_dates": measure(finder, sentences, now),
}
sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
