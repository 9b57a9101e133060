"""Databases for tests: every test that asks for `database_url` runs on SQLite and on PostgreSQL.

PostgreSQL comes from the operating system's packages. A private cluster, on a socket only, is made for the test
session in a directory of its own and thrown away afterwards; each test gets an empty database in it.
`ZHUWO_TEST_POSTGRESQL_BIN` names the folder of its programs where they are not in the usual place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

_OWNER = "postgres"


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl, newest version first; None if PostgreSQL is not installed."""
    named = os.environ.get("ZHUWO_TEST_POSTGRESQL_BIN")
    usual = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [Path(named)] if named else [*usual, *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _run(program: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; never as root, which it refuses."""
    as_owner = ["runuser", "-u", _OWNER, "--"] if os.getuid() == 0 else []
    done = subprocess.run(
        [*as_owner, str(program), *arguments],
        capture_output=True,
        text=True,
        cwd="/",
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{program.name}: {done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[Path]:
    """The socket folder of a running private cluster."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="zhuwo-postgresql-"))
    cluster = folder / "cluster"
    if os.getuid() == 0:
        shutil.chown(folder, _OWNER, _OWNER)
    try:
        _run(programs / "initdb", "-D", str(cluster), "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off"
        control = programs / "pg_ctl"
        _run(control, "start", "-w", "-D", str(cluster), "-o", options, "-l", str(folder / "log"))
        try:
            yield folder
        finally:
            _run(control, "stop", "-D", str(cluster), "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'zhuwo.db'}"
        return
    folder = request.getfixturevalue("postgresql_folder")
    name = f"test_{uuid.uuid4().hex}"
    server = create_engine(_address("postgres", folder), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield _address(name, folder)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _address(name: str, folder: Path) -> str:
    return f"postgresql+psycopg://{_OWNER}@/{name}?host={folder}"
