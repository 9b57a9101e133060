"""The canned desk keeps its promise: it speaks as the real desk does, and the page sees the same from both."""

from __future__ import annotations

import http.cookiejar
import inspect
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any

import pytest

from api.turns import Desk

from ..houses import House as RealHouse
from .conftest import House
from .desk import CannedDesk

STEPS = ["open_conversation", "find_by_token", "take_message", "read_transcript", "erase", "keep_callback"]


@pytest.mark.parametrize("name", [*STEPS, "keep_feedback"])
def test_both_desks_take_the_same(name: str) -> None:
    canned, real = (list(inspect.signature(getattr(desk, name)).parameters) for desk in (CannedDesk, Desk))
    assert canned == real


class Visitor:
    """A browser without a window: keeps cookies, sends what the page's scripts send."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/"))
        assert found
        self.csrf = found[1]

    def get(self, path: str) -> str:
        with self.opener.open(urllib.request.Request(self.address + path, headers={"Accept": "text/html"})) as answer:
            return str(answer.read().decode())

    def post(self, path: str, body: Any, csrf: bool = True) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if csrf:
            headers["X-CSRF-Token"] = self.csrf
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), headers)
        try:
            with self.opener.open(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def submit(self, path: str, **fields: str) -> str:
        form = urllib.parse.urlencode({"csrf": self.csrf, **fields}).encode()
        with self.opener.open(urllib.request.Request(self.address + path, form, {"Accept": "text/html"})) as answer:
            return str(answer.read().decode())


def walk_through(address: str) -> list[Any]:
    """What a page sees on its way: statuses, the shape of answers, the order and kinds of messages."""
    page = Visitor(address)
    seen: list[Any] = []
    status, begun = page.post("/begin", {})
    seen.append((status, sorted(begun), begun["code"] == " ".join(begun["code"].replace(" ", ""))))
    path = f"/api/v1/conversations/{begun['conversation_id']}/messages"
    sent = {"client_message_id": uuid.uuid4().hex, "text": "护理补贴多少钱"}
    status, problem = page.post(f"{path}?wait=0", sent, csrf=False)
    seen.append((status, problem["code"], sorted(problem)))
    for body in (sent, sent, {**sent, "text": "残疾人证"}, {**sent, "text": "长" * 2001}):
        status, answer = page.post(f"{path}?wait=0", body)
        seen.append((status, answer.get("code")))
    status, problem = page.post("/api/v1/conversations/unknown/messages?wait=0", sent)
    seen.append((status, problem["code"]))
    page.submit("/choose", choice="act:human", client_message_id="1")
    text = page.submit("/choose", choice="act:human", client_message_id="1")
    seen.append(re.findall(r'<li class="message (\w+)', text))
    seen.append(sorted(set(re.findall(r"data-(?:key|say|conversation|code)=", text))))
    seen.append('href="tel:12345"' in text)
    with page.opener.open(
        urllib.request.Request(f"{address}{path[:-9]}/events", headers={"Last-Event-ID": "0"})
    ) as news:
        lines = [news.readline().decode().strip() for _ in range(2)]
    seen.append(sorted(line.split(":")[0] for line in lines))
    return seen


def test_the_page_sees_the_same_from_both(house: House, house_today: RealHouse) -> None:
    assert walk_through(house.address) == walk_through(house_today.address)
