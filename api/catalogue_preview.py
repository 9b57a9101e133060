"""An answer of the catalogue as residents get it, in lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from actions.asking_back import ask_which_topic
from actions.catalogue.comparing import FORMS, Heard, tell
from actions.catalogue.edition import Edition
from actions.catalogue.records import Answer, Kind, Point, Topic
from actions.catalogue.saying import answers_of
from actions.composing import Draft
from actions.declining import About, decline, send_on
from actions.payload import Memory, Outcome, Payload
from actions.turn import Asked, Understanding
from api.shell import word, words


def preview_answer(edition: Edition, topic: Topic, aspect: str, now: dt.datetime) -> Iterator[str]:
    """Everything a resident may be told about a topic and aspect, in order, in the three forms."""
    say, on = words("preview"), now.date()
    asked = Asked("", Understanding(topic=topic.id, aspect=aspect), Memory(), now)
    names = {"topic": topic.name, "question": edition.aspects[aspect].question, "on": on}
    yield say["heading"].format(id=f"{topic.id}.{aspect}", **names)
    answer = answers_of(edition, topic).get(aspect)
    if answer is None and topic.ambiguous:
        yield say["which"]
        yield from _forms(ask_which_topic(asked, edition, topic))
    elif answer is None:
        yield say["declined"]
        yield from _forms(decline(asked, edition, topic, aspect))
    else:
        if answer.topic != topic.id:
            yield say["of_parent"].format(parent=edition.topics[answer.topic].name)
        yield from _preview_points(answer, edition, on)
        if any(point.kind is Kind.UNKNOWN for point in answer.points):
            yield say["unknown"]
            yield from _forms(send_on(Draft(edition, on, topic=topic), asked, About(topic, aspect)))


def _preview_points(answer: Answer, edition: Edition, on: dt.date) -> Iterator[str]:
    if answer.lead:
        yield f"   {words('preview')['lead']}: {answer.lead}"
    for number, point in enumerate(answer.points, 1):
        yield from _preview_point(edition, point, number, on)


def _preview_point(edition: Edition, point: Point, number: int, on: dt.date) -> Iterator[str]:
    say, shown = words("preview"), words("coverage")
    told = tell(point, edition, on)
    mark = "" if told.heard is Heard.NOW else f"  [{say[told.heard.value].format(day=told.day)}]"
    yield f"{number}. {point.id}  {shown['kinds'][point.kind]}  {shown['levels'][point.level]}{mark}"
    if told.heard is Heard.NO_VALUE:
        yield from (f"   {say[form]}: {getattr(told, form)}" for form in FORMS)
        return
    draft = Draft(edition, told.day).say_point(point).list_papers([point])
    yield from _forms(draft.finish(Outcome.ANSWERED, Memory()))


def _forms(payload: Payload) -> Iterator[str]:
    say = words("preview")
    for form in FORMS:
        yield f"   {say[form]}: {getattr(payload, form)}".replace("\n", "\n     ")
    if payload.papers:
        yield f"   {say['papers']}: {word('separator').join(payload.papers)}"
    for source in payload.sources:
        yield f"   {say['sources']}: {source.title} ({source.issuer}, {source.date})"
