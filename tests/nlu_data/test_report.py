"""The report on held-out sentences: its figures are right, it tells what changed, and everybody can read it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from api.evaluation.commands import keep_report
from api.evaluation.comparing import Changes, compare
from api.evaluation.figures import Figure, Report, judge
from api.evaluation.judging import read_cases
from api.evaluation.page import render_report
from api.evaluation.reasons import read_feature
from api.settings import Settings
from tests.browser.conftest import CHROMIUM, find_violations
from tests.houses import trained_model

Item = dict[str, Any]
ASSISTANT = Path(__file__).resolve().parents[2] / "assistant"
A, B = "legal_aid", "driving"
TOPICS, ASPECTS = {A: "法律援助", B: "学车"}, {"amount": "金额", "where": "办理地点"}


def reading(label: str) -> Item:
    """`topic.aspect` or an act."""
    topic, _, aspect = label.partition(".")
    return {"topic": topic, "aspect": aspect, "act": None} if aspect else {"topic": None, "aspect": None, "act": label}


def case(text: str, right: str, got: str, confidence: float = 0.9, **more: Any) -> Item:
    """One sentence as assistant/evaluate.py prints it."""
    understood = {**reading(got), "confidence": confidence, "sure": more.pop("sure", True)}
    offered = [{"topic": topic, "aspect": "where", "act": None} for topic in more.pop("offered", ())]
    fixed = {"round": "plain", "file": "topics", "before": []}
    return {"text": text, **fixed, **reading(right), **more, "got": {**understood, "alternatives": offered}}


def report_on(*cases: Item) -> Report:
    return judge(read_cases(list(cases)), "2026-11-25T10:00+08:00", "a.tar.gz")


def figure_of(name: str, *cases: Item) -> tuple[int, int]:
    figure = report_on(*cases).figures[name]
    return figure.right, figure.of


QUESTIONS = (
    case("一", f"{A}.where", f"{A}.where"),
    case("二", f"{A}.where", f"{A}.amount"),
    case("三", f"{A}.where", f"{B}.where", accept=[{"topic": B}]),
    case("四", f"{A}.where", f"{B}.amount", accept=[{"topic": B}]),
    case("五", f"{A}.where", "human"),
    case("六", f"{A}.where", "human", accept=[reading("human")]),
    case("七", f"{A}.where", "out_of_scope"),
    case("八", "thanks", "thanks", file="acts"),
    case("九", "thanks", f"{A}.where", file="acts", accept=[reading(f"{A}.where")]),
    case("十", "thanks", "greet", file="acts"),
)


@pytest.mark.parametrize(
    ("name", "right", "of"),
    [
        ("topic", 5, 7),
        ("topic_strict", 2, 7),
        ("topic_and_aspect", 3, 7),
        ("topic_and_aspect_strict", 1, 7),
        ("act", 2, 3),
        ("act_strict", 1, 3),
        ("in_scope_rejected", 1, 10),
        ("misheard_topic", 0, 0),
    ],
)
def test_a_share_counts_what_it_says(name: str, right: int, of: int) -> None:
    assert figure_of(name, *QUESTIONS) == (right, of)


def test_an_interval_is_wilsons() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    found = [Figure(right=right, of=of) for right, of in ((81, 263), (15, 148), (0, 20), (1, 29))]
    assert [(one.low, one.high) for one in found] == [
        (0.2553, 0.3662),
        (0.0624, 0.1605),
        (0.0, 0.1611),
        (0.0061, 0.1718),
    ]


def test_the_calibration_error_is_the_weighted_gap() -> None:
    sure = [case(f"甲{n}", f"{A}.where", f"{A}.where" if n < 3 else f"{B}.where", 0.95) for n in range(4)]
    doubtful = [case(f"乙{n}", f"{A}.where", f"{A}.where" if n < 1 else f"{B}.where", 0.35) for n in range(6)]
    found = report_on(*sure, *doubtful)
    assert found.ece == pytest.approx(0.4 * abs(0.95 - 3 / 4) + 0.6 * abs(0.35 - 1 / 6), abs=1e-4)
    assert [(one.low, one.right.right, one.right.of) for one in found.bins] == [(0.3, 1, 6), (0.9, 3, 4)]


def test_crisis_is_counted_apart_for_idioms_and_all_other_turns() -> None:
    cases = (
        case("一", "crisis", "crisis"),
        case("二", "crisis", "complaint", accept=[reading("complaint")]),
        case("三", f"{A}.where", "crisis", file="second_idioms"),
        case("四", f"{A}.where", f"{A}.where", file="second_idioms"),
        case("五", f"{A}.where", f"{A}.where"),
        case("六", "thanks", "crisis", round="dialogue"),
    )
    assert figure_of("crisis", *cases) == (1, 2)
    assert figure_of("crisis_in_idioms", *cases) == (1, 2)
    assert figure_of("crisis_elsewhere", *cases) == (1, 2)


def test_out_of_scope_is_counted_for_each_kind() -> None:
    cases = (
        case("一", "out_of_scope", "out_of_scope", kind="chitchat"),
        case("二", "out_of_scope", "greet", kind="chitchat", accept=[reading("greet")]),
        case("三", "out_of_scope", f"{A}.where", kind="near_miss"),
    )
    assert figure_of("out_of_scope", *cases) == (1, 3)
    assert figure_of("out_of_scope_acceptable", *cases) == (2, 3)
    assert figure_of("out_of_scope.chitchat", *cases) == (1, 2)
    assert figure_of("out_of_scope.near_miss", *cases) == (0, 1)


def test_asking_back_is_right_when_one_of_three_choices_is() -> None:
    cases = (
        case("一", f"{A}.where", f"{B}.where", sure=False, offered=[B, "x", A]),
        case("二", f"{A}.where", f"{B}.where", sure=False, offered=[B, "x", "y", A]),
        case("三", f"{A}.where", f"{A}.where", offered=[A]),
        case("四", "thanks", f"{A}.where", sure=False),
    )
    assert figure_of("asked_back", *cases) == (2, 3)
    assert figure_of("offered", *cases) == (1, 2)


def test_an_ellipsis_is_a_turn_whose_matter_is_that_of_the_turn_before() -> None:
    turns = [
        case("一", f"{A}.where", f"{A}.where"),
        case("二", f"{A}.amount", f"{A}.amount"),
        case("三", "thanks", "thanks"),
        case("四", f"{A}.where", f"{B}.where"),
        case("五", f"{B}.where", f"{B}.where"),
    ]
    cases = [{**one, "round": "dialogue", "before": ["一", "二", "三", "四"][:n]} for n, one in enumerate(turns)]
    assert figure_of("dialogue_ellipsis", *cases) == (1, 2)
    assert figure_of("dialogue_topic_and_aspect", *cases) == (2, 3)
    assert figure_of("dialogue_act", *cases) == (1, 1)


def test_what_is_acceptable_is_no_confusion() -> None:
    found = report_on(*QUESTIONS).confusions
    assert {(one.right, one.got): one.times for one in found["topic"]} == {
        (A, A): 5,
        (A, "act"): 1,
        (A, "out_of_scope"): 1,
    }
    assert ("thanks", "greet", 1) in {(one.right, one.got, one.times) for one in found["act"]}


def before_and_now() -> tuple[Report, Report, Changes]:
    before = report_on(
        case("好了", f"{A}.where", f"{B}.where"),
        case("坏了", f"{A}.where", f"{A}.where"),
        case("一直对", f"{A}.where", f"{A}.where"),
        case("一直错", f"{A}.where", f"{B}.where"),
        case("只有上次问", f"{A}.where", f"{A}.where"),
        case("坏了", f"{B}.where", f"{B}.where", context=B),
        case("坏乐", f"{B}.where", f"{B}.where", round="misheard", said="坏了"),
    )
    now = report_on(
        case("好了", f"{A}.where", f"{A}.where"),
        case("坏了", f"{A}.where", "out_of_scope"),
        case("一直对", f"{A}.where", f"{A}.where"),
        case("一直错", f"{A}.where", f"{B}.where"),
        case("只有这次问", f"{A}.where", f"{B}.where"),
        case("坏了", f"{B}.where", f"{B}.where", context=B),
        case("坏乐", f"{B}.where", f"{A}.where", round="misheard", said="坏了"),
    )
    return before, now, compare(now, before)


def test_comparing_names_the_sentences_that_newly_fail_or_pass() -> None:
    _, _, changes = before_and_now()
    assert [one.text for one in changes.newly_wrong] == ["坏了"]
    assert changes.newly_right == ["好了"]


def test_comparing_tells_which_way_each_figure_moved() -> None:
    before, now, changes = before_and_now()
    assert changes.figures["topic"] == pytest.approx(100 * (3 / 6 - 4 / 6), abs=0.06)
    assert {"topic", "topic_and_aspect", "misheard_topic", "in_scope_rejected"} <= changes.worse
    assert compare(now, now).worse == frozenset()
    assert "crisis" not in changes.figures
    assert not compare(before, now).worse & {"topic", "in_scope_rejected"}


def test_the_last_report_is_kept_and_an_unreadable_one_is_no_obstacle(tmp_path: Path) -> None:
    before, now, changes = before_and_now()
    (tmp_path / "evaluation.json").write_text('{"topic": 0.9}', "utf-8")
    assert keep_report(tmp_path, before) is None
    assert keep_report(tmp_path, now) == changes
    assert Report.model_validate_json((tmp_path / "evaluation.previous.json").read_bytes()) == before
    figures = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))["figures"]
    assert figures["topic"] == {"right": 3, "of": 6, "share": 0.5, "low": 0.1876, "high": 0.8124}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page of a report that has something under every heading, opened from a file, without scripts of its own."""
    changes = before_and_now()[2]
    spoken = [{**one, "round": "dialogue", "before": ["先说的"]} for one in QUESTIONS]
    tagged = [{**one, "variety": "terse", "voice": "blind", "channel": "phone"} for one in QUESTIONS]
    foreign = [case("护照", "out_of_scope", f"{B}.where", kind="government"), case("救命", "crisis", "thanks")]
    heard = [case("坏乐", f"{B}.where", f"{A}.where", round="misheard", said="一直对的")]
    report = report_on(*tagged, *spoken, *foreign, *heard)
    file = tmp_path_factory.mktemp("report") / "evaluation.html"
    file.write_text(render_report(report, changes, TOPICS, ASPECTS), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": 390, "height": 844})
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(file.as_uri())
        opened.asked = asked
        yield opened
        browser.close()


def test_axe_finds_nothing_in_the_report(page: Page) -> None:
    for look in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}):
        page.emulate_media(**look)
        assert find_violations(page) == [], look


def test_the_report_needs_nothing_but_its_file_and_no_script(page: Any) -> None:
    assert [url for url in page.asked if not url.endswith("evaluation.html")] == []
    assert page.locator("script, link, img, iframe, [onclick]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_plot_has_its_confusions_in_a_table(page: Page) -> None:
    plots = page.locator("svg[role=img]")
    assert plots.count() == 3
    for place in range(3):
        name = plots.nth(place).get_attribute("aria-label")
        drawn = plots.nth(place).locator(".heat").count()
        assert page.get_by_role("table", name=name or "").locator("tbody tr").count() == drawn > 0


def test_every_figure_is_named_in_chinese(page: Page) -> None:
    names = page.get_by_role("table").first.locator("tbody th").all_text_contents()
    assert len(names) > 20
    assert all(any("一" <= c <= "鿿" for c in name) for name in names)


def test_wrong_sentences_stand_under_what_went_wrong(page: Page) -> None:
    headings = page.locator("h3[id^=wrong-]").all_text_contents()
    assert headings[0].startswith("危机没有听出来")
    assert headings[-1].startswith("误听才错的")
    assert page.get_by_role("link", name=headings[0]).get_attribute("href") == "#wrong-1"


@pytest.mark.parametrize(
    ("feature", "read"),
    [
        ("c补 贴", "字 「补贴」"),
        ("c^ 补", "字 〔句首〕「补」"),
        ("c吗 $", "字 「吗」〔句尾〕"),
        ("pbu tie", "音 bu-tie"),
        ("pla $", "音 la〔句尾〕"),
        ("sconcept_money", "词 concept_money"),
        ("stopic_legal_aid", "词 topic_legal_aid"),
    ],
)
def test_a_feature_is_readable(feature: str, read: str) -> None:
    assert read_feature(feature) == read


def test_the_memory_in_a_dialogue_is_what_was_understood_not_what_was_right(tmp_path: Path) -> None:
    """The first turn is labelled wrongly on purpose: the talk goes on about what was heard."""
    turns = [
        {"text": "法律援助怎么申请", "topic": "driving", "aspect": "apply", "act": None},
        {"text": "谢谢你", "topic": None, "aspect": None, "act": "thanks"},
        {"text": "那要带什么材料", "topic": "driving", "aspect": "documents", "act": None},
    ]
    items = [{"voice": "other", "turns": turns}, {**turns[2], "context": "driving"}]
    (tmp_path / "heldout").mkdir()
    (tmp_path / "training").mkdir()
    (tmp_path / "heldout" / "talk.yml").write_text(json.dumps(items, ensure_ascii=False), "utf-8")
    command = [str(Settings().assistant_python), "evaluate.py", str(trained_model()), str(tmp_path)]
    done = subprocess.run(command, cwd=ASSISTANT, capture_output=True, text=True, check=True)
    asked = json.loads(done.stdout.splitlines()[-1])
    talk = [one["got"] for one in asked if one["round"] == "dialogue"]
    assert [one["topic"] for one in talk] == ["legal_aid", None, "legal_aid"]
    assert next(one["got"]["topic"] for one in asked if one["round"] == "plain") == "driving"
    assert "asked 6 6" in done.stdout  # the sentence outside of the talk also in two misheard copies
