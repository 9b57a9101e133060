"""Alembic's entry: runs the migrations on the connection that api.store.migrating hands in."""

from __future__ import annotations

import importlib
import importlib.util

from alembic import context
from sqlalchemy import Connection, MetaData

from actions.catalogue.tables import metadata as catalogue_metadata


def _targets() -> list[MetaData]:
    targets = [catalogue_metadata]
    if importlib.util.find_spec("api.store.tables") is not None:
        targets.append(importlib.import_module("api.store.tables").metadata)
    return targets


def _migrate() -> None:
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("migrations run through api.store.migrating.migrate")
    context.configure(
        connection=connection,
        target_metadata=_targets(),
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_migrate()
