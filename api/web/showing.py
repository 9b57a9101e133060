"""What a transcript looks like on the page: which lines, in which order, and the one sentence announced for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from api.messages import Entry, HandOver
from api.web.cookies import View

NUMBER = re.compile(r"[0-9]{3,}")


@dataclass(frozen=True)
class Message:
    """One message as shown. `key` stays the same on every rendering; `say` is the flat sentence announced for it;
    `after` are the lines that follow the contacts; `active` is True for the newest answer only; `again` is what a
    retry sends; `careful` shows the quick exit."""

    key: str
    kind: str
    number: int
    lines: tuple[str, ...]
    after: tuple[str, ...]
    say: str
    entry: Entry
    active: bool = False
    careful: bool = False
    again: str | None = None


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
        exit_here = entry.careful or (careful and last and entry.kind == "assistant")
        messages.append(_show(entry, view, f"{key}-{seen[key]}", (place, last, asked), exit_here))
    return messages


def _show(entry: Entry, view: View, key: str, around: tuple[int, bool, str | None], careful: bool) -> Message:
    place, last, asked = around
    reply = entry.reply
    text = (reply.easy if view.easy else reply.text) if reply else entry.text
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    before, after = _part_lines(lines, reply.hand_over if reply and entry.careful else None)
    return Message(
        key=key,
        kind=entry.kind,
        number=place + 1,
        lines=before,
        after=after,
        say=_say(entry, lines, last),
        entry=entry,
        active=last and entry.kind == "assistant",
        careful=careful,
        again=asked if entry.outcome == "failed" else None,
    )


def _part_lines(lines: tuple[str, ...], hand_over: HandOver | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines before and after the contacts. In a crisis a line that names one contact is told by that contact's
    button: nobody should read seven numbers twice before they can press one."""
    numbers = {contact.number for contact in hand_over.contacts} if hand_over else set()
    told = [len(numbers.intersection(NUMBER.findall(line))) == 1 for line in lines]
    if True not in told:
        return lines, ()
    cut = told.index(True)
    return lines[:cut], tuple(line for line, by_button in zip(lines[cut:], told[cut:], strict=True) if not by_button)


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
