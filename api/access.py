"""Who may do what: the conversation's token, by Bearer header or by the page's cookie with its CSRF token; and
how fast. Limits go by conversation first; per address there is only a high ceiling."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from fastapi import Request

from api.errors import RequestRefused
from api.settings import Settings
from api.web import cookies

SAFE_METHODS = {"GET", "HEAD"}


class Pace:
    """Whether a key comes more often than `at_most` times a minute: a sliding window of two counters. Costs the same
    however many keys there are (measured: the library `limits` looked at every key on every hit)."""

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self._minute = 0
        self._before: Counter[str] = Counter()
        self._now: Counter[str] = Counter()

    def allows(self, key: str) -> bool:
        """Counts one more, and tells whether it is still within the pace."""
        minute, second = divmod(time.monotonic(), 60)
        if int(minute) != self._minute:
            self._before = self._now if int(minute) == self._minute + 1 else Counter()
            self._now, self._minute = Counter(), int(minute)
        self._now[key] += 1
        return self._now[key] + self._before[key] * (1 - second / 60) <= self.at_most


class Limits:
    """How many messages a conversation and how many new conversations an address may send in a minute."""

    def __init__(self, settings: Settings) -> None:
        self._messages = Pace(settings.messages_a_minute)
        self._conversations = Pace(settings.conversations_a_minute)

    def is_hurried(self, conversation_id: str) -> bool:
        """True when a conversation sends faster than it should: it is slowed down, never refused."""
        return not self._messages.allows(conversation_id)

    def check_address(self, address: str) -> None:
        """Raises RequestRefused (429) beyond the ceiling of new conversations."""
        if not self._conversations.allows(address):
            raise RequestRefused("too_many", 429, retry_after=60)


def bearer_of(request: Request) -> str | None:
    """The token of the Authorization header, or None."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


async def require_conversation(
    request: Request, conversation_id: str, find: Callable[[str], Awaitable[str | None]]
) -> None:
    """Raises RequestRefused unless the request may use this conversation: 401 without a valid token (404 would
    tell which conversations exist), 403 for a page's request without its CSRF token."""
    bearer = bearer_of(request)
    token = bearer or cookies.read_token(request)
    found = await find(token) if token and token.isascii() else None
    if found is None or not secrets.compare_digest(found.encode(), conversation_id.encode("utf-8", "replace")):
        raise RequestRefused("not_authorised", 401)
    if bearer is None and request.method not in SAFE_METHODS and not cookies.csrf_passes(request):
        raise RequestRefused("csrf", 403)
