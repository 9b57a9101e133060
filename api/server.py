"""The HTTP server: uvicorn, with a deadline for requests that never arrive whole and a cap on their size."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.errors import RequestRefused, problem

BODY_AT_MOST = 64 * 1024
KEEP_ALIVE_SECONDS = 5


def receiving_within(seconds: float) -> type[HttpToolsProtocol]:
    """A protocol that closes a connection whose request has not arrived whole after so many seconds. uvicorn
    itself waits forever for a silent or half-sent request; a response may stream for as long as it likes."""

    class ReceivingProtocol(HttpToolsProtocol):
        deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._expect()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._expect()

        def on_message_complete(self) -> None:
            self._arrived()
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._arrived()
            super().connection_lost(exc)

        def _expect(self) -> None:
            if self.deadline is None:
                self.deadline = self.loop.call_later(seconds, self.transport.abort)

        def _arrived(self) -> None:
            if self.deadline is not None:
                self.deadline.cancel()
                self.deadline = None

    return ReceivingProtocol


class CappedBody:
    """ASGI middleware: refuses requests whose body is larger than `BODY_AT_MOST`, announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > BODY_AT_MOST:
            await problem("too_large", 413)(scope, receive, send)
            return
        taken = 0

        async def receive_capped() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_AT_MOST:
                raise RequestRefused("too_large", 413)
            return message

        await self.app(scope, receive_capped, send)


class QuietServer(uvicorn.Server):
    """A second server in the same process; signals belong to the first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def configure(app: Any, host: str, port: int, receive_deadline: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=receiving_within(receive_deadline),
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=3,
    )
