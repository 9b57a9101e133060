"""Who may do what: the token by header, or the page's cookie with its CSRF token."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from api.settings import Settings
from tests.api.engines import FakeEngine
from tests.api.gateways import Answer, Gateway, Talk, keep_gateway, settings_for

MESSAGE = {"client_message_id": "m-1", "text": "法律援助要带什么材料？"}


def is_problem(answer: Answer, status: int, code: str) -> bool:
    """A problem document with a Chinese title and detail and a reference."""
    body = answer.body
    chinese = all(any("\u4e00" <= c <= "\u9fff" for c in body[name]) for name in ("title", "detail"))
    told = (answer.status, body["status"], body["code"], answer.kind) == (
        status,
        status,
        code,
        "application/problem+json",
    )
    return told and chinese and bool(body["reference"])


@pytest.mark.parametrize("token", [None, "", "wrong", "令牌".encode().decode("latin-1"), "a" * 5000])
async def test_without_the_token_nothing_is_shown_or_taken(gateway: Gateway, token: str | None) -> None:
    talk = await gateway.talk()
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/messages"), ("DELETE", "")):
        body = MESSAGE if method == "POST" else None
        assert is_problem(await gateway.call(method, talk.path + path, body, headers=headers), 401, "not_authorised")
    assert not gateway.rows("message")


async def test_a_token_opens_only_its_own_conversation(gateway: Gateway) -> None:
    mine, other = await gateway.talk(), await gateway.talk()
    assert is_problem(await gateway.call("GET", other.path, token=mine.token), 401, "not_authorised")
    unknown = await gateway.call("GET", "/api/v1/conversations/none", token=mine.token)
    assert is_problem(unknown, 401, "not_authorised")


def by_cookie(talk: Talk, csrf: str | None = None) -> dict[str, dict[str, str]]:
    headers = {"X-CSRF-Token": csrf} if csrf else {}
    return {"headers": headers, "cookies": {"zhuwo_token": talk.token, "zhuwo_csrf": "c" * 20}}


async def test_a_page_reads_by_cookie_and_writes_with_its_csrf_token(gateway: Gateway) -> None:
    talk = await gateway.talk()
    assert (await gateway.call("GET", talk.path, **by_cookie(talk))).status == 200
    path = f"{talk.path}/messages"
    assert is_problem(await gateway.call("POST", path, MESSAGE, **by_cookie(talk)), 403, "csrf")
    assert is_problem(await gateway.call("POST", path, MESSAGE, **by_cookie(talk, "other")), 403, "csrf")
    assert is_problem(await gateway.call("DELETE", talk.path, **by_cookie(talk)), 403, "csrf")
    assert (await gateway.call("POST", path, MESSAGE, **by_cookie(talk, "c" * 20))).status == 200


async def test_the_token_itself_is_not_stored(gateway: Gateway) -> None:
    talk = await gateway.talk()
    (row,) = gateway.rows("conversation")
    assert talk.token not in str(row)


async def test_an_address_meets_only_a_high_ceiling(sqlite_url: str, engine: FakeEngine, tmp_path: Path) -> None:
    async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path, conversations_a_minute=3)) as gateway:
        for _ in range(3):
            await gateway.talk()
        refused = await gateway.call("POST", "/api/v1/conversations", {"channel": "web"})
        assert is_problem(refused, 429, "too_many")
        assert refused.headers["Retry-After"]
    assert Settings.model_fields["conversations_a_minute"].default >= 600


async def test_a_conversation_is_followed_by_ten_pages_at_most(gateway: Gateway) -> None:
    talk = await gateway.talk()
    async with contextlib.AsyncExitStack() as pages:
        for _ in range(10):
            await pages.enter_async_context(talk.listen())
        assert is_problem(await talk.call("GET", "/events"), 429, "too_many_pages")
    await asyncio.sleep(0.3)
    async with talk.listen():
        pass
