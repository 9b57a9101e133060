"""The resident's page: every step is a form that works without scripts, answered by a redirect (303).

The scripts in ``web/static`` send through the JSON API and fetch ``/transcript`` to show what came
of it, so there is one rendering of a message: the server's.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from api.errors import CODES, RequestRefused, load_wording
from api.messages import CallbackIn, FeedbackIn, MessageIn
from api.web import cookies, pages, showing, takeaway

if TYPE_CHECKING:
    from api.messages import Opened
    from api.turns import Desk
    from api.web.takeaway import Card

LARGEST_FORM = 64 * 1024
LONGEST_TEXT = 2000
LONGEST_NOTE = 500
PHONE = re.compile(r"\+?[0-9]{5,15}")
FORM_IDS = uuid.UUID("6f3f4f0e-6a0b-4c5e-9d54-0f0e7c5b1a52")

log = structlog.get_logger()


class PageRoute(APIRoute):
    """A route whose errors are pages too; whoever does not ask for HTML gets the API's problem document."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                if "text/html" not in request.headers.get("accept", ""):
                    raise
                return _show_error(request, error)

        return handle_page


def _show_error(request: Request, error: Exception) -> Response:
    code, status = "internal", 500
    if isinstance(error, RequestRefused):
        code, status = error.code, error.status
    elif isinstance(error, HTTPException):
        code, status = CODES.get(error.status_code, "invalid_request"), error.status_code
    elif isinstance(error, ValidationError):
        code, status = "invalid_request", 422
    elif isinstance(error, SQLAlchemyError):
        code, status = "not_stored", 503
    reference = uuid.uuid4().hex[:12]
    log.warning("page_problem", code=code, path=request.url.path, reference=reference, exc_info=status >= 500)
    return pages.render_trouble(request, status, load_wording()["errors"][code], reference)


router = APIRouter(include_in_schema=False, route_class=PageRoute)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _find_conversation(request: Request) -> str | None:
    token = cookies.read_token(request)
    return await _desk(request).find_by_token(token) if token else None


async def _read_form(request: Request, checked: bool = True) -> FormData:
    """The submitted form. Raises RequestRefused: too large, or (if `checked`) without our CSRF token."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_FORM:
        raise RequestRefused("too_large", 413)
    form = await request.form(max_files=0, max_fields=20)
    if checked:
        _check_csrf(request, _field(form, "csrf"))
    return form


def _check_csrf(request: Request, told: str | None = None) -> None:
    if not cookies.csrf_passes(request, told):
        raise RequestRefused("csrf", 403)


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


async def _open_if_new(request: Request) -> tuple[str, Opened | None]:
    """The conversation of this browser; opens one with the resident's first word, not before."""
    conversation_id = await _find_conversation(request)
    if conversation_id is not None:
        return conversation_id, None
    opened = await _desk(request).open_conversation("web")
    return opened.conversation_id, opened


def _redirect(request: Request, target: str, opened: Opened | None = None) -> Response:
    response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    if opened is not None:
        cookies.keep_token(request, response, opened.token)
    return response


async def _render_chat(request: Request, error: str = "", draft: str = "") -> Response:
    values = await _load_transcript(request)
    values |= {"error": error, "draft": draft}
    response = pages.render_page(request, "chat.html", values, 422 if error else 200)
    token = cookies.read_token(request)
    if token and values["conversation_id"]:
        cookies.keep_token(request, response, token)
    return response


async def _load_transcript(request: Request) -> dict[str, Any]:
    view = cookies.read_view(request)
    conversation_id = await _find_conversation(request)
    if conversation_id is None:
        return {"view": view, "conversation_id": None, "code": None, "messages": []}
    transcript = await _desk(request).read_transcript(conversation_id)
    messages = showing.list_messages(transcript.entries, view)
    return {"view": view, "conversation_id": conversation_id, "code": transcript.code, "messages": messages}


@router.get("/")
async def show_chat(request: Request) -> Response:
    return await _render_chat(request)


@router.get("/transcript")
async def show_transcript(request: Request) -> Response:
    """The list of messages alone, for the scripts."""
    return pages.render_page(request, "transcript.html", await _load_transcript(request))


@router.get("/card")
async def show_card(request: Request, turn: str = "") -> Response:
    """One answer in very large type, to hold up at a window."""
    return pages.render_page(request, "card.html", {"card": await _find_card(request, turn)})


@router.get("/papers")
async def show_papers(request: Request, turn: str = "") -> Response:
    """What to bring, to print and tick off. What is ticked is kept nowhere."""
    card = await _find_card(request, turn)
    if not card.reply.papers:
        raise RequestRefused("not_found", 404)
    return pages.render_page(request, "papers.html", {"card": card})


async def _find_card(request: Request, turn_id: str) -> Card:
    """An answer of this browser's conversation. Raises RequestRefused."""
    conversation_id = await _find_conversation(request)
    if conversation_id is not None:
        transcript = await _desk(request).read_transcript(conversation_id)
        card = takeaway.make_card(transcript.entries, turn_id, cookies.read_view(request))
        if card is not None:
            return card
    raise RequestRefused("not_found", 404)


@router.post("/begin")
async def begin(request: Request) -> Response:
    """For the scripts, before the first message: ``{conversation_id, code}`` and the cookie."""
    _check_csrf(request)
    conversation_id, opened = await _open_if_new(request)
    response = JSONResponse(
        {"conversation_id": conversation_id, "code": showing.spell_code(opened.code) if opened else None}
    )
    if opened is not None:
        cookies.keep_token(request, response, opened.token)
    return response


@router.post("/say")
async def say(request: Request) -> Response:
    """A typed question; on a mistake the page comes back with the text kept."""
    form = await _read_form(request)
    wording, text = showing.load_wording()["composer"], _field(form, "text")
    if not text:
        return await _render_chat(request, wording["empty"])
    if len(text) > LONGEST_TEXT:
        return await _render_chat(request, wording["long"], text)
    try:
        message = MessageIn(client_message_id=_make_id(form, text), text=text)
        return await _deliver(request, message)
    except ValidationError:
        return await _render_chat(request, wording["broken"], text)
    except RequestRefused as refused:
        return await _render_chat(request, load_wording()["errors"][refused.code]["detail"], text)


@router.post("/choose")
async def choose(request: Request) -> Response:
    """One of the offered choices, or the way to a person (``act:human``)."""
    form = await _read_form(request)
    choice = _field(form, "choice")
    return await _deliver(request, MessageIn(client_message_id=_make_id(form, choice), choice=choice))


def _make_id(form: FormData, content: str) -> str:
    """The same form sent twice is one message; the same form with other content is another."""
    seed = _field(form, "client_message_id") or str(uuid.uuid4())
    return str(uuid.uuid5(FORM_IDS, f"{seed} {content}"))


async def _deliver(request: Request, message: MessageIn) -> Response:
    conversation_id, opened = await _open_if_new(request)
    await _desk(request).take_message(conversation_id, message)
    return _redirect(request, "/#latest", opened)


@router.get("/settings")
async def show_settings(request: Request) -> Response:
    values = {"saved": "saved" in request.query_params, "conversation_id": await _find_conversation(request)}
    return pages.render_page(request, "settings.html", values)


@router.post("/settings")
async def keep_settings(request: Request) -> Response:
    form = await _read_form(request)
    wishes = {name: _field(form, name) for name in ("size", "theme", "easy", "enter")}
    response = _redirect(request, "/settings?saved" if _field(form, "return") == "settings" else "/")
    cookies.keep_view(request, response, cookies.read_view(request).change(wishes))
    return response


@router.post("/clear")
async def clear(request: Request) -> Response:
    """Forget everything on this machine; with ``everywhere`` the conversation is erased on the server too.
    Forgetting needs no CSRF token: a stale page on a shared machine must still clear it."""
    form = await _read_form(request, checked=False)
    conversation_id, erased = await _find_conversation(request), False
    if _field(form, "everywhere") and conversation_id:
        _check_csrf(request, _field(form, "csrf"))
        await _desk(request).erase(conversation_id)
        erased = True
    response = _redirect(request, "/cleared?erased" if erased else "/cleared")
    cookies.forget_all(request, response)
    return response


@router.get("/cleared")
async def show_cleared(request: Request) -> Response:
    return pages.render_page(request, "cleared.html", {"erased": "erased" in request.query_params})


@router.post("/left")
async def leave(request: Request) -> Response:
    """The quick exit: forgets this machine's part and shows a page that says nothing. Never refused."""
    response = _redirect(request, "/left")
    cookies.forget_all(request, response)
    return response


@router.get("/left")
async def show_left() -> Response:
    return pages.render_blank()


@router.get("/callback")
async def show_callback(request: Request) -> Response:
    return await _render_callback(request, {})


@router.post("/callback")
async def keep_callback(request: Request) -> Response:
    """Keep a number for a call back; it is sealed by the desk and opens a conversation if there is none."""
    form = await _read_form(request)
    wording = showing.load_wording()["callback"]
    phone, note = _field(form, "phone"), _field(form, "note")
    way = "text" if _field(form, "way") == "text" else "voice"
    number = re.sub(r"[\s()（）-]", "", phone)
    told = {"phone": phone, "note": note, "way": way}
    if not PHONE.fullmatch(number):
        return await _render_callback(request, told | {"error": wording["bad_phone"]})
    if len(note) > LONGEST_NOTE:
        return await _render_callback(request, told | {"error": wording["long_note"]})
    whole = f"{wording['way_note']}{wording['ways'][way]} {note}".strip()
    wish = CallbackIn(phone=number, note=whole)
    conversation_id, opened = await _open_if_new(request)
    await _desk(request).keep_callback(conversation_id, wish.phone, wish.note)
    return _redirect(request, "/callback/kept", opened)


@router.get("/callback/kept")
async def show_kept(request: Request) -> Response:
    return await _render_callback(request, {"done": True})


async def _render_callback(request: Request, told: dict[str, Any]) -> Response:
    empty = {"phone": "", "note": "", "way": "voice", "error": "", "done": False, "code": None}
    conversation_id = await _find_conversation(request)
    if told.get("done") and conversation_id:
        empty["code"] = (await _desk(request).read_transcript(conversation_id)).code
    return pages.render_page(request, "callback.html", empty | told, 422 if told.get("error") else 200)


@router.post("/feedback")
async def keep_feedback(request: Request) -> Response:
    form = await _read_form(request)
    helpful = {"yes": True, "no": False}.get(_field(form, "helpful"))
    comment = _field(form, "comment")[:LONGEST_NOTE] or None
    told = FeedbackIn.model_validate({"turn_id": _field(form, "turn_id"), "helpful": helpful, "comment": comment})
    conversation_id = await _find_conversation(request)
    if conversation_id is None:
        raise RequestRefused("conversation_not_found", 404)
    await _desk(request).keep_feedback(conversation_id, told.turn_id, told.helpful, told.comment)
    return _redirect(request, "/#latest")
