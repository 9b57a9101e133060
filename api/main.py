"""The gateway: one process that faces people on one port and the engine's action calls on a loopback port."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI

from actions.catalogue.edition import EditionReader
from api.access import Limits
from api.actions_host import ActionsHost, build_actions
from api.awaiting import Teller
from api.engines import EngineWatch
from api.errors import handle_errors
from api.routes import chat, operation, page
from api.seal import Seal
from api.server import CappedBody, QuietServer, configure
from api.settings import Settings
from api.store.database import Database, open_engine
from api.turns import Desk
from api.understanding import Engine
from api.web import pages

DRAIN_SECONDS = 4.0
"""With uvicorn's own grace less than the supervisor's patience (supervisord.conf)."""


def build_app(settings: Settings) -> FastAPI:
    """The public application. Its state holds the desk and the limits."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        database = Database(open_engine(settings.url_of_database))
        editions = EditionReader(open_engine(settings.url_of_database, writes=False), settings.demonstration)
        async with Engine(settings) as engine:
            desk = Desk(settings, database, editions, engine, Seal(settings.seal_key.get_secret_value()))
            app.state.desk, app.state.limits = desk, Limits(settings)
            await desk.settle_unanswered()
            actions = ActionsHost(
                build_actions(editions), settings.engine_key.get_secret_value(), settings.actions_deadline
            )
            listener = configure(actions.build_app(), "127.0.0.1", settings.actions_port, settings.receive_deadline)
            watch = EngineWatch(settings, engine)
            actions_server = QuietServer(listener)
            upkeep = (
                watch.send_canaries(),
                watch.restart_when_stuck(),
                desk.settle_when_needed(),
                Teller(desk).tell_when_known(),
            )
            serving = asyncio.create_task(actions_server.serve())
            tasks = [asyncio.create_task(work) for work in upkeep]
            yield
            await desk.queues.drain(DRAIN_SECONDS)
            for task in tasks:
                task.cancel()
            actions_server.should_exit = True
            await asyncio.gather(serving, *tasks, return_exceptions=True)
        database.close()

    app = FastAPI(title="助我 Zhuwo", version="0.1.0", lifespan=run, docs_url=None, redoc_url=None)
    app.add_middleware(CappedBody)
    handle_errors(app)
    for routes in (chat.router, operation.router, page.router):
        app.include_router(routes)
    app.mount("/static", pages.static_files(), name="static")
    return app


def trace_error(error: BaseException | None) -> list[str]:
    """The kinds of an error and of what caused it, and where they arose; never their messages, which may hold
    what a resident said."""
    traced: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)
        traced += [type(error).__name__, *(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
        error = error.__cause__ or error.__context__
    return traced


class QuietFormatter(logging.Formatter):
    """For what libraries log."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's own name)
        return "\n".join(trace_error(ei[1]))


def prepare_log() -> None:
    """JSON lines on standard output, with nothing a resident said in them."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter("%(levelname)s:%(name)s:%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.ExceptionRenderer(lambda found: trace_error(found[1])),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def serve() -> None:
    """Blocks until the process is told to stop."""
    prepare_log()
    settings = Settings()
    config = configure(build_app(settings), settings.host, settings.port, settings.receive_deadline)
    uvicorn.Server(config).run()


if __name__ == "__main__":
    serve()
