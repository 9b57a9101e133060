"""When a process dies or hangs: the resident gets an apology with a number, and turns work again by themselves."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.houses import House, keep_house

APOLOGY_WITHIN_SECONDS = 6.0
BACK_WITHIN_SECONDS = 120


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with keep_house(tmp_path_factory.mktemp("recovery")) as house:
        yield house


def await_true(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + BACK_WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "not back in time"
        time.sleep(0.5)


def answers(house: House) -> bool:
    try:
        return bool(house.talk().ask("法律援助怎么申请")["outcome"] == "answered")
    except (OSError, AssertionError):
        return False


def apologises(house: House) -> None:
    talk = house.talk()
    started = time.monotonic()
    turn = talk.ask("法律援助怎么申请")
    assert time.monotonic() - started < APOLOGY_WITHIN_SECONDS
    assert turn["outcome"] == "failed"
    assert "12345" in turn["reply"]["text"]
    assert {contact["way"] for contact in turn["reply"]["hand_over"]["contacts"]} - {"voice"}
    status, transcript = house.call("GET", talk.path, token=talk.token)
    assert status == 200
    assert [entry["text"] for entry in transcript["entries"] if entry["kind"] == "resident"] == ["法律援助怎么申请"]
    assert house.call("GET", "/healthz") == (200, {"status": "ok"})


def test_a_killed_engine_is_replaced_and_meanwhile_every_turn_gets_the_apology(house: House) -> None:
    (pid,) = house.pids("assistant/serve.py")
    os.kill(pid, signal.SIGKILL)
    apologises(house)
    await_true(lambda: answers(house))
    assert house.pids("assistant/serve.py") != [pid]


def test_a_hanging_engine_is_killed_after_two_missed_deadlines_and_replaced(house: House) -> None:
    (pid,) = house.pids("assistant/serve.py")
    os.kill(pid, signal.SIGSTOP)
    apologises(house)
    apologises(house)
    await_true(lambda: answers(house))
    assert house.pids("assistant/serve.py") != [pid]


def test_what_was_acknowledged_before_the_gateway_died_gets_exactly_one_outcome(house: House) -> None:
    talk = house.talk()
    (engine,), (gateway,) = house.pids("assistant/serve.py"), house.pids("api.main")
    os.kill(engine, signal.SIGSTOP)
    assert talk.send({"text": "法律援助要带什么材料"}, wait=0)[0] == 202
    os.kill(gateway, signal.SIGKILL)
    os.kill(engine, signal.SIGCONT)
    await_true(lambda: answers(house))
    _, transcript = house.call("GET", talk.path, token=talk.token)
    kinds = [(entry["kind"], entry["outcome"]) for entry in transcript["entries"]]
    assert kinds == [("assistant", "answered"), ("resident", None), ("assistant", "failed")]


def test_the_data_folder_holds_what_was_said_and_no_number_of_the_resident(house: House) -> None:
    talk = house.talk()
    talk.ask("我电话13812345678，身份证310115198001011239，想问法律援助")
    kept = b"".join(path.read_bytes() for path in Path(house.data).glob("zhuwo.db*"))
    assert "想问法律援助".encode() in kept or "想问法律援助".encode("unicode_escape") in kept
    assert b"13812345678" not in kept
    assert b"310115198001011239" not in kept
