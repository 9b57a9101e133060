"""Says that a matter is not ours, whom to ask instead, and what one can ask here."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.choosing import OVERVIEW, Wanted, choose
from actions.composing import Draft, contacts_of
from actions.explain_topic import ExplainTopic, say_chosen
from actions.payload import Outcome, Payload
from actions.tell_capabilities import offer_matters
from actions.turn import Asked


class RefuseMatter(ExplainTopic):
    """Answers what is out of scope; unless the words clearly hit a point of the matter being talked about."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        chosen = choose(Wanted.from_asked(asked, OVERVIEW), self.ranker_of(edition))
        if chosen and chosen.hit:
            return say_chosen(asked, edition, chosen)
        draft = Draft(edition, asked.today).say_contacts("not_covered", contacts_of(edition, None, asked))
        return offer_matters(draft).finish(Outcome.NOT_COVERED, asked.memory)
