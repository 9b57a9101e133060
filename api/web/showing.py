"""What a transcript looks like on the page: which lines, in which order, and the one sentence announced for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.payload import ContactNote
from api.messages import Entry, EntryKind, HandOver, Reply
from api.web.cookies import View

NUMBER = re.compile(r"[0-9]{3,}")


@dataclass(frozen=True)
class Message:
    """One message as shown. `key` stays the same on every rendering; `say` is the flat sentence announced for it;
    `after` are the lines that follow the contacts, and `listed` tells that the text leads over to them; `active` is
    True for the newest answer only; `again` is what a retry sends; `careful` shows the quick exit; `waiting` is a
    message of the resident without its answer."""

    key: str
    kind: str
    number: int
    lines: tuple[str, ...]
    after: tuple[str, ...]
    listed: bool
    say: str
    entry: Entry
    active: bool = False
    careful: bool = False
    waiting: bool = False
    again: str | None = None


@dataclass(frozen=True)
class Parted:
    """The lines of a reply before and after its contacts. `listed`: the list of contacts stood in the text, and the
    lines before end where it stood."""

    before: tuple[str, ...]
    after: tuple[str, ...] = ()
    listed: bool = False


@lru_cache(maxsize=1)
def load_wording() -> dict[str, Any]:
    """The page's own sentences."""
    wording: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "wording.yml").read_text(encoding="utf-8"))
    return wording


def write_date(date: str) -> str:
    """``2025-08-07`` as it is written in Chinese; whatever is not a date stays as it is."""
    parts = date.split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return date
    return str(load_wording()["dates"][len(parts) - 1]).format(*(int(part) for part in parts))


def spell_code(code: str | None) -> str:
    """A conversation's code one sign at a time, so that it is read out sign by sign."""
    return " ".join("".join((code or "").split()))


def list_messages(entries: Sequence[Entry], view: View) -> list[Message]:
    """The transcript as shown. The page has its own welcome: a greeting before the first word is left out. Once a
    conversation has become careful, its newest answer keeps the quick exit."""
    first = next((i for i, entry in enumerate(entries) if entry.kind != "assistant"), len(entries))
    shown = entries[first:]
    answered = {entry.turn_id for entry in shown if entry.kind is EntryKind.ASSISTANT}
    messages: list[Message] = []
    seen: dict[str, int] = {}
    asked: str | None = None
    careful = False
    for place, entry in enumerate(shown):
        if entry.kind == "resident":
            asked = entry.text
        careful = careful or entry.careful
        last = place == len(shown) - 1
        key = f"{entry.kind}-{entry.turn_id or 'none'}"
        seen[key] = seen.get(key, 0) + 1
        message = _show(entry, view, f"{key}-{seen[key]}", (place, last, asked))
        waiting = entry.kind is EntryKind.RESIDENT and entry.turn_id not in answered
        exit_here = entry.careful or (careful and last and entry.kind == "assistant")
        messages.append(replace(message, careful=exit_here, waiting=waiting))
    return messages


def _show(entry: Entry, view: View, key: str, around: tuple[int, bool, str | None]) -> Message:
    place, last, asked = around
    if entry.reply:
        lines, parted = _lines_of(_words_of(entry.reply, view)), part_reply(entry.reply, view, in_crisis=entry.careful)
    else:
        lines = _lines_of(entry.text)
        parted = Parted(lines)
    return Message(
        key=key,
        kind=entry.kind,
        number=place + 1,
        lines=parted.before,
        after=parted.after,
        listed=parted.listed,
        say=_say(entry, lines, last),
        entry=entry,
        active=last and entry.kind == "assistant",
        again=asked if entry.outcome == "failed" else None,
    )


def _words_of(reply: Reply, view: View) -> str:
    return reply.easy if view.easy else reply.text


def _lines_of(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def write_topic(reply: Reply) -> str:
    """The name of what an answer is about, or nothing."""
    return reply.services[0].name if reply.services else ""


def part_reply(reply: Reply, view: View, in_crisis: bool = False, private: bool = False) -> Parted:
    """A reply's lines around its contacts. Every contact is shown once, by its own card: a list of them in the text
    is left out there. With `private`, every line that names a contact is left out."""
    lines = _lines_of(_words_of(reply, view))
    if reply.hand_over is None:
        return Parted(lines)
    if private:
        return Parted(tuple(line for line in lines if not any(_names(c, line) for c in reply.hand_over.contacts)))
    return _part_crisis(lines, reply.hand_over) if in_crisis else _part_list(lines, reply.hand_over)


def _names(contact: ContactNote, text: str) -> bool:
    return contact.number in text or contact.name in text


def _part_list(lines: tuple[str, ...], hand_over: HandOver) -> Parted:
    """The lines parted where the first whole list of contacts stands."""
    for place, line in enumerate(lines):
        for found in _find_lists().finditer(line):
            items = found[1].split(load_wording()["marks"]["item"])
            if all(any(_names(contact, item) for contact in hand_over.contacts) for item in items):
                rest = _lines_of(line[found.end() :])
                return Parted((*lines[:place], line[: found.start(1)]), (*rest, *lines[place + 1 :]), listed=True)
    return Parted(lines)


@lru_cache(maxsize=1)
def _find_lists() -> re.Pattern[str]:
    """What may be a list of contacts: from a colon to the end of the sentence."""
    marks = load_wording()["marks"]
    return re.compile("{lead}([^{lead}{end}]+){end}?".format(**marks))


def _part_crisis(lines: tuple[str, ...], hand_over: HandOver) -> Parted:
    """In a crisis a line that names one contact is told by that contact's button: nobody should read seven numbers
    twice before they can press one."""
    numbers = {contact.number for contact in hand_over.contacts}
    told = [len(numbers.intersection(NUMBER.findall(line))) == 1 for line in lines]
    if True not in told:
        return Parted(lines)
    cut = told.index(True)
    after = tuple(line for line, by_button in zip(lines[cut:], told[cut:], strict=True) if not by_button)
    return Parted(lines[:cut], after)


def _say(entry: Entry, lines: tuple[str, ...], last: bool) -> str:
    """The one flat sentence a screen reader hears: who, the answer, the choices; never the sources."""
    if entry.kind == "resident":
        return ""
    wording = load_wording()
    chat, who = wording["chat"], wording["who"]
    said = f"{who[entry.kind]}{' '.join(lines)}"
    if last and entry.reply and entry.reply.choices:
        titles = chat["comma"].join(choice.title for choice in entry.reply.choices[:5])
        said = f"{said} {chat['choices']}{titles}{chat['stop']}"
    return said
