"""Why a sentence is understood as it is, in the terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from api.evaluation.wording import load_wording
from api.shell import console, say

FEATURES_AT_MOST = 10
CHARACTERS = "c"
# What stands between the parts of a feature, by its kind: syllables, those of the end, pairs of concepts.
BETWEEN = {"p": "-", "e": "-", "x": " + "}


def show_reasons(text: str, understood: dict[str, Any], explained: dict[str, Any]) -> None:
    """What was understood, the margins, and the features that decided (as `Understander.explain` gives them)."""
    wording = load_wording()["reasons"]
    table = Table(title=wording["title"], show_header=False)
    for name, value in _describe(text, understood, explained).items():
        table.add_row(wording[name], value or wording["nothing"])
    console.print(table)
    for part in ("topic", "intent"):
        features = [one for one in explained[part] if one["weight"] > 0][:FEATURES_AT_MOST]
        reasons = Table(wording["feature"], wording["weight"])
        reasons.title = wording[f"why_{part}"].format(
            chosen=explained["chosen"][part], against=explained["against"][part]
        )
        for one in features:
            reasons.add_row(read_feature(one["feature"]), f"{one['weight']:.3f}")
        console.print(reasons) if features else say(wording["unsaid"])


def _describe(text: str, understood: dict[str, Any], explained: dict[str, Any]) -> dict[str, str]:
    wording = load_wording()["reasons"]
    confidence = f"{understood['confidence']:.1%}"
    others = [
        wording["alternative"].format(
            label=one["act"] or f"{one['topic']}.{one['aspect']}", confidence=f"{one['confidence']:.1%}"
        )
        for one in understood["alternatives"]
    ]
    return {
        "sentence": text,
        "topic": understood["topic"] or "",
        "aspect": understood["aspect"] or "",
        "act": understood["act"] or "",
        "confidence": confidence if understood["sure"] else wording["unsure"].format(confidence=confidence),
        "alternatives": "\n".join(others),
        "entities": "\n".join(wording["entity"].format(**one) for one in understood["entities"]),
        "refusal": _describe_margin(explained["refusal"], explained["limit"]),
        "danger": _describe_margin(explained["danger"], explained["alarm"]),
    }


def _describe_margin(odds: float, limit: float) -> str:
    wording = load_wording()["reasons"]
    return str(wording["margin"]).format(odds=odds, limit=limit, verdict=wording["above" if odds > limit else "below"])


def read_feature(feature: str) -> str:
    """A feature's name as people read it: characters quoted, syllables joined, a word list's name as it is."""
    wording = load_wording()["reasons"]
    kind, units = feature[0], feature[1:].split(" ")
    ends = {"^": wording["start"], "$": wording["end"]}
    spoken = [unit for unit in units if unit not in ends]
    joined = BETWEEN.get(kind, "").join(spoken)
    if kind == CHARACTERS and joined:
        joined = wording["quoted"].format(text=joined)
    before, after = (ends[end] if end == units[place] else "" for place, end in ((0, "^"), (-1, "$")))
    return f"{wording['kinds'].get(kind, kind)} {before}{joined}{after}"
