"""Bringing a database to the tables this version of the code knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, event, make_url

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str | URL) -> None:
    """Create or upgrade the tables of the database at `url`; the folder of a SQLite file is made if missing.

    All in one transaction: a migration that fails leaves the database as it was. Does nothing when current.
    """
    address = make_url(url)
    engine = create_engine(address)
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            migrate_connection(connection)
    finally:
        engine.dispose()


def _leave_transactions_to_us(connection: Any, record: Any) -> None:
    """Python's sqlite3 would begin none before a change of tables. Foreign keys stay unchecked meanwhile:
    changing a table on SQLite means making it anew."""
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=5000")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate_connection(connection: Connection, revision: str = "head") -> None:
    """Upgrade within the caller's connection and transaction."""
    command.upgrade(configure(connection), revision)


def configure(connection: Connection) -> Config:
    """Alembic's configuration, without a file: where the migrations are, and the connection they use."""
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
