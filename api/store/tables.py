"""The gateway's own tables: conversations, what was heard, the turns, the events a page may resume from.

Everything here is redacted before it comes; what a resident leaves on purpose lies encrypted in `sealed_note`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

Key = BigInteger().with_variant(Integer, "sqlite")

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("code", String(16), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
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
    Column("received_at", DateTime(timezone=True), nullable=False),
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
    Column("finished_at", DateTime(timezone=True), nullable=False),
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
    Column("wished_at", DateTime(timezone=True), nullable=False),
)

sealed_note = Table(
    "sealed_note",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
)

Index("message_waiting", message.c.conversation_id, message.c.turn_id)
Index("event_of_conversation", event.c.conversation_id, event.c.id)
