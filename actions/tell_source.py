"""Tells where the last answer comes from."""

from __future__ import annotations

from actions.catalogue.edition import Edition
from actions.composing import Draft
from actions.explain_topic import UnlessHit
from actions.payload import Outcome, Payload
from actions.turn import Asked


class TellSource(UnlessHit):
    """Answers a question for the source."""

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        draft = Draft(edition, asked.today, topic=edition.topics.get(asked.memory.topic or ""))
        said = [edition.points[point] for point in asked.memory.said if point in edition.points]
        cited = (asked.memory.last or {}).get("sources") or [source for point in said for source in point.sources]
        sources = [edition.sources[source] for source in dict.fromkeys(cited) if source in edition.sources]
        if not sources:
            return draft.say("no_source_yet").finish(Outcome.ASKED_BACK, asked.memory)
        draft.cite(source.id for source in sources)
        line, join = edition.phrases["source_line"].text, edition.phrases["join_sources"].text
        slots = [{"title": source.title, "issuer": source.issuer, "date": source.date} for source in sources]
        draft.say("source_is", sources=join.join(line.format(**slot) for slot in slots))
        payload = draft.finish(Outcome.ANSWERED, asked.memory)
        return payload.model_copy(update={"memory": asked.memory})
