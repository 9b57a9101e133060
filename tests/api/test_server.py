"""A connection that sends no whole request is closed; a response may stream for as long as it likes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.engines import FakeEngine
from tests.api.gateways import Gateway, keep_gateway, settings_for

SECONDS = 1.0
HEAD = b"POST /api/v1/conversations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest_asyncio.fixture
async def impatient(sqlite_url: str, engine: FakeEngine, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that waits one second for a request."""
    settings = settings_for(sqlite_url, engine.url, tmp_path, receive_deadline=SECONDS)
    async with keep_gateway(settings) as kept:
        yield kept


async def closed_after(gateway: Gateway, pieces: list[bytes], pause: float = 0.0, within: float = 15.0) -> float:
    """Sends the pieces and waits; the seconds until the gateway closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.address.rpartition(":")[2]))
    started = time.monotonic()

    async def send() -> None:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    async with asyncio.timeout(within):
        with contextlib.suppress(ConnectionError):
            while await reader.read(1000):
                pass
    sending.cancel()
    writer.close()
    return time.monotonic() - started


@pytest.mark.parametrize(
    ("pieces", "pause"),
    [
        ([], 0.0),
        ([HEAD], 0.0),
        ([HEAD + b'Content-Length: 17\r\n\r\n{"chan'], 0.0),
        ([bytes([byte]) for byte in HEAD], 0.1),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 60], 0.1),
        ([b"\r\n"] * 60, 0.1),
    ],
    ids=["silent", "half a head", "half a body", "a byte now and then", "an endless body", "empty lines"],
)
async def test_what_never_becomes_a_request_is_closed(impatient: Gateway, pieces: list[bytes], pause: float) -> None:
    assert await closed_after(impatient, pieces, pause) < SECONDS + 2


async def test_with_the_settings_shipped_silent_and_half_sent_are_closed_within_15_seconds(
    sqlite_url: str, engine: FakeEngine, tmp_path: Path
) -> None:
    async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path)) as gateway:
        took = await asyncio.gather(closed_after(gateway, []), closed_after(gateway, [HEAD]))
    assert max(took) < 15


async def test_an_event_stream_outlives_the_deadline_many_times(impatient: Gateway) -> None:
    talk = await impatient.talk()
    async with talk.listen() as listener:
        assert await listener.nothing(4 * SECONDS)
        await talk.ask("法律援助怎么申请")
        assert (await listener.next())[1] == "turn"


async def test_one_connection_may_carry_several_requests(impatient: Gateway) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", int(impatient.address.rpartition(":")[2]))
    for _ in range(3):
        writer.write(request)
        assert (await reader.readuntil(b'"ok"}')).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.6 * SECONDS)
    writer.close()
