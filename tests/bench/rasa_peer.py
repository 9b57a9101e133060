"""Run in the assistant's environment: asks a trained Rasa model, stock or ours, what sentences mean.

    python rasa_peer.py MODEL.tar.gz  <  [{"text": ..., "context": topic or null}, ...]

Prints `{"cpu_ms" per question, "megabytes", "answers"}`. An answer of stock Rasa is `{"intent", "ranking": [[intent,
score], ...]}`, one of ours `{"understanding", "refusal"}`: the log odds that the text is none of ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ASSISTANT = Path(__file__).resolve().parents[2] / "assistant"
NOW = "2026-11-25T10:00:00+08:00"


def resident_megabytes() -> float:
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def ask(model: Path, asked: list[dict[str, Any]]) -> dict[str, Any]:
    """Through the whole pipeline, as the server does."""
    from channel import as_message
    from rasa.core.agent import Agent

    processor = Agent.load(str(model)).processor
    memories = [{"topic": one["context"], "aspect": None, "topics": []} for one in asked]
    told = [{"text": one["text"], "memory": m, "now": NOW} for one, m in zip(asked, memories, strict=True)]
    messages = [as_message(one, None) for one in told]
    await processor.parse_message(messages[0])
    started = time.process_time()
    parsed = [await processor.parse_message(message) for message in messages]
    spent = time.process_time() - started
    answers = [read(one) for one in parsed]
    return {"cpu_ms": 1000 * spent / len(asked), "megabytes": resident_megabytes(), "answers": answers}


def read(parsed: dict[str, Any]) -> dict[str, Any]:
    if "understanding" in parsed:
        return {"understanding": parsed["understanding"]}
    ranking = [[one["name"], one["confidence"]] for one in parsed["intent_ranking"]]
    return {"intent": parsed["intent"]["name"], "ranking": ranking}


def add_refusals(model: Path, asked: list[dict[str, Any]], answers: list[dict[str, Any]]) -> None:
    from understand import load_component

    with tempfile.TemporaryDirectory() as folder:
        understander = load_component(model, Path(folder)).understander
    for one, answer in zip(asked, answers, strict=True):
        answer["refusal"] = understander.explain(one["text"])["refusal"]


def main(model: Path) -> None:
    asked = json.load(sys.stdin)
    os.chdir(ASSISTANT)
    sys.path.insert(0, str(ASSISTANT))
    from serve import keep_log_quiet

    with contextlib.redirect_stdout(sys.stderr):
        keep_log_quiet()
        found = asyncio.run(ask(model, asked))
        if "understanding" in found["answers"][0]:
            add_refusals(model, asked, found["answers"])
    sys.stdout.write(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(sys.argv[1]).resolve())
