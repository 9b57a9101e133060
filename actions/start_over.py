"""Starts the conversation over: the matter, the place and what was asked are forgotten."""

from __future__ import annotations

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.payload import Memory, Outcome, Payload
from actions.turn import Asked, TurnAction


class StartOver(TurnAction):
    """Answers a wish to begin again."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        draft = offer_matters(Draft(edition, asked.today).say("start_over"))
        return draft.finish(Outcome.ANSWERED, Memory(careful=asked.memory.careful))
