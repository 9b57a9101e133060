"""A small working engine: it speaks the connector's protocol, and misbehaves on request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "k" * 32
SOURCE = {"id": "s", "title": "文件", "issuer": "市残联", "date": "2021-01-01", "level": "shanghai"}
UNDERSTANDING = {"topic": "legal_aid", "aspect": "papers", "act": None, "confidence": 0.9}

NONSENSE: dict[str, bytes] = {
    "not_json": b"<html>Bad Gateway</html>",
    "no_text": json.dumps({"understanding": {}, "payload": {"outcome": "answered"}, "model": "m"}).encode(),
    "a_list": b"[]",
    "null": b"null",
    "not_utf8": b'{"understanding": "\xff\xfe"}',
    "deep": b"[" * 100_000,
    "huge_number": b'{"understanding": {"confidence": 1e999}}',
    "surrogate": b'{"model": "\\ud800"}',
}


@dataclass
class FakeEngine:
    """`behaviour`: answer, empty, hang, die, or a name of NONSENSE. `asked` holds the bodies it was sent. Words with
    `没有答案` are declined until it `knows`. Of what a recogniser heard it takes `hears`, or else the first."""

    behaviour: str = "answer"
    delay: float = 0.0
    act: str | None = None
    knows: bool = False
    hears: str | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    port: int = 0
    held: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def turns(self) -> list[dict[str, Any]]:
        """What residents asked; canary turns left out."""
        return [body for body in self.asked if body.get("channel") != "canary"]

    async def take_turn(self, request: web.Request) -> web.StreamResponse:
        body = await self._read(request)
        if self.behaviour == "hang" or (self.behaviour == "hang_some" and "卡住" in body["text"]):
            self.held.set()
            await self.released.wait()
        if self.behaviour == "die" and request.transport:
            request.transport.abort()
        if self.behaviour == "empty":
            return web.json_response({"code": "empty_turn"}, status=502)
        if self.behaviour in NONSENSE:
            return web.Response(body=NONSENSE[self.behaviour], content_type="application/json")
        await asyncio.sleep(self.delay)
        return web.json_response(self.reply(body))

    async def parse(self, request: web.Request) -> web.Response:
        body = await self._read(request)
        if self.behaviour != "answer":
            return web.Response(body=NONSENSE.get(self.behaviour, b""), status=200)
        understanding = UNDERSTANDING | {"topic": (body.get("memory") or {}).get("topic") or "legal_aid"}
        understanding["heard"] = self.take_heard(body)
        return web.json_response({"understanding": understanding})

    async def _read(self, request: web.Request) -> dict[str, Any]:
        raw = await request.read()
        body: dict[str, Any] = json.loads(raw)
        self.raw.append(raw)
        self.asked.append(body)
        return body

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """Echoes the words, with a source and two choices; `危机` makes the conversation careful; what it declines
        it offers to tell later."""
        heard = self.take_heard(body)
        words = heard or body["text"]
        careful = bool(body["memory"].get("careful")) or "危机" in words
        topic = "transport_subsidy" if "交通补贴" in words else "legal_aid"
        text = f"您说的是：{words or json.dumps(body['choice'])}"
        payload = {
            "outcome": "answered",
            "text": text,
            "speech": text,
            "easy": text,
            "choices": [
                {"title": "在哪里", "value": "legal_aid.where"},
                {"title": "要什么", "value": "legal_aid.papers"},
            ],
            "sources": [SOURCE],
            "as_of": "2021-01-01",
            "points": ["p"],
            "memory": body["memory"] | {"topic": topic, "careful": careful},
            "edition": "1",
        }
        if (body["choice"] or {}).get("act") == "tell_me":
            payload["awaits"] = body["memory"]["awaiting"]
        elif "没有答案" in words and not self.knows:
            awaiting = {"topic": "legal_aid", "aspect": "documents", "text": words, "edition": "1"}
            payload["outcome"] = "declined"
            payload["choices"] = [{"title": "有了答案告诉我", "value": "act:tell_me"}]
            payload["memory"] |= {"aspect": "documents", "awaiting": awaiting}
        payload["memory"] |= {"last": {"choices": payload["choices"]}}
        understanding = {**UNDERSTANDING, "act": self.act, "alternatives": [], "entities": [], "heard": heard}
        return {"understanding": understanding, "payload": payload, "model": "fake", "action": "action_explain_topic"}

    def take_heard(self, body: dict[str, Any]) -> str | None:
        hypotheses = body.get("hypotheses")
        return (self.hears or str(hypotheses[0]["text"])) if hypotheses else None

    def build_app(self) -> web.Application:
        @web.middleware
        async def require_key(request: web.Request, handler: Any) -> web.StreamResponse:
            if request.headers.get("X-Engine-Key") != KEY:
                return web.json_response({"code": "wrong_key"}, status=401)
            answer: web.StreamResponse = await handler(request)
            return answer

        app = web.Application(middlewares=[require_key])
        app.router.add_post("/webhooks/gateway/turn", self.take_turn)
        app.router.add_post("/webhooks/gateway/parse", self.parse)
        return app


@asynccontextmanager
async def keep_engine(port: int = 0) -> AsyncIterator[FakeEngine]:
    engine = FakeEngine()
    runner = web.AppRunner(engine.build_app(), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    engine.port = runner.addresses[0][1]
    try:
        yield engine
    finally:
        engine.released.set()
        await runner.cleanup()
