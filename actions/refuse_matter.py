"""Says that a matter is not ours, whom to ask instead, and what one can ask here."""

from __future__ import annotations

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition
from actions.composing import Draft, contacts_of
from actions.explain_topic import UnlessHit
from actions.payload import Outcome, Payload
from actions.turn import Asked


class RefuseMatter(UnlessHit):
    """Answers what is out of scope."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        draft = Draft(edition, asked.today).say_contacts("not_covered", contacts_of(edition, None, asked))
        return offer_matters(draft).finish(Outcome.NOT_COVERED, asked.memory)
