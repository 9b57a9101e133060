"""Answers someone in danger or despair: calm, short, true, with numbers to call, to text and to sign to."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.composing import Draft, crisis_contacts
from actions.payload import Outcome, Payload
from actions.turn import Asked, TurnAction


class ComfortCrisis(TurnAction):
    """Gives the emergency contacts. The conversation stays careful afterwards."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        draft = Draft(edition, asked.today)
        contacts = crisis_contacts(edition)
        silent = [contact for contact in contacts if contact.way.value != "voice"]
        draft.say("crisis_lead")
        for contact in contacts:
            if contact not in silent:
                draft.say_contacts("crisis_line", [contact], about=contact.description, about_easy=contact.easy)
        draft.say_contacts("crisis_deaf", silent)
        draft.say("crisis_after").say("leave_page")
        return draft.finish(Outcome.ANSWERED, asked.lasting().model_copy(update={"careful": True}))
