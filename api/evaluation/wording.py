"""The words of the report and of the two commands: wording.yml beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

OF_KIND = "out_of_scope."


@cache
def load_wording() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return found


def name_figure(name: str) -> str:
    """What a figure is called."""
    wording = load_wording()
    if name.startswith(OF_KIND):
        kind = name.removeprefix(OF_KIND)
        return str(wording["figures"]["of_kind"]).format(kind=wording["labels"].get(kind, kind))
    return str(wording["figures"]["names"][name])
