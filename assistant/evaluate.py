"""Asks a trained model every held-out sentence and reports what it understood, as JSON on standard output.

    python evaluate.py MODEL.tar.gz HELDOUT

HELDOUT is a folder of files whose items are `{text, topic, aspect, act, accept?, context?}`: `accept` lists further
right readings, `context` is the matter the conversation is about. Shares are of 1.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

HOME = Path(__file__).parent
WORST_AT_MOST = 15

Item = Dict[str, Any]


def read_items(folder: Path) -> Iterator[Item]:
    """The held-out sentences of every file, known failures excepted."""
    from ruamel.yaml import YAML

    for path in sorted(folder.glob("*.yml")):
        if path.name != "known_failures.yml":
            yield from YAML(typ="safe").load(path)


async def understand(model: Path, items: List[Item]) -> List[Item]:
    """What the model makes of each sentence."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    processor = Agent.load(str(model)).processor
    found = []
    for item in items:
        metadata = {"memory": {"topic": item.get("context")}}
        parsed = await processor.parse_message(UserMessage(item["text"], metadata=metadata))
        found.append(parsed["understanding"])
    return found


def readings(item: Item) -> List[Item]:
    """The right reading, then the acceptable ones. One that names only an aspect keeps the topic, and so on."""
    right = {name: item.get(name) for name in ("topic", "aspect", "act")}
    return [right, *({**right, **other} for other in item.get("accept", []))]


def share(items: List[Any], holds: Callable[[Any], bool]) -> float:
    return round(sum(map(holds, items)) / len(items), 4) if items else 0.0


def report(items: List[Item], found: List[Item]) -> Dict[str, Any]:
    """The figures of the whole set, and what was confused most often."""

    def agrees(pair: Any, names: List[str], strict: bool = False) -> bool:
        item, got = pair
        allowed = readings(item)[: 1 if strict else None]
        return any(all(got[name] == reading[name] for name in names) for reading in allowed)

    pairs = list(zip(items, found))
    asked = [pair for pair in pairs if pair[0].get("act") is None]
    foreign = [pair for pair in pairs if pair[0].get("act") == "out_of_scope"]
    acts = [pair for pair in pairs if pair[0].get("act") not in (None, "out_of_scope")]
    ours = asked + acts
    both = ["topic", "aspect"]
    wrong = Counter(
        (label(item), label(got)) for item, got in ours if not agrees((item, got), ["topic", "aspect", "act"])
    )
    return {
        "sentences": {"questions": len(asked), "acts": len(acts), "out_of_scope": len(foreign)},
        "topic": share(asked, lambda pair: agrees(pair, ["topic"])),
        "topic_strict": share(asked, lambda pair: agrees(pair, ["topic"], strict=True)),
        "topic_and_aspect": share(asked, lambda pair: agrees(pair, both)),
        "topic_and_aspect_strict": share(asked, lambda pair: agrees(pair, both, strict=True)),
        "act": share(acts, lambda pair: agrees(pair, ["act"])),
        "crisis": share([p for p in acts if p[0]["act"] == "crisis"], lambda pair: agrees(pair, ["act"])),
        "out_of_scope_recall": share(foreign, lambda pair: pair[1]["act"] == "out_of_scope"),
        "in_scope_rejected": share(ours, lambda pair: pair[1]["act"] == "out_of_scope"),
        "confusions": [{"right": r, "got": g, "times": n} for (r, g), n in wrong.most_common(WORST_AT_MOST)],
        "failures": [
            {"text": item["text"], "right": label(item), "got": label(got), "confidence": got["confidence"]}
            for item, got in pairs
            if not agrees((item, got), ["topic", "aspect", "act"])
        ],
    }


def label(reading: Item) -> str:
    return reading.get("act") or f"{reading.get('topic')}.{reading.get('aspect')}"


def main(model: Path, folder: Path) -> None:
    items = list(read_items(folder))
    os.chdir(HOME)
    sys.path.insert(0, str(HOME))
    with contextlib.redirect_stdout(sys.stderr):
        found = asyncio.run(understand(model, items))
    print(json.dumps(report(items, found), ensure_ascii=False))


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
