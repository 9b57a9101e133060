"""Private numbers are masked before the journal, the engine and the log; public numbers, amounts and dates never."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from api.privacy import MASKS, Redactor
from tests.api.engines import FakeEngine
from tests.api.gateways import Gateway

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "privacy_cases.yml").read_text("utf-8"))
PUBLIC = ("12345", "12385", "962525", "110", "120", "12356", "12110021", "021-12345")
REDACTOR = Redactor(PUBLIC)
SPOKEN = ("零〇", "一幺", "二两", "三", "四", "五", "六", "七拐", "八", "九")
FULL_WIDTH = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}


@pytest.mark.parametrize(("said", "kept"), [tuple(case) for case in CASES["masked"]])
def test_is_masked(said: str, kept: str) -> None:
    assert REDACTOR.redact(said).text == kept


@pytest.mark.parametrize("said", CASES["kept"])
def test_is_kept(said: str) -> None:
    assert REDACTOR.redact(said).text == said


@pytest.mark.parametrize(("said", "kept"), [tuple(case) for case in CASES["addresses"]])
def test_addresses_are_masked_in_a_careful_conversation(said: str, kept: str) -> None:
    assert REDACTOR.redact(said).text == said
    assert REDACTOR.hide_addresses(REDACTOR.redact(said)).text == kept


@pytest.mark.parametrize("said", CASES["no_addresses"])
def test_what_is_no_address_is_kept_even_then(said: str) -> None:
    assert REDACTOR.hide_addresses(REDACTOR.redact(said)).text == said


BIRTHDAYS = st.tuples(st.integers(1930, 2019), st.integers(1, 12), st.integers(1, 28)).map(
    lambda day: f"{day[0]}{day[1]:02}{day[2]:02}"
)
ID_CARDS = st.tuples(
    st.sampled_from(("310114", "310115", "110101", "320583")),
    BIRTHDAYS,
    st.from_regex(r"[0-9]{3}[0-9X]", fullmatch=True),
).map("".join)
NUMBERS = st.one_of(
    ID_CARDS,
    st.tuples(ID_CARDS, st.from_regex(r"[1-7][1-4]", fullmatch=True)).map("".join),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"021[5-6][0-9]{7}", fullmatch=True),
    st.from_regex(r"62[0-9]{17}", fullmatch=True),
)


def spell(number: str, way: str, chance: random.Random) -> str:
    """A number as people write or say it."""
    if way == "full_width":
        return number.translate(FULL_WIDTH)
    if way == "spoken":
        return "".join(chance.choice(SPOKEN[int(c)]) if c.isdigit() else c for c in number)
    if way == "spaced":
        return " ".join(number)
    if way == "grouped":
        return chance.choice((" ", "-", "　", "--", " - ", "·")).join(re.findall(".{1,4}", number))
    return number


@settings(max_examples=400, deadline=None)
@given(
    number=NUMBERS,
    way=st.sampled_from(("plain", "full_width", "spoken", "spaced", "grouped")),
    before=st.sampled_from(("", "我的号码是", "打12345，我", "电话：", "每月450元，", "2021年", "a ")),
    after=st.sampled_from(("", "。", "，每月1690元", "，问12385", "号")),
    chance=st.randoms(use_true_random=False),
)
def test_no_spelling_slips_through(number: str, way: str, before: str, after: str, chance: random.Random) -> None:
    kept = REDACTOR.redact(before + spell(number, way, chance) + after).text
    assert kept.startswith(before)
    assert kept.endswith(after)
    assert kept[len(before) : len(kept) - len(after)] in MASKS.values()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*CASES["kept"], *PUBLIC, "每月1690元", "2021年", "12岁"]), min_size=1, max_size=4))
def test_harmless_sentences_together_stay_harmless(sentences: list[str]) -> None:
    said = "，我问".join(sentences)
    assert REDACTOR.redact(said).text == said


@pytest.mark.parametrize("unit", ["1 ", "1", "12345 ", "1x", "一", "1---", "12弄", "路"])
def test_no_text_takes_long(unit: str) -> None:
    said = (unit * 2000)[:2000]
    started = time.process_time()
    REDACTOR.hide_addresses(REDACTOR.redact(said))
    assert time.process_time() - started < 0.5


SECRETS = ("13800138000", "310114199003071234", "31011419900307123X43", "6222020200001234567")
SAID = (
    "我叫小王，电话138 0013 8000，身份证310114199003071234，"
    "残疾证31011419900307123x43，卡6222 0202 0000 1234 567怎么办？"
)


def read_all(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_nothing_private_reaches_disk_engine_or_log(
    gateway: Gateway, engine: FakeEngine, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    talk = await gateway.talk()
    await talk.ask(SAID)
    engine.behaviour = "not_json"
    await talk.ask(SAID + "请再说一遍。")
    engine.behaviour = "answer"
    await talk.send(SAID * 20)
    await gateway.call("POST", "/api/v1/understand", {"text": SAID})
    turn = (await talk.call("GET")).body["entries"][-1]["turn_id"]
    await talk.call("POST", "/feedback", {"turn_id": turn, "helpful": True, "comment": SAID})
    disk = read_all(tmp_path)
    printed = "".join(capfd.readouterr())
    assert "我叫小王".encode() in disk
    assert "小王" not in printed
    for place in (disk, b"".join(engine.raw), printed.encode()):
        digits = re.sub(rb"[ -]", b"", place)
        assert not [secret for secret in SECRETS if secret.encode() in digits]


async def test_a_number_to_call_back_is_sealed(gateway: Gateway, tmp_path: Path) -> None:
    talk = await gateway.talk()
    assert (await talk.call("POST", "/callback", {"phone": "138 0013 8000", "note": "下午打"})).status == 204
    (note,) = gateway.rows("sealed_note", talk.id)
    assert note.reason == "callback"
    assert gateway.desk.seal.open(note.sealed) == {"phone": "138 0013 8000", "note": "下午打"}
    assert [row.kind for row in gateway.rows("wish", talk.id)] == ["callback"]
    disk = read_all(tmp_path)
    assert b"138 0013 8000" not in disk
    assert "下午打".encode() not in disk


async def test_where_someone_is_in_danger_is_sealed_and_masked(stored_gateway: Gateway, engine: FakeEngine) -> None:
    talk = await stored_gateway.talk()
    first = {"client_message_id": "m-1", "text": "危机，我在曹杨路100号，不想活了。"}
    turn = (await talk.send(**first)).body
    await talk.ask("我在曹杨路100弄5号502室，电话13800138000。")
    await talk.ask("谢谢你陪我。")
    assert [row.text for row in stored_gateway.rows("message", talk.id)][1:] == [
        "我在[地址]，电话[电话号码]。",
        "谢谢你陪我。",
    ]
    (note,) = stored_gateway.rows("sealed_note", talk.id)
    assert note.reason == "crisis"
    sealed = stored_gateway.desk.seal.open(bytes(note.sealed))
    assert sealed == {"text": "我在曹杨路100弄5号502室，电话13800138000。"}
    assert [body["text"] for body in engine.turns()][1] == "我在[地址]，电话[电话号码]。"
    assert (await talk.send(**first)).body == turn
