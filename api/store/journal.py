"""The journal of conversations, as plain functions of a connection: each is one transaction of its caller.

A message is journalled before it is acknowledged; a turn is recorded with its event, the dialogue's memory and the
messages it answers, all or nothing, so that every message has exactly one outcome.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, delete, func, insert, select, update

from actions.payload import Awaited
from api.messages import Entry, EntryKind, Heard, Memory, MessageIn, Reply, Transcript, Turn, Understanding
from api.store.tables import awaited, conversation, event, message, sealed_note, turn, wish

CRISIS = "crisis"
ALWAYS_OFFERED = ("act:human", "act:capabilities", "act:start_over")
WISHES = ("human", "callback")


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as the desk needs it."""

    id: str
    code: str
    channel: str
    memory: Memory
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A journalled message; `turn_id` is None until it is answered, `heard` when it was not spoken."""

    id: int
    text: str | None
    choice: str | None
    digest: str
    turn_id: str | None
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A finished turn with all that explains it. `asked` is what the engine was given, `awaits` what the resident
    wants to be told later, `heard` the hypothesis that was taken of a recogniser's."""

    turn: Turn
    memory: Memory
    points: Sequence[str]
    figures: Sequence[str]
    asked: dict[str, Any]
    action: str | None
    failure: str | None
    finished_at: dt.datetime
    awaits: Awaited | None = None
    heard: str | None = None


class AlreadyAnswered(Exception):
    """A message has its outcome, or was erased."""


def open_conversation(connection: Connection, found: Conversation, token_hash: str, greeting: Record) -> None:
    """Keeps a new conversation and its greeting."""
    connection.execute(
        insert(conversation).values(
            id=found.id,
            token_hash=token_hash,
            code=found.code,
            channel=found.channel,
            opened_at=greeting.finished_at,
            memory=found.memory.model_dump(mode="json"),
            choices=list(found.choices),
        )
    )
    _insert_turn(connection, found.id, greeting)


def get_conversation(connection: Connection, conversation_id: str, lock: bool = False) -> Conversation | None:
    """The conversation; with `lock`, others that lock it wait until this transaction ends."""
    query = select(conversation).where(conversation.c.id == conversation_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        return None
    return Conversation(row.id, row.code, row.channel, Memory.model_validate(row.memory), tuple(row.choices))


def find_by_token(connection: Connection, token: str) -> str | None:
    query = select(conversation.c.id).where(conversation.c.token_hash == hash_token(token))
    return connection.execute(query).scalar_one_or_none()


def find_message(connection: Connection, conversation_id: str, client_message_id: str) -> Message | None:
    query = select(message).where(
        message.c.conversation_id == conversation_id, message.c.client_message_id == client_message_id
    )
    row = connection.execute(query).one_or_none()
    return _as_message(row) if row else None


def _as_message(row: Any) -> Message:
    heard = row.heard and Heard.model_validate(row.heard)
    return Message(row.id, row.text, row.choice, row.digest, row.turn_id, heard)


def journal_message(
    connection: Connection, conversation_id: str, kept: MessageIn, digest: str, received_at: dt.datetime
) -> Message:
    """Puts a new message on disk; `kept` is already redacted, `digest` tells whether it is sent again."""
    values = {
        "conversation_id": conversation_id,
        "client_message_id": kept.client_message_id,
        "digest": digest,
        "received_at": received_at,
        "text": kept.words,
        "choice": kept.choice,
        "heard": kept.heard and kept.heard.model_dump(mode="json"),
    }
    key = _key_of(connection.execute(insert(message), values))
    return Message(key, kept.words, kept.choice, digest, None, kept.heard)


def _key_of(result: CursorResult[Any]) -> int:
    """The primary key that the database gave the inserted row."""
    key = result.inserted_primary_key
    if key is None:
        raise LookupError("no row was inserted")
    return int(key[0])


def digest_of(kept: MessageIn) -> str:
    """What a message says, as a hash: the same message sent again has the same."""
    heard = kept.heard.model_dump_json() if kept.heard else ""
    return hashlib.sha256(f"{kept.words or ''!r}{kept.choice!r}{heard}".encode()).hexdigest()


def record_turn(connection: Connection, conversation_id: str, messages: Sequence[int], done: Record) -> int:
    """Records the one outcome of these messages (none when we speak first), or raises AlreadyAnswered. Returns the
    event's id."""
    choices = [choice.value for choice in done.turn.reply.choices] if done.turn.reply else []
    mine = update(conversation).where(conversation.c.id == conversation_id)
    memory = done.memory.model_dump(mode="json")
    if connection.execute(mine.values(memory=memory, choices=choices)).rowcount != 1:
        raise AlreadyAnswered(done.turn.turn_id)
    body = _insert_turn(connection, conversation_id, done)
    waiting = update(message).where(message.c.id.in_(messages), message.c.turn_id.is_(None))
    taken = {"text": done.heard} if done.heard else {}
    if connection.execute(waiting.values(turn_id=done.turn.turn_id, **taken)).rowcount != len(messages):
        raise AlreadyAnswered(done.turn.turn_id)
    if done.turn.understanding and done.turn.understanding.act in WISHES:
        keep_wish(connection, conversation_id, done.turn.understanding.act, done.finished_at)
    if done.awaits:
        keep_awaited(connection, conversation_id, done.awaits, done.finished_at)
    return add_event(connection, conversation_id, "turn", body)


def _insert_turn(connection: Connection, conversation_id: str, done: Record) -> dict[str, Any]:
    """Returns the turn as it goes out."""
    body = done.turn.model_dump(mode="json")
    kept = {name: value for name, value in body.items() if name != "turn_id"} | {
        "id": done.turn.turn_id,
        "conversation_id": conversation_id,
        "points": list(done.points),
        "figures": list(done.figures),
        "asked": done.asked,
        "action": done.action,
        "failure": done.failure,
        "finished_at": done.finished_at,
    }
    connection.execute(insert(turn), kept)
    return body


def add_event(connection: Connection, conversation_id: str, kind: str, content: dict[str, Any]) -> int:
    values = {"conversation_id": conversation_id, "kind": kind, "content": content}
    return _key_of(connection.execute(insert(event), values))


def events_after(connection: Connection, conversation_id: str, last: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Events with an id above `last`, oldest first."""
    query = (
        select(event.c.id, event.c.kind, event.c.content)
        .where(event.c.conversation_id == conversation_id, event.c.id > last)
        .order_by(event.c.id)
    )
    return [(row.id, row.kind, row.content) for row in connection.execute(query)]


def last_event(connection: Connection, conversation_id: str) -> int:
    query = select(func.max(event.c.id)).where(event.c.conversation_id == conversation_id)
    return connection.execute(query).scalar_one() or 0


def get_turn(connection: Connection, turn_id: str) -> Turn | None:
    row = connection.execute(select(turn).where(turn.c.id == turn_id)).one_or_none()
    return _as_turn(row) if row else None


def _as_turn(row: Any) -> Turn:
    return Turn(
        turn_id=row.id,
        outcome=row.outcome,
        reply=row.reply and Reply.model_validate(row.reply),
        understanding=row.understanding and Understanding.model_validate(row.understanding),
        model=row.model,
        catalogue_edition=row.catalogue_edition,
    )


def get_record(connection: Connection, turn_id: str) -> Record | None:
    """A turn with all that explains it."""
    row = connection.execute(select(turn).where(turn.c.id == turn_id)).one_or_none()
    if row is None:
        return None
    return Record(
        turn=_as_turn(row),
        memory=Memory.model_validate(row.asked.get("memory") or {}),
        points=row.points,
        figures=row.figures,
        asked=row.asked,
        action=row.action,
        failure=row.failure,
        finished_at=row.finished_at,
    )


def waiting_messages(connection: Connection, conversation_id: str | None = None) -> list[tuple[str, Message]]:
    """Acknowledged messages without an outcome, with their conversations, in order of arrival."""
    query = select(message).where(message.c.turn_id.is_(None)).order_by(message.c.id)
    if conversation_id:
        query = query.where(message.c.conversation_id == conversation_id)
    return [(row.conversation_id, _as_message(row)) for row in connection.execute(query)]


def read_transcript(connection: Connection, conversation_id: str) -> Transcript | None:
    """The whole conversation, each reply after what it answers; None when there is none. The order is that of
    arrival, not of the clock, which may be set back."""
    found = get_conversation(connection, conversation_id)
    if found is None:
        return None
    messages = connection.execute(select(message).where(message.c.conversation_id == conversation_id)).all()
    last_of = {row.turn_id: row.id for row in sorted(messages, key=lambda row: row.id)}
    told_in = select(awaited.c.turn_id, awaited.c.after_message, awaited.c.id)
    told = {row.turn_id: row for row in connection.execute(told_in.where(awaited.c.conversation_id == conversation_id))}
    lines: list[tuple[int, int, Entry]] = []
    titles: dict[str, str] = {}
    for row in connection.execute(select(turn).where(turn.c.conversation_id == conversation_id)):
        done = _as_turn(row)
        titles.update({c.value: c.title for c in (done.reply.choices if done.reply else ())})
        entry = Entry(
            kind=EntryKind.ASSISTANT,
            text=done.reply.text if done.reply else "",
            at=row.finished_at,
            turn_id=done.turn_id,
            outcome=done.outcome,
            reply=done.reply,
            helpful=row.helpful,
            careful=bool(done.understanding and done.understanding.act == CRISIS),
        )
        place = (told[row.id].after_message, 1 + told[row.id].id) if row.id in told else (last_of.get(row.id, 0), 1)
        lines.append((*place, entry))
    for row in messages:
        text = row.text or titles.get(row.choice) or row.choice
        entry = Entry(kind=EntryKind.RESIDENT, text=text, at=row.received_at, turn_id=row.turn_id)
        lines.append((row.id, 0, entry))
    ordered = sorted(lines, key=lambda line: line[:2])
    return Transcript(conversation_id=conversation_id, code=found.code, entries=tuple(e for *_, e in ordered))


def keep_feedback(
    connection: Connection, conversation_id: str, turn_id: str, helpful: bool, comment: str | None
) -> bool:
    """Keeps what the resident thought of a turn; False when the turn is not in this conversation."""
    result = connection.execute(
        update(turn)
        .where(turn.c.id == turn_id, turn.c.conversation_id == conversation_id)
        .values(helpful=helpful, comment=comment)
    )
    return result.rowcount == 1


def keep_wish(connection: Connection, conversation_id: str, kind: str, at: dt.datetime) -> None:
    connection.execute(insert(wish).values(conversation_id=conversation_id, kind=kind, wished_at=at))


def keep_awaited(connection: Connection, conversation_id: str, wanted: Awaited, at: dt.datetime) -> None:
    """Keeps what is to be told later; wished for again before it is told, it is one question, in the newest words."""
    matter = {"conversation_id": conversation_id, "topic": wanted.topic, "aspect": wanted.aspect}
    rest = {"place": wanted.place, "text": wanted.text, "edition": wanted.edition, "asked_at": at}
    known = update(awaited).where(awaited.c.turn_id.is_(None), *(awaited.c[name] == matter[name] for name in matter))
    if connection.execute(known.values(**rest)).rowcount == 0:
        connection.execute(insert(awaited).values(**matter, **rest))


def keep_sealed(connection: Connection, conversation_id: str, reason: str, sealed: bytes, at: dt.datetime) -> None:
    values = {"conversation_id": conversation_id, "reason": reason, "sealed": sealed, "kept_at": at}
    connection.execute(insert(sealed_note).values(**values))


def erase(connection: Connection, conversation_id: str) -> bool:
    """Erases a conversation and everything that belongs to it; False when there was none."""
    for table in (awaited, event, wish, sealed_note, message, turn):
        connection.execute(delete(table).where(table.c.conversation_id == conversation_id))
    return connection.execute(delete(conversation).where(conversation.c.id == conversation_id)).rowcount == 1
