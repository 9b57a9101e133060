"""Seeing and reaching: contrast, themes, sizes, reflow, targets, settings, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import House, ask, find_violations

Open = Callable[..., BrowserContext]
LOOKS: list[dict[str, Any]] = [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"forced_colors": "active"},
    {"contrast": "more"},
    {"reduced_motion": "reduce"},
]


def choose(page: Page, *labels: str) -> None:
    """Set display settings by their labels."""
    page.goto("/settings")
    for label in labels:
        page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="保存设置").click()
    expect(page.get_by_role("status")).to_have_text("已保存。")


def test_axe_finds_nothing_in_any_state_of_the_conversation(page: Page, house: House) -> None:
    page.goto("/")
    assert find_violations(page) == []
    page.get_by_role("button", name="发送", exact=True).click()
    assert find_violations(page) == []
    for words in ("护理补贴多少钱", "示范站在哪里", "真人", "我不想活了", "别的事", "出错"):
        ask(page, words)
        if page.locator("details.sources").count():
            page.locator("details.sources summary").last.click()
        assert find_violations(page) == [], words
    ask(page, "护理补贴")
    page.get_by_role("button", name="没有帮助").click()
    page.locator(".thanks").wait_for()
    page.get_by_text("哪里不对").first.click()
    assert find_violations(page) == []


@pytest.mark.parametrize("path", ["/settings", "/settings?saved", "/callback", "/callback/kept", "/cleared", "/left"])
def test_axe_finds_nothing_on_the_other_pages(page: Page, path: str) -> None:
    page.goto(path)
    assert find_violations(page) == []


def test_axe_finds_nothing_on_a_page_of_trouble(open_context: Open) -> None:
    page = open_context(java_script_enabled=True).new_page()
    page.goto("/callback")
    page.locator("#phone").fill("x")
    page.get_by_role("button", name="保存号码").click()
    assert find_violations(page) == []
    page.context.clear_cookies()
    page.get_by_role("button", name="保存号码").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("页面已过期")
    assert find_violations(page) == []


@pytest.mark.parametrize("theme", ["跟随手机或电脑", "浅色", "深色", "高对比（黑底）"])
def test_axe_finds_nothing_in_any_theme(page: Page, theme: str) -> None:
    choose(page, theme)
    page.goto("/")
    for words in ("护理补贴多少钱", "我不想活了", "示范站", "出错"):
        ask(page, words)
    page.locator("details.sources summary").first.click()
    for look in LOOKS:
        page.emulate_media(**look)
        assert find_violations(page) == [], (theme, look)


@pytest.mark.parametrize(("label", "size"), [("标准", 18), ("大字", 24), ("特大字", 30)])
def test_text_has_the_chosen_size_without_scripts(open_context: Open, label: str, size: int) -> None:
    page = open_context(java_script_enabled=False).new_page()
    choose(page, label)
    page.goto("/")
    style = "one => [parseFloat(getComputedStyle(one).fontSize), one.getBoundingClientRect().width]"
    pixels, width = page.locator(".message p").first.evaluate(style)
    assert pixels == size
    assert width / pixels <= 40
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("label", ["标准", "特大字"])
def test_a_screen_of_320_by_256_scrolls_one_way_and_hides_nothing(open_context: Open, label: str) -> None:
    page = open_context(viewport={"width": 320, "height": 256}).new_page()
    choose(page, label)
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.locator("details.sources summary").click()
    ask(page, "真人")
    for path in ("", "/settings", "/callback"):
        if path:
            page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate(
            "![...document.querySelectorAll('*')].some((one) => /fixed|sticky/.test(getComputedStyle(one).position))"
        )
    page.goto("/")
    page.evaluate("scrollTo(0, 0)")
    covered = []
    for _ in range(30):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { const one = document.activeElement; if (one === document.body) return '';
            const box = one.getBoundingClientRect();
            const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2);
            const y = Math.min(Math.max(box.y + Math.min(box.height, 40) / 2, 1), innerHeight - 2);
            const hit = document.elementFromPoint(x, y);
            return one.contains(hit) || hit?.contains(one) ? 'seen' : one.outerHTML.slice(0, 80); }"""
        )
        if not name:
            break
        if name != "seen":
            covered.append(name)
    assert covered == []


def test_wider_text_spacing_cuts_nothing(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.evaluate(
        """() => { const sheet = new CSSStyleSheet();
        sheet.replaceSync('* {line-height: 1.5 !important; letter-spacing: .12em !important;'
          + 'word-spacing: .16em !important} p {margin-bottom: 2em !important}');
        document.adoptedStyleSheets = [sheet]; }"""
    )
    cut = page.evaluate(
        """() => [...document.querySelectorAll('button, label, h1, p, a')].filter((one) => !one.closest('.vh')
          && !one.matches('.vh, .skip') && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
          && getComputedStyle(one).display !== 'inline').map((one) => one.outerHTML.slice(0, 60))"""
    )
    assert cut == []


def test_everything_to_press_is_large_enough(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.locator("details.sources summary").click()
    small = """() => [...document.querySelectorAll('button, a[href], textarea, summary, label:has(input)')]
        .filter((one) => one.checkVisibility() && !one.matches('.skip'))
        .map((one) => [one, one.getBoundingClientRect()])
        .filter(([one, box]) => box.height < (one.matches('.main, .human, .choice') ? 60 : 44) - .5 || box.width < 43.5)
        .map(([one]) => one.outerHTML.slice(0, 90))"""
    assert page.evaluate(small) == []
    for words in ("真人", "我不想活了", "示范站", "出错"):
        ask(page, words)
        assert page.evaluate(small) == [], words
    for path in ("/settings", "/callback", "/cleared"):
        page.goto(path)
        assert page.evaluate(small) == []


def test_easy_form_is_offered_on_the_first_screen_and_remembered(open_context: Open, house: House) -> None:
    context = open_context()
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="换成简单的话").click()
    expect(page.get_by_role("button", name="换回普通的话")).to_be_visible()
    ask(page, "护理补贴多少钱")
    expect(page.locator("li.assistant")).to_contain_text("护理补贴每个月发。")
    page.close()
    again = context.new_page()
    again.goto("/")
    expect(again.locator("li.assistant")).to_contain_text("护理补贴每个月发。")


def test_settings_are_remembered(open_context: Open) -> None:
    context = open_context()
    choose(context.new_page(), "特大字", "高对比（黑底）", "只换行，不发送")
    page = context.new_page()
    page.goto("/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-size", "30")
    expect(root).to_have_attribute("data-theme", "contrast")
    expect(root).to_have_attribute("data-enter", "no")


def test_help_is_in_the_same_place_on_every_page(page: Page) -> None:
    places = set()
    for path in ("/", "/settings", "/callback", "/cleared"):
        page.goto(path)
        box = page.locator("header").get_by_role("button", name="找真人帮忙").bounding_box()
        assert box
        places.add((round(box["x"]), round(box["y"])))
    assert len(places) == 1


def test_help_works_from_every_page(page: Page) -> None:
    page.goto("/settings")
    page.locator("header").get_by_role("button", name="找真人帮忙").click()
    expect(page.locator(".contacts")).to_contain_text("12345")


def test_nothing_moves_while_nobody_does_anything(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_printed_page_has_the_words_and_no_controls(page: Page) -> None:
    page.goto("/")
    ask(page, "护理补贴多少钱")
    page.emulate_media(media="print")
    assert page.locator("#composer").is_hidden()
    assert page.locator("header .human").is_hidden()
    assert page.locator("li.assistant p").first.is_visible()


def test_every_page_carries_the_strict_policy(open_context: Open) -> None:
    context = open_context()
    for path in ("/", "/transcript", "/settings", "/callback", "/cleared", "/left"):
        headers = context.request.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


def test_the_token_is_out_of_reach_of_scripts(open_context: Open, house: House) -> None:
    context = open_context()
    page = context.new_page()
    page.goto("/")
    ask(page, "你好")
    token = next(cookie for cookie in context.cookies() if cookie["name"] == "zhuwo_token")
    assert token["httpOnly"] and token["sameSite"] == "Strict"
    assert page.evaluate("document.cookie") == ""
