"""Says the last answer again: the same, or in easy words when the resident asks for simpler ones."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.explain_topic import UnlessHit
from actions.payload import Choice, Outcome, Payload
from actions.turn import Asked

LEADS = {"slower": "slower", "louder": "louder", "repeat": "repeat_lead"}


class RepeatAnswer(UnlessHit):
    """Answers repeat, slower, louder and simpler."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        last = asked.memory.last
        draft = Draft(edition, asked.today, topic=edition.topics.get(asked.memory.topic or ""))
        if not last:
            return draft.say("nothing_to_repeat").finish(Outcome.ASKED_BACK, asked.memory)
        act = asked.understanding.act or "repeat"
        if act in LEADS:
            draft.say(LEADS[act])
        easier = act == "simpler"
        draft.add(last["easy"] if easier else last["text"], last["easy"], last["easy"] if easier else last["speech"])
        draft.choices.extend(Choice.model_validate(choice) for choice in last["choices"])
        draft.cite(source for source in last["sources"] if source in edition.sources)
        draft.points.extend(asked.memory.said)
        payload = draft.finish(Outcome.ANSWERED, asked.memory)
        return payload.model_copy(update={"memory": asked.memory})
