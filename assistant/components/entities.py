"""What residents name: places, towns, services, disability, grade, age, income, persons, days and times.

The words are lookup tables `<type>_<value>` of the training data (nlu_data/training/entities.yml says how they are
written); grades and ages are read by rule, days and times by `components.dates`."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Pattern, Tuple

from components.dates import find_moments
from components.normaliser import Normaliser, syllables
from components.numerals import DIGITS, NUMBER, number
from components.spelling import Spelling, Words, dialect_words, plainly

TYPES = (
    *("place", "district", "town", "topic", "category", "condition", "certificate", "grade", "age"),
    *("income_status", "employed", "fixed_income", "severe_unemployed", "insurance", "person"),
)
NOT, CUE, GAP = "not_", "cue_", "…"
FEW_BETWEEN = "[^，。,.!?！？；;、]{0,6}?"
# a longer one of the same group hides what lies inside it: the place its town, the town its district
GROUPS = {"place": "location", "town": "location", "district": "location"}
DENIED = {
    **dict.fromkeys(("category", "condition", "income_status", "employed", "fixed_income"), "denied"),
    **dict.fromkeys(("town", "district", "age", "grade"), "not_so"),
}
SOUNDS_LIKE = {"town": 2, "district": 2, "place": 4, "topic": 4}
GRADES = re.compile(
    "(?<![第省市县区升降年0-9一二三四五六七八九十])([1-4一二三四壹贰叁肆](?:[、和或到至~-]|或者|级和|级或)?)+级"
)
GRADE = re.compile("[1-4一二三四壹贰叁肆]")
YEARS_OLD = re.compile(f"(?<![几多数0-9])({NUMBER})(?:周岁|足岁|岁)")
MONTHS_OLD = re.compile(f"({NUMBER})个多?月(?:大(?![概约])|的(?=[宝娃小婴孩]))")
BARE_AGE = re.compile(f"({NUMBER})(了|啦)?(?![^，。,.!?！？；;了啦的]|的时候)")
OLDEST = 120


class Match(NamedTuple):
    """Something found in the spelled text. `kind` is an entity type, or `not_<type>`."""

    kind: str
    value: str
    start: int
    end: int


class EntityFinder:
    """Finds entities. `lists`: all lookup tables by name; `normaliser`: its dialect map brings words to the lists'."""

    def __init__(self, lists: Mapping[str, Iterable[str]], normaliser: Normaliser) -> None:
        self.dialect = dialect_words(normaliser.dialect)
        self.words: Words[Tuple[str, str]] = Words()
        self.sounds: Words[Tuple[str, str, str]] = Words()
        self.gaps: List[Tuple[str, Pattern[str], Tuple[str, str]]] = []
        self.cues: Dict[str, Tuple[str, ...]] = {}
        for name, words in lists.items():
            entry, spelled = entry_of(name), [GAP.join(map(plainly, word.split(GAP))) for word in words]
            if entry:
                for word in filter(None, spelled):
                    self._add(word, entry)
            elif name.startswith(CUE):
                self.cues[name[len(CUE) :]] = tuple(spelled)

    def _add(self, word: str, entry: Tuple[str, str]) -> None:
        kind = entry[0]
        if GAP in word:
            first, last = word.split(GAP)
            pattern = re.compile(re.escape(first) + FEW_BETWEEN + re.escape(last))
            self.gaps.append((first, pattern, entry))
            return
        self.words.add(word, entry)
        sound = tuple(syllables(word))
        if len(sound) >= SOUNDS_LIKE.get(kind, len(sound) + 1):
            self.sounds.add(sound, (*entry, word))

    def find(self, text: str, now: Optional[dt.datetime]) -> List[Dict[str, Any]]:
        """The entities as `{type, value, text, start, end}` in the order of the text; offsets into `text`.

        Days and times only when `now` (the time of the turn) is given. A value is named once, where first said.
        """
        spelling = Spelling(text, self.dialect)
        matches = list(self._by_words(spelling.plain))
        if spelling.text != spelling.plain:
            standard = self._choose(list(self._by_words(spelling.text)))
            matches += [spelled_plain(spelling, match) for match in standard]
        matches += self._by_sound(spelling, [match for match in matches if match.kind in SOUNDS_LIKE])
        matches += [*find_grades(spelling.plain), *self._ages(spelling.plain, matches)]
        kept = [match for match in self._choose(matches) if not self._denied(spelling.plain, match)]
        kept = self._with_districts(kept)
        if now is not None:
            kept += [spelled_plain(spelling, Match(*moment)) for moment in find_moments(spelling.text, now)]
        found: Dict[Tuple[str, str], Dict[str, Any]] = {}
        for match in sorted(kept, key=lambda match: match.start):
            start, end = spelling.in_original(match.start, match.end)
            entity = {"type": match.kind, "value": match.value, "text": text[start:end], "start": start, "end": end}
            found.setdefault((match.kind, match.value), entity)
        return list(found.values())

    def _by_words(self, text: str) -> Iterator[Match]:
        for start, end, entries in self.words.find(text):
            for kind, value in entries:
                yield Match(kind, value, start, end)
        for first, pattern, (kind, value) in self.gaps:
            if first in text:
                for match in pattern.finditer(text):
                    yield Match(kind, value, *match.span())

    def _by_sound(self, spelling: Spelling, exact: List[Match]) -> Iterator[Match]:
        """Names heard wrong or typed in pinyin. Up to three syllables are too few to be sure: a character must be
        right, and beside two of them must stand a cue."""
        sounds, starts = spelling.sounds()
        for first, last, entries in self.sounds.find(sounds):
            start, end, length = starts[first], starts[last], last - first
            if any(match.start < end and match.end > start for match in exact):
                continue
            if length == 2 and not self._cued(spelling.plain, start, end):
                continue
            said = spelling.plain[start:end]
            for kind, value, word in entries:
                if length > 3 or said.isascii() or any(map(str.__eq__, said, word)):
                    yield Match(kind, value, start, end)

    def _cued(self, text: str, start: int, end: int) -> bool:
        """Whether a word beside tells of a place, and the words between are no ordinary ones."""
        beside = text[:start].endswith(self._cue("before")) or text.startswith(self._cue("after"), end)
        return beside and text[start:end] not in self._cue("ordinary")

    def _cue(self, name: str) -> Tuple[str, ...]:
        return self.cues.get(name, ())

    def _ages(self, text: str, matches: List[Match]) -> Iterator[Match]:
        """Years of age: with 岁, after a word for age, or "七十五了" after a person. About is no age."""
        for match in YEARS_OLD.finditer(text):
            age = number(match.group(1))
            if age is not None and age <= OLDEST:
                yield Match("age", str(age), *match.span())
        for match in MONTHS_OLD.finditer(text):
            yield Match("age", str((number(match.group(1)) or 0) // 12), *match.span())
        people = {match.end for match in matches if match.kind == "person"}
        for match in BARE_AGE.finditer(text):
            age = number(match.group(1))
            before = text[: match.start()].rstrip("是有都已经也快满")
            told = before.endswith(self._cue("age")) or (match.group(2) and len(before) in people)
            if told and age is not None and 0 < age <= OLDEST:
                yield Match("age", str(age), *match.span(1))

    def _choose(self, matches: List[Match]) -> List[Match]:
        """Without what a `not_` word covers, and of overlapping ones of a group the longest."""
        barred = [(m.kind[len(NOT) :], m) for m in matches if m.kind.startswith(NOT)]
        chosen: List[Match] = []
        for match in sorted(matches, key=lambda m: (m.start - m.end, m.start)):
            group = GROUPS.get(match.kind, match.kind)
            if match.kind.startswith(NOT) or any(
                kind == match.kind and overlap(other, match) and not inside(other, match) for kind, other in barred
            ):
                continue
            if all(
                GROUPS.get(other.kind, other.kind) != group
                or not overlap(other, match)
                or (other.kind == match.kind and (other.start, other.end) == (match.start, match.end))
                for other in chosen
            ):
                chosen.append(match)
        return chosen

    def _denied(self, text: str, match: Match) -> bool:
        """Whether the words before say that it is not so."""
        cue = DENIED.get(match.kind)
        return cue is not None and text[: match.start].endswith(self._cue(cue))

    @staticmethod
    def _with_districts(matches: List[Match]) -> List[Match]:
        """A town is named without its district, and brings it along."""
        found = []
        for match in matches:
            if match.kind == "town":
                district, _, town = match.value.partition("_")
                found.append(Match("town", town, match.start, match.end))
                found.append(Match("district", district, match.start, match.end))
            else:
                found.append(match)
        return found


def entry_of(name: str) -> Optional[Tuple[str, str]]:
    """Type and value of a lookup table, or None when it is none of ours."""
    if name.startswith(NOT):
        return (name, "") if name[len(NOT) :] in TYPES else None
    for kind in TYPES:
        if name.startswith(kind + "_"):
            return kind, name[len(kind) + 1 :]
    return None


def spelled_plain(spelling: Spelling, match: Match) -> Match:
    """A match in the text with standard words, where it stands in the plain one."""
    start, end = spelling.in_plain(match.start, match.end)
    return match._replace(start=start, end=end)


def overlap(one: Match, other: Match) -> bool:
    return one.start < other.end and other.start < one.end


def inside(one: Match, other: Match) -> bool:
    """Whether one lies within a longer other."""
    return other.start <= one.start and one.end <= other.end and one.end - one.start < other.end - other.start


def find_grades(text: str) -> Iterator[Match]:
    """Grades 1 to 4: "二级", "一二级", "一级或二级"."""
    for match in GRADES.finditer(text):
        for digit in GRADE.finditer(match.group()):
            start = match.start() + digit.start()
            end = start + 2 if text.startswith("级", start + 1) else start + 1
            yield Match("grade", str(DIGITS.get(digit.group(), digit.group())), start, end)
