"""The engine itself: reached on loopback with a key, one patch that changes no verdict, errors that are errors."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from typing import Any

import psutil

from api.settings import ROOT, Settings
from tests.houses import House

VERDICTS = """
import json, sys
sys.path.insert(0, "assistant")
import serve
from rasa.core.actions.action import RemoteAction
samples = json.load(sys.stdin)
action = RemoteAction("action_any", None)

def accepts(sample):
    try:
        return action._validate_action_result(sample) is True
    except Exception:
        return False

before = [accepts(sample) for sample in samples]
serve.check_results_quickly()
json.dump([before, [accepts(sample) for sample in samples]], sys.stdout)
"""
SAMPLES: list[Any] = [
    {"events": [], "responses": []},
    {"events": [], "responses": [{"custom": {"a": 1}}]},
    {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []},
    {"events": [{"name": "no kind"}], "responses": []},
    {"events": "none", "responses": []},
    {"events": [], "responses": "none"},
    {"responses": []},
    [],
    "text",
    None,
]


def port_of(house: House) -> int:
    (pid,) = house.pids("assistant/serve.py")
    listening = [c for c in psutil.Process(pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}
    return int(listening[0].laddr.port)


def post(house: House, path: str, body: Any, key: str | None = None) -> int:
    """The status the engine gives."""
    key = key or (house.data / "keys" / "zhuwo_engine_key").read_text()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port_of(house)}/webhooks/gateway{path}",
        json.dumps(body).encode(),
        {"content-type": "application/json", "X-Engine-Key": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def question(**more: Any) -> dict[str, Any]:
    now = "2026-11-25T10:00:00+08:00"
    return {"turn_id": "t", "text": "您好", "choice": None, "memory": {}, "now": now, "channel": "web", **more}


def test_the_schema_checked_once_gives_the_verdicts_of_the_schema_checked_each_time() -> None:
    done = subprocess.run(
        [str(Settings().assistant_python), "-W", "ignore", "-c", VERDICTS],
        cwd=ROOT,
        input=json.dumps(SAMPLES),
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = json.loads(done.stdout.splitlines()[-1])
    assert before == after
    assert True in before
    assert False in before


def test_it_listens_on_loopback_only_and_asks_for_the_key(house_today: House) -> None:
    assert post(house_today, "/turn", question()) == 200
    assert post(house_today, "/turn", question(), key="x" * 64) == 401
    assert post(house_today, "/parse", question(), key="x" * 64) == 401


def test_a_turn_in_which_nothing_is_said_is_an_error(house_today: House) -> None:
    nothing = {"topic": None, "aspect": None, "act": "no_such_act"}
    assert post(house_today, "/turn", question(choice=nothing)) == 502


def test_nothing_a_resident_said_stands_in_a_log(house_today: House) -> None:
    said = "我要问一个很特别的橘猫问题"
    house_today.talk().ask(said)
    house_today.call("POST", "/api/v1/understand", {"text": said})
    logs = [path.read_text("utf-8", errors="replace") for path in (house_today.data / "logs").iterdir()]
    assert logs
    assert not any("橘猫" in log for log in logs)
