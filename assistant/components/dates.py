"""Days, times and holidays as residents say them, resolved against the time of the turn in Asia/Shanghai.

Reads the standard words: the dialect map of the training data has brought Shanghainese ones to them before."""

from __future__ import annotations

import datetime as dt
import re
from typing import List, Match, NamedTuple, Optional
from zoneinfo import ZoneInfo

from components.days import RANGE, find_days
from components.numerals import DIGIT, NUMBER, number

SHANGHAI = "Asia/Shanghai"
NOW = "现在"  # names no other moment than the one it is: it gives way to any other
HOLIDAY_NAMES = {"过年": "春节", "五一": "劳动节", "十一": "国庆"}
# part of the day: the hour meant when no clock is named
HOURS = {"凌晨": 2, "一早": 7, "清早": 7, "清晨": 7, "早上": 9, "早晨": 9, "早": 9, "上午": 10, "中午": 12, "下午": 15}
HOURS.update({"傍晚": 18, "晚上": 20, "夜里": 20, "晚": 20, "半夜": 23, "深夜": 23})
PART = (
    "(?:(?<![一整两几])|(?<=[期周拜]一))(?:凌晨|清早|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜)"
    "|(?<![期周拜])一早(?!上)|(?<=[昨今明])[早晚]"
)
EVENING = {**dict.fromkeys(("晚上", "夜里", "晚"), range(5, 12)), **dict.fromkeys(("半夜", "深夜"), range(9, 12))}
# the hours that are past noon in that part of the day; without one, nobody asks about 1 to 6 in the morning
PAST_NOON = {"": range(1, 7), "中午": range(1, 10), "下午": range(1, 12), "傍晚": range(1, 12), **EVENING}
# said alone, 一点 is "a bit", 两点 "two things", 十三点 an insult
FEW = ("一", "两", "二", "三", "1", "2", "3", "十三")

HOLIDAY = re.compile("元旦|春节|过年|清明|劳动节|五一(?![路级])|端午|中秋|国庆(?!路)|十一(?=假|长假|期间|放假|黄金周)")
CLOCK = re.compile(
    f"(?P<part>{PART})?的?(?<![第.几半0-9])(?P<hour>{NUMBER})(?:点(?!{DIGIT}(?![十刻分点]))|:(?=[0-5][0-9]))"
    f"(?P<past>半|[一三]刻|[0-5][0-9]分?|十?{DIGIT}分|{DIGIT}十{DIGIT}?分?)?(?P<sharp>钟|整)?"
)
PART_ALONE = re.compile(PART)


class Moment(NamedTuple):
    """A time said: `kind` is date (ISO day), time (ISO, to the minute) or holiday (its name)."""

    kind: str
    value: str
    start: int
    end: int


class Clock(NamedTuple):
    """A time of day said, and where; `later` is 1 for midnight at the end of the day."""

    time: dt.time
    later: int
    start: int
    end: int


def find_moments(text: str, now: dt.datetime) -> List[Moment]:
    """Every day, time and named holiday, in the order said. A time is of the day said before it, else of today."""
    now = now.astimezone(ZoneInfo(SHANGHAI)).replace(tzinfo=None) if now.tzinfo else now
    holidays = [Moment("holiday", HOLIDAY_NAMES.get(m.group(), m.group()), *m.span()) for m in HOLIDAY.finditer(text)]
    found, days, used = list(holidays), find_days(text, now), set()
    for clock in find_clocks(text):
        day = next((day for day in reversed(days) if day.end <= clock.start), None)
        if day is None and holidays:
            continue  # which day that is only the catalogue's calendar knows
        date = (day.date if day else now.date()) + dt.timedelta(days=clock.later)
        start = day.start if day and clock.start - day.end <= 1 else clock.start
        used.add(day)
        found.append(Moment("time", dt.datetime.combine(date, clock.time).isoformat(), start, clock.end))
    for day in days:
        if day.time:
            found.append(Moment("time", dt.datetime.combine(day.date, day.time).isoformat(), day.start, day.end))
        elif day not in used and all(day.start != holiday.end for holiday in holidays):
            found.append(Moment("date", day.date.isoformat(), day.start, day.end))
    found.sort(key=lambda moment: moment.start)
    return [m for m in found if len(found) == 1 or text[m.start : m.end] != NOW]


def find_clocks(text: str) -> List[Clock]:
    """Every time of day said, in order. The end of a range takes the afternoon of its beginning."""
    found: List[Clock] = []
    part = ""
    for match in CLOCK.finditer(text):
        follows = bool(found) and text[found[-1].end : match.start()] in RANGE
        part = match.group("part") or (part if follows else "")
        clock = read_clock(match, part, follows)
        if clock:
            found.append(clock)
    taken = [range(clock.start, clock.end) for clock in found]
    for match in PART_ALONE.finditer(text):
        if not any(match.start() in span for span in taken):
            found.append(Clock(dt.time(HOURS[match.group()]), 0, *match.span()))
    return sorted(found, key=lambda clock: clock.start)


def read_clock(match: Match[str], part: str, follows: bool) -> Optional[Clock]:
    """The clock a match names, or None."""
    hour, past = number(match.group("hour")), match.group("past")
    sure = part or past or match.group("sharp") or follows or clock_goes_on(match)
    if hour is None or hour > 24 or (match.group("hour") in FEW and not sure):
        return None
    later = int(hour == 24 or (hour == 12 and part in EVENING))
    hour = 0 if later else hour + 12 * (hour in PAST_NOON.get(part, ()))
    minute = {"半": 30, "一刻": 15, "三刻": 45, None: 0}.get(past)
    minute = number(past.rstrip("分")) if minute is None else minute
    if minute is None or minute > 59:
        return None
    return Clock(dt.time(hour, minute), later, *match.span())


def clock_goes_on(match: Match[str]) -> bool:
    """Whether a day is named right before the hour, or a range begins with it."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return before.endswith(("天", "日", "号", "周一", "周二", "周三", "周四", "周五", "周六")) or after[:1] in RANGE
