"""Redaction before anything reaches disk, the engine or a log.

Masks ID, disability-certificate, phone and bank numbers, also when typed with spaces, in full width or spoken in
Chinese digits. Public numbers (the catalogue's hotlines) are never masked. Patterns: GB 11643 (ID), the
certificate's ID + class 1-7 + grade 1-4, mainland mobile and landline numbers, 15-19 digits passing Luhn (bank).
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
}
SAID = ("零〇洞", "一幺壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七拐柒", "八捌", "九勾玖")
SPOKEN = {character: digit for digit, said in enumerate(SAID) for character in said}
DIGIT = "[0-9零〇洞一幺壹二两贰三叁四肆五伍六陆七拐柒八捌九勾玖]"
RUN = re.compile(f"{DIGIT}(?:[ \\-－—·.,，、]?{DIGIT}|[ ]?[xX](?![a-zA-Z]))+(?:[Bb]{DIGIT})?")
GROUP = re.compile(f"(?:{DIGIT}|[xXbB])+")
ID_CARD = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
CERTIFICATE = re.compile(ID_CARD.pattern + r"[1-7][1-4](?:B\d)?")
PHONE = re.compile(r"(?:(?:0086|86)?1[3-9]\d{9})|(?:0\d{2,3}\d{7,8})")
LANDLINE = re.compile(r"[2-9]\d{7}")
BANK = re.compile(r"\d{15,19}")
OLD_ID = re.compile(r"[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text with masks, and the kinds that were masked in order."""

    text: str
    kinds: tuple[str, ...]


def digits_of(run: str) -> str:
    """A run of digits in any spelling as ASCII digits (and X, B)."""
    kept = []
    for character in run:
        if character in SPOKEN:
            kept.append(str(SPOKEN[character]))
        elif character.isascii() and character.isalnum():
            kept.append(character.upper())
    return "".join(kept)


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
    if ID_CARD.fullmatch(number):
        return "id_card"
    if PHONE.fullmatch(number):
        return "phone"
    if BANK.fullmatch(number) and passes_luhn(number):
        return "bank_card"
    if OLD_ID.fullmatch(number):
        return "id_card"
    return "phone" if LANDLINE.fullmatch(number) else None


class Redactor:
    """Masks private numbers; `public` are the numbers that may always be said."""

    def __init__(self, public: Iterable[str]) -> None:
        self.public = {digits_of(number) for number in public}

    def redact(self, text: str) -> Redacted:
        """The text as it may be kept. The rest of the text is left exactly as it was written."""
        flat = "".join(self._flatten(character) for character in text)
        kinds: list[str] = []
        kept: list[str] = []
        end = 0
        for start, stop, kind in self._spans(flat):
            kinds.append(kind)
            kept.extend((text[end:start], MASKS[kind]))
            end = stop
        return Redacted("".join((*kept, text[end:])), tuple(kinds))

    def _spans(self, flat: str) -> Iterator[tuple[int, int, str]]:
        """Start, stop and kind of every private number: groups of digits, the longest joined first, so that
        neither a number written in groups nor two numbers side by side slip through."""
        for run in RUN.finditer(flat):
            groups = [(run.start() + g.start(), run.start() + g.end()) for g in GROUP.finditer(run.group())]
            first = 0
            while first < len(groups):
                for last in range(len(groups), first, -1):
                    start, stop = groups[first][0], groups[last - 1][1]
                    kind = self._kind(digits_of(flat[start:stop]), last - first == 1)
                    if kind:
                        yield start, stop, kind
                        first = last - 1
                        break
                first += 1

    def _kind(self, number: str, single: bool) -> str | None:
        """The kind of a number, or, in one unbroken run, of a number inside it; None when it is public."""
        if number in self.public:
            return None
        if kind := kind_of(number):
            return kind
        inside = ((CERTIFICATE, "certificate"), (ID_CARD, "id_card"))
        return next((kind for pattern, kind in inside if single and pattern.search(number)), None)

    @staticmethod
    def _flatten(character: str) -> str:
        """NFKC of one character where that keeps its length, so that positions stay the same."""
        flat = unicodedata.normalize("NFKC", character)
        return flat if len(flat) == 1 else character
