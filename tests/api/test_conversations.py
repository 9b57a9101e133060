"""The resident API keeps its promises, on both databases (contract.md)."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path

from tests.api.engines import FakeEngine
from tests.api.gateways import Gateway, keep_gateway, settings_for

TABLES = ("conversation", "message", "turn", "event", "wish", "sealed_note")


async def test_a_turn_has_everything_the_contract_names(stored_gateway: Gateway) -> None:
    talk = await stored_gateway.talk()
    assert set(talk.opened) >= {"conversation_id", "token", "code", "reply"}
    turn = await talk.ask("法律援助要带什么材料？")
    assert set(turn) >= {"turn_id", "outcome", "reply", "understanding", "model", "catalogue_edition"}
    assert turn["outcome"] == "answered"
    assert turn["reply"]["sources"][0]["id"] == "s"
    assert all(turn["reply"][form] for form in ("text", "speech", "easy"))
    (row,) = [row for row in stored_gateway.rows("turn", talk.id) if row.id == turn["turn_id"]]
    assert (row.model, row.catalogue_edition) == ("fake", "1")


async def test_a_message_is_on_disk_before_it_is_acknowledged(stored_gateway: Gateway, engine: FakeEngine) -> None:
    engine.behaviour = "hang"
    talk = await stored_gateway.talk()
    acknowledged = await talk.send("交通补贴怎么申请？", wait=0)
    assert acknowledged.status == 202
    assert [row.text for row in stored_gateway.rows("message", talk.id)] == ["交通补贴怎么申请？"]
    waiting = talk.start("另一个问题怎么办？")
    await asyncio.wait_for(engine.held.wait(), 3)
    await asyncio.sleep(0.2)
    assert len(stored_gateway.rows("message", talk.id)) == 2
    assert not waiting.done()


async def test_a_message_sent_again_gets_the_same_turn(stored_gateway: Gateway, engine: FakeEngine) -> None:
    talk = await stored_gateway.talk()
    engine.delay = 0.2
    twice = {"client_message_id": "m-1", "text": "法律援助要带什么材料？"}
    together = await asyncio.gather(*(talk.send(**twice) for _ in range(5)))
    assert {answer.status for answer in together} == {200}
    assert len({answer.body["turn_id"] for answer in together}) == 1
    assert (await talk.send(**twice)).body == together[0].body
    other = await talk.send(client_message_id="m-1", text="我问的是别的？")
    assert (other.status, other.body["code"]) == (409, "other_content")
    assert len(engine.turns()) == 1
    assert len(stored_gateway.rows("message", talk.id)) == 1


async def test_the_line_holds_one_in_flight_and_five_that_wait(stored_gateway: Gateway, engine: FakeEngine) -> None:
    engine.delay = 0.15
    talk = await stored_gateway.talk()
    first = [await talk.send(f"第{n}个问题怎么办？", wait=0, client_message_id=f"m{n}") for n in range(6)]
    assert {answer.status for answer in first} == {202}
    full = await talk.send("第七个问题怎么办？")
    assert (full.status, full.body["code"]) == (429, "queue_full")
    assert full.headers["Retry-After"]
    again = await talk.send("第5个问题怎么办？", client_message_id="m5")
    assert again.status == 200
    asked = [body["text"] for body in engine.turns()]
    assert asked == [f"第{n}个问题怎么办？" for n in range(6)]
    assert len(stored_gateway.rows("message", talk.id)) == 6


async def test_twenty_sent_at_once_are_answered_or_refused_never_lost(
    stored_gateway: Gateway, engine: FakeEngine
) -> None:
    engine.delay = 0.05
    talk = await stored_gateway.talk()
    answers = await asyncio.gather(*(talk.send(f"第{n}个问题怎么办？") for n in range(20)))
    taken = [answer for answer in answers if answer.status == 200]
    assert {answer.status for answer in answers} <= {200, 429}
    assert 6 <= len(taken) == len(stored_gateway.rows("message", talk.id))
    assert all(row.turn_id for row in stored_gateway.rows("message", talk.id))


async def test_fragments_are_read_together(stored_gateway: Gateway, engine: FakeEngine) -> None:
    talk = await stored_gateway.talk()
    sent = []
    for words in ("我聋", "补贴", "多少"):
        sent.append(talk.start(words))
        await asyncio.sleep(0.05)
    turns = [(await task).body for task in sent]
    assert len({turn["turn_id"] for turn in turns}) == 1
    assert [body["text"] for body in engine.turns()] == ["我聋 补贴 多少"]
    assert {row.turn_id for row in stored_gateway.rows("message", talk.id)} == {turns[0]["turn_id"]}


async def test_many_fragments_while_one_is_in_flight_are_never_refused(gateway: Gateway, engine: FakeEngine) -> None:
    engine.delay = 0.4
    talk = await gateway.talk()
    whole = talk.start("法律援助要带什么材料？")
    await asyncio.sleep(0.1)
    fragments = [await talk.send(f"片{n}", wait=0) for n in range(12)]
    assert {answer.status for answer in fragments} == {202}
    assert (await whole).status == 200
    await gateway.desk.queues.drain()
    assert [body["text"] for body in engine.turns()][1:] == [" ".join(f"片{n}" for n in range(12))]


async def test_events_come_once_in_order_and_resume(stored_gateway: Gateway) -> None:
    talk = await stored_gateway.talk()
    async with talk.listen() as page:
        await talk.send("第一个问题怎么办？", wait=0)
        number, kind, turn = await page.next()
        assert kind == "turn"
        assert turn["reply"]["text"].endswith("第一个问题怎么办？")
    for words in ("第二个问题怎么办？", "第三个问题怎么办？"):
        await talk.ask(words)
    async with talk.listen(number) as page, talk.listen("0") as whole:
        texts = [(await page.next())[2]["reply"]["text"][-9:-5] for _ in range(2)]
        assert texts == ["第二个问", "第三个问"]
        everything = [await whole.next() for _ in range(3)]
        assert [one[2]["reply"]["text"][-9:-5] for one in everything] == ["第一个问", "第二个问", "第三个问"]
        assert len({one[0] for one in everything}) == 3
        assert await page.nothing()
        await talk.ask("第四个问题怎么办？")
        assert (await page.next())[2] == (await whole.next())[2]


async def test_the_transcript_shows_each_answer_after_its_question(stored_gateway: Gateway) -> None:
    talk = await stored_gateway.talk()
    await talk.ask("第一个问题怎么办？")
    await talk.ask(choice="legal_aid.where")
    found = (await talk.call("GET")).body
    assert found["code"] == talk.opened["code"]
    assert [entry["kind"] for entry in found["entries"]] == ["assistant", *("resident", "assistant") * 2]
    assert [entry["text"] for entry in found["entries"]][3] == "在哪里"
    assert all(entry["at"].endswith("+08:00") for entry in found["entries"])


async def test_erasing_leaves_no_row_and_closes_the_pages(stored_gateway: Gateway) -> None:
    talk, other = await stored_gateway.talk(), await stored_gateway.talk()
    turn = await talk.ask("法律援助要带什么材料？")
    await other.ask("另一个人的问题怎么办？")
    await talk.call("POST", "/callback", {"phone": "13800138000"})
    await talk.call("POST", "/feedback", {"turn_id": turn["turn_id"], "helpful": True})
    async with talk.listen() as page:
        assert (await talk.call("DELETE")).status == 204
        assert (await page.next())[1] == "closed"
    assert {table: len(stored_gateway.rows(table, talk.id)) for table in TABLES} == dict.fromkeys(TABLES, 0)
    assert (await talk.call("GET")).status == 401
    assert len(stored_gateway.rows("message", other.id)) == 1


async def test_erasing_while_the_engine_thinks_leaves_nothing(stored_gateway: Gateway, engine: FakeEngine) -> None:
    engine.delay = 0.4
    talk = await stored_gateway.talk()
    asked = talk.start("法律援助要带什么材料？")
    await asyncio.sleep(0.2)
    assert (await talk.call("DELETE")).status == 204
    assert (await asked).status == 200
    assert {table: len(stored_gateway.rows(table, talk.id)) for table in TABLES} == dict.fromkeys(TABLES, 0)


async def test_feedback_is_kept_redacted_with_its_turn(stored_gateway: Gateway) -> None:
    talk, other = await stored_gateway.talk(), await stored_gateway.talk()
    turn = await talk.ask("法律援助要带什么材料？")
    told = {"turn_id": turn["turn_id"], "helpful": False, "comment": "请打我13800138000"}
    assert (await talk.call("POST", "/feedback", told)).status == 204
    (row,) = [row for row in stored_gateway.rows("turn", talk.id) if row.id == turn["turn_id"]]
    assert (bool(row.helpful), row.comment) == (False, "请打我[电话号码]")
    assert (await other.call("POST", "/feedback", told)).status == 404
    assert (await talk.call("POST", "/feedback", told | {"turn_id": uuid.uuid4().hex})).status == 404


async def test_only_a_choice_offered_last_is_taken(gateway: Gateway, engine: FakeEngine) -> None:
    talk = await gateway.talk()
    refused = await talk.send(choice="legal_aid.where")
    assert (refused.status, refused.body["code"]) == (422, "choice_not_offered")
    await talk.ask("法律援助要带什么材料？")
    turn = await talk.ask(choice="legal_aid.where")
    assert turn["outcome"] == "answered"
    assert engine.turns()[-1]["choice"] == {"topic": "legal_aid", "aspect": "where", "act": None}
    assert (await talk.send(choice="act:human")).status == 200
    assert len(gateway.rows("message", talk.id)) == 3


async def test_a_wish_for_a_person_is_recorded(gateway: Gateway, engine: FakeEngine) -> None:
    engine.act = "human"
    talk = await gateway.talk()
    await talk.ask("我要找真人帮忙！")
    assert [row.kind for row in gateway.rows("wish", talk.id)] == ["human"]


async def test_understanding_stores_nothing(gateway: Gateway, engine: FakeEngine) -> None:
    found = await gateway.call("POST", "/api/v1/understand", {"text": "我13800138000要带什么", "topic": "hotline"})
    assert found.status == 200
    of_contract = {"topic", "aspect", "act", "confidence", "alternatives", "entities"}
    assert set(found.body) == of_contract | {"also", "correcting", "troubled", "heard"}
    assert found.body["topic"] == "hotline"
    assert engine.asked[-1]["text"] == "我[电话号码]要带什么"
    assert not any(gateway.rows(table) for table in TABLES)


async def test_whether_a_place_is_open(gateway: Gateway) -> None:
    place = next(iter(gateway.desk.editions.current().places))
    found = await gateway.call("GET", f"/api/v1/places/{place}/opening")
    assert found.status == 200
    assert found.body["state"] in ("open", "closed", "unknown")
    assert (await gateway.call("GET", "/api/v1/places/nowhere/opening")).body["code"] == "not_found"


async def test_whether_a_place_is_open_now_goes_by_the_clock_of_the_settings(
    sqlite_url: str, engine: FakeEngine, tmp_path: Path
) -> None:
    states = set()
    for clock in ("2026-11-25T10:00:00", "2026-11-25T02:00:00Z", "2026-11-25T12:30:00", "2027-01-02T03:00:00"):
        async with keep_gateway(settings_for(sqlite_url, engine.url, tmp_path, clock=clock)) as gateway:
            for place in gateway.desk.editions.current().places:
                path = f"/api/v1/places/{place}/opening"
                now, then = await gateway.call("GET", path), await gateway.call("GET", path, params={"at": clock})
                assert (now.status, now.body) == (200, then.body)
                states.add((clock, place, now.body["state"]))
    assert {state for *_, state in states} >= {"open", "closed"}


async def test_too_fast_is_slowed_and_told_never_refused(stored_gateway: Gateway, engine: FakeEngine) -> None:
    talk = await stored_gateway.talk()
    for n in range(stored_gateway.settings.messages_a_minute):
        assert (await talk.send(f"第{n}个问题怎么办？")).status == 200
    async with talk.listen() as page:
        started = asyncio.get_running_loop().time()
        hurried = await talk.send("还有一个问题怎么办？")
        assert hurried.status == 200
        assert asyncio.get_running_loop().time() - started > 1.9
        assert [(await page.next())[1] for _ in range(2)] == ["notice", "turn"]


async def test_openapi_describes_everything(gateway: Gateway) -> None:
    described = await gateway.call("GET", "/openapi.json")
    paths = set(described.body["paths"])
    assert {"/api/v1/conversations", "/api/v1/understand", "/healthz", "/readyz"} <= paths
    assert json.dumps(described.body)
