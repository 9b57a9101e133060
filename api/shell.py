"""What every command of the shell shares: saying things, and the database."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from sqlalchemy import Engine

from api.errors import load_wording
from api.settings import Settings
from api.store.database import open_engine
from api.store.migrating import migrate

console = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    console.print(text, markup=False)


def words(name: str) -> dict[str, Any]:
    """A group of words of the commands."""
    found: dict[str, Any] = load_wording()["cli"][name]
    return found


def word(name: str, /, **slots: object) -> str:
    return str(load_wording()["cli"][name]).format(**slots)


def open_database(settings: Settings) -> Engine:
    migrate(settings.url_of_database)
    return open_engine(settings.url_of_database)
