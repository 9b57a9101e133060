"""Days and times as residents say them, resolved against the time of the turn (Asia/Shanghai)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Dict, List, Optional

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}
DIGITS.update({"两": 2, "十": 10, "日": 7, "天": 7})
NUMBER = "[0-9零一二两三四五六七八九十]+"
RELATIVE = {"大后天": 3, "后天": 2, "明天": 1, "今天": 0, "昨天": -1, "明早": 1, "今晚": 0, "现在": 0}
WEEKDAY = re.compile("(下下|下|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天])")
MONTH_DAY = re.compile(f"({NUMBER})月({NUMBER})(?:日|号)?")
HOLIDAY = re.compile("元旦|春节|过年|清明|劳动节|五一|端午|中秋|国庆|十一假期")
HOLIDAY_NAMES = {"过年": "春节", "五一": "劳动节", "十一假期": "国庆"}
CLOCK = re.compile(f"(早上|上午|中午|下午|傍晚|晚上)?({NUMBER})(?:点|:)(半|[0-5][0-9])?")
PART = re.compile("早上|上午|中午|下午|傍晚|晚上|明早|今晚")
PART_HOURS = {"早上": 9, "上午": 10, "中午": 12, "下午": 15, "傍晚": 18, "晚上": 20, "明早": 9, "今晚": 20}


def number(said: str) -> int:
    """A number up to 99 in digits or Chinese numerals."""
    if said.isdigit():
        return int(said)
    if "十" in said:
        tens, _, ones = said.partition("十")
        return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)
    return int("".join(str(DIGITS[c]) for c in said))


def find_day(text: str, today: dt.date) -> Optional[dt.date]:
    """The day meant, or None when no day is named."""
    for word, distance in RELATIVE.items():
        if word in text:
            return today + dt.timedelta(days=distance)
    if match := WEEKDAY.search(text):
        monday = today - dt.timedelta(days=today.weekday())
        weeks = {"下": 1, "下下": 2}.get(match.group(1) or "", 0)
        day = monday + dt.timedelta(days=DIGITS[match.group(2)] - 1, weeks=weeks)
        return day + dt.timedelta(weeks=1) if day < today and not match.group(1) else day
    if match := MONTH_DAY.search(text):
        try:
            day = dt.date(today.year, number(match.group(1)), number(match.group(2)))
        except ValueError:
            return None
        return day.replace(year=day.year + 1) if day < today else day
    return None


def find_time(text: str) -> Optional[dt.time]:
    """The time of day meant, or None. An afternoon word moves an hour below 12 past noon."""
    if match := CLOCK.search(text):
        hour = number(match.group(2))
        if match.group(1) in ("下午", "傍晚", "晚上") and hour < 12:
            hour += 12
        minute = {"半": 30, None: 0}.get(match.group(3))
        if hour < 24:
            return dt.time(hour, int(match.group(3)) if minute is None else minute)
    if match := PART.search(text):
        return dt.time(PART_HOURS[match.group()])
    return None


def find_dates(text: str, now: dt.datetime) -> List[Dict[str, Any]]:
    """At most one entity: `date` (ISO day), `time` (ISO minute) or `holiday` (its name)."""
    if match := HOLIDAY.search(text):
        name = HOLIDAY_NAMES.get(match.group(), match.group())
        return [{"entity": "holiday", "value": name}]
    day, time = find_day(text, now.date()), find_time(text)
    if time is not None:
        return [{"entity": "time", "value": dt.datetime.combine(day or now.date(), time).isoformat()}]
    return [{"entity": "date", "value": day.isoformat()}] if day else []
