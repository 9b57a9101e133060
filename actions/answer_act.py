"""Answers a dialogue act that states no fact: a greeting, thanks, a complaint; the wording is the catalogue's."""

from __future__ import annotations

from actions.asking_back import ask_what_instead, offer_matters
from actions.catalogue.edition import Edition
from actions.composing import Draft, contacts_of
from actions.explain_topic import UnlessHit
from actions.payload import Outcome, Payload
from actions.picking import FINE, UNWELL, offered
from actions.turn import Asked

PHRASES = {"greet": "greeting"}


class AnswerAct(UnlessHit):
    """Says the phrase of the act, with what can be asked next where that helps."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        act, memory = asked.understanding.act or "greet", asked.memory
        if act == "correct":
            return ask_what_instead(asked, edition)
        draft = Draft(edition, asked.today)
        again = act == "complaint" and memory.angry > 0
        phrase = edition.phrases["complaint_again" if again else PHRASES.get(act, act)]
        if "{contacts}" in phrase.text:
            draft.say_contacts(phrase.id, contacts_of(edition, edition.topics.get(memory.topic or ""), asked))
            draft.offer(edition.phrases["choice_human"].text, "act:human")
        else:
            draft.say(phrase.id)
        if act == "greet":
            offer_matters(draft)
        if act == "fine":
            for choice in offered(asked):
                if choice.value not in (FINE, UNWELL):
                    draft.offer(choice.title, choice.value)
        return draft.finish(Outcome.ANSWERED, memory)
