"""Says the last answer again: the same, a part of it, sentence by sentence, or in easy words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from actions.catalogue.asking import asking
from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.explain_topic import UnlessHit
from actions.payload import Choice, Outcome, Payload
from actions.turn import Asked

LEADS = {"slower": "slower", "louder": "louder", "repeat": "repeat_lead"}
_SENTENCE_END = re.compile(r"(?<=[。！？])\s*|\n+")


class RepeatAnswer(UnlessHit):
    """Answers repeat, slower, louder and simpler."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        last = asked.memory.last
        if last and asked.understanding.act == "repeat" and (patterns := find_part(asked.text)):
            part = [sentence for sentence in sentences(last["text"]) if holds(sentence, patterns)]
            easy = [sentence for sentence in sentences(last["easy"]) if holds(sentence, patterns)] or part
            if part:
                draft = Draft(edition, asked.today).say(LEADS["repeat"]).add("\n".join(part), "\n".join(easy))
                return finish_again(draft, asked, last)
        return super().answer(asked, edition)

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        last, act = asked.memory.last, asked.understanding.act or "repeat"
        draft = Draft(edition, asked.today)
        if not last:
            return draft.say("nothing_to_repeat").finish(Outcome.ASKED_BACK, asked.memory)
        if act in LEADS:
            draft.say(LEADS[act])
        text, easy, speech = last["text"], last["easy"], last["speech"]
        if act == "simpler":
            text, speech = easy, None
        if act == "slower":
            text, easy = "\n".join(sentences(text)), "\n".join(sentences(easy))
        return finish_again(draft.add(text, easy, speech), asked, last)


def find_part(words: str) -> Sequence[str] | None:
    """The patterns of the sentences that are wanted again; None if the words name no part."""
    parts = asking().again.values()
    return next((patterns for names, patterns in parts if any(name in words for name in names)), None)


def sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence]


def holds(sentence: str, patterns: Sequence[str]) -> bool:
    return any(re.search(pattern, sentence) for pattern in patterns)


def finish_again(draft: Draft, asked: Asked, last: dict[str, Any]) -> Payload:
    """The reply with what belonged to the last answer. What can be said again stays that answer."""
    edition = draft.edition
    draft.topic = edition.topics.get(asked.memory.topic or "")
    draft.choices.extend(Choice.model_validate(choice) for choice in last["choices"])
    draft.cite(source for source in last["sources"] if source in edition.sources)
    draft.contacts.extend(edition.contacts[id_] for id_ in last.get("contacts", ()) if id_ in edition.contacts)
    draft.points.extend(last.get("points", ()))
    return draft.finish(Outcome.ANSWERED, asked.memory).model_copy(update={"memory": asked.memory})
