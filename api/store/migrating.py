"""Bringing a database to the tables this version of the code knows."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, make_url

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str | URL) -> None:
    """Create or upgrade the tables of the database at `url`; the folder of a SQLite file is made if missing.

    All in one transaction where the database can (PostgreSQL, SQLite). Does nothing when already current.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address)
    try:
        with engine.begin() as connection:
            migrate_connection(connection)
    finally:
        engine.dispose()


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
