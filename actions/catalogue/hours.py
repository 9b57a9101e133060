"""Whether a place is open: weekly split shifts, exceptions first, and an honest "unknown" for the rest.

Times are local to Asia/Shanghai, which has no summer time. A public holiday or make-up working day, and any
day of a year whose calendar we do not hold, is unknown unless an exception says what happens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from actions.catalogue.records import CalendarDay, Place, Schedule, ScheduleException, Weekday

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_DAYS_AHEAD = 30
_SATURDAY = 5
_MORNING, _EVENING = dt.time(8, 30), dt.time(17)
_LAST_MINUTE = dt.time(23, 59)  # HSDS writes "open until midnight" so
_WEEKDAYS = tuple(Weekday)

Calendar = Mapping[dt.date, CalendarDay]
Shift = tuple[dt.datetime, dt.datetime]


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What the hours of a day rest on, or why they are not known."""

    WEEKLY = "weekly"
    EXCEPTION = "exception"
    NOT_CONFIRMED = "not_confirmed"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"
    NO_CALENDAR = "no_calendar"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day: its shifts from opening to closing (naive local times, in order); None when not known.

    `reason` is the exception's or the calendar's own wording, if one of them decided.
    """

    shifts: tuple[Shift, ...] | None
    why: Why
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """How things stand at a moment. `until` is when an open place closes (None: not within a month);
    `opens_next` the next opening, None when a day we do not know comes first. Both are aware of their zone
    exactly if the moment asked about was. `confirmed_on` is when someone last checked the place's hours."""

    state: State
    until: dt.datetime | None
    opens_next: dt.datetime | None
    why: Why
    confirmed_on: dt.date | None
    reason: str | None = None


def opening(place: Place, calendar: Calendar, at: dt.datetime) -> Opening:
    """Whether `place` is open at `at` (local if naive)."""
    aware = at.tzinfo is not None
    now = at.astimezone(SHANGHAI).replace(tzinfo=None) if aware else at
    today = day_hours(place, calendar, now.date())
    until = opens_next = None
    state = State.UNKNOWN
    if today.shifts is not None:
        coming = _merged(_coming(place, calendar, now.date()))
        state, until, opens_next = _stand(coming, now)
    zone = SHANGHAI if aware else None
    return Opening(
        state=state,
        until=until.replace(tzinfo=zone) if until else None,
        opens_next=opens_next.replace(tzinfo=zone) if opens_next else None,
        why=today.why,
        confirmed_on=place.confirmed_on,
        reason=today.reason,
    )


def is_office_time(calendar: Calendar, at: dt.datetime) -> bool:
    """Whether offices may be at work: daytime of a working day. A guess only, for where no hours are confirmed."""
    special = calendar.get(at.date())
    working = not special.holiday if special else at.weekday() < _SATURDAY
    return working and _MORNING <= at.time() < _EVENING


def day_hours(place: Place, calendar: Calendar, day: dt.date) -> DayHours:
    """The shifts of `place` on one day."""
    exceptions = _exceptions_on(place, day)
    if exceptions:
        shifts = _shifts(day, exceptions)
        return DayHours(shifts, Why.EXCEPTION, exceptions[0].reason)
    if not place.schedules:
        return DayHours(None, Why.NOT_CONFIRMED)
    special = calendar.get(day)
    if special is not None:
        why = Why.HOLIDAY if special.holiday else Why.MAKEUP_WORKDAY
        return DayHours(None, why, special.name)
    if not any(known.year == day.year for known in calendar):
        return DayHours(None, Why.NO_CALENDAR)
    of_weekday = [one for one in place.schedules if _WEEKDAYS[day.weekday()] in one.byday]
    valid = [one for one in of_weekday if _valid(one, day)]
    over = any(one.valid_to is not None and one.valid_to < day for one in of_weekday)
    if not valid and (over or not any(_valid(one, day) for one in place.schedules)):
        return DayHours(None, Why.LAPSED)
    return DayHours(_shifts(day, valid), Why.WEEKLY)


def _valid(schedule: Schedule, day: dt.date) -> bool:
    begun = schedule.valid_from is None or schedule.valid_from <= day
    return begun and (schedule.valid_to is None or day <= schedule.valid_to)


def _exceptions_on(place: Place, day: dt.date) -> list[ScheduleException]:
    """The exceptions for a day. The narrowest wins: one open day inside a long closure is open."""
    found = [one for one in place.exceptions if one.since <= day <= one.until]
    shortest = min((one.until - one.since for one in found), default=None)
    return [one for one in found if one.until - one.since == shortest]


def _shifts(day: dt.date, hours: list[Schedule] | list[ScheduleException]) -> tuple[Shift, ...]:
    """The open times among `hours` on a day; an exception without times adds none."""
    shifts = [
        (dt.datetime.combine(day, one.opens_at), _closing(day, one.closes_at))
        for one in hours
        if one.opens_at is not None and one.closes_at is not None
    ]
    return tuple(_merged(iter(sorted(shifts))))


def _closing(day: dt.date, closes_at: dt.time) -> dt.datetime:
    if closes_at.replace(second=0, microsecond=0) == _LAST_MINUTE:
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
    return dt.datetime.combine(day, closes_at)


def _coming(place: Place, calendar: Calendar, day: dt.date) -> Iterator[Shift]:
    """The shifts from `day` on, in order, up to the first day whose hours are not known."""
    for ahead in range(_DAYS_AHEAD + 1):
        hours = day_hours(place, calendar, day + dt.timedelta(days=ahead))
        if hours.shifts is None:
            return
        yield from hours.shifts


def _merged(shifts: Iterator[Shift]) -> list[Shift]:
    """Shifts in order, those that touch or overlap made one."""
    merged: list[Shift] = []
    for begins, ends in shifts:
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged


def _stand(coming: list[Shift], now: dt.datetime) -> tuple[State, dt.datetime | None, dt.datetime | None]:
    current = next(((begins, ends) for begins, ends in coming if begins <= now < ends), None)
    opens_next = next((begins for begins, _ in coming if begins > now), None)
    if current is None:
        return State.CLOSED, None, opens_next
    endless = current[1] - now > dt.timedelta(days=_DAYS_AHEAD - 1)
    return State.OPEN, None if endless else current[1], opens_next
