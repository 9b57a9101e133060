"""The HTTP server: uvicorn, with a deadline for requests that never arrive whole and a cap on their size."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.errors import RequestRefused, problem

BODY_AT_MOST = 64 * 1024
HEAD_AT_MOST = 64 * 1024
KEEP_ALIVE_SECONDS = 5


class ReceivingProtocol(HttpToolsProtocol):
    """Closes a connection whose request has not arrived whole after `seconds`. uvicorn itself waits forever for a
    silent or half-sent request; a response may stream for as long as it likes."""

    seconds = 12.0
    deadline: asyncio.TimerHandle | None = None
    head = 0
    """Bytes received of a request whose header is not complete."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        # empty lines before a request end uvicorn's keep-alive wait and begin no message
        self._expect()
        self.head += len(data)
        super().data_received(data)
        if self.head > HEAD_AT_MOST and not self.transport.is_closing():
            self._refuse("head_too_large", 431)

    def on_headers_complete(self) -> None:
        self.head = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.head = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.head = 0
        self._arrived()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        self._refuse("bad_http", 400)

    def _refuse(self, code: str, status: int) -> None:
        """A whole answer without an application: the request cannot be understood. Not in the middle of
        another answer."""
        if not self._answering():
            refusal = problem(code, status)
            head = [STATUS_LINE[status], *(b"%s: %s\r\n" % pair for pair in refusal.raw_headers)]
            self.transport.write(b"".join((*head, b"connection: close\r\n\r\n", bytes(refusal.body))))
        self.transport.close()

    def _expect(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(self.seconds, self._end)

    def _arrived(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _end(self) -> None:
        """Closes the connection, unless an answer to an earlier request is under way on it."""
        self.deadline = None
        if self._answering():
            self._expect()
        else:
            self.transport.abort()

    def _answering(self) -> bool:
        return bool(self.pipeline) or (
            self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete
        )


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
        http=type("Receiving", (ReceivingProtocol,), {"seconds": receive_deadline}),
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=3,
    )
