"""Starts the conversation over: what was talked about is forgotten; what holds for the whole of it stays."""

from __future__ import annotations

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.payload import Outcome, Payload
from actions.turn import Asked, TurnAction


class StartOver(TurnAction):
    """Answers a wish to begin again."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        draft = offer_matters(Draft(edition, asked.today).say("start_over"))
        return draft.finish(Outcome.ANSWERED, asked.lasting())
