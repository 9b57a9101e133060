"""Asking the engine what was meant and what to answer. The engine is reached on loopback with a key."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

from actions.payload import Memory
from api.errors import EngineBusy, EngineMissed, EngineNonsense
from api.messages import EngineReply, Heard, Parsed, UnderstandIn, Understanding
from api.settings import Settings

ROUTES = "/webhooks/gateway"


@dataclass(frozen=True, slots=True)
class Question:
    """What the engine is asked in one turn. `choice` has topic, aspect and act instead of words; `heard` is what a
    recogniser told of spoken ones."""

    turn_id: str
    text: str
    choice: dict[str, str | None] | None
    memory: Memory
    now: dt.datetime
    channel: str
    heard: Heard | None = None

    def as_body(self, deadline: float) -> dict[str, Any]:
        return {
            "turn_id": self.turn_id,
            "text": self.text,
            "choice": self.choice,
            "memory": self.memory.model_dump(mode="json"),
            "now": self.now.isoformat(),
            "channel": self.channel,
            "deadline": deadline,
            **describe_heard(self.heard),
        }

    def find_heard(self, understanding: dict[str, Any]) -> str | None:
        """The hypothesis that the engine took; None where it had none to take from. Raises EngineNonsense."""
        heard = understanding.get("heard")
        if heard is None or self.heard is None or not self.heard.hypotheses:
            return None
        if heard not in [one.text for one in self.heard.hypotheses]:
            raise EngineNonsense("heard what was not said")
        return str(heard)


def describe_heard(heard: Heard | None) -> dict[str, Any]:
    """What a recogniser told, as the connector takes it."""
    if heard is None:
        return {}
    told = heard.model_dump(mode="json")
    return {"hypotheses": told["hypotheses"], "heard_confidence": told["confidence"]}


@dataclass(slots=True)
class Health:
    """How the engine has been: deadlines missed in a row (an engine that is not up refuses connections, which is
    no miss), and when a turn last succeeded (monotonic seconds)."""

    misses: int = 0
    answered_at: float | None = None
    missed_twice: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self) -> None:
        self.misses = 0
        self.answered_at = time.monotonic()

    def missed(self) -> None:
        self.misses += 1
        if self.misses >= 2:
            self.missed_twice.set()


class Engine:
    """The engine behind its connector. Use as an async context manager.

    At most `engine_admits` turns are inside at a time; others wait `queue_wait` seconds, then EngineBusy.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.health = Health()
        self._admits = asyncio.Semaphore(settings.engine_admits)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            self.settings.engine_url,
            headers={"X-Engine-Key": self.settings.engine_key.get_secret_value()},
            connector=aiohttp.TCPConnector(limit=self.settings.engine_admits + 4, keepalive_timeout=3),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def send(self, question: Question) -> EngineReply:
        """One turn. Raises EngineBusy, EngineMissed (late or unreachable) or EngineNonsense."""
        deadline = time.time() + self.settings.actions_deadline
        reply = EngineReply.from_engine(await self._post("/turn", question.as_body(deadline)))
        self.health.answered()
        return reply

    async def understand(self, asked: UnderstandIn, now: dt.datetime) -> Understanding:
        """What words would be understood as. Nothing is stored."""
        body = {"text": asked.words, "memory": {"topic": asked.topic}, "now": now.isoformat()}
        body |= describe_heard(asked.heard)
        return Parsed.from_engine(await self._post("/parse", body)).understanding

    async def _post(self, route: str, body: dict[str, Any]) -> bytes:
        """Waiting to be admitted and for the answer share one deadline."""
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.settings.queue_wait):
                await self._admits.acquire()
        except TimeoutError as error:
            raise EngineBusy from error
        try:
            async with asyncio.timeout_at(started + self.settings.engine_deadline):
                return await self._exchange(route, body)
        except TimeoutError as error:
            self.health.missed()
            raise EngineMissed("deadline") from error
        except (aiohttp.ClientError, OSError) as error:
            raise EngineMissed(type(error).__name__) from error
        finally:
            self._admits.release()

    async def _exchange(self, route: str, body: dict[str, Any]) -> bytes:
        if self._session is None:
            raise EngineMissed("not opened")
        async with self._session.post(ROUTES + route, json=body) as response:
            if response.status != 200:
                raise EngineNonsense(f"status {response.status}")
            return await response.read()
