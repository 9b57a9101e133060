"""Connections whose request never arrives whole are closed; a stream of events lives on."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from api.server import KEEP_ALIVE_SECONDS
from api.settings import Settings
from tests.api.engines import FakeEngine
from tests.api.gateways import Gateway, keep_gateway, settings_for

DEADLINE = 1.0
HALF = {
    "silent": b"",
    "half_head": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-",
    "half_body": b"POST /api/v1/understand HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    "half_chunk": b"POST /api/v1/understand HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    "half_after_whole": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHo",
    "empty_lines_after_whole": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n\r\n",
    "upgrade": b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nx",
}


@pytest_asyncio.fixture
async def hasty(sqlite_url: str, engine: FakeEngine, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that waits a second for a request."""
    settings = settings_for(sqlite_url, engine.url, tmp_path, receive_deadline=DEADLINE, ping_every=0.3)
    async with keep_gateway(settings) as kept:
        yield kept


async def connect(gateway: Gateway) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = gateway.address.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))


async def seconds_until_closed(gateway: Gateway, sent: bytes, trickle: bytes = b"", within: float = 10.0) -> float:
    """How long the server keeps a connection on which only this was sent, then `trickle` ten times a second."""
    started = time.monotonic()
    reader, writer = await connect(gateway)
    writer.write(sent)
    reading = asyncio.create_task(reader.read())
    with contextlib.suppress(OSError):
        async with asyncio.timeout(within):
            while not reading.done():
                writer.write(trickle)
                await asyncio.wait([reading], timeout=0.1)
    with contextlib.suppress(OSError):
        await reading
    writer.close()
    return time.monotonic() - started


async def test_what_never_arrives_whole_is_closed(hasty: Gateway) -> None:
    kept = await asyncio.gather(*(seconds_until_closed(hasty, sent) for sent in HALF.values()))
    for (name, sent), seconds in zip(HALF.items(), kept, strict=True):
        answered = b"\r\n\r\n" in sent and sent.startswith(b"GET")
        assert seconds < (KEEP_ALIVE_SECONDS if answered else DEADLINE) + 0.5, name


async def test_bytes_trickled_one_by_one_buy_no_time(hasty: Gateway) -> None:
    trickled = {name: b"a" for name in ("half_head", "half_body", "half_after_whole")} | {"whole": b"\r\n"}
    sent = HALF | {"whole": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"}
    kept = await asyncio.gather(*(seconds_until_closed(hasty, sent[n], byte) for n, byte in trickled.items()))
    assert max(kept) < DEADLINE + 0.6


async def test_a_stream_of_events_outlives_the_deadline(hasty: Gateway) -> None:
    talk = await hasty.talk()
    async with talk.listen() as page:
        assert await page.nothing(5 * DEADLINE)
        assert page.comments > 5
        await talk.ask("法律援助要带什么材料？")
        assert (await page.next())[1] == "turn"


async def test_an_answer_under_way_survives_half_a_request_behind_it(hasty: Gateway, engine: FakeEngine) -> None:
    talk = await hasty.talk()
    reader, writer = await connect(hasty)
    head = f"GET {talk.path}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {talk.token}\r\n\r\n"
    writer.write(head.encode() + b"GET /healthz HTTP/1.1\r\nHo")
    await asyncio.sleep(2.5 * DEADLINE)
    await talk.ask("法律援助要带什么材料？")
    assert b"event: turn" in await asyncio.wait_for(reader.readuntil(b"event: turn"), 3)
    writer.close()


async def test_requests_sent_together_are_answered_in_order(hasty: Gateway) -> None:
    reader, writer = await connect(hasty)
    writer.write(
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    answers = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"200", b"404"]


async def test_a_slow_turn_is_not_cut(sqlite_url: str, engine: FakeEngine, tmp_path: Path) -> None:
    settings = settings_for(sqlite_url, engine.url, tmp_path, receive_deadline=0.5, engine_deadline=5)
    engine.delay = 2
    async with keep_gateway(settings) as gateway:
        assert (await (await gateway.talk()).ask("法律援助要带什么材料？"))["outcome"] == "answered"


async def test_with_the_shipped_settings_closed_within_15_seconds(
    sqlite_url: str, engine: FakeEngine, tmp_path: Path
) -> None:
    shipped = Settings.model_fields["receive_deadline"].default
    async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path, receive_deadline=shipped)) as gateway:
        talk = await gateway.talk()
        async with talk.listen() as page:
            kept = await asyncio.gather(*(seconds_until_closed(gateway, HALF[n], within=20) for n in list(HALF)[:4]))
            assert max(kept) < 15
            await talk.ask("法律援助要带什么材料？")
            assert (await page.next())[1] == "turn"
