"""Keeps an eye on the engine: a canary turn now and then, and a restart when it misses two deadlines in a row."""

from __future__ import annotations

import asyncio
import uuid
import xmlrpc.client
from http.client import HTTPException

import structlog
from supervisor.xmlrpc import SupervisorTransport

from actions.payload import Memory
from api.errors import EngineFailed, load_wording
from api.settings import Settings
from api.understanding import Engine, Question

ENGINE = "engine"

log = structlog.get_logger()


class EngineWatch:
    """Sends canary turns, which are kept out of the store, and asks the supervisor for a restart."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        self.engine = engine

    async def send_canaries(self) -> None:
        """Forever: one turn each `canary_every` seconds, more often until the first succeeds."""
        while True:
            question = Question(
                uuid.uuid4().hex, load_wording()["canary"], None, Memory(), self.settings.now(), "canary"
            )
            try:
                await self.engine.send(question)
                pause = self.settings.canary_every
            except EngineFailed as failure:
                log.info("canary_failed", code=failure.code, detail=str(failure))
                pause = min(1.0, self.settings.canary_every)
            await asyncio.sleep(pause)

    async def restart_when_stuck(self) -> None:
        """Forever: kills an engine that has missed two deadlines; it holds no state, and the supervisor starts
        the next one."""
        while True:
            await self.engine.health.missed_twice.wait()
            self.engine.health.missed_twice.clear()
            self.engine.health.misses = 0
            self.engine.health.answered_at = None
            log.error("engine_stuck")
            if self.settings.supervisor_socket:
                await asyncio.to_thread(kill_engine, self.settings.supervisor_socket)


def kill_engine(socket: str) -> None:
    """Has the supervisor kill the engine's process; failures are logged, the next miss tries again."""
    transport = SupervisorTransport(None, None, f"unix://{socket}")
    server = xmlrpc.client.ServerProxy("http://supervisor", transport=transport)
    try:
        server.supervisor.signalProcess(ENGINE, "SIGKILL")
    except (OSError, HTTPException, xmlrpc.client.Error) as error:
        log.error("engine_not_killed", error=str(error))
