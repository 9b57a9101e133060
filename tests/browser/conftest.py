"""A server with the page and a canned desk, a headless Chromium, and axe-core."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from .desk import CannedDesk, build_app

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]
CHROMIUM = "/usr/bin/chromium"


class House:
    """The running page: its address and its desk."""

    def __init__(self, address: str, desk: CannedDesk) -> None:
        self.address, self.desk = address, desk


@pytest.fixture(scope="package")
def running() -> Iterator[House]:
    app = build_app()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield House(f"http://127.0.0.1:{listener.getsockname()[1]}", app.state.desk)
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def house(running: House) -> House:
    running.desk.delay, running.desk.failing = 0.0, False
    running.desk.heard.clear()
    return running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_context(browser: Browser, house: House) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser context; any console error or broken policy on its pages fails the test at the end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(**wishes: Any) -> BrowserContext:
        wishes = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", **wishes}
        context = browser.new_context(base_url=house.address, **wishes)
        context.set_default_timeout(5000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: complaints.append(line.text) if is_error(line) else None)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context().new_page()


def is_error(line: ConsoleMessage) -> bool:
    """An error on the console, other than a request that a test let fail on purpose."""
    return line.type == "error" and not line.text.startswith("Failed to load resource")


def find_violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now: rule and place."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [f"{one['id']} {one['nodes'][0]['target']}" for one in found["violations"]]


def ask(page: Page, words: str) -> None:
    """Type a question, send it with Enter, and wait for the answer to be shown."""
    before = page.locator("#messages > li.assistant").count()
    page.locator("#text").fill(words)
    page.locator("#text").press("Enter")
    page.locator("#messages > li.assistant").nth(before).wait_for()


def record_announcements(page: Page) -> None:
    """From the next page load on, keep every sentence the announcer says in ``window.said`` ({text, at} in ms)."""
    page.add_init_script(
        """window.said = [];
        addEventListener("DOMContentLoaded", () => {
          const region = document.getElementById("announcer");
          if (!region) return;
          window.loaded = region.textContent;
          new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) =>
            window.said.push({text: node.textContent, at: performance.now()}))))
            .observe(region, {childList: true, subtree: true, characterData: true});
        });"""
    )


def read_announcements(page: Page) -> list[str]:
    texts: list[str] = page.evaluate("window.said.map((one) => one.text)")
    return texts
