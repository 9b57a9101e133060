"""What is written is read out as a person would read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from actions.catalogue.rendering import render
from actions.catalogue.speech import speak
from tests.actions.conftest import TODAY

CASES = yaml.safe_load((Path(__file__).parent / "speech_cases.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("written", "spoken"), CASES)
def test_a_text_is_read_out_right(written: str, spoken: str, tiny: Edition) -> None:
    assert speak(written, tiny) == spoken


def test_the_city_hotline_is_read_as_a_number_and_nothing_else(shipped: Path) -> None:
    edition = build_edition(read_content(shipped))
    assert speak("上海12345市民服务热线", edition) == "上海一二三四五市民服务热线"


def test_no_spoken_point_holds_digits_brackets_or_doubled_pauses(shipped: Path) -> None:
    edition = build_edition(read_content(shipped))
    faults = []
    for point in edition.points.values():
        try:
            text = render(point.speech or point.text, edition, TODAY).text
        except LookupError:
            continue
        spoken = speak(text, edition)
        if re.search(r"[\d（）()《》“”〔〕/%+]|[，。；：、]{2}|，的", spoken):
            faults.append(spoken)
    assert faults == []
