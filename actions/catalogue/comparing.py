"""What residents will hear differently from one edition to another: sentences as they are said on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from actions.catalogue.edition import Edition
from actions.catalogue.records import Place, Point, Record
from actions.catalogue.rendering import in_force, lapsed, render
from actions.catalogue.speech import speak

Forms = Mapping[str, str]
"""What is said, by form (text, easy, speech …); empty forms are left out."""

Saying = tuple[tuple[str, str], Forms]

_CONTACT = ("name", "number", "spoken", "hours", "description", "easy")
FORMS = ("text", "easy", "speech")
_SEPARATOR = "; "
_PLACE = ("name", "address", "transportation")


class Heard(StrEnum):
    """Whether a point is heard on a day, and why not."""

    NOW = "now"
    LAPSED = "lapsed"
    NOT_YET = "not_yet"
    NO_VALUE = "no_value"


@dataclass(frozen=True, slots=True)
class Telling:
    """A point as it is told on a `day`: the day asked about, or the last of a lapsed point. With no value
    in force for one of its figures it is not heard, and its texts stand unfilled."""

    heard: Heard
    day: dt.date
    text: str
    easy: str
    speech: str
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is said differently: `old` or `new` is None if it came or went, else both hold the forms that
    changed. `home` is ``topic.aspect`` of a point, otherwise the kind of record."""

    home: str
    item: str
    old: Forms | None
    new: Forms | None


def tell(point: Point, edition: Edition, on: dt.date) -> Telling:
    """A point in its three forms, figures filled, as of a day."""
    heard, day = Heard.NOW, on
    if point.until is not None and lapsed(point, on):
        heard, day = Heard.LAPSED, point.until
    elif point.since is not None and not in_force(point, on):
        heard, day = Heard.NOT_YET, point.since
    try:
        text, easy = render(point.text, edition, day).text, render(point.easy, edition, day).text
        speech = render(point.speech, edition, day).text if point.speech else speak(text, edition)
        papers = tuple(render(paper, edition, day).text for paper in point.papers)
    except LookupError:
        return Telling(Heard.NO_VALUE, day, point.text, point.easy, point.speech or point.text, point.papers)
    return Telling(heard, day, text, easy, speech, papers)


def compare_editions(old: Edition, new: Edition, on: dt.date) -> list[Change]:
    """Everything said differently on a day: by the topics' order, then the other kinds of record."""
    before, after = dict(_said(old, on)), dict(_said(new, on))
    changes = []
    for home, item in (*after, *(key for key in before if key not in after)):
        was, is_ = before.get((home, item)), after.get((home, item))
        if was is not None and is_ is not None:
            forms = [form for form in {**was, **is_} if was.get(form) != is_.get(form)]
            if not forms:
                continue
            was, is_ = _only(was, forms), _only(is_, forms)
        changes.append(Change(home, item, was, is_))
    changes += _orders(old, new)
    homes = list(dict.fromkeys([home for home, _ in after] + [home for home, _ in before]))
    return sorted(changes, key=lambda change: homes.index(change.home))


def _orders(old: Edition, new: Edition) -> Iterator[Change]:
    """Answers whose points, those in both editions, are in another order."""
    for home in new.answers.keys() & old.answers.keys():
        before, after = ([point.id for point in edition.answers[home].points] for edition in (old, new))
        was, is_ = [id_ for id_ in before if id_ in after], [id_ for id_ in after if id_ in before]
        if was != is_:
            forms = ({"order": _SEPARATOR.join(ids)} for ids in (was, is_))
            yield Change(".".join(home), "order", *forms)


def _only(forms: Forms, names: list[str]) -> Forms:
    return {name: forms.get(name, "") for name in names}


def _said(edition: Edition, on: dt.date) -> Iterator[Saying]:
    """Every sentence of an edition, by home and item."""
    for (topic, aspect), answer in edition.answers.items():
        home = f"{topic}.{aspect}"
        if answer.lead:
            yield (home, "lead"), {"text": answer.lead}
        for point in answer.points:
            yield (home, point.id), _forms(point, edition, on)
    yield from _named(edition)
    for phrase in edition.phrases.values():
        speech = phrase.speech or speak(phrase.text, edition)
        yield ("phrases", phrase.id), {"text": phrase.text, "easy": phrase.easy, "speech": speech}
    for term in edition.glossary.values():
        yield ("glossary", term.id), {"name": term.word, "easy": term.easy}
    for foreign in edition.not_ours.values():
        yield ("not_ours", foreign.id), {"text": foreign.text or "", "easy": foreign.easy or ""}
    for contact in edition.contacts.values():
        yield ("contacts", contact.id), _fields(contact, _CONTACT)
    for place in edition.places.values():
        yield ("places", place.id), _fields(place, _PLACE) | _hours(place)


def _named(edition: Edition) -> Iterator[Saying]:
    """The matters and what is asked about them, as choices and declines name them."""
    for topic in edition.topics.values():
        channels = (edition.contacts[id_].name for id_ in topic.channels if id_ in edition.contacts)
        forms = {"name": topic.name, "office": topic.office or "", "contacts": _SEPARATOR.join(channels)}
        yield ("topics", topic.id), _full(forms)
    for aspect in edition.aspects.values():
        yield ("aspects", aspect.id), {"name": aspect.name, "question": aspect.question}


def _forms(point: Point, edition: Edition, on: dt.date) -> Forms:
    told = tell(point, edition, on)
    sources = (edition.sources[source] for source in point.sources if source in edition.sources)
    forms = {
        "heard": "" if told.heard is Heard.NOW else told.heard.value,
        "kind": point.kind.value,
        "text": told.text,
        "easy": told.easy,
        "speech": told.speech,
        "papers": _SEPARATOR.join(told.papers),
        "sources": _SEPARATOR.join(f"{source.title} {source.date}" for source in sources),
    }
    return _full(forms)


def _full(forms: Mapping[str, str | None]) -> Forms:
    return {form: said for form, said in forms.items() if said}


def _fields(record: Record, names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name in names if (value := getattr(record, name))}


def _hours(place: Place) -> dict[str, str]:
    """The hours in figures: they are put into words only when someone asks about a day."""
    weekly = [f"{'/'.join(one.byday)} {one.opens_at:%H:%M}-{one.closes_at:%H:%M}" for one in place.schedules]
    others = [f"{one.since}..{one.until} {one.opens_at or ''}-{one.closes_at or ''}" for one in place.exceptions]
    return dict(_full({"hours": _SEPARATOR.join([*weekly, *others])}))
