"""Ranking the points of a catalogue by the resident's own words: BM25 over single characters and pairs."""

from __future__ import annotations

import datetime as dt
import math
import re
import threading
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import bm25s

from actions.catalogue.asking import asking
from actions.catalogue.edition import Edition
from actions.catalogue.records import Point, Topic
from actions.catalogue.rendering import PLACEHOLDER
from actions.catalogue.saying import families_of, sayable

_RUNS = re.compile(r"[a-z]+|\d+|[\u4e00-\u9fff]+")
_EMPTY_CHARACTERS = frozenset(
    "的了吗呢吧啊呀哦么嘛是在有和与或就都也还又再这那个我你您他她它们要想请问能可以给把被到去来办领拿"
    "谁哪些什怎样啥伐侬阿拉勒没不会该让叫对做用得着过"
)
_JOINED = re.compile("[与和]")
_OWN_WORDS_COUNT = 2


class PointRanker:
    """Ranks points of one edition. Building takes about half a second, a call about a millisecond."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        documents = {point.id: _document(point, edition) for point in edition.points.values()}
        self._ids = tuple(edition.points)
        self._index = bm25s.BM25()
        self._index.index(list(documents.values()), show_progress=False)
        self._grams = {point: frozenset(document) for point, document in documents.items()}
        self.families = {point.id: families_of(point, edition) for point in edition.points.values()}
        self._plain = {topic.id: _plain_names(topic, edition) for topic in edition.topics.values()}
        self._pools: dict[dt.date, tuple[Point, ...]] = {}
        self._counts = Counter(gram for found in self._grams.values() for gram in found)

    def nameless(self, words: str, topic: Topic) -> str:
        """The words without any name of a topic."""
        return without(words, (topic.name, *topic.aliases))

    def pool(self, on: dt.date) -> tuple[Point, ...]:
        """Every point that can be said on a day; found once for each day."""
        if on not in self._pools:
            answers = self.edition.answers.values()
            self._pools = {on: tuple(point for answer in answers for point in sayable(answer, self.edition, on))}
        return self._pools[on]

    def scores(self, words: str) -> Mapping[str, float]:
        """How well each point fits the words (0 or more), by its id."""
        scores: dict[str, float] = defaultdict(float)
        if known := [gram for gram in grams(without(words, asking().empty)) if gram in self._index.vocab_dict]:
            found = self._index.get_scores(known)
            for place in found.nonzero()[0]:
                scores[self._ids[place]] = float(found[place])
        return scores

    def coverage(self, words: str, point: str) -> float:
        """How much of what the words say (0 to 1) a point has: the share of their grams, rare ones counting more."""
        weights = self._weights(words)
        held = sum(weight for gram, weight in weights.items() if gram in self._grams[point])
        return held / sum(weights.values()) if weights else 0.0

    def weight(self, words: str) -> float:
        """How much the words say: the sum of the rarity of their grams."""
        return sum(self._weights(words).values())

    def _weights(self, words: str) -> Mapping[str, float]:
        found = grams(without(words, asking().empty))
        return {gram: self._rarity(gram) for gram in found if not gram.isdigit()}  # figures are named, not written

    def _rarity(self, gram: str) -> float:
        """The inverse document frequency as BM25 has it."""
        count = self._counts[gram]
        return math.log(1 + (len(self._grams) - count + 0.5) / (count + 0.5))

    def beyond(self, words: str, topic: Topic) -> str:
        """What the words say beyond naming a topic: without its name, the short forms of that, and names none of its
        points uses. Another name (阳光之家 of day care) tells the points apart, and stays."""
        return without(words, self._plain[topic.id])


_lock = threading.Lock()
_newest: list[PointRanker] = []


def ranker_for(edition: Edition) -> PointRanker:
    """The ranker of an edition, built once for all actions."""
    with _lock:
        if not _newest or _newest[0].edition is not edition:
            _newest[:] = [PointRanker(edition)]
        return _newest[0]


def without(words: str, names: Sequence[str]) -> str:
    """The words with every one of some names left out, long names first."""
    for name in sorted(names, key=len, reverse=True):
        words = words.replace(name, " ")
    return words


def grams(text: str) -> list[str]:
    """Characters that mean something, pairs of neighbouring characters, Latin words and numbers."""
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            found.append(run)
            continue
        found += [character for character in run if character not in _EMPTY_CHARACTERS]
        pairs = (run[place : place + 2] for place in range(len(run) - 1))
        found += [pair for pair in pairs if not _EMPTY_CHARACTERS.issuperset(pair)]
    return found


def _plain_names(topic: Topic, edition: Edition) -> list[str]:
    points = [point for point in edition.points.values() if edition.homes[point.id][0] == topic.id]
    texts = [f"{point.text} {' '.join(point.words)}" for point in points]
    counts = {name: sum(name in text for text in texts) for name in (topic.name, *topic.aliases)}
    halves = _JOINED.split(topic.name)
    telling = {name for name in halves if len(halves) > 1 and 0 < counts.get(name, 0) <= len(points) / 2}
    short = {name for name, count in counts.items() if count == 0 or _is_short_for(name, topic.name)}
    return sorted(short - telling)


def _is_short_for(short: str, name: str) -> bool:
    """Whether all characters of a short form stand in the name, in their order."""
    rest = iter(name)
    return all(character in rest for character in short)


def _document(point: Point, edition: Edition) -> list[str]:
    """A point's grams: its text and easy form, the names of its figures, its own words counted twice, and once each
    what its topic is called by."""
    figures = {match[1] for match in PLACEHOLDER.finditer(point.text)}
    names = [edition.figures[id_].name for id_ in sorted(figures) if id_ in edition.figures]
    texts = [PLACEHOLDER.sub(" ", text) for text in (point.text, point.easy)]
    own = grams(" ".join(point.words)) * _OWN_WORDS_COUNT
    topic = edition.topics.get(edition.homes[point.id][0])
    called = dict.fromkeys(grams(" ".join((topic.name, *topic.aliases)))) if topic else ()
    return [*grams(" ".join([*texts, *names])), *own, *called] or [""]
