"""Ranking the points of a topic by the resident's own words: BM25 over single characters and pairs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import bm25s

from actions.catalogue.asking import asking
from actions.catalogue.edition import Edition
from actions.catalogue.records import Kind, Point, Topic
from actions.catalogue.rendering import PLACEHOLDER

_RUNS = re.compile(r"[a-z]+|\d+|[\u4e00-\u9fff]+")
_EMPTY_WORDS = frozenset(
    "的了吗呢吧啊呀哦么嘛是在有和与或就都也还又再这那个我你您他她它们要想请问能可以给把被到去来办领拿"
)
_OWN_WORDS_COUNT = 3
_COMMON_SHARE = 0.6
# A name of the topic that no more of its texts than these use is about those, not about the whole topic.
_FEW_TEXTS = 3
_FEW_SHARE = 0.2
# Measured on the held-out and training sentences that are out of scope: none of them comes near both at once.
HIT_SCORE = 12.0
_HIT_SCORE_A_GRAM = 1.2

Ranked = Sequence[tuple[Point, float]]


@dataclass(frozen=True, slots=True)
class _Index:
    """The points of one topic: their places in the BM25 index, and the grams that tell them apart."""

    texts: tuple[str, ...]
    places: Mapping[str, int]
    telling: frozenset[str]
    found: bm25s.BM25


class PointRanker:
    """Ranks points of one edition. Building takes about a millisecond a topic, a call well under one."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        by_topic: dict[str, list[Point]] = defaultdict(list)
        for point in edition.points.values():
            by_topic[edition.homes[point.id][0]].append(point)
        self._indexes = {topic: _index(points, edition) for topic, points in by_topic.items()}

    def rank(self, points: Sequence[Point], words: str) -> list[tuple[Point, float]]:
        """`points` with their scores (0 or more), best first; in the order given where the words say nothing.

        Grams found in most points of a topic say nothing about which is meant and do not count.
        """
        query = grams(words)
        by_topic: dict[str, Mapping[str, float]] = {}
        scored = []
        for point in points:
            topic = self.edition.homes[point.id][0] if point.id in self.edition.homes else ""
            if topic not in by_topic:
                by_topic[topic] = _scores(self._indexes.get(topic), query)
            scored.append((point, by_topic[topic].get(point.id, 0.0)))
        return sorted(scored, key=lambda pair: -pair[1])

    def clear_hit(self, points: Sequence[Point], words: str, least: float = HIT_SCORE) -> Point | None:
        """The point the words are clearly about, whatever else they may have been taken for."""
        for point, score in self.rank([point for point in points if point.kind is Kind.FACT], words)[:1]:
            if score >= max(least, _HIT_SCORE_A_GRAM * len(grams(words))):
                return point
        return None

    def beyond(self, topic: Topic, words: str, points: Sequence[Point] = ()) -> str:
        """The words without empty ones and the topic's names; names that tell its points apart stay."""
        own = " ".join(word for point in points for word in point.words)
        texts = self._indexes[topic.id].texts if topic.id in self._indexes else ()
        common = max(_FEW_TEXTS, len(texts) * _FEW_SHARE)
        names = {name: sum(name in text for text in texts) for name in (topic.name, *topic.aliases) if name not in own}
        empty = [name for name, count in names.items() if count == 0 or count > common]
        for name in sorted((*empty, *asking().empty), key=len, reverse=True):
            words = words.replace(name, " ")
        return words


def asks_of_past(words: str) -> bool:
    """Whether a resident asks how it was before."""
    return any(sign in words for sign in asking().past)


def grams(text: str) -> list[str]:
    """Characters that mean something, pairs of neighbouring characters, Latin words and numbers."""
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            found.append(run)
            continue
        found += [character for character in run if character not in _EMPTY_WORDS]
        found += [run[place : place + 2] for place in range(len(run) - 1)]
    return found


def _index(points: Sequence[Point], edition: Edition) -> _Index:
    documents = [_document(point, edition) for point in points]
    counts = Counter(gram for document in documents for gram in set(document))
    most = max(1.0, len(documents) * _COMMON_SHARE)
    found = bm25s.BM25()
    found.index(documents, show_progress=False)
    return _Index(
        texts=tuple({f"{point.text} {' '.join(point.words)}" for point in points}),
        places={point.id: place for place, point in enumerate(points)},
        telling=frozenset(gram for gram, count in counts.items() if count <= most),
        found=found,
    )


def _document(point: Point, edition: Edition) -> list[str]:
    """A point's grams: its text and easy form, the names of its figures, its own words counted thrice."""
    figures = {match[1] for match in PLACEHOLDER.finditer(point.text)}
    names = [edition.figures[id_].name for id_ in sorted(figures) if id_ in edition.figures]
    texts = [PLACEHOLDER.sub(" ", text) for text in (point.text, point.easy)]
    own = grams(" ".join(point.words)) * _OWN_WORDS_COUNT
    return [*grams(" ".join([*texts, *names])), *own] or [""]


def _scores(index: _Index | None, query: list[str]) -> Mapping[str, float]:
    if index is None:
        return {}
    telling = [gram for gram in query if gram in index.telling]
    if not telling:
        return {}
    scores = index.found.get_scores(telling)
    return {point: float(scores[place]) for point, place in index.places.items()}
