"""The order of a conversation: one message in flight, the others wait; fragments of one sentence go together."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from api.errors import RequestRefused
from api.messages import Turn
from api.store.journal import Message

FRAGMENT_CHARACTERS = 6
SENTENCE_ENDS = "。？！?!.，,；;"
WAITING_AT_MOST = 5
PAUSES_AT_MOST = 4


@dataclass(slots=True)
class Waiting:
    """A journalled message and the promise of its turn."""

    message: Message
    done: asyncio.Future[Turn]

    @property
    def is_fragment(self) -> bool:
        """Whether this may be a piece of a sentence still being sent."""
        text = self.message.text
        return text is not None and len(text) <= FRAGMENT_CHARACTERS and text[-1] not in SENTENCE_ENDS


@dataclass(slots=True)
class Line:
    """The messages of one conversation that wait, oldest first."""

    waiting: deque[Waiting] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    sent_at: deque[float] = field(default_factory=deque)


Answer = Callable[[str, list[Message]], Awaitable[Turn]]


class Queues:
    """One line for each conversation with something waiting."""

    def __init__(self, answer: Answer, fragment_pause: float) -> None:
        self._answer = answer
        self._pause = fragment_pause
        self._lines: dict[str, Line] = {}

    def refuse_when_full(self, conversation_id: str) -> None:
        """Whole messages beyond the five that wait are refused before they are journalled; fragments are read
        together and never fill the line."""
        line = self._lines.get(conversation_id)
        whole = sum(not waiting.is_fragment for waiting in line.waiting) if line else 0
        if whole >= WAITING_AT_MOST:
            raise RequestRefused("queue_full", 429, retry_after=3)

    def join(self, conversation_id: str, message: Message) -> asyncio.Future[Turn]:
        """Puts a journalled message in line; the future gives its turn."""
        line = self._lines.setdefault(conversation_id, Line())
        done: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        line.waiting.append(Waiting(message, done))
        line.arrived.set()
        if line.task is None:
            line.task = asyncio.create_task(self._serve(conversation_id, line))
        return done

    def find(self, conversation_id: str, message_id: int) -> asyncio.Future[Turn] | None:
        """The promise of a message that is waiting or in flight."""
        line = self._lines.get(conversation_id)
        held = (w for w in (line.waiting if line else ()) if w.message.id == message_id)
        return next((waiting.done for waiting in held), None)

    async def _serve(self, conversation_id: str, line: Line) -> None:
        while line.waiting:
            batch = await self._next_batch(line)
            turn = await self._answer(conversation_id, [waiting.message for waiting in batch])
            for waiting in batch:
                line.waiting.popleft()
                if not waiting.done.done():
                    waiting.done.set_result(turn)
        del self._lines[conversation_id]

    async def _next_batch(self, line: Line) -> list[Waiting]:
        """The first message, with the fragments that follow it when it is one itself."""
        started = time.monotonic()
        for _ in range(PAUSES_AT_MOST):
            if not all(waiting.is_fragment for waiting in line.waiting):
                break
            line.arrived.clear()
            try:
                async with asyncio.timeout(self._pause):
                    await line.arrived.wait()
            except TimeoutError:
                break
            if time.monotonic() - started > PAUSES_AT_MOST * self._pause:
                break
        batch = [line.waiting[0]]
        if batch[0].is_fragment:
            for waiting in list(line.waiting)[1:]:
                if not waiting.is_fragment:
                    break
                batch.append(waiting)
        return batch

    async def drain(self) -> None:
        """Waits for what is in flight."""
        tasks = [line.task for line in self._lines.values() if line.task]
        await asyncio.gather(*tasks, return_exceptions=True)
