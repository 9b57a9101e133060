"""Redaction before anything reaches disk, the engine or a log.

Masks ID, disability-certificate, phone and bank numbers, also when typed with spaces, in full width or spoken in
Chinese digits. Public numbers (the catalogue's hotlines) are never masked. Patterns: GB 11643 (ID), the
certificate's ID + class 1-7 + grade 1-4, mainland mobile and landline numbers, 15-19 digits passing Luhn (bank).
In a conversation that stays careful after a crisis, addresses are masked too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MASKS = {
    "certificate": "[残疾人证号]",
    "id_card": "[身份证号]",
    "bank_card": "[银行卡号]",
    "phone": "[电话号码]",
    "address": "[地址]",
}
SAID = ("零〇○洞", "一幺壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七拐柒", "八捌", "九勾玖")
SPOKEN = {character: str(digit) for digit, said in enumerate(SAID) for character in said} | {"叉": "X"}
DIGIT = f"[0-9{''.join(SAID)}]"
GROUP = re.compile(f"(?:{DIGIT}|[xX叉](?![a-zA-Z])|[bB](?={DIGIT}))+")
RUN = re.compile(rf"{DIGIT}(?:[\W_]{{0,3}}{DIGIT}|[\W_]?[xX叉](?![a-zA-Z])|[bB](?={DIGIT}))+")
LONGEST_NUMBER = 22

BIRTHDAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
ID_CARD = re.compile(rf"[1-9]\d{{5}}(?:19|20)\d{{2}}{BIRTHDAY}\d{{3}}[\dX]")
OLD_ID = re.compile(rf"[1-9]\d{{7}}{BIRTHDAY}\d{{3}}")
CERTIFICATE = re.compile(ID_CARD.pattern + r"[1-7][1-4](?:B\d)?")
PHONE = re.compile(r"1[3-9]\d{9}|(?:00)?86[1-9]\d{9,10}|0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}")
LANDLINE = re.compile(r"[2-9]\d{7}")
AMOUNTS = re.compile(r"\d{3}0\d{3}0")
DATE = re.compile(rf"20\d{{2}}(?:{BIRTHDAY}|20\d{{2}})")
BANK = re.compile(r"\d{15,19}")
UNION_PAY = re.compile(r"62\d{14,17}")
LONG = re.compile(r"\d{11,}X?")
COUNTED = re.compile(r"\s*[元块万岁个人月年日号天平斤%]")
"""What follows an amount, an age or a date, and never a telephone number."""

COUNT = f"(?:{DIGIT}|[十百])"
BUILT = f"{COUNT}{{1,6}}\\s*(?:弄|街坊|号楼|号院|号(?!线)|栋|幢|单元|室|楼|层)"
STREETS = "路|街|大道|巷|弄|小区|新村|公寓|花园|家园|苑|大厦|广场|桥|村"
NAMED = rf"(?:(?![我你他她您在住到去是从往于了离])[\u4e00-\u9fff]){{1,8}}?(?:{STREETS})"
CHAIN = f"{BUILT}(?:[\\s,，、]*{BUILT})"
ADDRESS = re.compile(
    f"(?<![月年{''.join(SAID)}十百0-9])(?:{NAMED}\\s*{CHAIN}*(?:{COUNT}{{2,5}}(?!{COUNT}))?"
    f"|{CHAIN}+|{COUNT}{{1,6}}\\s*(?:弄|号楼|栋|幢|单元|室|楼))"
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text with masks, and the kinds that were masked in order."""

    text: str
    kinds: tuple[str, ...]


def digits_of(run: str) -> str:
    """A run of digits in any spelling as ASCII digits (and X, B)."""
    said = (SPOKEN.get(character, character) for character in run)
    return "".join(character.upper() for character in said if character.isascii() and character.isalnum())


def passes_luhn(number: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def kind_of(number: str) -> str | None:
    """Which private number this is; None if it is none. An ID with a wrong check digit is one all the same:
    people mistype, and it still points at a person."""
    if CERTIFICATE.fullmatch(number):
        return "certificate"
    if ID_CARD.fullmatch(number) or OLD_ID.fullmatch(number):
        return "id_card"
    if PHONE.fullmatch(number):
        return "phone"
    is_bank = UNION_PAY.fullmatch(number) or (BANK.fullmatch(number) and passes_luhn(number))
    return "bank_card" if is_bank else None


class Redactor:
    """Masks private numbers; `public` are the numbers that may always be said."""

    def __init__(self, public: Iterable[str]) -> None:
        numbers = sorted({digits_of(number) for number in public} - {""}, key=len, reverse=True)
        self._public = re.compile(f"(?:{'|'.join(numbers)})+") if numbers else re.compile("(?!)")

    def redact(self, text: str) -> Redacted:
        """The text as it may be kept. The rest of the text is left exactly as it was written."""
        kinds: list[str] = []
        kept: list[str] = []
        end = 0
        for start, stop, kind in self._spans("".join(map(flatten, text))):
            kinds.append(kind)
            kept.extend((text[end:start], MASKS[kind]))
            end = stop
        return Redacted("".join((*kept, text[end:])), tuple(kinds))

    @staticmethod
    def hide_addresses(redacted: Redacted) -> Redacted:
        """Masks addresses too: for a conversation that stays careful after a crisis."""
        text, count = ADDRESS.subn(MASKS["address"], redacted.text)
        return Redacted(text, (*redacted.kinds, *["address"] * count))

    def _spans(self, flat: str) -> Iterator[tuple[int, int, str]]:
        """Start, stop and kind of every private number: groups of digits, the longest joined first, so that
        neither a number written in groups nor two numbers side by side slip through."""
        for run in RUN.finditer(flat):
            groups = [(run.start() + g.start(), run.start() + g.end()) for g in GROUP.finditer(run.group())]
            first = 0
            while first < len(groups):
                length, found = next(self._private(flat, groups[first:]), (1, None))
                if found:
                    yield found
                first += length

    def _private(self, flat: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, tuple[int, int, str]]]:
        """The private numbers that begin with the first group, the longest first, each with its length in groups."""
        start = groups[0][0]
        joined = [
            stop for position, (_, stop) in enumerate(groups) if stop - start <= 4 * LONGEST_NUMBER or not position
        ]
        opens_public = self._public.fullmatch(digits_of(flat[slice(*groups[0])]))
        for length in range(len(joined), 0, -1):
            stop = joined[length - 1]
            kind = self._kind(flat, start, stop, length)
            # an ID may begin with the digits of a hotline; what merely follows one is another number
            if kind and not (opens_public and kind not in ("certificate", "id_card")):
                yield length, (start, stop, kind)

    def _kind(self, flat: str, start: int, stop: int, groups: int) -> str | None:
        """The kind of what stands between `start` and `stop`; None when it is public or no private number."""
        number = digits_of(flat[start:stop])
        if self._public.fullmatch(number):
            return None
        if kind := kind_of(number):
            return kind
        if LANDLINE.fullmatch(number) and is_landline(flat, start, stop, groups):
            return "phone"
        if groups > 1:
            return None
        inside = ((CERTIFICATE, "certificate"), (ID_CARD, "id_card"), (LONG, "phone"))
        return next((kind for pattern, kind in inside if pattern.search(number)), None)


def is_landline(flat: str, start: int, stop: int, groups: int) -> bool:
    """Whether eight digits are a telephone number rather than a date, two years or two amounts."""
    said, number = flat[start:stop], digits_of(flat[start:stop])
    in_one_or_two = groups == 1 or bool(re.fullmatch(rf"{DIGIT}{{4}}[ -]{DIGIT}{{4}}", said))
    if groups == 2 and AMOUNTS.fullmatch(number):
        return False
    return in_one_or_two and not DATE.fullmatch(number) and not COUNTED.match(flat, stop)


def flatten(character: str) -> str:
    """A digit of any script as its ASCII digit, else NFKC where that keeps the length: positions stay the same."""
    digit = unicodedata.digit(character, None)
    flat = unicodedata.normalize("NFKC", character) if digit is None else str(digit)
    return flat if len(flat) == 1 else character
