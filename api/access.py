"""Who may do what: the conversation's token, by Bearer header or by the page's cookie with its CSRF token; and
how fast. Limits go by conversation first; per address there is only a high ceiling."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.errors import RequestRefused
from api.settings import Settings
from api.web import cookies

SAFE_METHODS = {"GET", "HEAD"}


class Limits:
    """How many messages a conversation and how many new conversations an address may send in a minute."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._messages = RateLimitItemPerMinute(settings.messages_a_minute)
        self._conversations = RateLimitItemPerMinute(settings.conversations_a_minute)

    async def is_hurried(self, conversation_id: str) -> bool:
        """True when a conversation sends faster than it should: it is slowed down, never refused."""
        return not await self._limiter.hit(self._messages, "message", conversation_id)

    async def check_address(self, address: str) -> None:
        """Raises RequestRefused (429) beyond the ceiling of new conversations."""
        if not await self._limiter.hit(self._conversations, "conversation", address):
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
