"""Drives both sides with the same sentences, in blocks that take turns, and counts what each block cost."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import aiohttp
import yaml

from api.settings import ROOT
from tests.bench.measuring import cpu_seconds

HELDOUT = ROOT / "nlu_data" / "heldout"
TURNS_EACH = 8
SECONDS_AT_MOST = 60
ORDER = 20261125

Talk = list[str]
Turn = tuple[float, bool]
"""Seconds until the reply was there, and whether it was one."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two assistants: its parts by name (process ids) and how to hold a conversation with it."""

    name: str
    parts: dict[str, list[int]]
    hold: Callable[[aiohttp.ClientSession, Talk], Awaitable[list[Turn]]]

    def spent(self) -> dict[str, float]:
        """CPU-seconds so far of each part."""
        return {part: cpu_seconds(pids) for part, pids in self.parts.items()}


@dataclass(slots=True)
class Block:
    """What some turns cost: CPU-milliseconds a turn by part, seconds of each turn, turns without a reply."""

    side: str
    at_once: int
    cpu_ms: dict[str, float]
    seconds: list[float] = field(repr=False)
    failed: int

    @property
    def turns(self) -> int:
        return len(self.seconds)


def deal_talks(conversations: int, seed: int = ORDER) -> list[Talk]:
    """Conversations of eight held-out sentences each, the same for the same seed."""
    files = (path for path in sorted(HELDOUT.glob("*.yml")) if path.name != "known_failures.yml")
    items = (item for path in files for item in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
    sentences = [turn["text"] for item in items for turn in item.get("turns", [item])]
    random.Random(seed).shuffle(sentences)
    turned = [sentences[place % len(sentences)] for place in range(conversations * TURNS_EACH)]
    return [turned[start : start + TURNS_EACH] for start in range(0, len(turned), TURNS_EACH)]


async def drive(sides: list[Side], talks: list[Talk], at_once: int, rounds: int) -> list[Block]:
    """The blocks of every round: each side has its share of the talks, one side after the other."""
    blocks = []
    for share in (talks[start::rounds] for start in range(rounds)):
        for side in sides:
            blocks.append(await drive_block(side, share, at_once))
    return blocks


async def drive_block(side: Side, talks: list[Talk], at_once: int) -> Block:
    """All the talks, so many at once."""
    waiting = iter(talks)
    timeout = aiohttp.ClientTimeout(total=SECONDS_AT_MOST)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        before = side.spent()
        held = await asyncio.gather(*(hold_in_turn(side, session, waiting) for _ in range(at_once)))
        after = side.spent()
    turns = [turn for some in held for turn in some]
    cpu = {part: 1000 * (after[part] - before[part]) / len(turns) for part in after}
    return Block(side.name, at_once, cpu, [seconds for seconds, _ in turns], sum(not well for _, well in turns))


async def hold_in_turn(side: Side, session: aiohttp.ClientSession, waiting: Iterator[Talk]) -> list[Turn]:
    """One resident after the other, until none waits."""
    return [turn for talk in waiting for turn in await side.hold(session, talk)]


def stock_side(address: str, parts: dict[str, list[int]]) -> Side:
    """Rasa's REST channel. An empty list is its way to say that something failed."""

    async def hold(session: aiohttp.ClientSession, talk: Talk) -> list[Turn]:
        sender = uuid.uuid4().hex

        async def say(text: str) -> bool:
            body = {"sender": sender, "message": text}
            async with session.post(f"{address}/webhooks/rest/webhook", json=body) as response:
                said = await response.json()
                return response.status == 200 and any(part.get("text") for part in said)

        return [await timed(say(text)) for text in talk]

    return Side("stock", parts, hold)


def our_side(address: str, parts: dict[str, list[int]]) -> Side:
    """The resident API. Opening the conversation is part of what its turns cost."""

    async def hold(session: aiohttp.ClientSession, talk: Talk) -> list[Turn]:
        async with session.post(f"{address}/api/v1/conversations", json={"channel": "web"}) as response:
            opened = await response.json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        path = f"{address}/api/v1/conversations/{opened['conversation_id']}/messages"

        async def say(text: str) -> bool:
            body = {"client_message_id": uuid.uuid4().hex, "text": text}
            async with session.post(path, json=body, headers=headers) as response:
                turn = await response.json()
                return response.status == 200 and turn["outcome"] != "failed"

        return [await timed(say(text)) for text in talk]

    return Side("ours", parts, hold)


async def timed(saying: Awaitable[bool]) -> Turn:
    """Runs one turn; a connection that breaks is a turn that failed."""
    started = time.perf_counter()
    try:
        well = await saying
    except (aiohttp.ClientError, TimeoutError):
        well = False
    return time.perf_counter() - started, well
