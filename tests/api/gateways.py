"""The gateway for tests: the real application on a real port, in this process, before an engine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import uvicorn
from cryptography.fernet import Fernet
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.main import build_app
from api.server import QuietServer, configure
from api.settings import Settings
from api.store.database import open_engine
from api.turns import Desk
from tests.api.engines import KEY
from tests.houses import free_port

SEAL_KEY = Fernet.generate_key().decode()
CLOCK = "2026-11-25T10:00:00"


@dataclass
class Answer:
    """A response read whole."""

    status: int
    body: Any
    kind: str
    headers: dict[str, str]


@dataclass
class Gateway:
    """A running gateway and what a client or a test needs of it."""

    address: str
    app: FastAPI
    settings: Settings
    client: aiohttp.ClientSession
    server: uvicorn.Server

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.state.desk
        return desk

    async def call(self, method: str, path: str, body: Any = None, token: str | None = None, **more: Any) -> Answer:
        """One request; a dict is sent as JSON, anything else as it is."""
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        async with self.client.request(
            method, self.address + path, data=content, headers=headers, allow_redirects=False, **more
        ) as response:
            raw, kind = await response.read(), response.content_type
            decoded = json.loads(raw) if raw and kind.endswith("json") else raw
            return Answer(response.status, decoded, kind, dict(response.headers))

    async def talk(self) -> Talk:
        opened = await self.call("POST", "/api/v1/conversations", {"channel": "web"})
        assert opened.status == 201, opened
        return Talk(self, opened.body["conversation_id"], opened.body["token"], opened.body)

    def rows(self, table: str, conversation: str | None = None) -> list[Any]:
        """What the database holds."""
        engine: Engine = open_engine(self.settings.url_of_database, writes=False)
        where = "WHERE id = :id" if table == "conversation" else "WHERE conversation_id = :id"
        query = f"SELECT * FROM {table} {where if conversation else ''} ORDER BY id"
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query), {"id": conversation} if conversation else {}))
        finally:
            engine.dispose()


@dataclass
class Talk:
    """One conversation through the resident API."""

    gateway: Gateway
    id: str
    token: str
    opened: dict[str, Any]
    tasks: list[asyncio.Task[Answer]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.id}"

    async def call(self, method: str, path: str = "", body: Any = None, **more: Any) -> Answer:
        return await self.gateway.call(method, self.path + path, body, self.token, **more)

    async def send(self, words: str | None = None, wait: int = 1, **message: Any) -> Answer:
        body = {"client_message_id": uuid.uuid4().hex, **({"text": words} if words else {}), **message}
        return await self.call("POST", f"/messages?wait={wait}", body)

    async def ask(self, words: str | None = None, **message: Any) -> dict[str, Any]:
        answer = await self.send(words, **message)
        assert answer.status == 200, answer
        return dict(answer.body)

    def start(self, words: str, **message: Any) -> asyncio.Task[Answer]:
        """Sends and does not wait for the turn."""
        task = asyncio.create_task(self.send(words, **message))
        self.tasks.append(task)
        return task

    def listen(self, last: str | None = None) -> Listener:
        return Listener(self, last)


class Listener:
    """A stream of events, read one by one. Use as an async context manager."""

    def __init__(self, talk: Talk, last: str | None) -> None:
        self.talk, self.last = talk, last
        self.comments = 0

    async def __aenter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self.talk.token}"} | ({"Last-Event-ID": self.last} if self.last else {})
        address = f"{self.talk.gateway.address}{self.talk.path}/events"
        timeout = aiohttp.ClientTimeout(total=None)
        self.response = await self.talk.gateway.client.get(address, headers=headers, timeout=timeout)
        assert self.response.status == 200
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.response.close()

    async def next(self, within: float = 5.0) -> tuple[str, str, Any]:
        """The next event: id, kind, content."""
        found: dict[str, str] = {}
        async with asyncio.timeout(within):
            while True:
                line = (await self.response.content.readline()).decode().rstrip("\r\n")
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    found[name] = value
                elif "event" in found:
                    return found.get("id", ""), found["event"], json.loads(found["data"])
                elif self.response.content.at_eof():
                    raise EOFError

    async def nothing(self, for_seconds: float = 0.4) -> bool:
        with contextlib.suppress(TimeoutError):
            await self.next(for_seconds)
            return False
        return True


def settings_for(url: str, engine_url: str, folder: Path, **more: Any) -> Settings:
    told = {
        "data": folder,
        "database_url": url,
        "engine_url": engine_url,
        "engine_key": KEY,
        "seal_key": SEAL_KEY,
        "actions_port": free_port(),
        "clock": CLOCK,
        "canary_every": 3600,
        "engine_deadline": 1.0,
        "fragment_pause": 0.15,
        "supervisor_socket": "",
    }
    return Settings(_env_file=None, **(told | more))  # type: ignore[call-arg]


@asynccontextmanager
async def keep_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Serves the application as `api.main` does, on a free port of this process."""
    app, port = build_app(settings), free_port()
    server = QuietServer(configure(app, "127.0.0.1", port, settings.receive_deadline))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the gateway did not start"
        await asyncio.sleep(0.01)
    connector = aiohttp.TCPConnector(limit=0)
    try:
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:
            yield Gateway(f"http://127.0.0.1:{port}", app, settings, client, server)
    finally:
        server.should_exit = True
        await serving
