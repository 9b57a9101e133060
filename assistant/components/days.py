"""The days residents name, in standard words: by date, weekday, distance, feast or lunar calendar."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Callable, Dict, List, Match, NamedTuple, Optional, Tuple

from components.numerals import NUMBER, number

DISTANCES = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
WAY = {"上": -1, "下": 1}
YEARS = {"去年": -1, "今年": 0, "明年": 1, "后年": 2}
FIXED = {"圣诞": (12, 25), "平安夜": (12, 24), "儿童节": (6, 1), "妇女节": (3, 8), "教师节": (9, 10)}
FIXED.update({"爱耳日": (3, 3), "爱眼日": (6, 6), "国际残疾人日": (12, 3), "盲人节": (10, 15)})
# month and day of the lunar calendar; a day below 0 counts from the end of the month
LUNAR = {"小年夜": (12, -2), "除夕": (12, -1), "年三十": (12, -1), "大年夜": (12, -1), "元宵": (1, 15)}
LUNAR.update({"重阳": (9, 9), "腊八": (12, 8), "七月半": (7, 15)})
LUNAR_MONTHS = {"正": 1, "腊": 12, None: 1}
UNITS = {"天": "days", "日": "days", "周": "weeks", "星期": "weeks", "礼拜": "weeks"}
UNITS.update({"小时": "hours", "钟头": "hours", "分钟": "minutes"})
DONE = re.compile("[^，,。.？?！!]{1,4}[的了过](?!话|时候|人)")
RANGE = ("到", "至", "-", "~", "—")


class Day(NamedTuple):
    """A day said, and where; `time` when the words name a moment of it as well."""

    date: dt.date
    start: int
    end: int
    time: Optional[dt.time] = None


def find_days(text: str, now: dt.datetime) -> List[Day]:
    """Every day said, in order, none overlapping another: the longest words win. `now` is local and naive."""
    found: List[Day] = []
    for pattern, resolve in RULES:
        for match in pattern.finditer(text):
            try:
                moment = resolve(match, now)
            except (ValueError, OverflowError):  # 31 February, the year 0
                continue
            if isinstance(moment, dt.datetime):
                found.append(Day(moment.date(), match.start(), match.end(), moment.time()))
            elif moment:
                found.append(Day(moment, match.start(), match.end()))
    chosen: List[Day] = []
    for day in sorted(found, key=lambda day: day.start - day.end):
        if all(day.end <= other.start or day.start >= other.end for other in chosen):
            chosen.append(day)
    return finish_ranges(text, sorted(chosen, key=lambda day: day.start))


def finish_ranges(text: str, days: List[Day]) -> List[Day]:
    """The end of a range said without a month ("12月1号到3号") is in the month of its beginning."""
    for position in range(1, len(days)):
        first, last = days[position - 1 : position + 1]
        if text[first.end : last.start] in RANGE and re.fullmatch(f"{NUMBER}号", text[last.start : last.end]):
            try:
                days[position] = last._replace(date=first.date.replace(day=last.date.day))
            except ValueError:
                continue
    return days


def coming(today: dt.date, month: int, day: int) -> dt.date:
    """The next time that day of the year comes, today included."""
    date = dt.date(today.year, month, day)
    return date if date >= today else dt.date(today.year + 1, month, day)


def first_of_month(today: dt.date, later: int) -> dt.date:
    """The first day of the month so many months later."""
    index = today.year * 12 + today.month - 1 + later
    return dt.date(index // 12, index % 12 + 1, 1)


def count(said: Optional[str]) -> int:
    """The number said; 0, which no date holds, when it is none."""
    return (number(said) if said else None) or 0


def read_full(match: Match[str], now: dt.datetime) -> dt.date:
    return dt.date(*map(count, match.groups()))


def read_month_day(match: Match[str], now: dt.datetime) -> Optional[dt.date]:
    """A day of the year: the coming one, unless what happened then is told ("三月五号交的")."""
    year, month, day = match.groups()
    if year:
        return dt.date(now.year + YEARS[year], count(month), count(day))
    if count(day) < 10 and match.group()[-1] not in "日号" and "/" not in match.group():
        return None  # 四月两次
    date = coming(now.date(), count(month), count(day))
    return date.replace(year=date.year - 1) if date > now.date() and DONE.match(match.string, match.end()) else date


def read_day_of_month(match: Match[str], now: dt.datetime) -> dt.date:
    which, said = match.groups()
    day = first_of_month(now.date(), WAY.get((which or " ")[0], 0)).replace(day=count(said))
    return day if which or day >= now.date() else first_of_month(now.date(), 1).replace(day=day.day)


def read_weekday(match: Match[str], now: dt.datetime) -> dt.date:
    which, said = match.groups()
    weekday = {"末": 5, "日": 6, "天": 6}.get(said) or count(said) - 1
    weeks = sum(WAY.get(c, 0) for c in which or "")
    date = now.date() + dt.timedelta(days=weekday - now.weekday(), weeks=weeks)
    return date + dt.timedelta(weeks=1) if date < now.date() and not which else date


def read_later(match: Match[str], now: dt.datetime) -> Optional[dt.date]:
    """So much time from now: a day, or a moment for hours and minutes."""
    said, unit = match.groups()
    amount = 0.5 if said == "半" else count(said)
    if not amount:
        return None
    if unit in ("月", "年"):
        first = first_of_month(now.date(), int(amount * (12 if unit == "年" else 1)))
        return first.replace(day=min(now.day, last_of_month(first).day))
    moment = now.replace(second=0, microsecond=0) + dt.timedelta(**{UNITS[unit]: amount})
    return moment if UNITS[unit] in ("hours", "minutes") else moment.date()


def last_of_month(day: dt.date) -> dt.date:
    return first_of_month(day, 1) - dt.timedelta(days=1)


def read_part_of_month(match: Match[str], now: dt.datetime) -> dt.date:
    which, part = match.groups()
    named = number(which) if which else None
    first = first_of_month(now.date(), WAY.get((which or " ")[0], 0))
    if named:
        first = first.replace(month=named, year=now.year + (named < now.month))
    if part in "底末":
        return last_of_month(first)
    day = first.replace(day=1 if part == "初" else 15)
    return day if which or day >= now.date() else first_of_month(first, 1).replace(day=day.day)


def coming_lunar(today: dt.date, month: int, day: int) -> Optional[dt.date]:
    """The next time that day of the lunar calendar comes."""
    from lunar_python import Lunar, LunarMonth  # 50 ms and 6 MB, for the few who name such days

    for year in (today.year - 1, today.year, today.year + 1):
        found = LunarMonth.fromYm(year, month)
        length = found.getDayCount() if found else 0
        if not day or not -length <= day <= length:
            continue
        solar = Lunar.fromYmd(year, month, day if day > 0 else length + 1 + day).getSolar()
        date = dt.date(solar.getYear(), solar.getMonth(), solar.getDay())
        if date >= today:
            return date
    return None


def read_lunar(match: Match[str], now: dt.datetime) -> Optional[dt.date]:
    month, day = match.groups()
    return coming_lunar(now.date(), LUNAR_MONTHS.get(month) or count(month), count(day))


def disabled_day(today: dt.date) -> dt.date:
    """The next national day of helping the disabled: the third Sunday of May."""
    sundays = (dt.date(year, 5, day) for year in (today.year, today.year + 1) for day in range(15, 22))
    return next(day for day in sundays if day.weekday() == 6 and day >= today)


def words_of(table: Dict[str, Any]) -> str:
    return "|".join(sorted(table, key=len, reverse=True))


Resolve = Callable[[Match[str], dt.datetime], Optional[dt.date]]
NOT_A_DAY = "(?!线|楼|窗|门|室|房|桌|柜|口|车|文|院|馆|令|码|店|厅|厂|段|公|元|人)"
ADDRESS = "[路弄村街幢楼牌第月0-9一二三四五六七八九十-]"
FULL_YEAR = "([0-9]{4}|[零〇一二三四五六七八九]{4})"
RULES: Tuple[Tuple[Any, Resolve], ...] = tuple(
    (re.compile(pattern), resolve)
    for pattern, resolve in (
        (f"{FULL_YEAR}[年./-]({NUMBER})[月./-]({NUMBER})[日号]?", read_full),
        (f"(?:({words_of(YEARS)})|(?<![0-9年]))({NUMBER})月({NUMBER})[日号]?(?![0-9个月])", read_month_day),
        ("(?<![0-9/])()([0-9]{1,2})/([0-9]{1,2})(?![0-9/的])", read_month_day),
        (f"(?:((?:[上下这]个?|本)月)|(?<!{ADDRESS}))({NUMBER})号{NOT_A_DAY}", read_day_of_month),
        (
            "([上下]+个?|这个?|本)?(?:(?<![一二两三四五六0-9])周|星期|礼拜)([一二三四五六日天末])(?![次回趟十])",
            read_weekday,
        ),
        (f"(?<![前大第])({NUMBER}|半)个?({words_of(UNITS)}|月|年)(?:以后|之后|过后|后)(?![面天])", read_later),
        (f"([上下这]个?|本|{NUMBER})?月([底末初中])(?![旬风心间]|中[学考毕])", read_part_of_month),
        (words_of(LUNAR), lambda match, now: coming_lunar(now.date(), *LUNAR[match.group()])),
        (f"(?:农历|阴历|旧历)({NUMBER}|正|腊)月初?({NUMBER})", read_lunar),
        (f"(?:(正)月|大?年)初({NUMBER})", read_lunar),
        (f"(正)月({NUMBER})", read_lunar),
        ("([去今明])?年[底末]", lambda match, now: dt.date(now.year + YEARS.get(f"{match.group(1)}年", 0), 12, 31)),
        ("助残日", lambda match, now: disabled_day(now.date())),
        ("双休日", lambda match, now: now.date() + dt.timedelta(days=max(5 - now.weekday(), 0))),
        (words_of(FIXED), lambda match, now: coming(now.date(), *FIXED[match.group()])),
        (
            "(?<![以之目今然])(大前|大后|前|昨|今|明|后)(?:[天日](?![常子间生夜失性致残聋])|(?<=[昨今明])(?=[早晚]))",
            lambda match, now: now.date() + dt.timedelta(days=DISTANCES[match.group(1)]),
        ),
        ("现在", lambda match, now: now.date()),
    )
)
