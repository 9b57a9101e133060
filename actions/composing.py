"""Putting a reply together: phrases, points and contacts become one payload in three forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from actions.catalogue.edition import Edition
from actions.catalogue.hours import is_office_time
from actions.catalogue.records import Contact, Place, Point, Source, Topic, Way
from actions.catalogue.rendering import render, value_in_force
from actions.catalogue.speech import count_sentences, speak
from actions.payload import (
    Choice,
    ContactNote,
    HandOver,
    Memory,
    Outcome,
    Payload,
    PlaceNote,
    ServiceNote,
    SourceNote,
)
from actions.turn import Asked

CHOICES_AT_MOST = 5
SENTENCES_AT_MOST = 3
TERMS_AT_MOST = 2


@dataclass(slots=True)
class Draft:
    """A reply in the making. Lines are kept in the three forms side by side."""

    edition: Edition
    on: dt.date
    text: list[str] = field(default_factory=list)
    easy: list[str] = field(default_factory=list)
    speech: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    places: list[PlaceNote] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    topic: Topic | None = None

    def say(self, phrase: str, heard: bool = True, **slots: str) -> Draft:
        """Adds a phrase of the catalogue with its slots filled; not `heard`: to be read only."""
        words = self.edition.phrases[phrase]
        speech = words.speech and words.speech.format(**slots)
        return self.add(words.text.format(**slots), words.easy.format(**slots), speech if heard else "")

    def add(self, text: str, easy: str, speech: str | None = None) -> Draft:
        """Adds a line. `speech` is derived from the text unless given; "" leaves the line out for the ear."""
        self.text.append(text)
        self.easy.append(easy)
        self.speech.append(speak(text, self.edition) if speech is None else speech)
        return self

    def spoken(self) -> int:
        """How many sentences are to be heard so far."""
        return sum(count_sentences(line) for line in self.speech if line)

    def say_point(self, point: Point, on: dt.date | None = None, heard: bool = True) -> Draft:
        """Adds one fact with its sources and figures, as it was `on` another day if one is given; not `heard`: to
        be read only."""
        on = on or self.on
        text = render(point.text, self.edition, on)
        easy = render(point.easy, self.edition, on)
        speech = render(point.speech, self.edition, on).text if point.speech else None
        speech = speech if heard else ""
        self.points.append(point.id)
        self.figures.extend(f for f in (*text.figures, *easy.figures) if f not in self.figures)
        self.cite(point.sources)
        self.cite(value for figure in text.figures for value in self._figure_sources(figure, on))
        return self.add(text.text, easy.text, speech)

    def _figure_sources(self, figure: str, on: dt.date) -> Iterable[str]:
        value = value_in_force(self.edition.figures[figure], on)
        return [value.source] if value else []

    def cite(self, sources: Iterable[str]) -> Draft:
        self.sources.extend(source for source in dict.fromkeys(sources) if source not in self.sources)
        return self

    def say_contacts(self, phrase: str, contacts: Sequence[Contact], **slots: str) -> Draft:
        """Adds a phrase whose ``{contacts}`` are filled in all three forms, and cites where the numbers are from.
        The catalogue's contacts of a topic always hold a voice and a text or sign-language way."""
        words = self.edition.phrases[phrase]
        listed = {form: self._list_contacts(contacts, form) for form in ("text", "easy", "speech")}
        for contact in contacts:
            if contact not in self.contacts:
                self.contacts.append(contact)
            self.cite([contact.source])
        speech = (words.speech or words.text).format(contacts=listed["speech"], **slots)
        text = words.text.format(contacts=listed["text"], **slots)
        return self.add(text, words.easy.format(contacts=listed["easy"], **slots), speak(speech, self.edition))

    def _list_contacts(self, contacts: Sequence[Contact], form: str) -> str:
        """The contacts in one line, in one of the three forms."""
        phrases = self.edition.phrases
        lines = []
        for contact in contacts:
            phrase = phrases[f"contact_{contact.way.value}"]
            pattern = (phrase.speech or phrase.text) if form == "speech" else getattr(phrase, form)
            unknown = phrases["hours_not_confirmed"]
            hours = contact.hours or (unknown.easy if form == "easy" else unknown.text)
            number = contact.spoken if form == "speech" else contact.number
            lines.append(pattern.format(name=contact.name, number=number, hours=hours))
        return str(phrases["join_contacts"].text.join(lines))

    def offer(self, title: str, value: str) -> Draft:
        """Adds a choice; beyond five they are dropped, for people who must remember or step through them."""
        if len(self.choices) < CHOICES_AT_MOST and all(choice.value != value for choice in self.choices):
            self.choices.append(Choice(title=title, value=value))
        return self

    def show_place(self, place: Place, opening: str) -> Draft:
        note = PlaceNote(
            id=place.id,
            name=place.name,
            address=place.address,
            opening=opening,
            demonstration=place.demonstration,
        )
        self.places.append(note)
        return self.cite(place.sources)

    def list_papers(self, points: Iterable[Point]) -> Draft:
        """Fills the tick list with the papers of some points, each once."""
        papers = (render(paper, self.edition, self.on).text for point in points for paper in point.papers)
        self.papers.extend(paper for paper in dict.fromkeys(papers) if paper not in self.papers)
        return self

    def day(self, day: dt.date) -> str:
        return self.edition.phrases["full_day"].text.format(year=day.year, month=day.month, day=day.day)

    def explain_terms(self) -> Draft:
        """Adds to the easy text what its hard words mean: the first of them, at most two."""
        easy, found = "".join(self.easy), []
        for term in sorted(self.edition.glossary.values(), key=lambda term: -len(term.word)):
            if term.word in easy:
                found.append((easy.index(term.word), term.easy))
                easy = easy.replace(term.word, "")  # a word within this one is explained with it
        self.easy.extend(meaning for _, meaning in sorted(found)[:TERMS_AT_MOST])
        return self

    def finish(self, outcome: Outcome, memory: Memory) -> Payload:
        """The payload. The memory keeps what `repeat` and `source` need."""
        self.explain_terms()
        if memory.careful and not self.contacts:
            self.say_contacts("careful_reminder", reminder_contacts(self.edition))
        if memory.more:
            self.speech.append(speak(self.edition.phrases["speech_more"].text, self.edition))
        text, easy, speech = "\n".join(self.text), "\n".join(self.easy), "".join(self.speech)
        last = {
            "text": text,
            "easy": easy,
            "speech": speech,
            "points": self.points,
            "sources": self.sources,
            "contacts": [contact.id for contact in self.contacts],
            "choices": [choice.model_dump() for choice in self.choices],
        }
        notes = tuple(note_source(self.edition.sources[source]) for source in self.sources)
        contacts = tuple(note_contact(contact) for contact in self.contacts)
        return Payload(
            outcome=outcome,
            text=text,
            easy=easy,
            speech=speech,
            choices=tuple(self.choices),
            sources=notes,
            as_of=max((note.date for note in notes), default=None),
            services=(ServiceNote(id=self.topic.id, name=self.topic.name),) if self.topic else (),
            places=tuple(self.places),
            hand_over=HandOver(waiting=False, contacts=contacts) if contacts else None,
            papers=tuple(self.papers),
            points=tuple(self.points),
            figures=tuple(self.figures),
            memory=memory.model_copy(update={"last": last}),
            edition=self.edition.number,
        )


def combine(payload: Payload, more: Draft, first: bool = False) -> Payload:
    """The payload with what another draft says, before it or after it, and offers: that comes first either way."""

    def join(said: str, lines: Sequence[str], between: str) -> str:
        parts = [*lines, said] if first else [said, *lines]
        return between.join(part for part in parts if part)

    choices = list({choice.value: choice for choice in (*more.choices, *payload.choices)}.values())[:CHOICES_AT_MOST]
    cited = {note.id: note for note in payload.sources}
    cited |= {source: note_source(more.edition.sources[source]) for source in more.sources if source not in cited}
    known = payload.hand_over.contacts if payload.hand_over else ()
    contacts = {note.id: note for note in (*known, *map(note_contact, more.contacts))}
    last = (payload.memory.last or {}) | {"choices": [choice.model_dump() for choice in choices]}
    return payload.model_copy(
        update={
            "text": join(payload.text, more.text, "\n"),
            "easy": join(payload.easy, more.easy, "\n"),
            "speech": join(payload.speech, more.speech, ""),
            "choices": tuple(choices),
            "sources": tuple(cited.values()),
            "hand_over": HandOver(waiting=False, contacts=tuple(contacts.values())) if contacts else None,
            "memory": payload.memory.model_copy(update={"last": last}),
        }
    )


CRISIS = (
    "psych_962525",
    "police_110",
    "police_text_12110",
    "hotline_12345_sign",
    "ambulance_120",
    "psych_12356",
    "fire_119",
)


def crisis_contacts(edition: Edition) -> list[Contact]:
    """The contacts for an emergency, the first to try first; `make check` fails when one is missing."""
    return [edition.contacts[contact] for contact in CRISIS]


def reminder_contacts(edition: Edition) -> list[Contact]:
    """The shortest list that leaves nobody out: the first to call, and the first to reach without a voice."""
    contacts = crisis_contacts(edition)
    voice = next(contact for contact in contacts if contact.way is Way.VOICE)
    silent = next(contact for contact in contacts if contact.way is not Way.VOICE)
    return [voice, silent]


def note_source(source: Source) -> SourceNote:
    return SourceNote(
        id=source.id,
        title=source.title,
        issuer=source.issuer,
        date=source.date,
        locator=source.locator,
        url=source.url,
        level=source.level.value,
    )


def note_contact(contact: Contact) -> ContactNote:
    return ContactNote(
        id=contact.id,
        name=contact.name,
        way=contact.way.value,
        number=contact.number,
        spoken=contact.spoken,
        hours=contact.hours,
        description=contact.description,
    )


def contacts_of(edition: Edition, topic: Topic | None, asked: Asked | None = None) -> list[Contact]:
    """Whom to ask about a topic, or about anything: at the hour of the turn, and in the resident's way to communicate.

    A contact whose hours nobody confirmed is named in office hours only; another is left then anyway."""
    ids = topic.channels if topic else next(iter(edition.topics.values())).channels
    contacts = [edition.contacts[contact] for contact in ids]
    if asked is None:
        return contacts
    if not is_office_time(edition.calendar, asked.now):
        contacts = [one for one in contacts if one.hours or one.way is not Way.VOICE] or contacts
    return sorted(contacts, key=lambda one: (one.way is Way.VOICE) is (asked.memory.way is not None))
