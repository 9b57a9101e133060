"""The spoken form of a text: what a Chinese voice should read, with no digits, brackets or web addresses.

A list of readings, applied one after another; each turns one way of writing into words. The words are in
speech.yml. Telephone numbers come first, so that nothing reads them as amounts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import cn2an
import yaml

from actions.catalogue.records import Contact, Way

_NUMBER = r"\d+(?:\.\d+)?"
_DASH = r"\s*[-–—－~～〜至到]{1,2}\s*"
_NOT_INSIDE = r"(?<![\d.])"
_PUNCTUATION = "，。；：？！、"


class _Contacts(Protocol):
    @property
    def contacts(self) -> Mapping[str, Contact]: ...


def speak(text: str, edition: _Contacts) -> str:
    """The spoken form of a rendered text. A contact's number is read as the contact says."""
    kept: list[str] = []

    def keep(spoken: str) -> str:
        kept.append(spoken)
        return chr(0xE000 + len(kept) - 1)

    spoken = _read_contacts(text, edition.contacts.values(), keep)
    for pattern, reading in _readings():
        spoken = pattern.sub(reading, spoken)
    for place, words in enumerate(kept):
        spoken = spoken.replace(chr(0xE000 + place), words)
    return _tidy(spoken)


def count_sentences(text: str) -> int:
    """How many sentences a text has."""
    return len(re.findall(r"[。？！]+", text.rstrip("。？！"))) + 1


@functools.cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "speech.yml").read_text(encoding="utf-8"))
    return found


@functools.cache
def _not_counted() -> str:
    """A lookahead: no unit follows, so the digits may be a telephone number."""
    units = "|".join(map(re.escape, _words()["units"]))
    return rf"(?!\s*(?:{units})|[\d.]*\d|[-–—~～]\d)"


def _read_contacts(text: str, contacts: Iterable[Contact], keep: Callable[[str], str]) -> str:
    """Numbers the catalogue knows. One that can be called is read as the call's, whatever else it is good for."""
    known = [one for one in contacts if any(sign.isdigit() for sign in one.number)]
    spoken = {one.number: one.spoken for one in sorted(known, key=lambda one: one.way is Way.VOICE)}
    if not spoken:
        return text
    numbers = "|".join(re.escape(number) for number in sorted(spoken, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\d.\-–—])(?:{numbers}){_not_counted()}")
    return pattern.sub(lambda match: keep(spoken[match[0]]), text)


@functools.cache
def _readings() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
    """Every reading, in order: what is written, and how it is read."""
    units, not_counted = "|".join(map(re.escape, _words()["units"])), _not_counted()
    readings: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
        (r"(?:https?://|www\.)[\w\-./?=&%#~:+@]*", lambda match: ""),
        (r"[０-９％．]", lambda match: chr(ord(match[0]) - 0xFEE0)),
        (r"(?<=\d),(?=\d{3}(?!\d))", lambda match: ""),
        # documents and standards
        (r"[〔\[【（(]((?:19|20)\d\d)[〕\]】）)]\s*(?:第)?(\d+)\s*号", _read_document),
        (r"(?<=[A-Z])[/A-Z]*\s?\d+(?:\.\d+)*[-—–]\d{4}|(?<=[A-Z])[/A-Z]*\s?\d{4,}", lambda match: _digits(match[0])),
        # dates and times
        (rf"{_NOT_INSIDE}((?:19|20)\d\d)[-/.](\d\d?)[-/.](\d\d?)(?!\d)", _read_iso_date),
        (rf"{_NOT_INSIDE}((?:19|20)\d\d)(?=\s*年)", lambda match: _digits(match[1])),
        (
            rf"{_NOT_INSIDE}((?:19|20)\d\d)\s*[-–—－~～]{{1,2}}\s*(?=[零一二三四五六七八九]{{4}}\s*年)",
            _read_year_first,
        ),
        (rf"{_NOT_INSIDE}(\d\d?)[:：]([0-5]\d)(?:[:：][0-5]\d)?(?!\d)", _read_time),
        (
            r"(?<=[点分年月日号])\s*[-–—－~～]{1,2}\s*(?=[零一二两三四五六七八九十\d])",
            lambda match: _words()["to"],
        ),
        # telephone numbers
        (rf"{_NOT_INSIDE}(?<!-)0\d{{2,3}}[-–— ]?\d{{7,8}}(?!\d)", _read_telephone),
        (rf"{_NOT_INSIDE}(?<!-)[48]00[-–— ]?\d{{3,4}}[-–— ]?\d{{3,4}}(?!\d)", _read_telephone),
        (rf"{_NOT_INSIDE}(?:1\d{{10}}|1[12]\d|12\d{{3}}|9[56]\d{{3,4}}|000)" + not_counted, _read_telephone),
        (r"(?<=[拨打电话热线号码短信]|[转机])(\s*[：:]?\s*)(\d{3,})" + not_counted, _read_dialled),
        # shares
        (rf"({_NUMBER})\s*[%]?{_DASH}({_NUMBER})\s*%", _read_percents),
        (rf"({_NUMBER})\s*%", lambda match: _words()["percent"] + _number(match[1])),
        (rf"({_NUMBER})\s*‰", lambda match: _words()["permille"] + _number(match[1])),
        (rf"{_NOT_INSIDE}(\d+)/(\d+)(?![\d/])", _read_fraction),
        # places: house, room and bus numbers are read digit by digit
        (r"(?<=[路街道弄巷村])(\d{3,})(?=[号弄])", lambda match: _telephone(match[1])),
        (rf"{_NOT_INSIDE}(\d{{3,4}})(?=[室路])", lambda match: _telephone(match[1])),
        # numbers
        (rf"{_NOT_INSIDE}({_NUMBER}){_DASH}(?={_NUMBER}\s*(?:{units}))", _read_range),
        (rf"{_NOT_INSIDE}({_NUMBER}){_DASH}(?={_NUMBER}(?![\d-]))", _read_range),
        (
            rf"(?<![\d.第十月])2(?=\s*(?:{'|'.join(_words()['counted'])}))(?!\s*月)",
            lambda match: _words()["two"],
        ),
        (r"(?<=[^\d\s])-(?=\d)|^-(?=\d)", lambda match: _words()["comma"]),
        (rf"{_NUMBER}", lambda match: _number(match[0])),
        # signs
        ("|".join(map(re.escape, _words()["signs"])), lambda match: str(_words()["signs"][match[0]])),
    )
    return tuple((re.compile(pattern, re.MULTILINE), reading) for pattern, reading in readings)


def _digits(written: str) -> str:
    digits = _words()["digits"]
    return "".join(digits.get(sign, sign if sign.isalpha() else "") for sign in written)


def _telephone(written: str) -> str:
    """Digit by digit, the one as it is said on the telephone, a pause for every dash."""
    groups = re.split(r"\D+", written)
    read = [_digits(group).replace(_words()["digits"]["1"], _words()["telephone_one"]) for group in groups]
    return str(_words()["comma"]).join(group for group in read if group)


def _number(written: str) -> str:
    """A number in words; digit by digit if it cannot be an amount (leading zero, more than twelve digits)."""
    whole = written.partition(".")[0]
    if len(whole) > 12 or (len(whole) > 1 and whole.startswith("0")) or written.count(".") > 1:
        return _digits(written)
    read = str(cn2an.an2cn(written, "low"))
    digits = _words()["digits"]
    return re.sub(rf"^{digits['2']}(?=[千万亿])", _words()["two"], read)


def _read_document(match: re.Match[str]) -> str:
    return f"{_digits(match[1])}{_words()['year']}{_number(match[2])}{_words()['number']}"


def _read_iso_date(match: re.Match[str]) -> str:
    month, day = _number(str(int(match[2]))), _number(str(int(match[3])))
    return f"{_digits(match[1])}{_words()['year']}{month}{_words()['month']}{day}{_words()['day']}"


def _read_year_first(match: re.Match[str]) -> str:
    return _digits(match[1]) + str(_words()["to"])


def _read_time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    read: str = (_words()["two"] if hour == 2 else _number(str(hour))) + _words()["hour"]
    if minute == 0:
        return read
    zero = _words()["digits"]["0"] if minute < 10 else ""
    return f"{read}{zero}{_number(str(minute))}{_words()['minute']}"


def _read_telephone(match: re.Match[str]) -> str:
    return _telephone(match[0])


def _read_dialled(match: re.Match[str]) -> str:
    return match[1] + _telephone(match[2])


def _read_percents(match: re.Match[str]) -> str:
    percent, to = _words()["percent"], _words()["to"]
    return f"{percent}{_number(match[1])}{to}{percent}{_number(match[2])}"


def _read_fraction(match: re.Match[str]) -> str:
    return f"{_number(match[2])}{_words()['part']}{_number(match[1])}"


def _read_range(match: re.Match[str]) -> str:
    return _number(match[1]) + str(_words()["to"])


def _tidy(text: str) -> str:
    """Marks a voice would stumble over become pauses, and pauses do not pile up."""
    comma, stop = _words()["comma"], _words()["stop"]
    text = re.sub(r"[《》〈〉“”‘’「」『』\"'〔〕【】\[\]*#`_|]", "", text)
    text = re.sub(r"\s*\n+\s*", stop, text.strip())
    text = re.sub(rf"[）)](?=\s*(?:{'|'.join(_words()['joins'])}))", "", text)
    text = re.sub(r"[（）()…—–•/,;→~～]+", comma, text)
    text = re.sub(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])", "", text)
    text = re.sub(rf"{comma}*([。；：？！、])[，、；：]*", r"\1", text)
    text = re.sub(rf"([{_PUNCTUATION}])\1+", r"\1", text)
    text = re.sub(r"[：；、，]*([。？！])[。]*", r"\1", text)
    return text.strip(f"{comma} ")
