"""The engine's connector and its patch: the running engine of a house, asked directly, and Rasa itself in its own
environment."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from api.messages import EngineReply
from api.settings import ROOT
from tests.houses import House

NOW = "2026-11-25T10:00:00+08:00"
HERE = Path(__file__).parent


def environment_of(house: House) -> dict[str, str]:
    """What the supervisor told its children."""
    (pid,) = house.pids("assistant/serve.py")
    return psutil.Process(pid).environ()


def ask(house: House, route: str, body: Any, key: str | None = None) -> tuple[int, bytes]:
    told = environment_of(house)
    address = f"{told['ZHUWO_ENGINE_URL']}/webhooks/gateway{route}"
    headers = {"Content-Type": "application/json", "X-Engine-Key": told["ZHUWO_ENGINE_KEY"] if key is None else key}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, content, headers), timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def turn(text: str, **more: Any) -> dict[str, Any]:
    return {"turn_id": "t", "text": text, "choice": None, "memory": {}, "now": NOW, "channel": "web"} | more


def test_a_turn_gives_one_structured_result(house_today: House) -> None:
    status, body = ask(house_today, "/turn", turn("法律援助要带什么材料？"))
    reply = EngineReply.from_engine(body)
    assert status == 200
    assert reply.understanding["topic"] == "legal_aid"
    assert reply.payload.text
    assert reply.payload.sources


@pytest.mark.parametrize("key", ["", "wrong", "0" * 64])
@pytest.mark.parametrize("route", ["/turn", "/parse"])
def test_a_wrong_key_is_refused(house_today: House, key: str, route: str) -> None:
    status, body = ask(house_today, route, turn("法律援助要带什么材料？"), key)
    assert (status, json.loads(body)) == (401, {"code": "wrong_key"})


def test_a_turn_without_a_payload_is_an_error(house_today: House) -> None:
    status, body = ask(house_today, "/turn", turn("王小明的法律援助要带什么材料？", memory={"unknown": 1}))
    assert (status, json.loads(body)["code"]) == (502, "empty_turn")
    for log in (house_today.data / "logs").iterdir():
        assert "王小明" not in log.read_text(errors="replace")


def test_a_turn_that_cannot_be_read_is_an_error(house_today: House) -> None:
    assert ask(house_today, "/turn", turn("法律援助要带什么材料？", now="not a time"))[0] == 500


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b'{"text": 1}', b"\xff"])
def test_nonsense_is_an_error_never_an_empty_success(house_today: House, body: bytes) -> None:
    for route in ("/turn", "/parse"):
        status, answer = ask(house_today, route, body)
        assert status >= 400, answer


@pytest.mark.parametrize(
    "words",
    [
        "/restart",
        '/restart{"a": 1}',
        "/say_crisis",
        "／restart",
        " /restart",
        "//restart",
        "/session_start",
        "\n/back",
        "/",
    ],
)
def test_rasas_commands_are_text(house_today: House, words: str) -> None:
    status, body = ask(house_today, "/turn", turn(words))
    assert status == 200
    reply = EngineReply.from_engine(body)
    assert reply.understanding["act"] != "crisis"
    assert reply.action.startswith("action_")
    assert reply.action not in ("action_restart", "action_session_start", "action_back")


def test_a_turn_leaves_nothing_for_the_next(house_today: House) -> None:
    ask(house_today, "/turn", turn("法律援助要带什么材料？"))
    reply = EngineReply.from_engine(ask(house_today, "/turn", turn("那要带什么材料呢"))[1])
    assert reply.understanding["topic"] is None


def test_everything_but_the_gateway_listens_on_loopback_only(house_today: House) -> None:
    pids = [*house_today.pids("assistant/serve.py"), *house_today.pids("api.main")]
    listening = [c for pid in pids for c in psutil.Process(pid).net_connections("inet") if c.status == "LISTEN"]
    assert len(listening) >= 3
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_the_quick_validation_gives_rasas_own_verdicts() -> None:
    python = ROOT / "assistant" / ".venv" / "bin" / "python"
    done = subprocess.run([python, HERE / "verdicts.py"], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    verdicts = json.loads(done.stdout.splitlines()[-1])
    assert verdicts["rasa"] == verdicts["ours"]
    assert set(verdicts["rasa"].values()) == {True, False}
    assert verdicts["faster"]
