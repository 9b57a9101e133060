"""Questions that had no answer when they were asked, as plain functions of a connection."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select, update

from actions.payload import Awaited
from api.messages import Choice, Memory
from api.store import journal
from api.store.journal import AlreadyAnswered, Conversation, Record
from api.store.tables import awaited, message


@dataclass(frozen=True, slots=True)
class Open:
    """A question still to be answered, and the conversation it was asked in."""

    id: int
    conversation_id: str
    wanted: Awaited


def list_open(connection: Connection, tried: str | None) -> list[Open]:
    """The open questions, oldest first, without those that edition `tried` is known not to answer."""
    query = select(awaited).where(awaited.c.turn_id.is_(None)).order_by(awaited.c.id)
    if tried is not None:
        query = query.where(awaited.c.edition != tried)
    return [
        Open(
            row.id,
            row.conversation_id,
            Awaited(topic=row.topic, aspect=row.aspect, text=row.text, place=row.place, edition=row.edition),
        )
        for row in connection.execute(query)
    ]


def find_quiet(connection: Connection, conversation_id: str) -> Conversation | None:
    """The conversation, locked, if no message in it waits for its turn; None otherwise, or when it is erased."""
    found = journal.get_conversation(connection, conversation_id, lock=True)
    return None if found is None or journal.waiting_messages(connection, conversation_id) else found


def note_tried(connection: Connection, question: Open, edition: str) -> None:
    """Notes that this edition does not answer a question either."""
    connection.execute(update(awaited).where(awaited.c.id == question.id).values(edition=edition))


def record_told(connection: Connection, question: Open, done: Record) -> bool:
    """Records the turn that tells the answer, once; False when that must wait for a turn in progress, or the
    conversation is gone. What the resident talks about meanwhile stays as it is, with what it offers."""
    found = find_quiet(connection, question.conversation_id)
    if found is None:
        return False
    last = connection.execute(
        select(func.max(message.c.id)).where(message.c.conversation_id == question.conversation_id)
    ).scalar_one()
    told = _fit(done, found, question.wanted)
    journal.record_turn(connection, question.conversation_id, [], told)
    claim = update(awaited).where(awaited.c.id == question.id, awaited.c.turn_id.is_(None))
    if connection.execute(claim.values(turn_id=told.turn.turn_id, after_message=last or 0)).rowcount != 1:
        raise AlreadyAnswered(told.turn.turn_id)
    return True


def _fit(done: Record, found: Conversation, wanted: Awaited) -> Record:
    """The record as it fits into the conversation as it stands now."""
    if _is_about(found.memory, wanted):
        careful = found.memory.careful or done.memory.careful
        return replace(done, memory=done.memory.model_copy(update={"careful": careful}))
    choices = (found.memory.last or {}).get("choices", ())
    offered = tuple(Choice.model_validate(choice) for choice in choices if choice["value"] in found.choices)
    reply = done.turn.reply and done.turn.reply.model_copy(update={"choices": offered})
    return replace(done, memory=found.memory, turn=done.turn.model_copy(update={"reply": reply}))


def _is_about(memory: Memory, wanted: Awaited) -> bool:
    """Whether the conversation still stands at the question."""
    return (memory.topic, memory.aspect) == (wanted.topic, wanted.aspect) and memory.asked in (None, "more")


def open_awaited(connection: Connection) -> dict[str, int]:
    """How many wait for an answer, for each ``topic.aspect``, most first; none of their words."""
    count = func.count().label("waiting")
    query = (
        select(awaited.c.topic, awaited.c.aspect, count)
        .where(awaited.c.turn_id.is_(None))
        .group_by(awaited.c.topic, awaited.c.aspect)
        .order_by(count.desc(), awaited.c.topic, awaited.c.aspect)
    )
    return {f"{row.topic}.{row.aspect}": row.waiting for row in connection.execute(query)}
