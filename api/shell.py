"""What every command of the shell shares: saying things, and the database."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from rich.console import Console
from sqlalchemy import Engine

from api.settings import ROOT, Settings
from api.store.database import open_engine

console = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    console.print(text, markup=False)


@cache
def load_wording() -> dict[str, Any]:
    """The wording, read without loading the gateway."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "api" / "wording.yml").read_text(encoding="utf-8"))
    return found


def words(name: str) -> dict[str, Any]:
    """A group of words of the commands."""
    found: dict[str, Any] = load_wording()["cli"][name]
    return found


def word(name: str, /, **slots: object) -> str:
    return str(load_wording()["cli"][name]).format(**slots)


def open_database(settings: Settings) -> Engine:
    from api.store.migrating import migrate

    migrate(settings.url_of_database)
    return open_engine(settings.url_of_database)
