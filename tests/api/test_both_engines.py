"""The same conversation before the fake engine and the real one: what tests learn from the fake holds for both."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.gateways import Gateway
from tests.houses import House

Call = Callable[..., tuple[int, Any]]


def converse(call: Call) -> dict[str, Any]:
    """One conversation, told as what a client can rely on."""
    opened = call("POST", "/api/v1/conversations", {"channel": "web"})[1]
    path, token = f"/api/v1/conversations/{opened['conversation_id']}", opened["token"]

    def send(**message: Any) -> tuple[int, Any]:
        return call("POST", f"{path}/messages", {"client_message_id": uuid.uuid4().hex, **message}, token)

    first = send(text="法律援助要多久有答复？", client_message_id="m-1")
    chosen = send(choice=first[1]["reply"]["choices"][0]["value"])
    command = send(text="/restart", client_message_id="m-3")
    transcript = call("GET", path, None, token)[1]
    understood = call("POST", "/api/v1/understand", {"text": "那要带什么材料呢", "topic": "legal_aid"})
    return {
        "fields": {name: sorted(part) for name, part in (("turn", first[1]), ("reply", first[1]["reply"]))},
        "sourced": bool(first[1]["reply"]["sources"]),
        "outcome": first[1]["outcome"],
        "topic": first[1]["understanding"]["topic"],
        "understanding": sorted(first[1]["understanding"]),
        "again": send(text="法律援助要多久有答复？", client_message_id="m-1") == first,
        "other": send(text="别的？", client_message_id="m-1")[0],
        "chosen": (chosen[0], chosen[1]["outcome"]),
        "not_offered": send(choice="nothing.nowhere")[0],
        "command": command[0],
        "kinds": [entry["kind"] for entry in transcript["entries"]],
        "understood": (understood[0], understood[1]["topic"], sorted(understood[1])),
        "erased": (call("DELETE", path, None, token)[0], call("GET", path, None, token)[0]),
    }


@pytest.fixture
def house_call(house_today: House) -> Call:
    return house_today.call


async def test_one_conversation_is_the_same_before_both(gateway: Gateway, house_call: Call) -> None:
    loop = asyncio.get_running_loop()

    def call(*asked: Any) -> tuple[int, Any]:
        answer = asyncio.run_coroutine_threadsafe(gateway.call(*asked), loop).result(30)
        return answer.status, answer.body

    fake, real = await asyncio.gather(asyncio.to_thread(converse, call), asyncio.to_thread(converse, house_call))
    assert fake == real
    assert real["again"]
    assert real["sourced"]
