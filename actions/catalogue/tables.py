"""The catalogue's home in the database: SQLAlchemy Core tables.

HSDS 3.1.3 table and column names where HSDS has the concept. HSDS ids are UUIDs made from our own ids (see
`identify` in storing.py), which stand beside them in `code`. Profile tables and columns hold what HSDS lacks;
`file` and `position` say where a record stood in the YAML, so that it can be written back exactly.
Short lists of ids or words are JSON columns; anything that is searched or joined has rows of its own.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _uuid() -> Column[str]:
    return Column("id", String(36), primary_key=True)


def _code() -> Column[str]:
    return Column("code", String(64), nullable=False, unique=True)


def _filed() -> tuple[Column[str], Column[int]]:
    return Column("file", String(200), nullable=False), _position()


def _position() -> Column[int]:
    return Column("position", Integer, nullable=False)


def _link(name: str, target: str, *, nullable: bool = True) -> Column[str]:
    return Column(name, String(36), ForeignKey(f"{target}.id"), nullable=nullable, index=True)


def _profile_link(name: str, target: str) -> Column[str]:
    return Column(name, String(64), ForeignKey(f"{target}.id"), nullable=False, index=True)


def _words(name: str) -> Column[list[str]]:
    return Column(name, JSON, nullable=False)


# HSDS

organization = Table(
    "organization",
    metadata,
    _uuid(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
)

taxonomy_term = Table(
    "taxonomy_term",
    metadata,
    _uuid(),
    Column("code", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    _link("parent_id", "taxonomy_term"),
    Column("taxonomy", String(32), nullable=False),
    Column("file", String(200)),
    Column("position", Integer),
    UniqueConstraint("taxonomy", "code"),
)

service = Table(
    "service",
    metadata,
    _uuid(),
    _link("organization_id", "organization"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("status", String(32), nullable=False),
    _code(),
    Column("parent", String(64)),
    _words("ambiguous"),
    _words("channels"),
    Column("office", Text),
    _words("places"),
    *_filed(),
)

location = Table(
    "location",
    metadata,
    _uuid(),
    Column("location_type", String(16), nullable=False),
    _link("organization_id", "organization"),
    Column("name", Text, nullable=False),
    Column("transportation", Text),
    _code(),
    Column("topic", String(64)),
    Column("district", String(16), nullable=False),
    _words("phones"),
    _words("sources"),
    Column("confirmed_on", Date),
    Column("demonstration", Boolean, nullable=False),
    *_filed(),
)

service_at_location = Table(
    "service_at_location",
    metadata,
    _uuid(),
    _link("service_id", "service", nullable=False),
    _link("location_id", "location", nullable=False),
    _position(),
)

address = Table(
    "address",
    metadata,
    _uuid(),
    _link("location_id", "location", nullable=False),
    Column("address_1", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state_province", Text, nullable=False),
    Column("postal_code", String(16), nullable=False),
    Column("country", String(2), nullable=False),
    Column("address_type", String(16), nullable=False),
)

schedule = Table(
    "schedule",
    metadata,
    _uuid(),
    _link("location_id", "location", nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("timezone", Float, nullable=False),
    Column("freq", String(16), nullable=False),
    Column("byday", String(32), nullable=False),
    Column("opens_at", Time, nullable=False),
    Column("closes_at", Time, nullable=False),
    _position(),
)

accessibility = Table(
    "accessibility",
    metadata,
    _uuid(),
    _link("location_id", "location", nullable=False),
    Column("description", Text, nullable=False),
    _position(),
)

attribute = Table(
    "attribute",
    metadata,
    _uuid(),
    Column("link_id", String(36), nullable=False, index=True),
    _link("taxonomy_term_id", "taxonomy_term", nullable=False),
    Column("link_type", String(64)),
    Column("link_entity", String(64), nullable=False),
    Column("value", Text),
)

phone = Table(
    "phone",
    metadata,
    _uuid(),
    Column("number", Text, nullable=False),
    Column("type", String(16), nullable=False),
    Column("description", Text, nullable=False),
    _code(),
    Column("name", Text, nullable=False),
    Column("spoken", Text, nullable=False),
    Column("hours", Text),
    Column("easy", Text, nullable=False),
    Column("source", String(64), nullable=False),
    Column("demonstration", Boolean, nullable=False),
    *_filed(),
)

metadata_record = Table(
    "metadata",
    metadata,
    _uuid(),
    Column("resource_id", String(36), nullable=False, index=True),
    Column("resource_type", String(64), nullable=False),
    Column("last_action_date", String(32), nullable=False),
    Column("last_action_type", String(16), nullable=False),
    Column("field_name", String(64), nullable=False),
    Column("previous_value", Text, nullable=False),
    Column("replacement_value", Text, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("code", String(160), nullable=False),
    Column("edition", Integer, nullable=False, index=True),
)

# Profile

source = Table(
    "source",
    metadata,
    Column("id", String(64), primary_key=True),
    _link("organization_id", "organization", nullable=False),
    Column("title", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("date", String(10), nullable=False),
    Column("level", String(16), nullable=False),
    Column("evidence", String(32), nullable=False),
    Column("locator", Text),
    Column("url", Text),
    Column("since", Date),
    Column("until", Date),
    Column("checked_by", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    *_filed(),
)

figure = Table(
    "figure",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    *_filed(),
)

figure_value = Table(
    "figure_value",
    metadata,
    Column("figure", String(64), ForeignKey("figure.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("value", Text, nullable=False),
    Column("since", Date),
    Column("until", Date),
    _profile_link("source", "source"),
)

answer = Table(
    "answer",
    metadata,
    _uuid(),
    Column("topic", String(64), ForeignKey("service.code"), nullable=False),
    Column("aspect", String(64), nullable=False),
    Column("lead", Text),
    *_filed(),
    UniqueConstraint("topic", "aspect"),
)

point = Table(
    "point",
    metadata,
    Column("id", String(64), primary_key=True),
    _link("answer_id", "answer", nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("easy", Text, nullable=False),
    Column("speech", Text),
    _words("facts"),
    _words("sources"),
    Column("level", String(16), nullable=False),
    Column("since", Date),
    Column("until", Date),
    _words("words"),
    _words("papers"),
    _position(),
)

required_document = Table(
    "required_document",
    metadata,
    _uuid(),
    _link("service_id", "service", nullable=False),
    Column("document", Text, nullable=False),
    Column("uri", Text),
    Column("point", String(64), ForeignKey("point.id"), nullable=False),
)

cost_option = Table(
    "cost_option",
    metadata,
    _uuid(),
    _link("service_id", "service", nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("option", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("point", String(64), ForeignKey("point.id"), nullable=False),
)

schedule_exception = Table(
    "schedule_exception",
    metadata,
    _uuid(),
    _link("location_id", "location", nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("opens_at", Time),
    Column("closes_at", Time),
    Column("reason", Text, nullable=False),
    _position(),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("date", Date, primary_key=True),
    Column("name", Text, nullable=False),
    Column("holiday", Boolean, nullable=False),
    _profile_link("source", "source"),
    *_filed(),
)

alias = Table(
    "alias",
    metadata,
    Column("entity", String(16), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("alias", Text, nullable=False),
)

phrase = Table(
    "phrase",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("easy", Text, nullable=False),
    Column("speech", Text),
    *_filed(),
)

term = Table(
    "term",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("word", Text, nullable=False),
    Column("easy", Text, nullable=False),
    *_filed(),
)

not_ours = Table(
    "not_ours",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("words", JSON, nullable=False),
    Column("unless", JSON, nullable=False),
    Column("text", Text),
    Column("easy", Text),
    Column("facts", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    *_filed(),
)

omission = Table(
    "omission",
    metadata,
    Column("fact", String(64), primary_key=True),
    Column("reason", Text, nullable=False),
    *_filed(),
)

content_file = Table(
    "content_file",
    metadata,
    Column("path", String(200), primary_key=True),
    Column("heading", Text, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("made_on", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
)
