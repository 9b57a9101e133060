"""When things go wrong: trembling hands, lost lines, reloads before the answer, texts that are too long."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from .conftest import House, ask, read_announcements, record_announcements

Open = Callable[..., BrowserContext]


def test_a_double_click_sends_once(page: Page, house: House) -> None:
    house.desk.delay = 0.3
    page.goto("/")
    page.locator("#text").fill("护理补贴多少钱")
    page.get_by_role("button", name="发送", exact=True).dblclick()
    page.locator("li.assistant").wait_for()
    assert page.locator("#trouble").is_hidden()
    page.get_by_role("button", name="要带什么材料").dblclick()
    page.locator("li.assistant").nth(1).wait_for()
    page.wait_for_timeout(500)
    assert house.desk.heard == ["护理补贴多少钱", "要带什么材料"]


def test_a_form_submitted_twice_is_one_message_without_scripts(open_context: Open, house: House) -> None:
    context = open_context(java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    ids = {name: page.locator(f'#composer [name="{name}"]').input_value() for name in ("csrf", "client_message_id")}
    for _ in range(2):
        context.request.post("/say", form={**ids, "text": "护理补贴"})
    assert house.desk.heard == ["护理补贴"]


def test_a_page_reloaded_before_the_answer_gets_it(page: Page, house: House) -> None:
    house.desk.delay = 2.5
    record_announcements(page)
    page.goto("/")
    page.locator("#text").fill("护理补贴多少钱")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("#status")).to_have_text("正在查找答案")
    page.locator("li.assistant").wait_for()
    page.wait_for_timeout(900)
    said = read_announcements(page)
    assert said[0] == "正在查找答案" and said[1].startswith("助手：重度残疾人护理补贴")
    assert len(said) == 2


def test_without_scripts_a_page_opened_before_the_answer_says_how_to_look(open_context: Open, house: House) -> None:
    house.desk.delay = 1.5
    context = open_context()
    page = context.new_page()
    page.goto("/")
    page.locator("#text").fill("护理补贴多少钱")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    bare = open_context(java_script_enabled=False, storage_state=context.storage_state()).new_page()
    bare.goto("/")
    expect(bare.get_by_text("正在查找答案")).to_be_visible()
    page.locator("li.assistant").wait_for()
    bare.get_by_role("button", name="看看有没有回答").click()
    expect(bare.locator("li.assistant")).to_contain_text("每人每月")


def test_a_text_that_is_too_long_stays_in_the_field(page: Page, house: House) -> None:
    page.goto("/")
    page.locator("#text").fill("长" * 2001)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#trouble")).to_contain_text("2000")
    expect(page.locator("#text")).to_have_attribute("aria-invalid", "true")
    assert page.locator("#text").input_value() == "长" * 2001
    assert house.desk.heard == []


def test_a_lost_line_is_told_and_nothing_typed_is_lost(page: Page, house: House) -> None:
    record_announcements(page)
    page.goto("/")
    ask(page, "你好")
    page.context.set_offline(True)
    expect(page.locator("#status")).to_contain_text("网络断了")
    page.locator("#text").fill("护理补贴多少钱")
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("没有发出去")
    assert page.locator("#text").input_value() == "护理补贴多少钱"
    page.context.set_offline(False)
    expect(page.locator("#status")).to_be_hidden()
    page.get_by_role("button", name="再试一次").click()
    page.locator("li.assistant").nth(1).wait_for()
    assert house.desk.heard == ["你好", "护理补贴多少钱"]
    page.wait_for_timeout(2500)
    assert any("网络连上了" in said for said in read_announcements(page))


def test_the_back_button_comes_back_to_the_conversation(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.get_by_role("link", name="设置").click()
    page.go_back()
    expect(page.locator("li.assistant")).to_contain_text("每人每月")
    ask(page, "示范站在哪里")
    expect(page.locator("#messages > li")).to_have_count(4)


def test_in_a_small_window_the_answer_one_waited_for_comes_into_sight(open_context: Open) -> None:
    page = open_context(viewport={"width": 320, "height": 256}).new_page()
    page.goto("/")
    for words in ("护理补贴多少钱", "示范站在哪里"):
        ask(page, words)
        page.wait_for_timeout(200)
        expect(page.locator("li.assistant").last).to_be_in_viewport()
        assert page.locator(".newer").is_hidden()


def test_a_crisis_shows_every_way_once_and_the_exit_stays(page: Page) -> None:
    page.goto("/")
    ask(page, "我不想活了")
    answer = page.locator("li.assistant").last
    expect(answer.locator("a.number, p.number")).to_have_count(3)
    expect(answer.get_by_role("link", name="留下号码")).to_have_count(0)
    ask(page, "护理补贴多少钱")
    expect(page.locator("li.assistant").last.get_by_role("button", name="离开本页")).to_be_visible()
