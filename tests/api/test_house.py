"""The whole house under faults: the engine and the gateway are killed and hung, and the supervisor brings them back."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api import cli
from api.settings import Settings
from tests.api.test_faults import is_apology
from tests.houses import House, Talk, keep_house

ENGINE, GATEWAY = "assistant/serve.py", "api.main"
QUESTION = "法律援助要多久有答复？"
BACK_WITHIN_SECONDS = 120


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house to break: not the shared one."""
    with keep_house(tmp_path_factory.mktemp("broken")) as kept:
        yield kept


def wait_for_an_answer(talk: Talk) -> float:
    """Seconds until a turn is answered again."""
    started = time.monotonic()
    while time.monotonic() - started < BACK_WITHIN_SECONDS:
        with contextlib.suppress(OSError):
            status, turn = talk.send({"text": QUESTION})
            if status == 200 and turn["outcome"] == "answered":
                return time.monotonic() - started
        time.sleep(0.5)
    raise AssertionError("no answer")


def signal_all(house: House, name: str, number: signal.Signals) -> list[int]:
    pids = house.pids(name)
    for pid in pids:
        os.kill(pid, number)
    assert pids
    return pids


def ask_all(talks: list[Talk]) -> list[tuple[dict[str, Any], float]]:
    """A question in each conversation, all at once, with the seconds each took."""

    def ask(talk: Talk) -> tuple[dict[str, Any], float]:
        started = time.monotonic()
        return talk.ask(QUESTION), time.monotonic() - started

    with ThreadPoolExecutor(len(talks)) as threads:
        return list(threads.map(ask, talks))


def test_every_turn_can_be_explained(house: House) -> None:
    talk = house.talk()
    for words in (
        QUESTION,
        "那在哪里办呢",
        "补贴多少钱",
        "你的话有什么根据",
        "请再说一遍",
        "今天天气怎么样？",
        "我不想活了",
        "谢谢你",
    ):
        turn = talk.ask(words)
        if turn["reply"]["choices"]:
            talk.choose(turn["reply"]["choices"][0]["value"])
    settings = Settings(data=house.data)
    for turn in talk.turns:
        assert cli.explain(settings, Namespace(turn=turn["turn_id"])) == 0, turn["reply"]["text"]
    assert cli.explain(settings, Namespace(turn="none")) == 1


def test_twenty_turns_at_once_are_answered(house: House) -> None:
    for turn, seconds in ask_all([house.talk() for _ in range(20)]):
        assert turn["outcome"] == "answered"
        assert seconds < 3


def test_an_engine_killed_in_mid_turn_comes_back(house: House) -> None:
    talk = house.talk()
    before = signal_all(house, ENGINE, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(talk.ask, QUESTION)
        time.sleep(1)
        signal_all(house, ENGINE, signal.SIGKILL)
        assert is_apology(asked.result())
    assert house.call("GET", "/healthz")[0] == 200
    assert is_apology(talk.ask("那在哪里办理呢？"))
    wait_for_an_answer(talk)
    assert not set(before) & set(house.pids(ENGINE))


def test_a_hung_engine_is_restarted(house: House) -> None:
    talks = [house.talk() for _ in range(2)]
    hung = signal_all(house, ENGINE, signal.SIGSTOP)
    for turn, seconds in ask_all(talks):
        assert is_apology(turn)
        assert seconds < 6
    assert house.call("GET", "/healthz")[0] == 200
    wait_for_an_answer(talks[0])
    assert not set(hung) & set(house.pids(ENGINE))
    assert house.call("GET", "/readyz")[0] == 200


def test_what_was_acknowledged_outlives_a_killed_gateway(house: House) -> None:
    talk = house.talk()
    signal_all(house, ENGINE, signal.SIGSTOP)
    for number in range(3):
        message = {"text": f"第{number}个问题怎么办？", "client_message_id": f"m{number}"}
        assert talk.send(message, wait=0)[0] == 202
    signal_all(house, GATEWAY, signal.SIGKILL)
    signal_all(house, ENGINE, signal.SIGCONT)
    wait_for_an_answer(talk)
    entries = house.call("GET", talk.path, token=talk.token)[1]["entries"]
    said = [entry for entry in entries if entry["kind"] == "resident" and entry["text"].startswith("第")]
    outcomes = {entry["turn_id"]: entry["outcome"] for entry in entries if entry["kind"] == "assistant"}
    assert [outcomes[entry["turn_id"]] for entry in said] == ["failed"] * 3
    assert len({entry["turn_id"] for entry in said}) == 3
    assert is_apology(talk.send({"text": "第1个问题怎么办？", "client_message_id": "m1"})[1])


def test_no_log_tells_what_was_said(house: House) -> None:
    talk = house.talk()
    for words in (
        "我叫王小明，听力二级，法律援助怎么申请？",
        "/王小明的命令{}",
        "王小明不想活了",
        "我是王小明，电话13800138000",
    ):
        talk.ask(words)
    talk.send({"text": "王小明" * 1000})
    talk.send({"choice": "王小明.王小明"})
    house.call("POST", "/api/v1/understand", {"text": "我叫王小明"})
    logs = list((house.data / "logs").iterdir())
    assert {"engine.log", "gateway.log", "supervisor.log"} <= {log.name for log in logs}
    for log in logs:
        told = log.read_text(errors="replace")
        assert not [word for word in ("王小明", "13800138000", "法律援助", talk.token) if is_in(word, told)], log.name


def is_in(word: str, told: str) -> bool:
    """Whether a word stands there as it is or escaped."""
    return word in told or word.encode("unicode_escape").decode() in told or repr(word.encode())[2:-1] in told


def test_the_data_folder_keeps_the_number_only_masked(house: House) -> None:
    files = [file for file in Path(house.data).glob("zhuwo.db*") if file.is_file()]
    assert files
    assert not any(b"13800138000" in file.read_bytes() for file in files)
