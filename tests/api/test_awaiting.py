"""What was not known is told in the conversation once the catalogue knows: once, whatever happens in between."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from actions.catalogue.importing import import_catalogue
from api.settings import ROOT, Settings
from api.store.awaited import open_awaited
from api.store.database import open_engine
from tests.api.engines import FakeEngine
from tests.api.gateways import Gateway, Talk, keep_gateway, settings_for
from tests.houses import House, keep_house

UNKNOWN = "法律援助的这件事还没有答案吗？"
OTHER = "交通补贴怎么申请？"
TELL_ME = "act:tell_me"
LEAD = f"您问过“{UNKNOWN}”。现在有答案了：\n"
ROUNDS = 2.5
"""More than a look of the gateway takes."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue that a test may change."""
    return Path(shutil.copytree(ROOT / "actions" / "catalogue" / "data", tmp_path / "data"))


class Learning:
    """Makes another edition of the catalogue with each call."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.editions = url, folder, 0

    def __call__(self) -> None:
        self.editions += 1
        path = self.folder / "phrases.yml"
        phrases = yaml.safe_load(path.read_text("utf-8"))
        phrases[0]["easy"] = f"您好{self.editions}。"
        path.write_text(yaml.safe_dump(phrases, allow_unicode=True), "utf-8")
        engine = open_engine(self.url)
        with engine.begin() as connection:
            import_catalogue(connection, self.folder)
        engine.dispose()


Learn = Callable[[], None]


@pytest_asyncio.fixture
async def learn(stored_gateway: Gateway, folder: Path) -> Learn:
    return Learning(stored_gateway.settings.url_of_database, folder)


async def await_answer(talk: Talk) -> dict[str, Any]:
    """Asks what is not known, and asks to be told."""
    declined = await talk.ask(UNKNOWN)
    assert (declined["outcome"], declined["reply"]["choices"][0]["value"]) == ("declined", TELL_ME)
    return await talk.ask(choice=TELL_ME)


async def told(talk: Talk) -> list[dict[str, Any]]:
    """The turns in the transcript that tell an answer."""
    entries = (await talk.call("GET")).body["entries"]
    return [entry for entry in entries if entry["kind"] == "assistant" and entry["text"].startswith("您问过")]


async def until(found: Callable[[], Awaitable[Any]], within: float = 8.0) -> Any:
    """What is found, as soon as something is."""
    async with asyncio.timeout(within):
        while not (known := await found()):  # noqa: ASYNC110  (over HTTP, as any client would)
            await asyncio.sleep(0.05)
    return known


async def asked_again(engine: FakeEngine, before: int) -> None:
    """Waits until the gateway has asked once more on its own."""

    async def more() -> bool:
        return len(engine.turns()) > before

    await until(more)


async def test_an_answer_that_comes_is_told_once(stored_gateway: Gateway, engine: FakeEngine, learn: Learn) -> None:
    talk = await stored_gateway.talk()
    noted = await await_answer(talk)
    assert noted["outcome"] == "answered"
    (row,) = stored_gateway.rows("awaited", talk.id)
    assert (row.topic, row.aspect, row.text, row.turn_id) == ("legal_aid", "documents", UNKNOWN, None)
    engine.knows = True
    async with talk.listen() as page:
        learn()
        _, kind, turn = await page.next(8)
        assert (kind, turn["outcome"]) == ("turn", "answered")
        assert turn["reply"]["text"].startswith(LEAD)
        assert all("您问过" in turn["reply"][form] for form in ("easy", "speech"))
        assert turn["reply"]["sources"]
        learn()
        assert await page.nothing(ROUNDS)
    entries = (await talk.call("GET")).body["entries"]
    assert [entry["turn_id"] for entry in entries if entry["text"].startswith(LEAD)] == [turn["turn_id"]]
    assert entries[-1]["turn_id"] == turn["turn_id"]
    assert [entry["kind"] for entry in entries[-3:]] == ["resident", "assistant", "assistant"]
    (row,) = stored_gateway.rows("awaited", talk.id)
    assert row.turn_id == turn["turn_id"]
    asked = engine.turns()[-1]
    assert asked["choice"] == {"topic": "legal_aid", "aspect": "documents", "act": None}
    assert asked["text"] == UNKNOWN


async def test_what_is_still_not_known_stays_open(stored_gateway: Gateway, engine: FakeEngine, learn: Learn) -> None:
    talk = await stored_gateway.talk()
    await await_answer(talk)
    for _ in range(2):
        before = len(engine.turns())
        learn()
        await asked_again(engine, before)
    assert await told(talk) == []
    engine.knows = True
    learn()
    assert len(await until(lambda: told(talk))) == 1


async def test_an_edition_is_tried_once(gateway: Gateway, engine: FakeEngine, folder: Path) -> None:
    talk = await gateway.talk()
    await await_answer(talk)
    before = len(engine.turns())
    Learning(gateway.settings.url_of_database, folder)()
    await asked_again(engine, before)
    await asyncio.sleep(ROUNDS)
    assert len(engine.turns()) == before + 1


async def test_wished_for_twice_is_one_question(stored_gateway: Gateway, engine: FakeEngine) -> None:
    talk, other = await stored_gateway.talk(), await stored_gateway.talk()
    for one in (talk, talk, other):
        await await_answer(one)
    assert len(stored_gateway.rows("awaited", talk.id)) == 1
    assert await stored_gateway.desk.database.run(open_awaited) == {"legal_aid.documents": 2}


async def test_an_erased_conversation_awaits_nothing(stored_gateway: Gateway, engine: FakeEngine, learn: Learn) -> None:
    talk, other = await stored_gateway.talk(), await stored_gateway.talk()
    for one in (talk, other):
        await await_answer(one)
    engine.knows = True
    learn()
    await until(lambda: told(talk))
    assert (await talk.call("DELETE")).status == 204
    assert stored_gateway.rows("awaited", talk.id) == []
    assert len(stored_gateway.rows("awaited", other.id)) == 1


async def test_a_restart_neither_loses_nor_doubles(
    filled_url: str, engine: FakeEngine, folder: Path, tmp_path: Path
) -> None:
    settings = settings_for(filled_url, engine.url, tmp_path)
    async with keep_gateway(settings) as gateway:
        talk = await gateway.talk()
        await await_answer(talk)
    Learning(filled_url, folder)()
    engine.knows = True
    for _ in range(2):
        async with keep_gateway(settings) as gateway:
            again = Talk(gateway, talk.id, talk.token, {})
            assert len(await until(lambda again=again: told(again))) == 1  # type: ignore[misc]
            await asyncio.sleep(ROUNDS)
            assert len(await told(again)) == 1


async def test_two_gateways_tell_it_once(filled_url: str, engine: FakeEngine, folder: Path, tmp_path: Path) -> None:
    async with (
        keep_gateway(settings_for(filled_url, engine.url, tmp_path)) as one,
        keep_gateway(settings_for(filled_url, engine.url, tmp_path)) as two,
    ):
        talks = [await gateway.talk() for gateway in (one, two) for _ in range(3)]
        for talk in talks:
            await await_answer(talk)
        engine.knows = True
        Learning(filled_url, folder)()
        for talk in talks:
            await until(lambda talk=talk: told(talk))  # type: ignore[misc]
        await asyncio.sleep(ROUNDS)
        assert [len(await told(talk)) for talk in talks] == [1] * len(talks)


async def test_it_waits_for_the_turn_in_progress(stored_gateway: Gateway, engine: FakeEngine, learn: Learn) -> None:
    talk = await stored_gateway.talk()
    await await_answer(talk)
    engine.delay = 0.6
    engine.knows = True
    waiting = [talk.start(f"第{n}个问题怎么办？") for n in range(4)]
    await asyncio.sleep(0.2)
    learn()
    turns = {(await task).body["turn_id"] for task in waiting}
    await until(lambda: told(talk))
    entries = (await talk.call("GET")).body["entries"]
    assert {entry["turn_id"] for entry in [e for e in entries if e["kind"] == "assistant"][-5:-1]} == turns
    assert entries[-1]["text"].startswith(LEAD)


async def test_what_is_talked_about_meanwhile_stays(stored_gateway: Gateway, engine: FakeEngine, learn: Learn) -> None:
    talk = await stored_gateway.talk()
    await await_answer(talk)
    engine.knows = True
    other = await talk.ask(OTHER)
    learn()
    (entry,) = await until(lambda: told(talk))
    assert entry["reply"]["choices"] == other["reply"]["choices"]
    asked = (await talk.ask(choice=other["reply"]["choices"][0]["value"]))["turn_id"]
    body = next(body for body in engine.turns() if body["turn_id"] == asked)
    assert body["memory"]["topic"] == "transport_subsidy"


@pytest.mark.parametrize("behaviour", ["die", "empty", "not_json"])
async def test_a_broken_engine_loses_no_question(
    gateway: Gateway, engine: FakeEngine, folder: Path, behaviour: str
) -> None:
    learn = Learning(gateway.settings.url_of_database, folder)
    talk = await gateway.talk()
    await await_answer(talk)
    before = len(engine.turns())
    engine.behaviour, engine.knows = behaviour, True
    learn()
    await asked_again(engine, before)
    assert await told(talk) == []
    engine.behaviour = "answer"
    learn()
    assert len(await until(lambda: told(talk))) == 1


async def test_the_page_shows_it(gateway: Gateway, engine: FakeEngine, folder: Path) -> None:
    talk = await gateway.talk()
    await await_answer(talk)
    engine.knows = True
    Learning(gateway.settings.url_of_database, folder)()
    (entry,) = await until(lambda: told(talk))
    page = (await gateway.call("GET", "/transcript", headers={"Cookie": f"zhuwo_token={talk.token}"})).body.decode()
    newest = page.rsplit('<li class="message', 1)[1]
    assert entry["turn_id"] in newest
    assert "现在有答案了" in newest


# -- the engine itself ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that learns: not the shared one."""
    with keep_house(tmp_path_factory.mktemp("learning")) as kept:
        yield kept


def test_the_engine_declines_notes_and_tells(house: House, folder: Path) -> None:
    talk = house.talk()
    declined = talk.ask("阳光天地几点开门？")
    assert declined["outcome"] == "declined"
    assert TELL_ME in [choice["value"] for choice in declined["reply"]["choices"]]
    noted = talk.choose(TELL_ME)
    assert noted["outcome"] == "answered"
    assert "12345" in noted["reply"]["text"]
    assert TELL_ME not in [choice["value"] for choice in noted["reply"]["choices"]]

    place = folder / "places" / "sunshine_world.yml"
    times = {"byday": ["MO", "TU", "WE", "TH", "FR"], "opens_at": "09:00", "closes_at": "16:30"}
    known = yaml.safe_load(place.read_text("utf-8")) | {"schedules": [times], "confirmed_on": "2026-11-25"}
    place.write_text(yaml.safe_dump(known, allow_unicode=True), "utf-8")
    Learning(Settings(data=house.data).url_of_database, folder)()

    deadline, entry = time.monotonic() + 15, {}
    while not entry.get("text", "").startswith("您问过“阳光天地几点开门？”。现在有答案了："):
        assert time.monotonic() < deadline, entry
        time.sleep(0.1)
        entry = house.call("GET", talk.path, token=talk.token)[1]["entries"][-1]
    assert entry["outcome"] == "answered"
    assert "16:30" in entry["text"]
    assert talk.ask("那在哪里呢")["understanding"]["topic"] == "sunshine_world"
