"""Checking how points are worded: figures referenced and never bare, history told as history, easy sentences short."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from actions.catalogue.check import Check, Path_
from actions.catalogue.content import Entry, key_of
from actions.catalogue.records import Answer, Contact, Figure, Kind, NotOurs, Phrase, Point, Record, Term, Topic
from actions.catalogue.rendering import PLACEHOLDER

MOST_EASY = 30
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_SENTENCE_END = re.compile(r"(?<=[。！？!?\n])")
# An amount, share, age, span, clock time, or a date that sets a term, in digits or in words. The year and month of a
# document or an event may stand.
_BARE = re.compile(
    r"\d+(?:\.\d+)?\s*(?:[万亿]?元|万[人户]?|%|％|周?岁|个月|个?工作日|天|小时|分钟|公里|平方米|毫米|米)"
    r"|(?<![\d年月])\d{1,3}\s*[年日](?!代|[级楼])"
    r"|\d{1,2}[:：]\d\d"
    r"|(?:[二两三四五六七八九十百千万]|[一二两三四五六七八九十百千万]{2,})(?:元|块钱|周?岁|个?工作日|个月|小时|分钟|公里)"
    r"|(?<![第周期零])[二两三四五六七八九十百]+[年天](?!级|行动|制|规划|计划|五)"
    r"|百分之[一二三四五六七八九十]+"
    r"|(?<!年)(?<!\d)\d{1,2}月\d{1,2}日"
    r"|\d{4}年\d{1,2}月\d{1,2}日"
    r"|\d{4}年\d{1,2}月(?:起|以前|之前|前|为止|截止|施行|实施|开始|之?后|到|至)"
)


def _texts(record: Record) -> Iterator[tuple[str, Path_, str]]:
    """The texts of a record that are rendered with figures: owner, path, text."""
    fields: list[tuple[str, Path_, str | None]] = []
    if isinstance(record, Answer):
        fields.append((key_of(record), ("lead",), record.lead))
        for index, point in enumerate(record.points):
            for name in ("text", "easy", "speech"):
                fields.append((point.id, ("points", index, name), getattr(point, name)))
            fields += [(point.id, ("points", index, "papers"), paper) for paper in point.papers]
    if isinstance(record, Topic):
        fields.append((record.id, ("office",), record.office))
    if isinstance(record, NotOurs):
        fields += [(record.id, (name,), getattr(record, name)) for name in ("text", "easy")]
    return ((owner, path, text) for owner, path, text in fields if text is not None)


def check_texts(check: Check) -> None:
    for entry, record in check.all(Record):
        for owner, path, text in _texts(record):
            _check_placeholders(check, entry, owner, path, text)
            if isinstance(record, (Answer, NotOurs)) and (bare := _BARE.search(PLACEHOLDER.sub("", text))):
                slots = {"owner": owner, "field": path[-1], "amount": bare.group()}
                check.complain(entry, path, "bare_amount", **slots)
        if isinstance(record, (Contact, Phrase, Term)):
            _check_easy(check, entry, record.id, ("easy",), record.easy)
        if isinstance(record, NotOurs) and record.easy:
            _check_easy(check, entry, record.id, ("easy",), record.easy)
    for entry, _, point, path in check.points():
        _check_easy(check, entry, point.id, (*path, "easy"), point.easy)
        _check_history(check, entry, point, path)


def _check_history(check: Check, entry: Entry, point: Point, path: Path_) -> None:
    """What a figure was before is told as history only, and never without what it is now."""
    for form in ("text", "easy", "speech"):
        text = getattr(point, form) or ""
        named = PLACEHOLDER.findall(text)
        now = {figure for figure, previous in named if not previous}
        for figure, previous in named:
            if previous and (point.kind is not Kind.HISTORY or figure not in now):
                check.complain(entry, (*path, form), "history_alone", owner=point.id, field=form, id=figure)


def _check_placeholders(check: Check, entry: Entry, owner: str, path: Path_, text: str) -> None:
    where = {"owner": owner, "field": path[-1]}
    for found in _BRACES.findall(text):
        match = PLACEHOLDER.fullmatch(found)
        if match is None:
            check.complain(entry, path, "bad_placeholder", id=found, **where)
            continue
        figure = check.known[Figure].get(match[1])
        if figure is None:
            check.complain(entry, path, "unknown_figure", id=match[1], **where)
        elif match[2] and isinstance(figure.record, Figure) and len(figure.record.values) < 2:
            check.complain(entry, path, "no_previous", id=match[1], **where)


def easy_sentences(text: str, figures: Mapping[str, Figure] | None = None) -> list[str]:
    """The sentences of an easy text, each figure at its newest value, other slots left out."""

    def fill(match: re.Match[str]) -> str:
        figure = (figures or {}).get(match[1])
        return figure.values[-1].value if figure else ""

    filled = PLACEHOLDER.sub(fill, text)
    return [sentence.strip() for sentence in _SENTENCE_END.split(filled) if sentence.strip()]


def _check_easy(check: Check, entry: Entry, owner: str, path: Path_, text: str) -> None:
    known = check.known[Figure]
    figures = {id_: found.record for id_, found in known.items() if isinstance(found.record, Figure)}
    for sentence in easy_sentences(text, figures):
        if len(sentence) > MOST_EASY:
            slots = {"length": len(sentence), "most": MOST_EASY, "sentence": sentence}
            check.complain(entry, path, "long_easy", owner=owner, **slots)
