"""The gateway's own tables: conversations, what was heard, the turns, the events a page may resume from.

Everything here is redacted before it comes; what a resident leaves on purpose lies encrypted in `sealed_note`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from api.settings import SHANGHAI

metadata = MetaData()


class Moment(TypeDecorator[dt.datetime]):
    """A point in time: kept in UTC, read in Asia/Shanghai. SQLite itself would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value and value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(SHANGHAI)


Key = BigInteger().with_variant(Integer, "sqlite")

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("code", String(16), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("memory", JSON, nullable=False),
    Column("choices", JSON, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("client_message_id", String(100), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text", Text),
    Column("choice", String(200)),
    Column("heard", JSON(none_as_null=True)),
    Column("received_at", Moment, nullable=False),
    Column("turn_id", ForeignKey("turn.id", ondelete="CASCADE")),
    UniqueConstraint("conversation_id", "client_message_id"),
)

turn = Table(
    "turn",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("outcome", String(16), nullable=False),
    Column("reply", JSON),
    Column("understanding", JSON),
    Column("model", String(64)),
    Column("action", String(64)),
    Column("catalogue_edition", String(64), nullable=False),
    Column("points", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("failure", String(64)),
    Column("finished_at", Moment, nullable=False),
    Column("helpful", Boolean),
    Column("comment", Text),
)

event = Table(
    "event",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("content", JSON, nullable=False),
)

wish = Table(
    "wish",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("wished_at", Moment, nullable=False),
)

sealed_note = Table(
    "sealed_note",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
)

awaited = Table(
    "awaited",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("aspect", String(64), nullable=False),
    Column("place", String(64)),
    Column("text", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("edition", String(64), nullable=False),
    Column("turn_id", ForeignKey("turn.id", ondelete="CASCADE")),
    Column("after_message", Key),
)
"""Questions without an answer yet: `edition` is the last one that did not know. Once told, `turn_id` is the turn
that told it, and `after_message` the message it stands after."""

Index("message_waiting", message.c.conversation_id, message.c.turn_id)
Index("message_of_turn", message.c.turn_id)
Index("event_of_conversation", event.c.conversation_id, event.c.id)
Index(
    "awaited_once",
    awaited.c.conversation_id,
    awaited.c.topic,
    awaited.c.aspect,
    unique=True,
    sqlite_where=awaited.c.turn_id.is_(None),
    postgresql_where=awaited.c.turn_id.is_(None),
)
Index("awaited_of_conversation", awaited.c.conversation_id)
