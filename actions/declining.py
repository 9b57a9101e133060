"""Declining so that it helps: what is not confirmed, what we do know, that it is no refusal, whom to ask and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.await_answer import offer_to_tell
from actions.catalogue.claims import Standing
from actions.catalogue.edition import Edition
from actions.catalogue.records import Kind, Place, Point, Topic
from actions.catalogue.rendering import lapsed
from actions.catalogue.saying import answers_of, families_of, figures_in, sayable
from actions.catalogue.speech import count_sentences
from actions.choosing import Chosen
from actions.composing import SENTENCES_AT_MOST, Draft, contacts_of
from actions.payload import Outcome, Payload
from actions.turn import Asked
from actions.weighing import AMOUNT, OF_AMOUNT

# A silent aspect looks one hop further: to where, how and with what the matter is dealt with, then to what it is.
NEXT_ASPECTS = ("where", "apply", "overview")
TOLD = (Kind.FACT, Kind.REPORTED)


@dataclass(frozen=True, slots=True)
class About:
    """What a decline is about: a matter or one of its places, and what of it; or something `other` we never heard."""

    topic: Topic
    aspect: str
    place: Place | None = None
    other: bool = False

    @property
    def name(self) -> str:
        return self.place.name if self.place else self.topic.name


def decline(asked: Asked, edition: Edition, topic: Topic, aspect: str, chosen: Chosen | None = None) -> Payload:
    """The reply where nothing confirmed answers. `chosen` may begin with the point that says what is not confirmed,
    or with one that has lapsed."""
    draft = Draft(edition, asked.today, topic=topic)
    points = [point for point, _ in chosen.ranked] if chosen else []
    first = points[0] if points else None
    judge_aloud(draft, chosen)
    gone = first and first.until and lapsed(first, asked.today)
    if chosen and chosen.uncovered:
        draft.say("detail_not_confirmed")
    elif first and first.kind is Kind.UNKNOWN:
        draft.say_point(first)
    else:
        draft.say("no_confirmed", heard=not gone, topic=topic.name, aspect=edition.aspects[aspect].name)
    if first and first.until and gone:
        draft.say_point(first, first.until)
        draft.say("lapsed_note", until=draft.day(first.until))
    known = [point for point in points if point.kind in TOLD and not lapsed(point, asked.today)]
    nearest = known[:1] or next_point(asked, edition, topic, aspect)
    for point in nearest:
        tell_known(draft, point)
    return send_on(draft, asked, About(topic, aspect, other=bool(chosen and chosen.uncovered)), known[1:])


def judge_aloud(draft: Draft, chosen: Chosen | None) -> None:
    """How a figure the resident named stands, before the points that say what holds."""
    if chosen is None or chosen.claim is None:
        return
    match chosen.claim.standing:
        case Standing.CURRENT if not figures_in(chosen.first).isdisjoint(chosen.claim.figures):
            draft.say("claim_current")
        case Standing.SUPERSEDED if chosen.claim.until:
            draft.say("claim_superseded", until=draft.day(chosen.claim.until))
        case Standing.NOT_VERIFIED:
            draft.say("claim_not_verified")


def next_point(asked: Asked, edition: Edition, topic: Topic, aspect: str) -> list[Point]:
    """What we know next to a silent aspect: the first point of the office that handles the matter, or of what it is."""
    answers = answers_of(edition, topic)
    for other in NEXT_ASPECTS:
        if other != aspect and other in answers:
            points = sayable(answers[other], edition, asked.today)
            if found := [point for point in points if point.kind in TOLD and not lapsed(point, asked.today)]:
                return found[:1]
    return []


def tell_known(draft: Draft, point: Point) -> None:
    """What we do know; for the ear only if it is short."""
    heard = draft.spoken() + count_sentences(point.text) < SENTENCES_AT_MOST  # one more sends on
    lead = draft.edition.phrases["know_so_far"]
    draft.add(lead.text, lead.easy, None if heard else "").say_point(point, heard=heard)


def send_on(draft: Draft, asked: Asked, about: About, more: Sequence[Point] = ()) -> Payload:
    """Ends a decline: it is no refusal, whom to ask and how to put it, and to be told once we know."""
    edition, topic, place = draft.edition, about.topic, about.place.id if about.place else None
    shown = "decline_help_shown" if asked.memory.way else "decline_help"
    draft.say_contacts(shown, contacts_of(edition, topic, asked), matter=matter_of(about, edition))
    awaiting = offer_to_tell(draft, asked, topic, about.aspect, place)
    if more:
        draft.offer(edition.phrases["choice_more"].text, "act:affirm")
    offer_aspects(draft, topic, about.aspect)
    memory = asked.lasting(
        topic=topic.id,
        aspect=about.aspect,
        place=place or next(iter(topic.places), None),
        said=tuple(draft.points),
        more=tuple(point.id for point in more),
        asked="more" if more else None,
        awaiting=awaiting,
    )
    return draft.finish(Outcome.DECLINED, memory)


def matter_of(about: About, edition: Edition) -> str:
    """What to say one wants to know. Never the resident's own words: a rumour in them would be repeated."""
    phrase = edition.phrases["matter_other" if about.other else "matter_named"].text
    return phrase.format(topic=about.name, aspect=edition.aspects[about.aspect].name)


def offer_aspects(draft: Draft, topic: Topic, aspect: str) -> None:
    """Offers what else we know about the topic, or which of the topics it stands for is meant."""
    edition = draft.edition
    for meant in topic.ambiguous:
        name = edition.topics[meant].name
        draft.offer(name, f"{meant}.{aspect}")
    for other in edition.aspects.values():
        answer = edition.answers.get((topic.id, other.id))
        if other.id != aspect and answer and any(tells(point, other.id, edition) for point in answer.points):
            draft.offer(other.question, f"{topic.id}.{other.id}")


def tells(point: Point, aspect: str, edition: Edition) -> bool:
    """Whether a point is worth an offer: what something costs only if it says so in money."""
    return point.kind in TOLD and (aspect != AMOUNT or not OF_AMOUNT.isdisjoint(families_of(point, edition)))
