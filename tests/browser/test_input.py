"""Typing: Enter, input methods, focus, and what a screen reader hears."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from .conftest import House, ask, read_announcements, record_announcements

Open = Callable[..., BrowserContext]


def compose(session: CDPSession, raw: str = "canjirenzheng") -> None:
    """Type pinyin into an open composition, as an input method does."""
    for end in (2, 5, len(raw)):
        session.send("Input.imeSetComposition", {"text": raw[:end], "selectionStart": end, "selectionEnd": end})


def confirm_by_enter(page: Page, session: CDPSession) -> None:
    """The usual order: keydown 229 while composing, then the candidate."""
    down = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", down)
    session.send("Input.insertText", {"text": "残疾人证"})
    up = {"type": "keyUp", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    session.send("Input.dispatchKeyEvent", up)


def press_enter_inside(page: Page, session: CDPSession) -> None:
    """Some input methods send keyCode 13 while composing."""
    page.keyboard.press("Enter")
    session.send("Input.insertText", {"text": "残疾人证"})


def confirm_as_safari(page: Page, session: CDPSession) -> None:
    """Safari ends the composition first and then sends keydown 229."""
    session.send("Input.insertText", {"text": "残疾人证"})
    page.wait_for_timeout(80)
    page.evaluate(
        "document.getElementById('text').dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
    )


def confirm_late(page: Page, session: CDPSession) -> None:
    """An Enter 20 ms after the composition ended belongs to the input method."""
    session.send("Input.insertText", {"text": "残疾人证"})
    page.evaluate(
        """() => new Promise((done) => {
          const field = document.getElementById('text');
          field.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}));
          setTimeout(() => { field.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'Enter', keyCode: 13, bubbles: true, cancelable: true})); done(); }, 20);
        })"""
    )


CONFIRMATIONS = [confirm_by_enter, press_enter_inside, confirm_as_safari, confirm_late]


@pytest.mark.parametrize("confirm", CONFIRMATIONS)
def test_enter_in_an_input_method_never_sends(
    page: Page, house: House, confirm: Callable[[Page, CDPSession], None]
) -> None:
    page.goto("/")
    page.locator("#text").focus()
    session = page.context.new_cdp_session(page)
    compose(session)
    confirm(page, session)
    page.wait_for_timeout(150)
    assert house.desk.heard == []
    assert page.locator("#messages > li").count() == 0
    assert "残疾人证" in page.locator("#text").input_value()
    page.keyboard.press("Enter")
    page.locator("li.assistant").wait_for()
    assert len(house.desk.heard) == 1


def test_shift_and_enter_begins_a_line(page: Page, house: House) -> None:
    page.goto("/")
    page.locator("#text").fill("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    assert page.locator("#text").input_value() == "第一行\n第二行"
    assert house.desk.heard == []


def test_enter_can_be_told_not_to_send(page: Page, house: House) -> None:
    page.goto("/settings")
    page.get_by_label("只换行，不发送").check()
    page.get_by_role("button", name="保存设置").click()
    page.goto("/")
    page.locator("#text").fill("护理补贴")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert house.desk.heard == []
    page.get_by_role("button", name="发送", exact=True).click()
    page.locator("li.assistant").wait_for()
    assert house.desk.heard == ["护理补贴"]


def test_an_empty_question_is_explained_beside_the_field(page: Page) -> None:
    record_announcements(page)
    page.goto("/")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_have_attribute("aria-invalid", "true")
    assert read_announcements(page) == ["出错了：还没有写问题。请先写一句话，再按“发送”。"]


def test_each_answer_is_announced_once_and_nothing_on_load(page: Page) -> None:
    record_announcements(page)
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.wait_for_timeout(300)
    answer = (
        "助手：重度残疾人护理补贴每人每月有一笔钱，金额按等级定。 一级和二级残疾人可以申请。 "
        "补贴从批准的下个月开始发。 可选：要带什么材料，怎么申请，找真人帮忙。"
    )
    assert read_announcements(page) == [answer]
    ask(page, "示范站在哪里")
    page.wait_for_timeout(900)
    assert read_announcements(page) == [answer, "助手：示范残疾人服务站在这里。今天开到下午四点半。"]
    page.reload()
    page.wait_for_timeout(900)
    assert read_announcements(page) == []
    assert page.evaluate("window.loaded") == ""


def test_two_announcements_never_come_together(page: Page, house: House) -> None:
    record_announcements(page)
    page.goto("/")
    ask(page, "你好")
    for words in ("护理补贴", "示范站"):
        page.locator("#text").fill(words)
        page.keyboard.press("Enter")
    page.locator("li.assistant").nth(2).wait_for()
    page.wait_for_timeout(1800)
    times = page.evaluate("window.said.map((one) => one.at)")
    assert all(later - earlier >= 650 for earlier, later in itertools.pairwise(times))
    assert len(read_announcements(page)) == 3


def test_a_long_wait_is_shown_and_announced_once(page: Page, house: House) -> None:
    house.desk.delay = 1.6
    record_announcements(page)
    page.goto("/")
    page.locator("#text").fill("慢慢查")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.locator("#status").is_hidden()
    expect(page.locator("#status")).to_have_text("正在查找答案")
    page.locator("li.assistant").wait_for()
    expect(page.locator("#status")).to_be_hidden()
    page.wait_for_timeout(800)
    assert read_announcements(page) == ["正在查找答案", "助手：这是慢慢查到的回答。"]


def test_the_focus_stays_where_it_was_when_an_answer_comes(page: Page, house: House) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    expect(page.locator("#text")).to_be_focused()
    house.desk.delay = 0.4
    page.locator("#text").fill("示范站在哪里")
    page.keyboard.press("Enter")
    page.locator("details.sources summary").first.focus()
    page.locator("li.assistant").nth(1).wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_sources_that_were_opened_stay_open(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.locator("details.sources summary").click()
    ask(page, "示范站在哪里")
    assert page.locator("details.sources").first.get_attribute("open") is not None


def test_reading_further_up_is_not_disturbed(open_context: Open, house: House) -> None:
    page = open_context(viewport={"width": 390, "height": 500}).new_page()
    page.goto("/")
    for words in ("护理补贴", "真人", "护理"):
        ask(page, words)
    page.locator("#text").fill("示范站在哪里")
    house.desk.delay = 0.5
    page.keyboard.press("Enter")
    page.wait_for_timeout(150)
    page.evaluate("scrollTo(0, 0)")
    page.locator("li.assistant").nth(3).wait_for()
    assert page.evaluate("scrollY") == 0
    expect(page.get_by_role("button", name="看新消息")).to_have_count(1)


def test_the_page_survives_a_blocked_event_stream(page: Page) -> None:
    page.route("**/events", lambda route: route.abort())
    page.goto("/")
    page.locator("#text").fill("护理补贴多少钱")
    page.keyboard.press("Enter")
    page.locator("li.assistant").wait_for(timeout=9000)
