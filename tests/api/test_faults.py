"""Whatever the engine does, the resident gets an apology with a number, and the message stays."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from actions.catalogue.edition import Edition
from actions.explain_topic import ExplainTopic
from actions.payload import Payload
from actions.turn import Asked
from api.settings import Settings
from api.store import journal
from api.store.database import open_engine
from tests.api.engines import NONSENSE, FakeEngine, keep_engine
from tests.api.gateways import Gateway, Talk, keep_gateway, settings_for

QUESTION = "法律援助要带什么材料？"


def is_apology(turn: dict[str, Any]) -> bool:
    """Failed, in three forms, with a number to call and a way without a voice."""
    reply = turn["reply"]
    ways = {contact["way"] for contact in reply["hand_over"]["contacts"]}
    forms = all(reply[form] for form in ("text", "speech", "easy"))
    return turn["outcome"] == "failed" and forms and "12345" in reply["text"] and "voice" in ways and len(ways) > 1


def outcomes(gateway: Gateway, talk: Talk) -> list[str | None]:
    """The outcome of each message of a conversation."""
    found = {row.id: row.outcome for row in gateway.rows("turn", talk.id)}
    return [found.get(row.turn_id) for row in gateway.rows("message", talk.id)]


@pytest.mark.parametrize("behaviour", ["die", "empty", *NONSENSE])
async def test_a_broken_engine_means_an_apology(gateway: Gateway, engine: FakeEngine, behaviour: str) -> None:
    engine.behaviour = behaviour
    talk = await gateway.talk()
    assert is_apology(await talk.ask(QUESTION))
    assert outcomes(gateway, talk) == ["failed"]
    understood = await gateway.call("POST", "/api/v1/understand", {"text": QUESTION})
    assert (understood.status, understood.body["code"]) == (503, "engine_failed")
    engine.behaviour = "answer"
    assert (await talk.ask(QUESTION))["outcome"] == "answered"


async def test_a_hung_engine_means_an_apology_within_6_seconds(
    sqlite_url: str, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.behaviour = "hang"
    shipped = {
        name: Settings.model_fields[name].default for name in ("engine_deadline", "queue_wait", "fragment_pause")
    }
    async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path, **shipped)) as gateway:
        started = time.monotonic()
        talks = [await gateway.talk() for _ in range(40)]
        waiting = [talk.start("多少" if n % 2 else QUESTION) for n, talk in enumerate(talks)]
        await asyncio.sleep(0.5)
        assert len(gateway.rows("message")) == 40
        answers = [(await task).body for task in waiting]
        assert time.monotonic() - started < 7  # 40 conversations were opened first
        assert all(answer["outcome"] == "failed" and "12345" in answer["reply"]["text"] for answer in answers)
        assert {outcome for talk in talks for outcome in outcomes(gateway, talk)} == {"failed"}


async def test_no_engine_at_all_means_an_apology_at_once(gateway: Gateway, sqlite_url: str, tmp_path: Path) -> None:
    async with keep_gateway(settings_for(sqlite_url, "http://127.0.0.1:9", tmp_path)) as alone:
        started = time.monotonic()
        assert is_apology(await (await alone.talk()).ask(QUESTION))
        assert time.monotonic() - started < 1
        assert (await alone.call("GET", "/healthz")).status == 200
        ready = await alone.call("GET", "/readyz")
        assert (ready.status, ready.body["code"]) == (503, "not_ready")


async def test_two_missed_deadlines_in_a_row_ask_for_a_restart(
    gateway: Gateway, engine: FakeEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    talk = await gateway.talk()
    for behaviour in ("hang", "answer", "hang"):
        engine.behaviour = behaviour
        await talk.ask(QUESTION)
    assert "engine_stuck" not in capfd.readouterr().out
    await talk.ask(QUESTION)
    await asyncio.sleep(0.05)
    assert "engine_stuck" in capfd.readouterr().out


async def test_an_endless_turn_holds_up_nobody_else(gateway: Gateway, engine: FakeEngine) -> None:
    engine.behaviour = "hang_some"
    stuck, others = await gateway.talk(), [await gateway.talk() for _ in range(20)]
    endless = stuck.start("这一句会卡住，怎么办？")
    await asyncio.wait_for(engine.held.wait(), 2)
    started = time.monotonic()
    turns = await asyncio.gather(*(talk.ask(QUESTION) for talk in others))
    assert (await gateway.call("GET", "/healthz")).status == 200
    assert time.monotonic() - started < 1
    assert {turn["outcome"] for turn in turns} == {"answered"}
    assert is_apology((await endless).body)


class Blocking(ExplainTopic):
    """An action that blocks its thread for eight seconds."""

    @classmethod
    def name(cls) -> str:
        return "action_blocking"

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        time.sleep(8)
        return super().answer(asked, edition)


async def test_an_action_that_blocks_holds_up_nobody_else(
    sqlite_url: str, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.actions_host.ACTIONS", (ExplainTopic, Blocking))
    settings = settings_for(sqlite_url, engine.url, tmp_path)
    async with keep_gateway(settings) as gateway:
        address = f"http://127.0.0.1:{settings.actions_port}/webhook"
        headers = {"X-Engine-Key": settings.engine_key.get_secret_value()}

        async def act(action: str) -> tuple[int, float]:
            started = time.monotonic()
            call = {"next_action": action, "sender_id": "s", "domain": {}, "version": "3.6.21"}
            call["tracker"] = {"sender_id": "s", "slots": {}, "events": [], "latest_message": latest()}
            async with gateway.client.post(address, json=call, headers=headers) as answer:
                await answer.read()
                return answer.status, time.monotonic() - started

        blocking = [asyncio.create_task(act("action_blocking")) for _ in range(3)]
        await asyncio.sleep(0.2)
        talks = [await gateway.talk() for _ in range(20)]
        started = time.monotonic()
        await asyncio.gather(*(talk.ask(QUESTION) for talk in talks))
        assert (await act("action_explain_topic"))[0] == 200
        assert (await gateway.call("GET", "/healthz")).status == 200
        assert time.monotonic() - started < 1.5
        for status, seconds in await asyncio.gather(*blocking):
            assert status == 504
            assert seconds < 3.5
        async with gateway.client.post(address, json={}) as refused:
            assert refused.status == 401


def latest() -> dict[str, Any]:
    understanding = {"topic": "legal_aid", "aspect": "overview", "confidence": 0.9}
    metadata = {"now": "2026-11-25T10:00:00+08:00", "memory": {}}
    return {"text": QUESTION, "understanding": understanding, "metadata": metadata, "intent": {}, "entities": []}


async def test_after_a_crash_each_acknowledged_message_gets_one_outcome(
    filled_url: str, engine: FakeEngine, tmp_path: Path
) -> None:
    settings = settings_for(filled_url, engine.url, tmp_path)
    async with keep_gateway(settings) as gateway:
        talk = await gateway.talk()
        await talk.ask(QUESTION)
        # a crash between journal and answer leaves just this
        for number in range(3):
            await gateway.desk.database.run(
                gateway.desk._journal, talk.id, message_of(f"crash-{number}", f"第{number}个问题怎么办？"), False
            )
        assert outcomes(gateway, talk) == ["answered", None, None, None]
    async with keep_gateway(settings) as gateway:
        talk = Talk(gateway, talk.id, talk.token, {})
        assert outcomes(gateway, talk) == ["answered", "failed", "failed", "failed"]
        again = await talk.send("第1个问题怎么办？", client_message_id="crash-1")
        assert is_apology(again.body)
        assert len(gateway.rows("turn", talk.id)) == 5
        async with talk.listen("0") as page:
            assert [(await page.next())[2]["outcome"] for _ in range(4)] == ["answered", *["failed"] * 3]


def message_of(number: str, words: str) -> Any:
    from api.messages import MessageIn

    return MessageIn(client_message_id=number, text=words)


async def test_a_locked_database_is_said_and_nothing_is_lost(
    sqlite_url: str, engine: FakeEngine, tmp_path: Path
) -> None:
    async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path)) as gateway:
        talk = await gateway.talk()
        engine.delay = 0.5
        asked = talk.start(QUESTION)
        await asyncio.sleep(0.3)
        other = open_engine(sqlite_url)
        with other.connect() as connection:
            connection.exec_driver_sql("SELECT 1")  # holds the write lock: BEGIN IMMEDIATE
            turn = (await asked).body
            assert is_apology(turn)
            refused = await talk.send("另一个问题怎么办？")
            assert (refused.status, refused.body["code"]) == (503, "not_stored")
        other.dispose()
        for _ in range(80):
            if outcomes(gateway, talk) == ["failed"]:
                break
            await asyncio.sleep(0.1)
        assert outcomes(gateway, talk) == ["failed"]
        engine.delay = 0
        assert (await talk.ask("另一个问题怎么办？"))["outcome"] == "answered"


async def test_without_catalogue_and_database_there_are_still_last_words(gateway: Gateway, engine: FakeEngine) -> None:
    class Gone:
        def current(self) -> Any:
            raise sqlalchemy.exc.OperationalError("select", {}, Exception("gone"))

    engine.behaviour = "empty"
    talk = await gateway.talk()
    message = await gateway.desk.database.run(
        journal.journal_message, talk.id, message_of("m", QUESTION), "d", gateway.settings.now()
    )
    gateway.desk.editions = Gone()  # type: ignore[assignment]
    turn = await gateway.desk.answer_turn(talk.id, [message])
    assert turn.outcome == "failed"
    assert turn.reply
    assert "12345" in turn.reply.text


async def test_the_engine_gets_the_time_of_the_settings(gateway: Gateway, engine: FakeEngine) -> None:
    talk = await gateway.talk()
    await talk.ask(QUESTION)
    assert engine.turns()[-1]["now"] == "2026-11-25T10:00:00+08:00"
    entries = (await talk.call("GET")).body["entries"]
    assert {entry["at"] for entry in entries} == {"2026-11-25T10:00:00+08:00"}


async def test_the_next_engine_is_used_as_soon_as_it_is_there(sqlite_url: str, tmp_path: Path) -> None:
    async with keep_engine() as first:
        port = first.port
    async with keep_gateway(
        settings_for(sqlite_url, f"http://127.0.0.1:{port}", tmp_path, canary_every=0.2)
    ) as gateway:
        talk = await gateway.talk()
        assert is_apology(await talk.ask(QUESTION))
        async with keep_engine(port):
            await asyncio.sleep(0.6)
            assert (await gateway.call("GET", "/readyz")).status == 200
            assert (await talk.ask(QUESTION))["outcome"] == "answered"
