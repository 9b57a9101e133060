"""Alembic's entry: runs the migrations on the connection that api.store.migrating hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from actions.catalogue.tables import metadata as catalogue
from api.store.tables import metadata as conversations


def _migrate() -> None:
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("migrations run through api.store.migrating.migrate")
    context.configure(
        connection=connection,
        target_metadata=[catalogue, conversations],
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_migrate()
