"""The page's three cookies: who is talking, how the page looks, and the proof that a form is ours.

``token``: the conversation's token, HttpOnly and Strict. ``view``: the display settings. ``csrf``: the
double-submit token, compared with the form field ``csrf`` or the header ``X-CSRF-Token``. The last two are
Lax so that a link from another site neither forgets the settings nor breaks the forms of a second tab.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

TOKEN, VIEW, CSRF = "zhuwo_token", "zhuwo_view", "zhuwo_csrf"
SIZES = ("18", "24", "30")
THEMES = ("auto", "light", "dark", "contrast")
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class View:
    """How a resident wants the page: `size` in px, `theme`, `easy` wording, `enter` sends."""

    size: str = "18"
    theme: str = "auto"
    easy: bool = False
    enter: bool = True

    def change(self, wishes: Mapping[str, str]) -> View:
        """The view after a settings form; fields that are absent or unknown change nothing."""
        size, theme = wishes.get("size", ""), wishes.get("theme", "")
        return replace(
            self,
            size=size if size in SIZES else self.size,
            theme=theme if theme in THEMES else self.theme,
            easy=_read_flag(wishes.get("easy"), self.easy),
            enter=_read_flag(wishes.get("enter"), self.enter),
        )


def _read_flag(said: str | None, before: bool) -> bool:
    return {"yes": True, "no": False}.get(said or "", before)


def name_cookie(connection: HTTPConnection, name: str) -> str:
    """The cookie's name on this connection: browsers keep ``__Host-`` names only under https."""
    return f"__Host-{name}" if connection.url.scheme == "https" else name


def read_token(connection: HTTPConnection) -> str | None:
    """The conversation's token, or None."""
    return connection.cookies.get(name_cookie(connection, TOKEN)) or None


def read_view(connection: HTTPConnection) -> View:
    """The display settings; anything unreadable counts as not set."""
    parts = connection.cookies.get(name_cookie(connection, VIEW), "").split(".")
    fields = dict(zip(("size", "theme", "easy", "enter"), parts, strict=False))
    return View().change(fields)


def read_csrf(connection: HTTPConnection) -> str | None:
    """The double-submit token this browser holds, or None."""
    return connection.cookies.get(name_cookie(connection, CSRF)) or None


def make_csrf() -> str:
    return secrets.token_urlsafe(24)


def csrf_passes(connection: HTTPConnection, told: str | None = None) -> bool:
    """True if the form field (`told`) or the header ``X-CSRF-Token`` equals the cookie."""
    held, shown = read_csrf(connection), told or connection.headers.get("x-csrf-token")
    return bool(held and shown) and secrets.compare_digest(
        str(held).encode("utf-8", "replace"), str(shown).encode("utf-8", "replace")
    )


def keep_token(connection: HTTPConnection, response: Response, token: str) -> None:
    _keep(connection, response, (TOKEN, token), DAY, "strict")


def keep_view(connection: HTTPConnection, response: Response, view: View) -> None:
    flags = ("yes" if flag else "no" for flag in (view.easy, view.enter))
    _keep(connection, response, (VIEW, ".".join((view.size, view.theme, *flags))), 365 * DAY, "lax")


def keep_csrf(connection: HTTPConnection, response: Response, csrf: str) -> None:
    _keep(connection, response, (CSRF, csrf), 30 * DAY, "lax")


def forget_all(connection: HTTPConnection, response: Response) -> None:
    """Remove everything the page keeps on this machine."""
    secure = connection.url.scheme == "https"
    for name in (TOKEN, VIEW, CSRF):
        response.delete_cookie(name_cookie(connection, name), path="/", secure=secure, httponly=True)


def _keep(
    connection: HTTPConnection,
    response: Response,
    pair: tuple[str, str],
    seconds: int,
    same_site: Literal["lax", "strict"],
) -> None:
    response.set_cookie(
        name_cookie(connection, pair[0]),
        pair[1],
        max_age=seconds,
        path="/",
        secure=connection.url.scheme == "https",
        httponly=True,
        samesite=same_site,
    )
