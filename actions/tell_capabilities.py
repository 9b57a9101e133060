"""Tells what one can ask here, with matters to start from."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.payload import Outcome, Payload
from actions.turn import Asked, TurnAction

FIRST_MATTERS = ("disability_certificate", "two_subsidies", "free_transit", "legal_aid")


def offer_matters(draft: Draft) -> Draft:
    """Offers the matters most asked about."""
    for topic in FIRST_MATTERS:
        if topic in draft.edition.topics:
            draft.offer(draft.edition.topics[topic].name, f"{topic}.overview")
    return draft.offer(draft.edition.phrases["choice_human"].text, "act:human")


class TellCapabilities(TurnAction):
    """Answers what this assistant can do."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        draft = offer_matters(Draft(edition, asked.today).say("capabilities"))
        return draft.finish(Outcome.ANSWERED, asked.memory.model_copy(update={"misses": 0}))
