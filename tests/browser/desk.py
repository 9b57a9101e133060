"""A small working desk for the page's own tests: real routes, an in-memory desk, canned replies."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sse_starlette.sse import EventSourceResponse

from api.errors import RequestRefused, handle_errors
from api.messages import Entry, EntryKind, MessageIn, Opened, Outcome, Reply, Transcript, Turn
from api.routes import page
from api.web import cookies, pages

CANNED: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "replies.yml").read_text(encoding="utf-8"))


@dataclass
class Conversation:
    code: str
    entries: list[Entry] = field(default_factory=list)
    sent: dict[str, tuple[MessageIn, asyncio.Task[Turn]]] = field(default_factory=dict)
    news: list[Turn] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class CannedDesk:
    """Answers by the words of the message; `delay` in seconds, `failing` makes the next turns fail."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.tokens: dict[str, str] = {}
        self.heard: list[str] = []
        self.callbacks: list[tuple[str, str, str | None]] = []
        self.feedback: list[tuple[str, bool, str | None]] = []
        self.erased: list[str] = []
        self.delay = 0.0
        self.failing = False

    async def open_conversation(self, channel: str) -> Opened:
        conversation_id, token = secrets.token_hex(8), secrets.token_hex(16)
        greeting = _reply("greeting")
        said = {"kind": EntryKind.ASSISTANT, "text": greeting.text, "at": dt.datetime.now(dt.UTC), "turn_id": "0"}
        first = Entry(**said, outcome=Outcome.ANSWERED, reply=greeting)
        self.conversations[conversation_id] = Conversation(code=CANNED["code"], entries=[first])
        self.tokens[token] = conversation_id
        return Opened(conversation_id=conversation_id, token=token, code=CANNED["code"], reply=greeting)

    async def find_by_token(self, token: str) -> str | None:
        return self.tokens.get(token)

    async def take_message(self, conversation_id: str, sent: MessageIn) -> Turn:
        return await self.accept_message(conversation_id, sent)

    def accept_message(self, conversation_id: str, sent: MessageIn) -> asyncio.Task[Turn]:
        """The same message sent again is one turn; the same id with other words is refused."""
        known = self.conversations[conversation_id].sent
        content, task = known.get(sent.client_message_id, (sent, None))
        if content != sent:
            raise RequestRefused("other_content", 409)
        if task is None:
            task = asyncio.create_task(self._answer(conversation_id, sent))
            known[sent.client_message_id] = (sent, task)
        return task

    async def _answer(self, conversation_id: str, message: MessageIn) -> Turn:
        conversation = self.conversations[conversation_id]
        said = message.text or CANNED["titles"].get(message.choice, message.choice)
        self.heard.append(said)
        turn_id = secrets.token_hex(6)
        now = dt.datetime.now(dt.UTC)
        conversation.entries.append(Entry(kind=EntryKind.RESIDENT, text=said, at=now, turn_id=turn_id))
        await asyncio.sleep(self.delay)
        name = "failed" if self.failing else _pick(message)
        outcome = Outcome(CANNED["replies"][name].get("outcome", "answered"))
        return await self._tell(conversation, name, turn_id, outcome)

    async def tell_later(self, conversation_id: str, name: str) -> None:
        """An answer without a message of the resident: what was not known when they asked."""
        await self._tell(self.conversations[conversation_id], name, secrets.token_hex(6), Outcome.ANSWERED)

    async def _tell(self, conversation: Conversation, name: str, turn_id: str, outcome: Outcome) -> Turn:
        reply = _reply(name)
        said_back = {"turn_id": turn_id, "outcome": outcome, "reply": reply}
        turn = Turn(**said_back, understanding=None, model="canned", catalogue_edition="1")
        entry = Entry(
            kind=EntryKind.ASSISTANT,
            text=reply.text,
            at=dt.datetime.now(dt.UTC),
            turn_id=turn_id,
            outcome=outcome,
            reply=reply,
            careful=name == "crisis",
        )
        conversation.entries.append(entry)
        async with conversation.changed:
            conversation.news.append(turn)
            conversation.changed.notify_all()
        return turn

    async def read_transcript(self, conversation_id: str) -> Transcript:
        conversation = self.conversations[conversation_id]
        entries = tuple(conversation.entries)
        return Transcript(conversation_id=conversation_id, code=conversation.code, entries=entries)

    async def erase(self, conversation_id: str) -> None:
        self.erased.append(conversation_id)
        self.tokens = {token: one for token, one in self.tokens.items() if one != conversation_id}

    async def keep_callback(self, conversation_id: str, phone: str, note: str | None) -> None:
        self.callbacks.append((conversation_id, phone, note))

    async def keep_feedback(self, conversation_id: str, turn_id: str, helpful: bool, comment: str | None) -> None:
        self.feedback.append((turn_id, helpful, comment))
        entries = self.conversations[conversation_id].entries
        for place, entry in enumerate(entries):
            if entry.turn_id == turn_id and entry.kind is EntryKind.ASSISTANT:
                entries[place] = entry.model_copy(update={"helpful": helpful})


def _pick(message: MessageIn) -> str:
    for words, name in CANNED["routes"].items():
        if words in (message.choice or message.text or ""):
            return str(name)
    return "unknown"


def _reply(name: str) -> Reply:
    canned = {key: value for key, value in CANNED["replies"][name].items() if key != "outcome"}
    return Reply.model_validate({"speech": canned["text"], "easy": canned["text"], **canned})


def build_app() -> FastAPI:
    """The page's real routes before a canned desk, with the two API routes the scripts use."""
    app = FastAPI()
    app.state.desk = desk = CannedDesk()
    app.mount("/static", pages.static_files())
    app.include_router(page.router)
    handle_errors(app)

    async def check(request: Request, conversation_id: str) -> None:
        token = cookies.read_token(request)
        if not token or await desk.find_by_token(token) != conversation_id:
            raise RequestRefused("not_authorised", 401)

    @app.post("/api/v1/conversations/{conversation_id}/messages")
    async def post_message(conversation_id: str, message: MessageIn, request: Request) -> Response:
        await check(request, conversation_id)
        if not cookies.csrf_passes(request):
            raise RequestRefused("csrf", 403)
        desk.accept_message(conversation_id, message)
        await asyncio.sleep(0)
        return JSONResponse({}, status_code=202)

    @app.get("/api/v1/conversations/{conversation_id}/events")
    async def listen(conversation_id: str, request: Request) -> Response:
        await check(request, conversation_id)
        conversation = desk.conversations[conversation_id]
        seen = int(request.headers.get("last-event-id", len(conversation.news)))
        return EventSourceResponse(_tell(conversation, seen))

    @app.post("/later/{conversation_id}/{name}")
    async def tell_later(conversation_id: str, name: str) -> None:
        await desk.tell_later(conversation_id, name)

    return app


async def _tell(conversation: Conversation, seen: int) -> AsyncIterator[dict[str, str]]:
    while True:
        async with conversation.changed:
            while len(conversation.news) <= seen:
                await conversation.changed.wait()
        seen += 1
        yield {"event": "turn", "id": str(seen), "data": conversation.news[seen - 1].model_dump_json()}
