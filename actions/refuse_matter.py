"""Says that a matter is not ours, what kind of office handles it if we know, and whom to ask."""

from __future__ import annotations

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition
from actions.catalogue.records import NotOurs
from actions.composing import Draft, contacts_of
from actions.explain_topic import UnlessHit
from actions.payload import Outcome, Payload
from actions.turn import Asked


class RefuseMatter(UnlessHit):
    """Answers what is out of scope. A matter known not to be ours is refused whatever point it may hit."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        foreign = find_not_ours(asked.text, edition)
        return refuse(asked, edition, foreign) if foreign else super().answer(asked, edition)

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        return refuse(asked, edition)


def find_not_ours(words: str, edition: Edition) -> NotOurs | None:
    """The matter named that is not ours; None if the words name none, or what makes it ours after all."""

    def named(foreign: NotOurs) -> bool:
        return any(word in words for word in foreign.words) and not any(word in words for word in foreign.unless)

    return next(filter(named, edition.not_ours.values()), None)


def refuse(asked: Asked, edition: Edition, foreign: NotOurs | None = None) -> Payload:
    """The refusal. Never in the resident's own words: a rumour in them would be repeated."""
    draft = Draft(edition, asked.today).say_contacts("not_covered", contacts_of(edition, None, asked))
    if foreign and foreign.text and foreign.easy:
        draft.add(foreign.text, foreign.easy).cite(foreign.sources)
    memory = asked.memory.model_copy(update={"asked": None, "more": ()})
    return offer_matters(draft).finish(Outcome.NOT_COVERED, memory)
