"""Answers a dialogue act that states no fact: a greeting, thanks, a complaint; the wording is the catalogue's."""

from __future__ import annotations

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition
from actions.composing import Draft, contacts_of
from actions.explain_topic import UnlessHit
from actions.payload import Outcome, Payload
from actions.turn import Asked

PHRASES = {"greet": "greeting", "correct": "correct_noted"}
WITH_MATTERS = {"greet", "correct"}


class AnswerAct(UnlessHit):
    """Says the phrase of the act, with the matters to ask about where that helps."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        act = asked.understanding.act or "greet"
        draft = Draft(edition, asked.today)
        phrase = edition.phrases[PHRASES.get(act, act)]
        if "{contacts}" in phrase.text:
            draft.say_contacts(phrase.id, contacts_of(edition, None, asked))
        else:
            draft.say(phrase.id)
        if act in WITH_MATTERS:
            offer_matters(draft)
        outcome = Outcome.ASKED_BACK if act == "correct" else Outcome.ANSWERED
        return draft.finish(outcome, asked.memory.model_copy(update={"misses": 0}))
