"""The three forms of every reply tell the same, and each fits who it is for: eyes, ears, easy words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from actions.catalogue.edition import Edition, build_edition
from actions.catalogue.reading import read_content
from actions.catalogue.records import Kind
from actions.catalogue.rendering import PLACEHOLDER
from actions.catalogue.speech import count_sentences
from actions.composing import SENTENCES_AT_MOST
from actions.explain_topic import ExplainTopic
from actions.payload import Memory, Outcome, Payload
from actions.turn import Asked, TurnAction, Understanding
from actions.visit_place import VisitPlace
from api.settings import ROOT

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
CLOCKS = [dt.datetime(2026, 11, 25, 10, tzinfo=SHANGHAI), dt.datetime(2027, 1, 2, 10, tzinfo=SHANGHAI)]
NIGHT = dt.datetime(2026, 11, 25, 23, tzinfo=SHANGHAI)


class Shipped:
    """The shipped catalogue as an edition source."""

    def __init__(self) -> None:
        self.edition = build_edition(read_content(ROOT / "actions" / "catalogue" / "data"))

    def current(self) -> Edition:
        return self.edition


@pytest.fixture(scope="module")
def shipped_catalogue() -> Shipped:
    return Shipped()


def replies(source: Shipped, now: dt.datetime, memory: Memory | None = None) -> Iterator[tuple[str, Payload]]:
    """What each topic and aspect is answered with, asked in the aspect's own words."""
    actions: dict[bool, TurnAction] = {False: ExplainTopic(source), True: VisitPlace(source)}
    for topic in source.edition.topics:
        for aspect in source.edition.aspects.values():
            understood = Understanding(topic=topic, aspect=aspect.id, confidence=1.0)
            asked = Asked(aspect.question, understood, memory or Memory(), now)
            action = actions[aspect.id in ("where", "hours", "phone")]
            yield f"{topic}.{aspect.id}", action.answer(asked, source.edition)


def test_text_and_easy_form_of_a_point_hold_the_same_figures(shipped_catalogue: Shipped) -> None:
    unlike = [
        point.id
        for point in shipped_catalogue.edition.points.values()
        if set(PLACEHOLDER.findall(point.text)) != set(PLACEHOLDER.findall(point.easy))
    ]
    assert unlike == []


@pytest.mark.parametrize("now", CLOCKS, ids=["today", "next_year"])
def test_no_more_than_three_sentences_are_spoken_before_an_offer_to_go_on(
    shipped_catalogue: Shipped, now: dt.datetime
) -> None:
    offer = shipped_catalogue.edition.phrases["speech_more"].text
    long = {}
    for asked, said in replies(shipped_catalogue, now):
        spoken = count_sentences(said.speech.removesuffix(offer)) if said.outcome is not Outcome.ASKED_BACK else 0
        if spoken > SENTENCES_AT_MOST:
            long[asked] = said.speech
        assert said.speech.endswith(offer) == bool(said.memory.more), asked
    assert long == {}


@pytest.mark.parametrize("now", CLOCKS, ids=["today", "next_year"])
def test_a_decline_says_what_is_not_confirmed_that_it_is_no_refusal_whom_to_ask_and_offers_to_tell(
    shipped_catalogue: Shipped, now: dt.datetime
) -> None:
    declined = [(asked, said) for asked, said in replies(shipped_catalogue, now) if said.outcome is Outcome.DECLINED]
    assert declined
    for asked, said in declined:
        assert "不表示您没有" in said.text, asked
        assert "不是说您没有" in said.easy, asked
        assert "12345" in said.text, asked
        assert "我想问" in said.text, asked
        assert said.hand_over is not None, asked
        assert {"voice", "video"} <= {contact.way for contact in said.hand_over.contacts}, asked
        assert "act:tell_me" in [choice.value for choice in said.choices], asked
        assert said.memory.awaiting is not None, asked


def test_at_night_no_number_is_named_whose_hours_nobody_confirmed(shipped_catalogue: Shipped) -> None:
    by_day, by_night = (
        next(said for _, said in replies(shipped_catalogue, now) if said.outcome is Outcome.DECLINED)
        for now in (CLOCKS[0], NIGHT)
    )
    assert "12385" in by_day.text
    assert "12385" not in by_night.text
    assert "12345" in by_night.text


def test_who_told_that_they_do_not_hear_is_sent_to_sign_language_first(shipped_catalogue: Shipped) -> None:
    deaf = Memory(way="video")
    said = next(s for _, s in replies(shipped_catalogue, CLOCKS[0], deaf) if s.outcome is Outcome.DECLINED)
    assert said.hand_over is not None
    assert said.hand_over.contacts[0].way == "video"
    assert "听不见" in said.text
    assert said.memory.way == "video"


def test_what_to_bring_is_also_a_list_to_tick(shipped_catalogue: Shipped) -> None:
    papers = {
        asked: said.papers
        for asked, said in replies(shipped_catalogue, CLOCKS[0])
        if asked.endswith(".documents") and said.outcome is Outcome.ANSWERED
    }
    assert len(papers["disability_certificate.documents"]) >= 3
    assert not any("{" in paper for found in papers.values() for paper in found)


def test_hard_words_of_easy_texts_are_explained(shipped_catalogue: Shipped) -> None:
    edition = shipped_catalogue.edition
    easy = "".join(point.easy for point in edition.points.values() if point.kind is not Kind.UNKNOWN)
    assert len(edition.glossary) >= 40
    explained = [term for term in edition.glossary.values() if term.word in easy]
    assert explained
    told = dict(replies(shipped_catalogue, CLOCKS[0]))["disability_certificate.where"]
    words = [term for term in explained if term.word in told.easy]
    assert words
    assert any(term.easy in told.easy for term in words)
