"""Fan-out of a conversation's events to the pages that listen, in this process. What was missed is read from
the journal, so that a page may come back at any time and resume."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Events:
    """Wakes the listeners of a conversation; the events themselves are in the journal."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)

    def announce(self, conversation_id: str) -> None:
        """Tells every listener that there is something new."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.set()

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """An asyncio event that is set whenever something new has come."""
        listener = asyncio.Event()
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def count(self, conversation_id: str) -> int:
        return len(self._listeners.get(conversation_id, ()))
