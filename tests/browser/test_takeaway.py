"""What a resident takes to a window: the card in very large type, the list of papers to tick and print; answers that
come later; contacts that are told once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
import yaml
from playwright.sync_api import BrowserContext, Page, expect

from actions.catalogue.edition import build_edition
from actions.catalogue.reading import read_content
from api.settings import ROOT
from api.web import showing

from .conftest import House, ask, find_violations, read_announcements, record_announcements

Open = Callable[..., BrowserContext]
DEAF, MUTE = "我听不见，请写字给我看", "我说话不方便，请看这里"
TOPIC = "重度残疾人护理补贴"
PHONE = {"width": 360, "height": 640}
LARGE_AND_BLACK = """() => [...document.querySelectorAll('h1, .words, .answer > p, .answer .number, .papers span')]
    .map((one) => [parseFloat(getComputedStyle(one).fontSize), one.textContent]).filter(([size]) => size < 28)"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


def open_card(page: Page, words: str) -> None:
    """Asks, and opens the card of the answer."""
    page.goto("/")
    ask(page, words)
    page.locator("li.assistant").last.get_by_role("link", name="给窗口看").click()
    page.wait_for_url("**/card?turn=*")


def open_papers(page: Page) -> None:
    page.goto("/")
    ask(page, "要带什么材料")
    page.get_by_role("link", name="打印清单").last.click()
    page.wait_for_url("**/papers?turn=*")


def test_the_card_says_what_is_wanted_and_what_was_found_without_scripts(open_context: Open) -> None:
    page = open_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto("/")
    page.locator("#text").fill("护理补贴多少钱")
    page.get_by_role("button", name="发送", exact=True).click()
    page.get_by_role("link", name="给窗口看").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"我想问：{TOPIC}")
    expect(page.locator("main")).to_contain_text("我的问题是“护理补贴多少钱”")
    expect(page.locator("main")).to_contain_text("一级和二级残疾人可以申请。")
    expect(page.locator("main")).to_contain_text("示例补贴通知，示例市民政局，2025年8月7日。")
    page.get_by_label(DEAF).check()
    size = page.get_by_text(DEAF).evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 28
    expect(page.get_by_text("请用浏览器菜单里的“打印”")).to_be_visible()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    assert DEAF not in page.url and "?turn=" in page.url
    page.get_by_role("link", name="返回").click()
    expect(page.locator("li.assistant")).to_contain_text("每人每月")


def test_the_card_of_what_is_not_confirmed_has_the_ready_sentence(page: Page) -> None:
    open_card(page, "几点开门")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"我想问{TOPIC}的开放时间")
    assert page.get_by_text("打过去可以这样说").count() == 0
    expect(page.locator('a[href="tel:12345"]')).to_be_visible()


def test_the_card_of_papers_asks_for_them(page: Page) -> None:
    open_card(page, "要带什么材料")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"我想问：{TOPIC}要带什么材料")


def test_a_demonstration_place_says_so_on_the_card_too(page: Page) -> None:
    open_card(page, "示范站在哪里")
    expect(page.locator(".card .stamp")).to_have_text("演示")
    expect(page.get_by_role("heading", level=1)).to_have_text("我想问：示范站在哪里")


@pytest.mark.parametrize("words", ["护理补贴多少钱", "要带什么材料", "几点开门", "示范站在哪里"])
@pytest.mark.parametrize("theme", ["auto", "contrast"])
def test_card_and_list_are_large_and_clear_in_every_theme(
    open_context: Open, house: House, words: str, theme: str
) -> None:
    context = open_context(viewport=PHONE)
    context.add_cookies([{"name": "zhuwo_view", "value": f"18.{theme}.no.yes", "url": house.address}])
    page = context.new_page()
    page.goto("/")
    ask(page, words)
    hrefs = [link.get_attribute("href") or "" for link in page.locator(".takeaway a").all()]
    assert hrefs
    for href in hrefs:
        answer = page.goto(href)
        assert answer and "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme, forced_colors="none")
            for box in page.get_by_role("checkbox").all():
                box.check()
            assert find_violations(page) == [], (href, scheme)
            assert page.evaluate(LARGE_AND_BLACK) == []
            assert page.evaluate(FITS)
        page.emulate_media(forced_colors="active")
        assert find_violations(page) == []


@pytest.mark.parametrize("size", ["18", "30"])
def test_card_and_list_scroll_one_way_at_400_percent(open_context: Open, house: House, size: str) -> None:
    context = open_context(viewport={"width": 320, "height": 256})
    context.add_cookies([{"name": "zhuwo_view", "value": f"{size}.auto.no.yes", "url": house.address}])
    page = context.new_page()
    open_papers(page)
    assert page.evaluate(FITS)
    open_card(page, "几点开门")
    for box in page.get_by_role("checkbox").all():
        box.check()
    assert page.evaluate(FITS)
    inside = "one => one.getBoundingClientRect().right <= innerWidth && one.scrollWidth <= one.clientWidth + 1"
    for number in page.locator(".number").all():
        assert number.evaluate(inside)
        assert number.evaluate("one => getComputedStyle(one).overflowWrap") == "normal"  # digits stay together


def test_card_and_list_by_keyboard_alone(page: Page) -> None:
    open_card(page, "要带什么材料")
    stops = ["返回", "打印", DEAF, MUTE]
    seen: list[str] = []
    for _ in stops:
        page.keyboard.press("Tab")
        name, width = page.evaluate(
            "[(document.activeElement.closest('label') || document.activeElement).textContent.trim(),"
            " parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"
        )
        assert width >= 4
        seen.append(name)
    assert seen == stops
    page.keyboard.press("Space")
    expect(page.get_by_label(MUTE)).to_be_checked()
    open_papers(page)
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox").first).to_be_checked()


def test_everything_to_press_on_card_and_list_is_large_enough(page: Page) -> None:
    small = """() => [...document.querySelectorAll('button, a[href], label')].filter((one) => one.checkVisibility())
        .map((one) => [one, one.getBoundingClientRect()]).filter(([one, box]) => box.height < 43.5 || box.width < 43.5)
        .map(([one]) => one.outerHTML.slice(0, 90))"""
    open_card(page, "几点开门")
    assert page.evaluate(small) == []
    open_papers(page)
    assert page.evaluate(small) == []


def test_the_print_button_prints(page: Page) -> None:
    page.add_init_script("window.print = () => { window.printed = true; };")
    open_papers(page)
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") is True


def test_the_printed_card_has_the_words_and_no_controls(page: Page) -> None:
    open_card(page, "护理补贴多少钱")
    page.get_by_label(DEAF).check()
    page.emulate_media(media="print", color_scheme="dark")
    shown = page.locator("body").inner_text()
    assert f"我想问：{TOPIC}" in shown and DEAF in shown and "示例补贴通知" in shown
    for control in (MUTE, "返回", "打印", "点一下打勾"):
        assert control not in shown
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.answer p')).fontSize)") >= 28
    assert page.pdf().startswith(b"%PDF")


def test_the_printed_list_has_boxes_sources_and_whom_to_ask(page: Page) -> None:
    open_papers(page)
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    for words in (f"{TOPIC}：要带的材料", "残疾人证原件", "身份证原件和复印件", "本人的银行卡复印件"):
        assert words in shown
    for words in ("以窗口的要求为准。", "示例补贴通知，示例市民政局，2025年8月7日。", "12345", "手语视频", "12385"):
        assert words in shown
    assert "返回" not in shown and "不保存" not in shown
    boxes = page.locator(".papers input").all()
    assert len(boxes) == 3
    for box in boxes:
        assert box.is_visible()
        assert box.evaluate("one => one.getBoundingClientRect().width") >= 30


def test_ticks_are_kept_nowhere_but_stay_while_the_answer_is_in_sight(page: Page) -> None:
    page.goto("/")
    ask(page, "要带什么材料")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_label("身份证原件和复印件").check()
    assert sent == []
    page.get_by_role("button", name="有帮助", exact=True).click()
    page.locator(".thanks").wait_for()
    expect(page.get_by_label("身份证原件和复印件")).to_be_checked()
    expect(page.get_by_label("残疾人证原件")).not_to_be_checked()
    page.goto("/settings")
    page.goto("/")
    expect(page.get_by_label("身份证原件和复印件")).not_to_be_checked()


def test_the_whom_to_ask_of_the_list_is_the_catalogue_s() -> None:
    wording = yaml.safe_load((ROOT / "api/web/wording.yml").read_text(encoding="utf-8"))
    catalogue = yaml.safe_load((ROOT / "actions/catalogue/data/contacts.yml").read_text(encoding="utf-8"))
    numbers = {contact["id"]: contact["number"] for contact in catalogue}
    assert all(numbers[way["contact"]] == way["number"] for way in wording["papers"]["ways"])


WISHES = ["decline_help", "decline_help_shown", "ready_sentence_topic", "ask_about_place", "tell_me_answer"]


@pytest.mark.parametrize("phrase", WISHES)
def test_the_card_knows_the_catalogue_s_words_for_a_wish(phrase: str) -> None:
    pattern = showing.load_wording()["card"]["later" if phrase == "tell_me_answer" else "ready"]
    words = build_edition(read_content(ROOT / "actions/catalogue/data")).phrases[phrase]
    slots = {
        "topic": "残疾人证",
        "aspect": "材料",
        "place": "示范站",
        "question": "残疾人证的材料",
        "matter": "残疾人证的材料",
        "contacts": "12345",
    }
    for form in (words.text, words.easy):
        found = re.search(pattern, form.format(**slots))
        assert found and ("残疾人证" in found[1] or "示范站" in found[1])


@pytest.mark.parametrize("path", ["/card", "/card?turn=unknown", "/papers?turn=", "/card?turn=%00", "/card?turn=0"])
def test_an_unknown_turn_is_explained(open_context: Open, path: str) -> None:
    context = open_context()
    page = context.new_page()
    page.goto("/")
    ask(page, "护理补贴多少钱")
    answer = page.goto(path)
    assert answer and answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    assert find_violations(page) == []
    page.get_by_role("link", name="回到对话").click()
    expect(page.locator("li.assistant")).to_contain_text("每人每月")


def test_another_conversation_s_card_is_not_shown(open_context: Open) -> None:
    mine = open_context().new_page()
    open_card(mine, "要带什么材料")
    for theirs in (open_context(), open_context()):
        if theirs.pages:
            ask(theirs.pages[0], "你好")
        for path in (mine.url, mine.url.replace("/card", "/papers")):
            answer = theirs.request.get(path, headers={"Accept": "text/html"})
            assert answer.status == 404 and "残疾人证" not in answer.text()


def test_an_answer_without_papers_has_no_list(page: Page) -> None:
    open_card(page, "护理补贴多少钱")
    answer = page.goto(page.url.replace("/card", "/papers"))
    assert answer and answer.status == 404


@pytest.mark.parametrize("words", ["你好", "真人", "我不想活了", "出错"])
def test_there_is_no_card_of_a_crisis_or_of_nothing(page: Page, words: str) -> None:
    page.goto("/")
    ask(page, words)
    assert page.locator(".takeaway").count() == 0


def test_after_a_crisis_the_card_tells_the_window_nothing_of_it(page: Page) -> None:
    page.goto("/")
    ask(page, "我不想活了")
    ask(page, "提醒")
    expect(page.locator("li.assistant").last).to_contain_text("962525")
    page.locator("li.assistant").last.get_by_role("link", name="给窗口看").click()
    main = page.locator("main")
    expect(main).to_contain_text("护理补贴的回答在这里。")
    for words in ("不安全", "962525", "心理", "提醒"):
        expect(main).not_to_contain_text(words)


@pytest.mark.parametrize("easy", ["no", "yes"])
def test_contacts_of_an_answer_are_told_once(open_context: Open, house: House, easy: str) -> None:
    context = open_context()
    context.add_cookies([{"name": "zhuwo_view", "value": f"18.auto.{easy}.yes", "url": house.address}])
    page = context.new_page()
    record_announcements(page)
    page.goto("/")
    ask(page, "几点开门")
    answer = page.locator("li.assistant").last
    shown = answer.inner_text()
    assert shown.count("12110021") == 1 and shown.count("手语视频 12345") == 1 and "打电话 12345" in shown
    assert shown.index("可以问：") < shown.index("打电话 12345") < shown.index("来源")
    assert "可以这样联系" not in shown
    after = "想问别的，请说哪件事。" if easy == "yes" else "打过去可以这样说"
    assert shown.index("12110021") < shown.index(after)
    page.wait_for_timeout(800)
    assert "12110021" in read_announcements(page)[-1]
    assert "12110021（" in str(house.desk.conversations)


def test_easy_words_stand_one_thing_a_line(open_context: Open, house: House) -> None:
    context = open_context()
    context.add_cookies([{"name": "zhuwo_view", "value": "18.auto.yes.yes", "url": house.address}])
    page = context.new_page()
    page.goto("/")
    ask(page, "要带什么材料")
    lines = page.locator("li.assistant > p:not(.takeaway)")
    expect(lines).to_have_text(["助手：带残疾人证。", "带身份证。", "身份证：写着您名字的证件。"])
    page.get_by_role("link", name="给窗口看").click()
    expect(page.locator(".answer > p")).to_have_text(["带残疾人证。", "带身份证。", "身份证：写着您名字的证件。"])


def test_an_answer_that_comes_later_is_shown_and_said_once(page: Page, house: House) -> None:
    record_announcements(page)
    page.goto("/")
    ask(page, "几点开门")
    page.locator("#text").fill("正在写的")
    conversation = list(house.desk.conversations)[-1]
    page.context.request.post(f"/later/{conversation}/told_later")
    later = page.locator("li.assistant").nth(1)
    expect(later).to_contain_text("现在有答案了")
    expect(page.locator("#text")).to_be_focused()
    assert page.locator("#text").input_value() == "正在写的"
    assert find_violations(page) == []
    page.wait_for_timeout(1600)
    assert sum("现在有答案了" in said for said in read_announcements(page)) == 1
    page.reload()
    expect(page.locator("#messages > li")).to_have_count(3)
    page.locator("li.assistant").last.get_by_role("link", name="给窗口看").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"我想问：{TOPIC}的开放时间")
    expect(page.locator(".answer > p")).to_have_text(["窗口周一到周五都能办。"])
    assert page.locator(".words").count() == 0


def test_an_answer_that_comes_while_another_is_awaited_does_not_end_the_wait(page: Page, house: House) -> None:
    page.goto("/")
    ask(page, "你好")
    house.desk.delay = 2.5
    page.locator("#text").fill("护理补贴多少钱")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("正在查找答案")
    conversation = list(house.desk.conversations)[-1]
    page.context.request.post(f"/later/{conversation}/told_later")
    page.locator("li.assistant").get_by_text("现在有答案了").wait_for()
    expect(page.locator("#status")).to_be_visible()
    page.locator("li.assistant").get_by_text("每人每月").wait_for()
    expect(page.locator("#status")).to_be_hidden()
    expect(page.locator("#messages > li")).to_have_count(5)
