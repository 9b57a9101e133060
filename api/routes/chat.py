"""The resident API: conversations, messages, events, feedback (contract.md, "Resident API")."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.access import require_conversation
from api.errors import RequestRefused
from api.messages import (
    CallbackIn,
    ConversationIn,
    FeedbackIn,
    MessageIn,
    Opened,
    Transcript,
    Turn,
    UnderstandIn,
    Understanding,
)
from api.store import journal
from api.turns import Desk

LISTENERS_AT_MOST = 10

router = APIRouter(prefix="/api/v1")


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def authorised(request: Request, conversation_id: str) -> str:
    """The conversation's id, once the request has shown that it may use it."""
    await require_conversation(request, conversation_id, desk_of(request).find_by_token)
    return conversation_id


Conversation = Annotated[str, Depends(authorised)]


@router.post("/conversations", status_code=201)
async def open_conversation(request: Request, begun: ConversationIn) -> Opened:
    """Opens a conversation. The token authorises what follows."""
    request.app.state.limits.check_address(request.client.host if request.client else "")
    return await desk_of(request).open_conversation(begun.channel)


@router.get("/conversations/{conversation_id}")
async def read_transcript(request: Request, conversation_id: Conversation) -> Transcript:
    """The whole conversation."""
    return await desk_of(request).read_transcript(conversation_id)


@router.delete("/conversations/{conversation_id}", status_code=204)
async def erase_conversation(request: Request, conversation_id: Conversation) -> Response:
    """Erases the conversation and everything that belongs to it."""
    await desk_of(request).erase(conversation_id)
    return Response(status_code=204)


@router.post("/conversations/{conversation_id}/messages", response_model=Turn)
async def post_message(
    request: Request,
    conversation_id: Conversation,
    sent: MessageIn,
    wait: Annotated[int, Query(ge=0, le=1)] = 1,
) -> Any:
    """Takes a message: 200 with its turn, or with ``?wait=0`` 202 at once (the turn comes as an event)."""
    desk = desk_of(request)
    hurried = request.app.state.limits.is_hurried(conversation_id)
    promised = await desk.accept_message(conversation_id, sent, hurried)
    if not wait:
        return Response(json.dumps({"client_message_id": sent.client_message_id}), 202, media_type="application/json")
    return await asyncio.shield(promised)


@router.get("/conversations/{conversation_id}/events")
async def stream_events(
    request: Request, conversation_id: Conversation, last_event_id: Annotated[str | None, Header()] = None
) -> EventSourceResponse:
    """Server-sent events from now on, or from `Last-Event-ID` on."""
    desk = desk_of(request)
    if desk.events.count(conversation_id) >= LISTENERS_AT_MOST:
        raise RequestRefused("too_many_pages", 429, retry_after=10)
    last = await desk.database.run(journal.last_event, conversation_id)
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit():
        last = min(last, int(last_event_id[:18]))
    return EventSourceResponse(follow(desk, conversation_id, last), ping=desk.settings.ping_every)


async def follow(desk: Desk, conversation_id: str, last: int) -> AsyncIterator[ServerSentEvent]:
    """The events of a conversation as they come; ends when it is erased."""
    with desk.events.listening(conversation_id) as news:
        while True:
            news.clear()
            events = await desk.database.run(journal.events_after, conversation_id, last)
            for number, kind, content in events:
                last = number
                yield ServerSentEvent(json.dumps(content, ensure_ascii=False), event=kind, id=str(number))
            if not events and await desk.database.run(journal.get_conversation, conversation_id) is None:
                yield ServerSentEvent("{}", event="closed")
                return
            await news.wait()


@router.post("/conversations/{conversation_id}/feedback", status_code=204)
async def post_feedback(request: Request, conversation_id: Conversation, told: FeedbackIn) -> Response:
    """Whether a turn helped."""
    await desk_of(request).keep_feedback(conversation_id, told.turn_id, told.helpful, told.comment)
    return Response(status_code=204)


@router.post("/conversations/{conversation_id}/callback", status_code=204)
async def post_callback(request: Request, conversation_id: Conversation, left: CallbackIn) -> Response:
    """Keeps a number, encrypted, for someone to call back."""
    await desk_of(request).keep_callback(conversation_id, left.phone, left.note)
    return Response(status_code=204)


@router.post("/understand")
async def understand(request: Request, asked: UnderstandIn) -> Understanding:
    """What a text would be understood as. No conversation, nothing stored."""
    desk = desk_of(request)
    return await desk.engine.understand(asked.change_words(desk.mask), desk.settings.now())
