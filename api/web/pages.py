"""Turning what the desk says into pages: templates, wording, and the headers every page carries."""

from __future__ import annotations

import hashlib
import re
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.web import cookies, showing, takeaway
from api.web.cookies import View
from api.web.showing import load_wording

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
    environment.filters["in_words"] = showing.write_date
    environment.filters["spelled"] = showing.spell_code
    environment.tests["dialled"] = lambda number: bool(DIALLED.match(number))
    environment.tests["for_a_window"] = takeaway.fits_window
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


def render_blank() -> HTMLResponse:
    """The neutral page after a quick exit: no name, no cookie, no trace of us."""
    return HTMLResponse(_load_templates().get_template("left.html").render(), headers=HEADERS)
