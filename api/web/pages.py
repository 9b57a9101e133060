"""Turning what the desk says into pages: templates, wording, and the headers every page carries."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.messages import Entry
from api.web import cookies
from api.web.cookies import View

HERE = Path(__file__).parent
DIALLED = re.compile(r"^[0-9+-]{3,20}$")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Message:
    """One message as shown. `key` stays the same on every rendering; `say` is the flat sentence announced for
    it; `active` is True for the newest answer only; `again` is what a retry sends."""

    key: str
    kind: str
    number: int
    lines: tuple[str, ...]
    say: str
    entry: Entry
    active: bool = False
    careful: bool = False
    again: str | None = None


class FreshFiles(StaticFiles):
    """Static files that browsers keep but always ask about, so that a new release is seen at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def static_files() -> FreshFiles:
    """What is mounted at ``/static``."""
    return FreshFiles(directory=HERE / "static")


@lru_cache(maxsize=1)
def load_wording() -> dict[str, Any]:
    """The page's own sentences."""
    wording: dict[str, Any] = yaml.safe_load((HERE / "wording.yml").read_text(encoding="utf-8"))
    return wording


@lru_cache(maxsize=1)
def _load_templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["w"] = load_wording()
    environment.globals["new_id"] = lambda: str(uuid.uuid4())
    environment.tests["dialled"] = lambda number: bool(DIALLED.match(number))
    static = sorted((HERE / "static").iterdir())
    edition = hashlib.sha256(b"".join(file.read_bytes() for file in static)).hexdigest()[:10]
    environment.globals["edition"] = edition
    return environment


def render_page(connection: HTTPConnection, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
    """A page with its headers; gives the browser a CSRF token if it holds none."""
    held = cookies.read_csrf(connection)
    csrf = held or cookies.make_csrf()
    view: View = values.get("view") or cookies.read_view(connection)
    filled = {"conversation_id": None, "careful": False, **values, "view": view, "csrf": csrf}
    html = _load_templates().get_template(template).render(filled)
    response = HTMLResponse(html, status_code=status, headers=HEADERS)
    if held is None:
        cookies.keep_csrf(connection, response, csrf)
    return response


def render_trouble(connection: HTTPConnection, status: int, words: dict[str, str], reference: str) -> HTMLResponse:
    """A page for a step that did not succeed; `words` are a title and detail fit for a resident."""
    return render_page(connection, "trouble.html", {"words": words, "reference": reference}, status)


def list_messages(entries: Sequence[Entry], view: View) -> list[Message]:
    """The transcript as shown. The page has its own welcome: a greeting before the first
    word is left out."""
    first = next((i for i, entry in enumerate(entries) if entry.kind != "assistant"), len(entries))
    shown = entries[first:]
    messages: list[Message] = []
    seen: dict[str, int] = {}
    asked: str | None = None
    for place, entry in enumerate(shown):
        if entry.kind == "resident":
            asked = entry.text
        key = f"{entry.kind}-{entry.turn_id or 'none'}"
        seen[key] = seen.get(key, 0) + 1
        last = place == len(shown) - 1
        messages.append(_show(entry, view, f"{key}-{seen[key]}", (place, last, asked)))
    return messages


def _show(entry: Entry, view: View, key: str, around: tuple[int, bool, str | None]) -> Message:
    place, last, asked = around
    reply = entry.reply
    text = (reply.easy if view.easy else reply.text) if reply else entry.text
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    return Message(
        key=key,
        kind=entry.kind,
        number=place + 1,
        lines=lines,
        say=_say(entry, lines, last),
        entry=entry,
        active=last and entry.kind == "assistant",
        careful=bool(getattr(entry, "careful", False)),
        again=asked if entry.outcome == "failed" else None,
    )


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


def render_blank() -> HTMLResponse:
    """The neutral page after a quick exit: no name, no cookie, no trace of us."""
    return HTMLResponse(_load_templates().get_template("left.html").render(), headers=HEADERS)
