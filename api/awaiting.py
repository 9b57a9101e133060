"""Telling what was not known: a declined question that a resident wants to hear about is asked again whenever the
catalogue may have learned the answer, and the answer is written into their conversation, once."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid

import structlog

from actions.await_answer import say_known
from actions.catalogue.edition import Edition
from actions.payload import Memory, Outcome
from api.errors import EngineFailed, EngineNonsense
from api.store import awaited
from api.store.awaited import Open
from api.turns import Desk
from api.understanding import Question

LOOK_SECONDS = 2.0

log = structlog.get_logger()


class Teller:
    """Asks the open questions again: each once of every edition, and all of them at the start and on a new day,
    when what is in force may be another. What is open, and what was told, is in the database."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._looked_on: dt.date | None = None

    async def tell_when_known(self) -> None:
        """Forever. Never raises."""
        while True:
            try:
                await self.tell_known()
            except EngineFailed as failure:
                log.info("awaited_not_asked", code=failure.code)
            except Exception as error:
                log.error("awaited_not_told", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def tell_known(self) -> None:
        """Tells every open question that the edition in force answers. Raises EngineFailed when the engine is away:
        what is left is asked the next time."""
        edition = await asyncio.to_thread(self.desk.editions.current)
        today = self.desk.settings.now().date()
        tried = edition.number if self._looked_on == today else None
        for question in await self.desk.database.run(awaited.list_open, tried):
            await self._ask_again(question, edition)
        self._looked_on = today

    async def _ask_again(self, open_: Open, edition: Edition) -> None:
        """Asks one question, as the choice it amounts to with the words it was asked in."""
        conversation = await self.desk.database.run(awaited.find_quiet, open_.conversation_id)
        if conversation is None:
            return
        wanted, now = open_.wanted, self.desk.settings.now()
        careful = conversation.memory.careful
        question = Question(
            turn_id=uuid.uuid4().hex,
            text=wanted.text,
            choice={"topic": wanted.topic, "aspect": wanted.aspect, "act": None},
            memory=Memory(topic=wanted.topic, aspect=wanted.aspect, place=wanted.place, careful=careful),
            now=now,
            channel=conversation.channel,
        )
        try:
            reply = await self.desk.engine.send(question)
        except EngineNonsense as failure:
            log.error("awaited_nonsense", detail=str(failure), turn=question.turn_id)
            await self.desk.database.run(awaited.note_tried, open_, edition.number)
            return
        if reply.payload.outcome is not Outcome.ANSWERED:
            await self.desk.database.run(awaited.note_tried, open_, edition.number)
            return
        known = reply.model_copy(update={"payload": say_known(reply.payload, wanted, edition, now.date())})
        if await self.desk.database.run(awaited.record_told, open_, self.desk.as_record(question, known)):
            self.desk.events.announce(open_.conversation_id)
