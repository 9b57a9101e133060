"""Bad input through every route: 4xx with a sentence, never 5xx, nothing lost. Routes come from the OpenAPI
document, so that a new one is covered without a word here."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute

from api.main import build_app
from api.routes import page
from tests.api.engines import FakeEngine
from tests.api.gateways import Answer, Gateway, Talk, settings_for
from tests.api.test_access import is_problem

DEEP = b"[" * 60_000 + b"]" * 4_000
BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "object": b"{}",
    "array": b"[]",
    "array_of_objects": b"[{}]",
    "string": b'"x"',
    "number": b"1e999",
    "not_json": b"{",
    "nan": b'{"text": NaN}',
    "deep": DEEP,
    "deep_object": b'{"a":' * 10_000,
    "not_utf8": b'{"text": "\xff\xfe\xc3"}',
    "gbk": '{"text": "补贴"}'.encode("gbk"),
    "nul": b"\x00" * 100,
    "megabyte": b'{"text": "' + b"x" * 1_000_000 + b'"}',
    "surrogate_key": b'{"\\ud800": 1}',
}
VALUES: dict[str, Any] = {
    "empty": "",
    "spaces": "  \n\t ",
    "nul": "\x00\x00",
    "controls": "\x01\x02\x7f",
    "invisible": "\u200b\u2060",
    "surrogate": "\ud800",
    "surrogates_reversed": "补\udc00\ud800贴",
    "too_long": "补" * 2001,
    "null": None,
    "number": 12345678901234567890,
    "boolean": True,
    "array": ["补贴"],
    "object": {"text": "补贴"},
}
TEXTS = (
    "text",
    "client_message_id",
    "choice",
    "turn_id",
    "channel",
    "comment",
    "phone",
    "topic",
    "helpful",
    "locale",
    "n_best",
    "confidence",
)
WHOLE: dict[str, dict[str, Any]] = {
    "messages": {"client_message_id": "m-1", "text": "法律援助要带什么材料？"},
    "feedback": {"turn_id": "t", "helpful": True},
    "callback": {"phone": "13800138000"},
    "conversations": {"channel": "web"},
    "understand": {"text": "法律援助要带什么材料？"},
}
QUERIES = (
    "wait=2", "wait=-1", "wait=x", "wait=", "wait=99999999999999999999", "wait=%ff", "at=x",
    "at=9999-12-31T23:59:59-14:00",
    "at=0001-01-01T00:00:00%2B14:00", "at=1e300", "at=99999999999999999", "at=-1", "at=2026-13-01", "at=%00", "at=",
    "%ff=%fe", "at=1999-12-31", "at=2101-01-01",
)  # fmt: skip
IDS = ("none", "%00", "%ff%fe", "%ED%A0%80", "..%2f..", quote("补贴"), "a" * 5000, "'--")


def list_routes(folder: Path) -> list[tuple[str, str]]:
    app = build_app(settings_for("sqlite://", "http://127.0.0.1:9", folder))
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


ROUTES = list_routes(Path("none"))


def fill_in(path: str, talk: Talk, gateway: Gateway) -> str:
    place = next(iter(gateway.desk.editions.current().places))
    return path.replace("{conversation_id}", talk.id).replace("{place_id}", place)


def is_refused(answer: Answer, most: int = 499) -> bool:
    return 400 <= answer.status <= most and is_problem(answer, answer.status, answer.body["code"])


async def still_answers(gateway: Gateway, talk: Talk) -> bool:
    messages = len(gateway.rows("message"))
    turn = await talk.ask("法律援助要带什么材料？")
    return turn["outcome"] == "answered" and len(gateway.rows("message")) == messages + 1


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] in ("POST", "PUT", "PATCH")])
async def test_no_body_is_too_bad(gateway: Gateway, method: str, path: str) -> None:
    talk = await gateway.talk()
    address = fill_in(path, talk, gateway)
    before = {table: len(gateway.rows(table)) for table in ("conversation", "message", "turn", "event")}
    for name, body in BODIES.items():
        for kind in (
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/json; charset=gbk",
        ):
            answer = await gateway.call(method, address, body, talk.token, headers={"Content-Type": kind})
            assert is_refused(answer), (name, kind, answer)
    whole = WHOLE.get(path.rsplit("/", 1)[-1], {})
    for field in TEXTS:
        for name, value in VALUES.items():
            answer = await gateway.call(method, address, whole | {field: value}, talk.token)
            optional = field not in whole and value is None
            assert is_refused(answer) or optional or answer.status == 204, (field, name, answer)
            if not optional:
                assert field not in whole or is_refused(answer) or (field, name) in {("helpful", "boolean")}
    assert is_refused(await gateway.call(method, address, whole | {"unknown": 1}, talk.token))
    chunks = (b"x" * 10_000 for _ in range(20))
    assert is_problem(await gateway.call(method, address, stream(chunks), talk.token), 413, "too_large")
    after = {table: len(gateway.rows(table)) for table in before}
    assert after["message"] <= before["message"] + 3
    assert await still_answers(gateway, talk)


def stream(chunks: Any) -> Any:
    async def send() -> Any:
        for chunk in chunks:
            yield chunk

    return send()


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_address_query_or_header_is_too_bad(gateway: Gateway, method: str, path: str) -> None:
    talk = await gateway.talk()
    whole = WHOLE.get(path.rsplit("/", 1)[-1], {}) if method == "POST" else None
    if "{" in path:
        for strange in IDS:
            address = path.replace("{conversation_id}", strange).replace("{place_id}", strange)
            assert is_refused(await gateway.call(method, address, whole, talk.token)), strange
    if path.endswith("/events") or method == "DELETE":
        return
    for query in QUERIES:
        answer = await gateway.call(method, f"{fill_in(path, talk, gateway)}?{query}", whole, talk.token)
        known = f"{query.split('=', maxsplit=1)[0]}=" in ("wait=", "at=")
        taken = query.startswith("wait") == path.endswith("messages") and query.startswith("at") == path.endswith(
            "opening"
        )
        assert is_refused(answer, 503 if path == "/readyz" else 499) or not (known and taken), (query, answer)
        assert answer.status < 500 or path == "/readyz", (query, answer)
    for other in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {m for m, p in ROUTES if p == path}:
        answer = await gateway.call(other, fill_in(path, talk, gateway), b"{}", talk.token)
        assert is_problem(answer, 405, "method_not_allowed")
    huge = await refused_or_closed(gateway, method, fill_in(path, talk, gateway), talk)
    assert huge is None or is_refused(huge)
    assert await still_answers(gateway, talk)


async def refused_or_closed(gateway: Gateway, method: str, address: str, talk: Talk) -> Answer | None:
    """The answer to a header of 3 MB; a server may close before it was sent whole."""
    with contextlib.suppress(OSError):
        return await gateway.call(method, address, None, talk.token, headers={"X-Huge": "x" * 3_000_000})
    return None


@pytest.mark.parametrize("last", ["x", "-1", "1e3", "9" * 30, "9" * 18, "１２", "1; DROP TABLE event", " "])
async def test_a_bad_last_event_id_starts_from_now(gateway: Gateway, last: str) -> None:
    talk = await gateway.talk()
    await talk.ask("第一个问题怎么办？")
    async with talk.listen(last.encode().decode("latin-1")) as page:
        await talk.ask("第二个问题怎么办？")
        assert (await page.next())[2]["reply"]["text"].endswith("第二个问题怎么办？")


RAW = {
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "connect": b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "two_lengths": b"POST /api/v1/understand HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "negative_length": b"POST /api/v1/understand HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "bad_chunk": b"POST /api/v1/understand HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "nul_in_header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
}


@pytest.mark.parametrize("name", RAW)
async def test_what_is_no_http_gets_a_sentence_too(gateway: Gateway, name: str) -> None:
    host, port = gateway.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(RAW[name])
    head, _, body = (await asyncio.wait_for(reader.read(), 5)).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 4")
    assert json.loads(body)["code"]
    assert (await gateway.call("GET", "/healthz")).status == 200


async def test_what_is_odd_but_readable_is_taken(gateway: Gateway, engine: FakeEngine) -> None:
    talk = await gateway.talk()
    for words in ("👍", "？？？", "a" * 2000, "补\x00贴怎么办？", "\u202e补贴怎么办？", "/restart", "٣٤٥怎么办？"):
        assert (await talk.send(words)).status == 200
    assert [body["text"] for body in engine.turns()][3] == "补贴怎么办？"


FORMS = {
    "none": b"",
    "no_fields": b"a=b",
    "nul": b"text=%00&csrf=" + b"c" * 20,
    "not_utf8": b"text=%ff%fe&choice=%ff&phone=%ff&csrf=" + b"c" * 20,
    "surrogate": b"text=%ED%A0%80&choice=%ED%A0%80&turn_id=%ED%A0%80&csrf=" + b"c" * 20,
    "empty_fields": b"text=&choice=&turn_id=&helpful=&phone=&csrf=" + b"c" * 20,
    "long": b"text=" + b"x" * 60_000 + b"&choice=" + b"x" * 300 + b"&csrf=" + b"c" * 20,
    "megabyte": b"text=" + b"x" * 1_000_000,
    "many_fields": b"&".join(b"f%d=1" % n for n in range(2000)),
}
PAGES = [
    (method, route.path)
    for route in page.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]


@pytest.mark.parametrize(("method", "path"), PAGES)
async def test_no_form_is_too_bad_for_the_page(gateway: Gateway, method: str, path: str) -> None:
    talk = await gateway.talk()
    held = {"zhuwo_token": talk.token, "zhuwo_csrf": "c" * 20}
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "x")
    for name, body in FORMS.items():
        for kind in kinds:
            for cookies in ({}, held, {"zhuwo_token": "wrong", "zhuwo_view": "x.y.z", "zhuwo_csrf": "x"}):
                headers = {"Content-Type": kind, "Accept": "text/html"}
                sent = body if method == "POST" else None
                answer = await gateway.call(method, path, sent, headers=headers, cookies=cookies)
                assert answer.status < 500, (name, kind, answer)
