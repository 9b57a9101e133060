"""Problems found in the YAML files, said in Chinese; the wording is in messages.yml."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: the file relative to the folder, the line from 1, and why, in a sentence."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return say("problem", file=self.file, line=self.line, reason=self.reason)


class CatalogueProblems(Exception):
    """The YAML files cannot be imported; `problems` are all that is wrong with them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        lines = [say("heading", count=len(self.problems)), *map(str, self.problems)]
        super().__init__("\n".join(lines))


@functools.cache
def messages() -> dict[str, Any]:
    """The wording, as it stands in messages.yml."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "messages.yml").read_text(encoding="utf-8"))
    return found


def say(message: str, **slots: object) -> str:
    """The sentence called `message` with its slots filled."""
    return str(messages()[message]).format(**slots)
