"""Tells what one can ask here, with matters to start from."""

from __future__ import annotations

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.explain_topic import UnlessHit
from actions.payload import Outcome, Payload
from actions.turn import Asked


class TellCapabilities(UnlessHit):
    """Answers what this assistant can do."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        draft = offer_matters(Draft(edition, asked.today).say("capabilities"))
        return draft.finish(Outcome.ANSWERED, asked.memory.model_copy(update={"misses": 0}))
