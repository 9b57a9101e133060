"""What a speech recogniser heard, in several hypotheses: taken, masked, kept, put to the engine; the one that was
understood is what was heard."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest

from tests.api.engines import FakeEngine
from tests.api.gateways import Gateway, Talk, keep_gateway, settings_for
from tests.api.test_access import is_problem
from tests.api.test_privacy import read_all
from tests.houses import House

RIGHT = "法律援助要多久有答复"
N_BEST = [{"text": "花旅元旦要多久有大户", "confidence": 0.62}, {"text": RIGHT, "confidence": 0.55}]
ONE = {"text": RIGHT, "confidence": 0.5}
BAD: dict[str, dict[str, Any]] = {
    "no_hypotheses": {"n_best": []},
    "eleven": {"n_best": [ONE] * 11},
    "no_list": {"n_best": ONE},
    "a_string": {"n_best": [RIGHT]},
    "no_confidence": {"n_best": [{"text": RIGHT}]},
    "no_text": {"n_best": [{"confidence": 0.5}]},
    "unreadable": {"n_best": [ONE, {"text": " \u200b", "confidence": 0.5}]},
    "surrogate": {"n_best": [{"text": "\ud800", "confidence": 0.5}]},
    "too_long": {"n_best": [{"text": "补" * 2001, "confidence": 0.5}]},
    "too_sure": {"n_best": [{"text": RIGHT, "confidence": 1.01}]},
    "below_nothing": {"n_best": [{"text": RIGHT, "confidence": -0.01}]},
    "not_a_number": {"n_best": [{"text": RIGHT, "confidence": math.nan}]},
    "sure_in_words": {"n_best": [{"text": RIGHT, "confidence": "0.5"}]},
    "true": {"n_best": [{"text": RIGHT, "confidence": True}]},
    "unknown_field": {"n_best": [ONE | {"sure": True}]},
    "other_text": {"n_best": N_BEST, "text": "交通补贴怎么申请"},
    "confidence_too_high": {"text": RIGHT, "confidence": 2},
    "confidence_in_words": {"text": RIGHT, "confidence": "high"},
    "confidence_alone": {"confidence": 0.5},
    "nothing": {},
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_hypotheses_are_refused_and_nothing_is_kept(gateway: Gateway, engine: FakeEngine, name: str) -> None:
    talk = await gateway.talk()
    code = "too_long" if name == "too_long" else "invalid_request"
    assert is_problem(await talk.send(**BAD[name]), 422, code)
    assert is_problem(await gateway.call("POST", "/api/v1/understand", BAD[name]), 422, code)
    assert not gateway.rows("message", talk.id)
    assert not engine.turns()


@pytest.mark.parametrize("more", [{"n_best": N_BEST}, {"confidence": 0.5}])
async def test_a_choice_is_never_heard(gateway: Gateway, more: dict[str, Any]) -> None:
    talk = await gateway.talk()
    choice = (await talk.ask(RIGHT))["reply"]["choices"][0]["value"]
    assert is_problem(await talk.send(choice=choice, **more), 422, "invalid_request")


async def test_the_engine_gets_every_hypothesis_and_how_sure_the_recogniser_is(
    gateway: Gateway, engine: FakeEngine
) -> None:
    talk = await gateway.talk()
    await talk.ask(n_best=N_BEST)
    await talk.ask(RIGHT, n_best=N_BEST, confidence=0.3)
    await talk.ask(RIGHT, confidence=0.25)
    await talk.ask(RIGHT + "？")
    first, second, third, typed = engine.turns()
    assert (first["text"], first["hypotheses"], first["heard_confidence"]) == (N_BEST[0]["text"], N_BEST, 0.62)
    assert (second["text"], second["hypotheses"], second["heard_confidence"]) == (RIGHT, N_BEST, 0.3)
    assert (third["text"], third["hypotheses"], third["heard_confidence"]) == (RIGHT, [], 0.25)
    assert not {"hypotheses", "heard_confidence"} & set(typed)


async def test_understand_takes_hypotheses_too_and_stores_nothing(gateway: Gateway, engine: FakeEngine) -> None:
    engine.hears = RIGHT
    understood = await gateway.call("POST", "/api/v1/understand", {"n_best": N_BEST, "topic": "legal_aid"})
    assert (understood.status, understood.body["heard"]) == (200, RIGHT)
    assert engine.asked[-1]["hypotheses"] == N_BEST
    assert not gateway.rows("message")


async def test_what_was_taken_is_what_was_heard(stored_gateway: Gateway, engine: FakeEngine) -> None:
    engine.hears = RIGHT
    talk = await stored_gateway.talk()
    turn = await talk.ask(n_best=N_BEST)
    assert turn["understanding"]["heard"] == RIGHT
    assert turn["reply"]["text"].endswith(RIGHT)
    assert RIGHT in [entry["text"] for entry in (await talk.call("GET")).body["entries"]]
    (message,) = stored_gateway.rows("message", talk.id)
    assert message.text == RIGHT
    record = await stored_gateway.desk.database.run(get_record, turn["turn_id"])
    assert (record.asked["text"], record.asked["hypotheses"]) == (RIGHT, N_BEST)


def get_record(connection: Any, turn_id: str) -> Any:
    from api.store import journal

    return journal.get_record(connection, turn_id)


async def test_an_engine_that_heard_what_nobody_said_is_not_believed(gateway: Gateway, engine: FakeEngine) -> None:
    engine.hears = "我要注销残疾证"
    talk = await gateway.talk()
    turn = await talk.ask(n_best=N_BEST)
    assert turn["outcome"] == "failed"
    assert [row.text for row in gateway.rows("message", talk.id)] == [N_BEST[0]["text"]]


async def test_sent_again_it_is_one_message_and_with_other_hypotheses_another(
    gateway: Gateway, engine: FakeEngine
) -> None:
    engine.hears = RIGHT
    talk = await gateway.talk()
    turn = await talk.ask(n_best=N_BEST, client_message_id="m-1")
    assert await talk.ask(n_best=N_BEST, client_message_id="m-1") == turn
    for other in ({"n_best": N_BEST[:1]}, {"n_best": N_BEST, "confidence": 0.1}, {"text": RIGHT}):
        assert is_problem(await talk.send(client_message_id="m-1", **other), 409, "other_content")
    assert len(engine.turns()) == 1


async def test_private_numbers_in_any_hypothesis_are_masked(
    gateway: Gateway, engine: FakeEngine, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = [
        {"text": "我电话一三八零零一三八零零零", "confidence": 0.6},
        {"text": "我电话13800138000", "confidence": 0.5},
    ]
    talk = await gateway.talk()
    await talk.ask(n_best=said)
    await gateway.call("POST", "/api/v1/understand", {"n_best": said})
    assert [one["text"] for one in engine.turns()[0]["hypotheses"]] == ["我电话[电话号码]"] * 2
    for place in (read_all(tmp_path), b"".join(engine.raw), "".join(capfd.readouterr()).encode()):
        assert b"13800138000" not in place
        assert "一三八零零一三八".encode() not in place


async def test_where_someone_in_danger_is_stays_sealed_in_every_hypothesis(
    gateway: Gateway, engine: FakeEngine
) -> None:
    talk = await gateway.talk()
    await talk.ask("危机，我不想活了。")
    said = [{"text": "我在草阳路", "confidence": 0.6}, {"text": "我在曹杨路100弄5号502室", "confidence": 0.5}]
    await talk.ask(n_best=said)
    assert engine.turns()[1]["hypotheses"][1]["text"] == "我在[地址]"
    (note,) = gateway.rows("sealed_note", talk.id)
    assert gateway.desk.seal.open(note.sealed) == {"n_best": said}


async def test_a_message_waiting_at_a_restart_keeps_what_was_heard(
    gateway: Gateway, engine: FakeEngine, sqlite_url: str, tmp_path: Path
) -> None:
    engine.behaviour = "hang"
    talk = await gateway.talk()
    await talk.send(n_best=N_BEST, confidence=0.3, wait=0)
    await asyncio.wait_for(engine.held.wait(), 3)
    async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path)) as restarted:
        entries = (await Talk(restarted, talk.id, talk.token, {}).call("GET")).body["entries"]
        record = await restarted.desk.database.run(get_record, entries[-1]["turn_id"])
    assert record.failure == "unsettled"
    assert (record.asked["hypotheses"], record.asked["heard_confidence"]) == (N_BEST, 0.3)


async def test_short_spoken_words_do_not_wait_for_more(gateway: Gateway, engine: FakeEngine) -> None:
    talk = await gateway.talk()
    spoken = [talk.start("", n_best=[{"text": words, "confidence": 0.9}]) for words in ("是的", "我妈")]
    await asyncio.gather(*spoken)
    assert [body["text"] for body in engine.turns()] == ["是的", "我妈"]


async def test_the_openapi_document_tells_of_hypotheses(gateway: Gateway) -> None:
    document = (await gateway.call("GET", "/openapi.json")).body
    schemas = document["components"]["schemas"]
    for name in ("MessageIn", "UnderstandIn"):
        assert {"n_best", "confidence"} <= set(schemas[name]["properties"])
        hypotheses, _ = schemas[name]["properties"]["n_best"]["anyOf"]
        assert (hypotheses["minItems"], hypotheses["maxItems"]) == (1, 10)
    assert schemas["HypothesisIn"]["required"] == ["text", "confidence"]
    assert "heard" in schemas["Understanding"]["properties"]


def test_the_real_engine_answers_the_hypothesis_that_makes_sense(house_today: House) -> None:
    talk = house_today.talk("phone")
    status, turn = talk.send({"n_best": N_BEST})
    assert (status, turn["outcome"], turn["understanding"]["topic"]) == (200, "answered", "legal_aid")
    assert turn["understanding"]["heard"] == RIGHT
    transcript = house_today.call("GET", talk.path, None, talk.token)[1]
    assert [entry["text"] for entry in transcript["entries"] if entry["kind"] == "resident"] == [RIGHT]
