"""Finds which service is meant when a resident tells of themselves and names no matter."""

from __future__ import annotations

from actions.asking_back import ask_which_topic
from actions.catalogue.edition import Edition
from actions.explain_topic import UnlessHit
from actions.payload import Payload
from actions.turn import Asked


class FindService(UnlessHit):
    """Answers a resident who has told something about themselves but named no matter."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        return ask_which_topic(asked, edition, lead="inform_noted")
