"""Opening the database: SQLite embedded by default, PostgreSQL by URL; blocking work runs in threads of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event

P = ParamSpec("P")
T = TypeVar("T")

WAIT_SECONDS = 5
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={WAIT_SECONDS * 1000}",
    "foreign_keys=ON",
    "secure_delete=ON",
)


def open_engine(url: str, writes: bool = True) -> Engine:
    """An engine whose transactions are durable once committed. Its errors do not tell what was to be stored:
    they reach the log."""
    told = {"hide_parameters": True, "json_serializer": partial(json.dumps, ensure_ascii=False)}
    if not url.startswith("sqlite"):
        limits = {"connect_timeout": WAIT_SECONDS, "options": f"-c statement_timeout={WAIT_SECONDS}s"}
        return create_engine(url, pool_pre_ping=True, pool_timeout=WAIT_SECONDS, connect_args=limits, **told)
    engine = create_engine(url, connect_args={"check_same_thread": False}, **told)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE: two writers that both began by reading would otherwise deadlock
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


class Database:
    """Runs functions of a connection, each in one transaction, outside the event loop."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        threads = 1 if engine.dialect.name == "sqlite" else 4
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work(connection, ...)`; commits when it returns, rolls back when it raises."""

        def transact() -> T:
            with self.engine.begin() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transact)

    def close(self) -> None:
        self._threads.shutdown()
        self.engine.dispose()
