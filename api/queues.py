"""The order of a conversation: one message in flight, the others wait; fragments of one sentence go together."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from api.errors import RequestRefused
from api.messages import Turn
from api.store.journal import Message

FRAGMENT_CHARACTERS = 6
SENTENCE_ENDS = "。？！?!.，,；;"
WAITING_AT_MOST = 5
FRAGMENTS_AT_MOST = 40
PAUSES_AT_MOST = 4


def is_fragment(message: Message) -> bool:
    """Whether this may be a piece of a sentence still being sent. A recogniser sends whole ones."""
    text = message.text
    if text is None or message.heard is not None:
        return False
    return len(text) <= FRAGMENT_CHARACTERS and text[-1] not in SENTENCE_ENDS


def refuse_when_full(waiting: Iterable[Message]) -> None:
    """Raises RequestRefused (429) when five whole messages wait behind the one in flight; fragments are read
    together and hardly fill the line."""
    kept = list(waiting)
    whole = sum(not is_fragment(message) for message in kept)
    if whole > WAITING_AT_MOST or len(kept) > FRAGMENTS_AT_MOST:
        raise RequestRefused("queue_full", 429, retry_after=3)


@dataclass(slots=True)
class Waiting:
    """A journalled message and the promise of its turn; `pause` slows down who sends too fast."""

    message: Message
    done: asyncio.Future[Turn]
    pause: float = 0

    @property
    def is_fragment(self) -> bool:
        return is_fragment(self.message)


@dataclass(slots=True)
class Line:
    """The messages of one conversation that wait, oldest first."""

    waiting: deque[Waiting] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


Answer = Callable[[str, list[Message]], Awaitable[Turn]]


class Queues:
    """One line for each conversation with something waiting."""

    def __init__(self, answer: Answer, fragment_pause: float) -> None:
        self._answer = answer
        self._pause = fragment_pause
        self._lines: dict[str, Line] = {}

    def join(self, conversation_id: str, message: Message, pause: float = 0) -> asyncio.Future[Turn]:
        """Puts a journalled message in line; the future gives its turn."""
        line = self._lines.setdefault(conversation_id, Line())
        done: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        line.waiting.append(Waiting(message, done, pause))
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
            await asyncio.sleep(line.waiting[0].pause)
            batch = await self._next_batch(line)
            turn = await self._answer(conversation_id, [waiting.message for waiting in batch])
            for waiting in batch:
                line.waiting.popleft()
                if not waiting.done.done():
                    waiting.done.set_result(turn)
        del self._lines[conversation_id]

    async def _next_batch(self, line: Line) -> list[Waiting]:
        """The first message, with the fragments that follow it when it is one itself."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSES_AT_MOST * self._pause):
                while all(waiting.is_fragment for waiting in line.waiting):
                    line.arrived.clear()
                    await asyncio.wait_for(line.arrived.wait(), self._pause)
        fragments = list(itertools.takewhile(lambda waiting: waiting.is_fragment, line.waiting))
        return fragments or [line.waiting[0]]

    async def drain(self, seconds: float | None = None) -> None:
        """Waits for what is in line, `seconds` at most; the rest stays in the journal for the next start."""
        tasks = [line.task for line in self._lines.values() if line.task]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
