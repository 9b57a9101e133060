"""Sends a resident to a place: where it is, whether it is open then, whom to call; or says what is not confirmed."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from actions.catalogue.edition import Edition
from actions.catalogue.hours import State, Why, day_hours, opening
from actions.catalogue.ranking import ranker_for
from actions.catalogue.records import Place, Schedule, Weekday
from actions.catalogue.saying import answers_of
from actions.choosing import choose
from actions.composing import Draft, contacts_of
from actions.declining import About, next_point, send_on, tell_known
from actions.explain_topic import ExplainTopic
from actions.payload import Outcome, Payload
from actions.turn import Asked
from actions.weighing import Wanted

MORNING = dt.time(10)
WHY_UNKNOWN = {Why.HOLIDAY: "why_holiday", Why.NO_CALENDAR: "why_no_calendar"}


class VisitPlace(ExplainTopic):
    """Answers where, when and by which number; a matter without a place of its own is explained instead."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        place = find_place(asked, edition)
        if place is None or self.asks_detail(asked, edition, place):
            return super().answer(asked, edition)
        return tell_place(asked, edition, place)

    def asks_detail(self, asked: Asked, edition: Edition, place: Place) -> bool:
        """Whether the words are rather about something else that is known of the place."""
        aspect = asked.understanding.aspect or "where"
        topic = edition.topics.get(asked.understanding.topic or "")
        chosen = choose(Wanted.from_asked(asked, aspect, topic), ranker_for(edition))
        if chosen is None or chosen.topic.id != place.topic or not chosen.told:
            return False
        return chosen.aspect != aspect or aspect == "where"


def find_place(asked: Asked, edition: Edition) -> Place | None:
    """The place named, else the one the topic is, else the one the conversation is about. None when the topic
    has an answer of its own, or no place is meant."""
    named = edition.places.get(asked.understanding.value_of("place") or "")
    if named:
        return named
    topic = edition.topics.get(asked.understanding.topic or "")
    if topic is None:
        return edition.places.get(asked.memory.place or "")
    found = (asked.understanding.aspect or "where") in answers_of(edition, topic)
    if topic.id == asked.memory.topic and asked.memory.place in edition.places:
        return edition.places[asked.memory.place or ""]
    return edition.places.get(topic.places[0]) if topic.places and not found else None


def tell_place(asked: Asked, edition: Edition, place: Place) -> Payload:
    """The reply about one place for the aspect asked."""
    topic = edition.topics.get(place.topic or "")
    draft = Draft(edition, asked.today, topic=topic)
    say = {"where": say_where, "hours": say_hours, "phone": say_phone}[asked.understanding.aspect or "where"]
    known = say(draft, place, asked)
    if place.demonstration:
        draft.say("demonstration_note")
    draft.show_place(place, opening(place, edition.calendar, asked.now).state.value)
    if not known and topic:
        about = About(topic, asked.understanding.aspect or "where", place)
        for point in next_point(asked, edition, topic, about.aspect):
            tell_known(draft, point)
        return send_on(draft, asked, about)
    if not known:
        draft.say_contacts("ask_about_place", contacts_of(edition, None, asked), place=place.name)
    for aspect in ("where", "hours", "phone"):
        if aspect != asked.understanding.aspect:
            draft.offer(edition.aspects[aspect].question, f"{topic.id if topic else ''}.{aspect}")
    memory = asked.lasting(
        topic=topic.id if topic else None,
        aspect=asked.understanding.aspect,
        place=place.id,
    )
    return draft.finish(Outcome.ANSWERED if known else Outcome.DECLINED, memory)


def moment(asked: Asked, edition: Edition, place: Place) -> dt.datetime | None:
    """The time asked about: a time, when a day or named holiday begins there, or now. None for a holiday
    whose next days we do not know: no other moment may stand in for it."""
    if time := asked.understanding.value_of("time"):
        return dt.datetime.fromisoformat(time).replace(tzinfo=asked.now.tzinfo)
    if day := asked.understanding.value_of("date"):
        return start_of(dt.date.fromisoformat(day), asked, edition, place)
    if holiday := asked.understanding.value_of("holiday"):
        named = [day.date for day in edition.calendar.values() if day.holiday and holiday in day.name]
        own = [exception.since for exception in place.exceptions if holiday in exception.reason]
        coming = min((day for day in (*named, *own) if day >= asked.today), default=None)
        return start_of(coming, asked, edition, place) if coming else None
    return asked.now


def start_of(day: dt.date, asked: Asked, edition: Edition, place: Place) -> dt.datetime:
    """When a place first opens on a day; the middle of the morning if it does not; now if that is today."""
    if day == asked.today:
        return asked.now
    shifts = day_hours(place, edition.calendar, day).shifts
    return (shifts[0][0] if shifts else dt.datetime.combine(day, MORNING)).replace(tzinfo=asked.now.tzinfo)


def say_where(draft: Draft, place: Place, asked: Asked) -> bool:
    if not place.address:
        draft.say("place_no_address", place=place.name)
        return False
    draft.say("place_address", place=place.name, address=place.address)
    return True


def say_phone(draft: Draft, place: Place, asked: Asked) -> bool:
    contacts = [draft.edition.contacts[contact] for contact in place.contacts]
    if not contacts:
        draft.say("place_no_phone", place=place.name)
        return False
    draft.say_contacts("place_phone", contacts, place=place.name)
    return True


def say_hours(draft: Draft, place: Place, asked: Asked) -> bool:
    """Says whether it is open at the time asked, until when or when next, and the week's hours."""
    if not place.schedules:
        draft.say("place_unknown_hours", place=place.name)
        return False
    at = moment(asked, draft.edition, place)
    if at is None:
        holiday = asked.understanding.value_of("holiday") or ""
        draft.say("holiday_unknown", place=place.name, holiday=holiday)
    known = at is not None and say_opening(draft, place, at, asked)
    draft.say("weekly_hours", hours=weekly(draft, place.schedules, (at or asked.now).date()))
    if place.confirmed_on:
        draft.say("hours_confirmed_on", date=place.confirmed_on.isoformat())
    return known


def say_opening(draft: Draft, place: Place, at: dt.datetime, asked: Asked) -> bool:
    """Says how the place stands at a moment; False when that is not known."""
    state = opening(place, draft.edition.calendar, at)
    when = draft.edition.phrases["now_word"].text if at == asked.now else say_time(draft, at)
    if state.state is not State.OPEN and at != asked.now and not asked.understanding.value_of("time"):
        when = draft.edition.phrases["day"].text.format(month=at.month, day=at.day)
    if state.state is State.OPEN:
        if state.until is None:
            draft.say("place_open_on", place=place.name, when=when)
        else:
            same_day = state.until.date() == at.date()
            until = clock_of(draft, state.until.time()) if same_day else say_time(draft, state.until)
            draft.say("place_open", place=place.name, when=when, until=until)
    elif state.state is State.CLOSED:
        phrase = draft.edition.phrases["why_exception" if state.reason else "why_weekly"]
        draft.say("place_closed", place=place.name, when=when, why=phrase.text.format(reason=state.reason))
        if state.opens_next:
            draft.say("opens_next", when=say_time(draft, state.opens_next))
    else:
        draft.say("place_closed_unknown", place=place.name, when=when)
        draft.say(WHY_UNKNOWN.get(state.why, "why_calendar"), reason=state.reason or "")
    return state.state is not State.UNKNOWN


def say_time(draft: Draft, at: dt.datetime) -> str:
    clock = clock_of(draft, at.time())
    return draft.edition.phrases["day_and_time"].text.format(month=at.month, day=at.day, clock=clock)


def clock_of(draft: Draft, time: dt.time) -> str:
    return draft.edition.phrases["clock"].text.format(hour=time.hour, minute=f"{time.minute:02}")


def weekly(draft: Draft, schedules: tuple[Schedule, ...], on: dt.date) -> str:
    """The week's hours, shifts with the same days together."""
    phrases = draft.edition.phrases
    valid = [s for s in schedules if (not s.valid_from or s.valid_from <= on) and (not s.valid_to or on <= s.valid_to)]
    lines = []
    for days, shifts in groupby(sorted(valid, key=lambda s: (s.byday, s.opens_at)), key=lambda s: s.byday):
        named = name_days(draft, days)
        for shift in shifts:
            line = phrases["weekly_line"].text
            opens, closes = clock_of(draft, shift.opens_at), clock_of(draft, shift.closes_at)
            lines.append(line.format(days=named, opens=opens, closes=closes))
            named = ""
    return str(phrases["join_hours"].text.join(lines))


def name_days(draft: Draft, days: tuple[Weekday, ...]) -> str:
    """The days by name; three or more in a row by the first and the last."""
    phrases = draft.edition.phrases
    names = [phrases[f"day_{day.value.lower()}"].text for day in days]
    week = tuple(Weekday)
    first = week.index(days[0])
    if len(days) >= 3 and days == week[first : first + len(days)]:
        return phrases["day_range"].text.format(first=names[0], last=names[-1])
    return str(phrases["join_days"].text.join(names))
