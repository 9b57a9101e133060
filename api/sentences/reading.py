"""The sentences under nlu_data/ with their files and lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from actions.catalogue.problems import Problem
from api.errors import load_wording
from api.sentences.spelling import spell

ASK, SAY = "ask_", "say_"
OUT_OF_SCOPE = SAY + "out_of_scope"
NAMES = ("topic_", "place_")
LINES = "__lines__"

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]
    """Keeps with each mapping the lines its values begin in."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        found[LINES] = {key.value: value.start_mark.line + 1 for key, value in node.value}
        return found


@dataclass(frozen=True, slots=True)
class Sentence:
    """One training sentence: its file relative to nlu_data/, its intent and its topic. `key` is the text as spelled
    to compare it."""

    file: str
    line: int
    text: str
    intent: str
    topic: str | None
    key: str

    @property
    def label(self) -> str:
        return f"{self.intent}/{self.topic}"

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def is_generated(self) -> bool:
        return "generated/" in self.file


@dataclass(frozen=True, slots=True)
class Held:
    """One held-out sentence: `fields` as written; `context` what it is said after, if that makes it another one."""

    file: str
    line: int
    text: str
    fields: Mapping[str, Any]
    context: str
    key: str

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Written:
    """All sentences, the catalogue's names for topics and places, and what could not be read."""

    training: list[Sentence] = field(default_factory=list)
    heldout: list[Held] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def problem(file: str, line: int, reason: str, **slots: object) -> Problem:
    """A mistake in a sentence, in the words of api/wording.yml."""
    return Problem(file, line, say(reason, **slots))


def say(what: str, **slots: object) -> str:
    return str(load_wording()["sentences"][what]).format(**slots)


def read_sentences(folder: Path) -> Written:
    """Everything under training/ and heldout/ of `folder`."""
    written = Written()
    for path in sorted((folder / "training").rglob("*.yml")):
        file = path.relative_to(folder).as_posix()
        for block in (_load(path, file, written) or {}).get("nlu", ()):
            if "intent" in block:
                written.training.extend(_read_block(block, file))
            elif str(block.get("lookup")).startswith(NAMES):
                written.names.extend(spell(text) for _, text in _read_examples(block))
    for path in sorted((folder / "heldout").glob("*.yml")):
        file = path.relative_to(folder).as_posix()
        for item in _load(path, file, written) or ():
            written.heldout.extend(_read_item(item, file, written))
    return written


def _load(path: Path, file: str, written: Written) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506  # a safe loader all the same
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        written.problems.append(problem(file, line, "not_yaml"))
        return None


def _read_examples(block: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """The examples of a block with their lines: they stand below the line of the sign ``|``."""
    for at, example in enumerate(block["examples"].splitlines(), block[LINES]["examples"] + 1):
        yield at, example.removeprefix("- ").strip()


def _read_block(block: dict[str, Any], file: str) -> Iterator[Sentence]:
    topic = (block.get("metadata") or {}).get("topic")
    for line, text in _read_examples(block):
        yield Sentence(file, line, text, block["intent"], topic, spell(text))


def _read_item(item: Any, file: str, written: Written) -> Iterator[Held]:
    """A sentence, or the turns of a dialogue: each but the first is another one after what was said before."""
    turns = item.get("turns") if isinstance(item, dict) else None
    for place, fields in enumerate([item] if turns is None else turns):
        if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
            lines = fields[LINES].values() if isinstance(fields, dict) else ()
            written.problems.append(problem(file, min(lines, default=1), "no_text"))
            continue
        line = fields[LINES]["text"]
        context = f"{file}:{line}" if place else str(fields.get("context"))
        shared = {} if turns is None else {name: value for name, value in item.items() if name not in (LINES, "turns")}
        yield Held(file, line, fields["text"], shared | fields, context, spell(fields["text"]))
