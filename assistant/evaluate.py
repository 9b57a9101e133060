"""Asks a trained model every held-out sentence and prints what it understood, as JSON.

    python evaluate.py MODEL.tar.gz NLU_DATA

NLU_DATA/heldout holds files whose items are a sentence `{text, topic, aspect, act, accept?, context?}` (`context` is
the matter the conversation is about) or a dialogue `{turns: [sentence, ...]}`, with tags beside. Prints `asked N M`
lines on the way; the last line is a list of `{round, file, said, before, got, ...the item's own fields}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, Iterator, List

import yaml

HOME = Path(__file__).parent
COPIES = (7, 8)
TELL_EVERY = 500
TOPICS_AT_MOST = 5
# What is understood must not depend on the day of the evaluation.
NOW = "2026-11-25T10:00:00+08:00"

Item = Dict[str, Any]
Understand = Callable[[Item], Awaitable[Item]]


def read_yaml(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


def read_items(folder: Path) -> Iterator[Item]:
    """The held-out items of every file, known failures excepted."""
    for path in sorted((folder / "heldout").glob("*.yml")):
        if path.name != "known_failures.yml":
            for item in read_yaml(path):
                yield {"round": "dialogue" if "turns" in item else "plain", "file": path.stem, **item}


def read_training(folder: Path) -> Iterator[str]:
    """The training sentences, one block of lines at a time."""
    for path in sorted((folder / "training").rglob("*.yml")):
        yield from (block["examples"] for block in read_yaml(path)["nlu"] if "intent" in block)


def mishear(items: List[Item], texts: List[str]) -> Iterator[Item]:
    """The questions as a recogniser might write them down, one copy for each seed."""
    from mishearing import Mishearing

    for seed in COPIES:
        ears = Mishearing(texts, seed)
        for item in items:
            if item["round"] == "plain" and item["act"] is None:
                yield {**item, "round": "misheard", "said": item["text"], "text": ears.mishear(item["text"])}


def remember(memory: Item, got: Item) -> Item:
    """The memory after a turn: what it did not name stays."""
    topic, aspect = (got[name] or memory[name] for name in ("topic", "aspect"))
    others = [other for other in memory["topics"] if other != topic]
    return {"topic": topic, "aspect": aspect, "topics": [*others, *([topic] if topic else [])][-TOPICS_AT_MOST:]}


async def ask(items: List[Item], understand: Understand) -> List[Item]:
    """Each sentence with what was understood. In a dialogue the memory is what was understood before, right or not:
    `topics` are those talked about, the latest last."""
    total = sum(len(item.get("turns", [item])) for item in items)
    asked: List[Item] = []
    for item in items:
        memory = remember({"topic": None, "aspect": None, "topics": []}, {"topic": item.get("context"), "aspect": None})
        before: List[str] = []
        for turn in item.get("turns", [item]):
            got = await understand({"text": turn["text"], "memory": memory, "now": NOW})
            kept = {name: value for name, value in {**item, **turn}.items() if name != "turns"}
            asked.append({**kept, "before": list(before), "got": got})
            memory = remember(memory, got)
            before.append(turn["text"])
            if len(asked) % TELL_EVERY == 0 or len(asked) == total:
                print(f"asked {len(asked)} {total}", file=sys.__stdout__, flush=True)
    return asked


async def ask_model(model: Path, items: List[Item]) -> List[Item]:
    """Asks through the whole pipeline, as the gateway's connector does."""
    from channel import as_message
    from rasa.core.agent import Agent

    processor = Agent.load(str(model)).processor

    async def understand(asked: Item) -> Item:
        return (await processor.parse_message(as_message(asked, None)))["understanding"]

    return await ask(items, understand)


def main(model: Path, folder: Path) -> None:
    os.chdir(HOME)
    sys.path.insert(0, str(HOME))
    from serve import keep_log_quiet

    with contextlib.redirect_stdout(sys.stderr):
        keep_log_quiet()
        items = list(read_items(folder))
        items += mishear(items, list(read_training(folder)))
        asked = asyncio.run(ask_model(model, items))
    print(json.dumps(asked, ensure_ascii=False))


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
