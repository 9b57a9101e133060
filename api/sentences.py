"""Checks the training and held-out sentences in nlu_data/: Rasa itself accepts unknown topics, doubles and leaks."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from actions.catalogue.content import Content
from actions.catalogue.problems import Problem
from actions.catalogue.records import Aspect, Topic
from api.errors import load_wording

ASK, SAY, OUT_OF_SCOPE = "ask_", "say_", "say_out_of_scope"
KNOWN_FAILURES = "known_failures.yml"
FEWEST = {"topic": 40, "aspect": 120, "pair": 4, "no_topic": 80, "out_of_scope": 300, "heldout": 400}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One training sentence: its file relative to nlu_data/, its intent and its topic."""

    file: str
    line: int
    text: str
    intent: str
    topic: str | None

    @property
    def label(self) -> str:
        return f"{self.intent}/{self.topic}"


def bare(text: str) -> str:
    """Letters and digits alone, in NFKC: what makes two sentences the same to the model. Signs alone stay."""
    kept = (c for c in unicodedata.normalize("NFKC", text).lower() if unicodedata.category(c)[0] in "LN")
    return "".join(kept) or text


def check_sentences(folder: Path, content: Content, acts: frozenset[str]) -> list[Problem]:
    """Everything wrong with the sentences under `folder` (nlu_data/); `acts` are the domain's ``say_…`` intents."""
    topics = {topic.id for topic in content.of(Topic)}
    intents = {ASK + aspect.id for aspect in content.of(Aspect)} | acts
    sentences = list(read_sentences(folder))
    problems = [
        *_check_labels(sentences, topics, intents),
        *_check_twice(sentences),
        *_check_counts(sentences, topics),
        *_check_heldout(folder, sentences, topics, intents),
    ]
    return sorted(problems)


def read_sentences(folder: Path) -> Iterator[Sentence]:
    """The training sentences, the generated ones included."""
    for path in sorted((folder / "training").rglob("*.yml")):
        file = path.relative_to(folder).as_posix()
        lines = path.read_text("utf-8").splitlines()
        seen: defaultdict[str, int] = defaultdict(int)
        for block in yaml.safe_load("\n".join(lines))["nlu"]:
            if "intent" not in block:
                continue
            topic = (block.get("metadata") or {}).get("topic")
            for example in block["examples"].splitlines():
                wanted = f"    {example}".rstrip()
                at = next((n for n in range(seen[wanted], len(lines)) if lines[n].rstrip() == wanted), 0)
                seen[wanted] = at + 1
                yield Sentence(file, at + 1, example.removeprefix("- ").strip(), block["intent"], topic)


def _problem(file: str, line: int, reason: str, **slots: object) -> Problem:
    return Problem(file, line, str(load_wording()["sentences"][reason]).format(**slots))


def _check_labels(sentences: list[Sentence], topics: set[str], intents: set[str]) -> Iterator[Problem]:
    for sentence in sentences:
        if sentence.intent not in intents:
            yield _problem(sentence.file, sentence.line, "unknown_intent", name=sentence.intent)
        if sentence.topic is not None and sentence.topic not in topics:
            yield _problem(sentence.file, sentence.line, "unknown_topic", name=sentence.topic)
        if not bare(sentence.text):
            yield _problem(sentence.file, sentence.line, "empty")


def _check_twice(sentences: list[Sentence]) -> Iterator[Problem]:
    first: dict[str, Sentence] = {}
    for sentence in sentences:
        before = first.setdefault(bare(sentence.text), sentence)
        generated = "generated/" in sentence.file or "generated/" in before.file
        if before is not sentence and (before.label != sentence.label or not generated):
            where = f"{before.file}:{before.line}"
            yield _problem(sentence.file, sentence.line, "twice", text=sentence.text, where=where)


def _check_counts(sentences: list[Sentence], topics: set[str]) -> Iterator[Problem]:
    written = [s for s in sentences if "generated/" not in s.file]
    of_topic = Counter(s.topic for s in written)
    of_aspect = Counter(s.intent for s in written if s.intent.startswith(ASK))
    of_pair = Counter((s.topic, s.intent) for s in written if s.topic)
    counts = [
        *(("topic", topic, of_topic[topic]) for topic in topics),
        *(("aspect", intent, count) for intent, count in of_aspect.items()),
        *(("pair", f"{topic} {intent}", count) for (topic, intent), count in of_pair.items()),
        ("no_topic", "topic: null", sum(s.topic is None and s.intent.startswith(ASK) for s in written)),
        ("out_of_scope", OUT_OF_SCOPE, sum(s.intent == OUT_OF_SCOPE for s in written)),
    ]
    for kind, name, count in counts:
        if count < FEWEST[kind]:
            yield _problem("training", 1, "too_few", name=name, count=count, least=FEWEST[kind])


def _check_heldout(folder: Path, sentences: list[Sentence], topics: set[str], intents: set[str]) -> Iterator[Problem]:
    trained = {bare(s.text): s for s in sentences}
    held: dict[str, str] = {}
    for path in sorted((folder / "heldout").glob("*.yml")):
        file = path.relative_to(folder).as_posix()
        items: list[dict[str, Any]] = [] if path.name == KNOWN_FAILURES else yaml.safe_load(path.read_text("utf-8"))
        lines = path.read_text("utf-8").splitlines()
        for item in items:
            line = next((n for n, text in enumerate(lines, 1) if f'"{item["text"]}"' in text), 1)
            for reading in (item, *({**item, **other} for other in item.get("accept", ()))):
                intent = SAY + reading["act"] if reading["act"] else ASK + str(reading["aspect"])
                if intent not in intents or (reading["topic"] or next(iter(topics))) not in topics:
                    yield _problem(file, line, "unknown_intent", name=f"{intent}/{reading['topic']}")
            key = bare(item["text"]) + str(item.get("context"))
            if bare(item["text"]) in trained and not item.get("context"):
                where = trained[bare(item["text"])]
                yield _problem(file, line, "leak", text=item["text"], where=f"{where.file}:{where.line}")
            if key in held:
                yield _problem(file, line, "twice", text=item["text"], where=held[key])
            held[key] = f"{file}:{line}"
    if len(held) < FEWEST["heldout"]:
        yield _problem("heldout", 1, "too_few", name="heldout", count=len(held), least=FEWEST["heldout"])
