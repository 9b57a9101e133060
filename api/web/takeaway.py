"""What a resident takes to a window: one answer as a card in very large type, or its papers as a list to tick."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.messages import Entry, EntryKind, Outcome, Reply
from api.web.cookies import View
from api.web.showing import load_wording, part_reply, write_topic

LONGEST_WORDS = 60


@dataclass(frozen=True)
class Card:
    """One answer for the eyes of a clerk. `wish` is what the resident wants, `words` how they put it, `after` the
    lines below the contacts. What a careful conversation adds for the resident alone is left out."""

    turn_id: str
    wish: str
    words: str
    topic: str
    lines: tuple[str, ...]
    after: tuple[str, ...]
    reply: Reply
    contacts: bool


def fits_window(entry: Entry) -> bool:
    """Whether an answer holds something to show at a window: a fact, a place, papers, or what to ask there."""
    reply = entry.reply
    if reply is None or not entry.turn_id or entry.careful:
        return False
    told = bool(reply.sources or reply.places or reply.papers)
    return told and (entry.outcome is Outcome.ANSWERED or (entry.outcome is Outcome.DECLINED and bool(reply.services)))


def make_card(entries: Sequence[Entry], turn_id: str, view: View) -> Card | None:
    """The card of one turn of this conversation; None when there is no such turn, or nothing to show."""
    entry = next((one for one in entries if one.turn_id == turn_id and fits_window(one)), None)
    if entry is None or entry.reply is None:
        return None
    reply, careful = entry.reply, any(one.careful for one in entries)
    asked = [one.text for one in entries if one.turn_id == turn_id and one.kind is EntryKind.RESIDENT]
    words = "" if careful else " ".join(" ".join(asked).split())
    parted = part_reply(reply, view, private=careful)
    wish, words = _write_wish(reply, words if len(words) <= LONGEST_WORDS else "")
    return Card(
        turn_id=turn_id,
        wish=wish,
        words=words,
        topic=write_topic(reply),
        lines=tuple(line for line in parted.before if _find_wish(line) is None),
        after=tuple(line for line in parted.after if _find_wish(line) is None),
        reply=reply,
        contacts=reply.hand_over is not None and not careful,
    )


def _find_wish(line: str) -> str | None:
    """What a line of the answer says to the resident about their own question: how to put it, or that it was asked."""
    wording = load_wording()["card"]
    ready, later = re.search(wording["ready"], line), re.search(wording["later"], line)
    if ready:
        return ready[1]
    return str(wording["wish"].format(matter=later[1])) if later else None


def _write_wish(reply: Reply, words: str) -> tuple[str, str]:
    """The first line of the card, and the resident's own words where they say more than that."""
    wording, topic = load_wording()["card"], write_topic(reply)
    told = next((wish for wish in map(_find_wish, reply.text.splitlines()) if wish), None)
    if told:
        return told, ""
    if topic and reply.papers:
        return wording["bring"].format(topic=topic), ""
    if topic and topic not in words:
        return wording["wish"].format(matter=topic), "" if words in topic else words
    return (wording["wish"].format(matter=words), "") if words else (wording["heading"], "")
