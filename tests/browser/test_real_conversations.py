"""Five conversations with the whole assistant, as residents have them. axe-core looks at every state; an error on
the console or a broken policy fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from ..houses import House as RealHouse
from .conftest import ask, find_violations

Open = Callable[..., Page]
SILENT_WAYS = re.compile("发短信|手语视频")
AMOUNT = re.compile(r"每月\s*[0-9]+\s*元")


@pytest.fixture
def visit(browser: Browser, house_today: RealHouse) -> Iterator[Open]:
    """Opens the real page; anything on the console that is an error fails the test at the end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(line: ConsoleMessage) -> None:
        if line.type == "error" and "422" not in line.text:  # an empty form is refused on purpose
            complaints.append(line.text)

    def open_page(**wishes: Any) -> Page:
        wishes = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", **wishes}
        context = browser.new_context(base_url=house_today.address, **wishes)
        context.set_default_timeout(10000)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def look(page: Page) -> None:
    """What must hold in every state: axe finds nothing, and a telephone never stands alone."""
    assert find_violations(page) == []
    for contacts in page.locator(".contacts").all():
        assert contacts.locator('a[href^="tel:"]').count() == 0 or contacts.get_by_text(SILENT_WAYS).count() > 0


def press(page: Page, name: str) -> None:
    """Presses an offered choice and waits for its answer."""
    before = page.locator("#messages > li.assistant").count()
    page.locator(".choices").get_by_role("button", name=name).click()
    page.locator("#messages > li.assistant").nth(before).wait_for()


def test_questions_that_follow_each_other_and_their_sources(visit: Open) -> None:
    page = visit()
    look(page)
    ask(page, "重度残疾人护理补贴每月多少钱")
    newest = page.locator("#messages > li.assistant").last
    expect(newest).to_contain_text(AMOUNT)
    look(page)
    newest.locator("summary").click()
    expect(newest.locator(".sources li").first).to_contain_text("谁发布的")
    expect(newest.locator(".sources li").first).to_contain_text(re.compile("20[0-9]{2}年"))
    look(page)
    ask(page, "那谁能申请")
    expect(page.locator("#messages > li.assistant").last).to_contain_text("级")
    press(page, "怎么办")
    expect(page.locator("#messages > li.assistant")).to_have_count(3)
    expect(page.locator(".choices")).to_have_count(1)
    ask(page, "今天天气怎么样")
    expect(page.locator(".contacts").last).to_contain_text("12345")
    look(page)
    ask(page, "示范残疾人服务站现在开门吗")
    expect(page.locator(".card .stamp").last).to_have_text("演示")
    look(page)


def test_a_conversation_with_scripts_off(visit: Open) -> None:
    page = visit(java_script_enabled=False)
    page.get_by_role("button", name="换成简单的话").click()
    page.get_by_role("button", name="残疾人证怎么办").click()
    expect(page.locator("#messages > li.assistant")).to_contain_text("残")
    expect(page.locator("#code b")).to_have_text(re.compile(r"^([0-9] ){5}[0-9]$"))
    page.locator("summary").last.click()
    expect(page.locator(".sources li").first).to_be_visible()
    page.locator(".choices button").last.click()
    expect(page.locator("#messages > li.assistant")).to_have_count(2)
    page.get_by_role("button", name="有帮助", exact=True).click()
    expect(page.locator("#messages > li.assistant").last).to_contain_text("谢谢您")
    page.locator("#text").fill("   ")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#trouble")).to_contain_text("还没有写问题")
    look(visit(storage_state=page.context.storage_state()))  # axe itself is a script
    page.get_by_role("button", name="清除本机记录").click()
    expect(page.get_by_role("heading", name="已清除")).to_be_visible()
    page.goto("/")
    expect(page.locator("#messages > li")).to_have_count(0)
    expect(page.get_by_role("button", name="换成简单的话")).to_be_visible()


def tab_to(page: Page, words: str, key: str = "Tab") -> None:
    """Steps with the keyboard until the thing with these words has the focus."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.innerText || ''").strip().startswith(words):
            return
    raise AssertionError(f"the keyboard does not reach {words}")


def test_a_conversation_by_keyboard_alone(visit: Open) -> None:
    page = visit(viewport={"width": 1280, "height": 800})
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("残疾人证到期了怎么换")
    page.keyboard.press("Enter")
    page.locator("#messages > li.assistant").wait_for()
    expect(page.locator("#text")).to_be_focused()
    tab_to(page, "来源", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".sources li").first).to_be_visible()
    look(page)
    tab_to(page, "要带什么")
    page.keyboard.press("Space")
    page.locator("#messages > li.assistant").nth(1).wait_for()
    expect(page.locator("#text")).to_be_focused()
    tab_to(page, "找真人帮忙", "Shift+Tab")
    page.keyboard.press("Enter")
    page.locator(".contacts").wait_for()
    look(page)
    tab_to(page, "设置", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings")
    look(page)


def test_a_crisis_and_the_quick_exit(visit: Open) -> None:
    page = visit()
    ask(page, "我不想活了")
    answer = page.locator("#messages > li.assistant").last
    expect(answer.locator('a[href="tel:962525"]')).to_have_count(1)
    expect(answer.locator('a[href="sms:12110021"]')).to_have_count(1)
    expect(answer.get_by_role("link", name="留下号码")).to_have_count(0)
    expect(answer.get_by_role("button", name="离开本页")).to_be_in_viewport()
    expect(answer.locator('a[href="tel:962525"]')).to_be_in_viewport()
    look(page)
    ask(page, "护理补贴多少钱")
    expect(page.locator("#messages > li.assistant").last.get_by_role("button", name="离开本页")).to_be_visible()
    look(page)
    page.locator("#messages > li.assistant").last.get_by_role("button", name="离开本页").click()
    page.wait_for_url("**/left")
    assert page.context.cookies() == []
    page.go_back()
    page.wait_for_load_state()
    expect(page.locator("#messages > li")).to_have_count(0)


def test_a_person_is_wished_for_and_the_machine_cleared(visit: Open) -> None:
    page = visit()
    page.locator("header").get_by_role("button", name="找真人帮忙").click()
    answer = page.locator("#messages > li.assistant").last
    expect(answer).to_contain_text(re.compile("没有(工作)?人"))
    expect(answer.locator('a[href="tel:12345"]')).to_have_count(1)
    look(page)
    answer.get_by_role("link", name="留下号码").click()
    expect(page.get_by_text("不能保证")).to_be_visible()
    page.get_by_label("您的号码").fill("021-0000 0000")
    page.get_by_label("想问什么事").fill("想问护理补贴")
    look(page)
    page.get_by_role("button", name="保存号码").click()
    expect(page.get_by_text("号码已经记下")).to_be_visible()
    look(page)
    page.get_by_role("link", name="回到对话").click()
    page.get_by_role("button", name="清除本机记录").click()
    expect(page.get_by_role("heading", name="已清除")).to_be_visible()
    look(page)
    assert [cookie["name"] for cookie in page.context.cookies()] == ["zhuwo_csrf"]
