"""What a resident can do on the page: ask, choose, come back, clear, leave, reach a person."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Route, expect

from .conftest import House, ask

Open = Callable[..., BrowserContext]


def test_a_conversation_works_without_scripts(open_context: Open, house: House) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_label("请写下您的问题").fill("护理补贴多少钱")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("li.assistant")).to_contain_text("每人每月")
    expect(page.locator("#code")).to_contain_text("4 8 2 9 3 7")
    page.locator("details.sources summary").click()
    expect(page.locator("details.sources")).to_contain_text("示例市民政局")
    page.get_by_role("button", name="要带什么材料").click()
    expect(page.locator("li.assistant").last).to_contain_text("身份证")
    page.get_by_role("button", name="有帮助", exact=True).click()
    expect(page.locator("li.assistant").last).to_contain_text("谢谢您")
    page.locator("header").get_by_role("button", name="找真人帮忙").click()
    expect(page.locator(".contacts")).to_contain_text("打电话 12345")
    assert house.desk.heard == ["护理补贴多少钱", "要带什么材料", "找真人帮忙"]
    assert house.desk.feedback[-1][1] is True


def test_an_empty_question_is_explained_without_scripts(open_context: Open) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("button", name="发送", exact=True).click()
    assert page.title().startswith("出错了：")
    expect(page.locator("#text")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#trouble")).to_contain_text("还没有写问题")


def test_a_text_that_is_too_long_comes_back_without_scripts(open_context: Open) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.locator("#text").fill("长" * 2001)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#trouble")).to_contain_text("写得太长")
    assert page.locator("#text").input_value() == "长" * 2001


def test_nothing_is_opened_before_the_first_word(page: Page, house: House) -> None:
    before = len(house.desk.conversations)
    page.goto("/")
    page.wait_for_timeout(200)
    assert len(house.desk.conversations) == before
    ask(page, "你好")
    assert len(house.desk.conversations) == before + 1


def test_a_conversation_works_by_keyboard_alone(page: Page, house: House) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到输入框"
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("护理补贴多少钱")
    page.keyboard.press("Enter")
    page.locator("li.assistant").wait_for()
    for _ in range(5):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "要带什么材料"
    page.keyboard.press("Enter")
    page.locator("li.assistant").nth(1).wait_for()
    expect(page.locator("#text")).to_be_focused()
    assert house.desk.heard == ["护理补贴多少钱", "要带什么材料"]


def test_every_stop_of_the_keyboard_shows_a_focus_ring(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.goto("/")
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, width = page.evaluate(
            "[document.activeElement.tagName + [...document.querySelectorAll('*')].indexOf(document.activeElement),"
            " parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"
        )
        if name.startswith("BODY") or name in seen:
            break
        seen.append(name)
        assert width >= 4, name
    assert len(seen) >= 12


def test_only_the_newest_answer_has_choices(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    assert page.locator(".choice").count() == 3
    page.get_by_role("button", name="要带什么材料").click()
    page.locator("li.assistant").nth(1).wait_for()
    expect(page.locator(".choice")).to_have_count(1)
    expect(page.locator("#messages > li").nth(2)).to_have_text(re.compile("我：要带什么材料"))


def test_every_message_says_who_speaks(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    texts = page.locator("#messages > li").all_inner_texts()
    assert len(texts) == 2
    assert texts[0].startswith("我：") and texts[1].startswith("助手：")


def test_a_reloaded_or_killed_tab_resumes(open_context: Open) -> None:
    context = open_context()
    page = context.new_page()
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.locator("#text").fill("还没写完的")
    page.reload()
    expect(page.locator("li.assistant")).to_contain_text("每人每月")
    assert page.locator("#text").input_value() == "还没写完的"
    page.close()
    again = context.new_page()
    again.goto("/")
    expect(again.locator("li.assistant")).to_contain_text("每人每月")


def test_an_answer_that_comes_while_the_line_is_down_arrives_later(page: Page, house: House) -> None:
    page.goto("/")
    ask(page, "你好")
    page.route("**/transcript", lambda route: route.abort())
    page.locator("#text").fill("护理补贴多少钱")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.locator("li.assistant").count() == 1
    page.unroute("**/transcript")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("li.assistant").nth(1).wait_for()


def test_one_press_clears_a_shared_machine(open_context: Open, house: House) -> None:
    context = open_context()
    page = context.new_page()
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.get_by_role("button", name="清除本机记录").click()
    expect(page.get_by_role("heading", name="已清除")).to_be_visible()
    assert [cookie["name"] for cookie in context.cookies()] == ["zhuwo_csrf"]
    page.go_back()
    page.wait_for_load_state()
    assert page.locator("#messages > li").count() == 0
    assert not house.desk.erased


def test_a_conversation_can_be_erased_on_the_server(page: Page, house: House) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    conversation = page.locator("#messages").get_attribute("data-conversation")
    page.get_by_role("link", name="设置").click()
    page.get_by_role("button", name="彻底删除这段对话").click()
    expect(page.get_by_text("也已经删除")).to_be_visible()
    assert len(house.desk.erased) == 1
    assert conversation in ("", house.desk.erased[0])


def test_a_person_is_offered_honestly_with_voice_text_and_sign(page: Page) -> None:
    page.goto("/")
    page.locator("header").get_by_role("button", name="找真人帮忙").click()
    card = page.locator(".contacts")
    card.wait_for()
    expect(page.locator("li.assistant")).to_contain_text("没有人值班")
    assert card.locator('a[href="tel:12345"]').count() == 1
    assert card.locator('a[href="sms:12110021"]').count() == 1
    expect(card).to_contain_text("手语视频 12345")


def test_a_number_can_be_left_for_a_call_back(open_context: Open, house: House) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/callback")
    page.get_by_label("您的号码").fill("不是号码")
    page.get_by_role("button", name="保存号码").click()
    assert page.title().startswith("出错了：")
    assert page.get_by_label("您的号码").input_value() == "不是号码"
    page.get_by_label("您的号码").fill("000-0000 0000")
    page.get_by_label("发短信").check()
    page.get_by_role("button", name="保存号码").click()
    expect(page.get_by_text("号码已经记下")).to_be_visible()
    assert house.desk.callbacks[-1][1:] == ("00000000000", "希望用：发短信")


def test_the_quick_exit_leaves_a_blank_page_and_no_way_back(open_context: Open) -> None:
    context = open_context()
    page = context.new_page()
    page.goto("/")
    ask(page, "我不想活了")
    page.get_by_role("button", name="离开本页").click()
    page.wait_for_url("**/left")
    assert page.locator("body").inner_text().strip() == "空白页"
    assert context.cookies() == []
    page.go_back()
    page.wait_for_load_state()
    assert page.locator("#messages > li").count() == 0


def test_the_quick_exit_works_without_scripts(open_context: Open) -> None:
    context = open_context(java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#text").fill("我不想活了")
    page.get_by_role("button", name="发送", exact=True).click()
    page.get_by_role("button", name="离开本页").click()
    assert page.url.endswith("/left")
    assert context.cookies() == []


def test_a_failed_answer_offers_another_try(page: Page, house: House) -> None:
    page.goto("/")
    house.desk.failing = True
    ask(page, "护理补贴多少钱")
    expect(page.locator("li.failed")).to_contain_text("对不起")
    house.desk.failing = False
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator("li.assistant").last).to_contain_text("每人每月")
    assert house.desk.heard == ["护理补贴多少钱"] * 2


def test_a_demonstration_place_says_so(page: Page) -> None:
    page.goto("/")
    ask(page, "示范站在哪里")
    expect(page.locator(".card .stamp")).to_have_text("演示")
    expect(page.locator(".card")).to_contain_text("现在开门")


def test_a_wrong_answer_can_be_commented(page: Page, house: House) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.get_by_role("button", name="没有帮助").click()
    expect(page.locator(".thanks")).to_be_focused()
    page.get_by_text("哪里不对").first.click()
    page.locator("#comment").fill("金额不清楚")
    page.get_by_role("button", name="提交意见").click()
    page.wait_for_timeout(200)
    assert house.desk.feedback[-1][1:] == (False, "金额不清楚")


def test_a_form_from_elsewhere_is_refused(open_context: Open, house: House) -> None:
    context = open_context()
    form: dict[str, str | float | bool] = {"text": "外来的话"}
    answer = context.request.post("/say", form=form, headers={"Accept": "text/html"})
    assert answer.status == 403
    assert "页面已过期" in answer.text()
    assert house.desk.heard == []


def test_bad_forms_get_a_sentence_and_never_a_crash(open_context: Open) -> None:
    context = open_context()
    page = context.new_page()
    page.goto("/")
    csrf = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    accept = {"Accept": "text/html"}
    forms: list[tuple[str, dict[str, str | float | bool]]] = [
        ("/say", {"text": "\x00\x01"}),
        ("/choose", {"choice": ""}),
        ("/choose", {"choice": "x" * 300}),
        ("/feedback", {"helpful": "yes", "turn_id": "\x00"}),
        ("/callback", {"phone": "1" * 60}),
        ("/say", {"text": "大" * 40000}),
    ]
    for path, form in forms:
        answer = context.request.post(path, form={"csrf": csrf, **form}, headers=accept, max_redirects=0)
        assert 400 <= answer.status < 500, (path, answer.status)
        assert "<html" in answer.text()


def test_a_cookie_of_another_time_starts_anew(open_context: Open, house: House) -> None:
    context = open_context()
    context.add_cookies([{"name": "zhuwo_token", "value": "gone", "url": house.address}])
    page = context.new_page()
    page.goto("/")
    ask(page, "护理补贴多少钱")
    expect(page.locator("li.assistant")).to_contain_text("每人每月")


def test_a_message_that_could_not_be_sent_is_kept_and_sent_again(page: Page, house: House) -> None:
    page.goto("/")
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.post_data or "")
        route.abort()

    page.route("**/messages?wait=0", lose)
    page.locator("#text").fill("护理补贴多少钱")
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("没有发出去")
    expect(page.locator("#trouble")).to_contain_text("12345")
    assert page.locator("#text").input_value() == "护理补贴多少钱"
    assert page.title().startswith("出错了：")
    kept: list[str] = []
    page.unroute("**/messages?wait=0")
    page.on("request", lambda one: kept.append(one.post_data or "") if "messages" in one.url else None)
    page.get_by_role("button", name="再试一次").click()
    page.locator("li.assistant").wait_for()
    assert kept == lost
    assert page.locator("#messages > li").count() == 2
    assert page.locator("#trouble").is_hidden()
    assert page.locator("#text").input_value() == ""
