"""The tiny catalogue in tests/actions/catalogue/: complete, and not a word of it true."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import actions.catalogue
from actions.catalogue.checking import Required
from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from api.store.database import open_engine
from api.store.migrating import migrate

TINY = Path(__file__).parent / "catalogue"
TODAY = dt.date(2026, 11, 25)
NEEDED = Required(contacts=("hotline_12345",), phrases=("greeting",), aspects=("amount",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny catalogue that a test may spoil."""
    return Path(shutil.copytree(TINY, tmp_path / "catalogue"))


@pytest.fixture
def tiny() -> Edition:
    return build_edition(read_content(TINY))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database."""
    migrate(database_url)
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The catalogue we ship."""
    return Path(actions.catalogue.__file__).parent / "data"
