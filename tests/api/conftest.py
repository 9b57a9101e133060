"""A fake engine, and gateways before it: on SQLite, or once on each database."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from actions.catalogue.importing import import_catalogue
from api.main import prepare_log
from api.settings import ROOT
from api.store.database import open_engine
from api.store.migrating import migrate
from tests.api.engines import FakeEngine, keep_engine
from tests.api.gateways import Gateway, keep_gateway, settings_for


@pytest.fixture(scope="session", autouse=True)
def _log() -> None:
    """As in the running gateway."""
    prepare_log()


def fill(url: str) -> None:
    """The tables and the shipped catalogue."""
    migrate(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        import_catalogue(connection, ROOT / "actions" / "catalogue" / "data")
    engine.dispose()


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database to copy; made once."""
    file = tmp_path_factory.mktemp("filled") / "zhuwo.db"
    fill(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(filled_file: Path, tmp_path: Path) -> str:
    file = tmp_path / "zhuwo.db"
    shutil.copy(filled_file, file)
    return f"sqlite:///{file}"


class PostgreSQL:
    """A filled database, made once, and its copies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        self.tell("CREATE DATABASE filled")
        fill(self.address("filled"))

    def address(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def tell(self, command: str) -> None:
        with self.server.connect() as connection:
            connection.execute(text(command))


@pytest.fixture(scope="session")
def filled_postgresql(postgresql_folder: Path) -> PostgreSQL:
    return PostgreSQL(postgresql_folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def filled_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with the shipped catalogue, once of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    filled: PostgreSQL = request.getfixturevalue("filled_postgresql")
    name = f"test_{uuid.uuid4().hex}"
    filled.tell(f"CREATE DATABASE {name} TEMPLATE filled")
    yield filled.address(name)
    filled.tell(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def engine() -> AsyncIterator[FakeEngine]:
    async with keep_engine() as kept:
        yield kept


@pytest_asyncio.fixture
async def gateway(sqlite_url: str, engine: FakeEngine, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway on SQLite."""
    async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path)) as kept:
        yield kept


@pytest_asyncio.fixture
async def stored_gateway(filled_url: str, engine: FakeEngine, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway once on SQLite and once on PostgreSQL."""
    async with keep_gateway(settings_for(filled_url, engine.url, tmp_path)) as kept:
        yield kept
