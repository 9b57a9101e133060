"""Words by which residents show what they ask for; they stand in asking.yml, where anybody can add one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Asking:
    """`past` asks how it was; `empty` says only that something is asked; `aspects` are the words of each aspect;
    `hearsay`, `before` and `after` bring up a number, `units` are the kinds of units by family, `share` is said
    before a percentage; `silent` tells that the resident does not hear or speak."""

    past: tuple[str, ...]
    empty: tuple[str, ...]
    hearsay: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    share: str
    units: Mapping[str, tuple[str, ...]]
    silent: tuple[str, ...]


@functools.cache
def asking() -> Asking:
    """What asking.yml holds."""
    found = yaml.safe_load((Path(__file__).parent / "asking.yml").read_text(encoding="utf-8"))
    units = {family: tuple(names) for family, names in found.pop("units").items()}
    share = found.pop("share")
    return Asking(share=share, units=units, **{name: tuple(words) for name, words in found.items()})
