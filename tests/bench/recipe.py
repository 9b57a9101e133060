"""Stock Rasa as a newcomer would set it up for the same sentences: its default Chinese recipe, written as a project.

A question becomes one flat intent of its aspect and its matter (`amount__transport_subsidy`; `amount__none` where the
sentence names no matter), an act keeps its name (`say_thanks`). One rule for each intent, as ours; some short stories
besides, for the policies that learn from stories. Flat intents mean many rules: RulePolicy is about a quarter of a
stock turn here (measured), which a recipe with response selectors would not pay. The word lists (lookups, synonyms)
stay out, and so does what no resident said (blocks with a weight, written from the catalogue): a stock recipe cannot
weigh sentences, and these stand under several intents. Both are cheaper for stock Rasa, not dearer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from api.settings import ROOT

SENTENCES = ROOT / "nlu_data" / "training"
RULES = ROOT / "assistant" / "rules" / "rules.yml"
ASK, SAY, BETWEEN, NO_TOPIC = "ask_", "say_", "__", "none"
TALK = ("overview", "eligibility", "documents", "say_thanks")
FULL_EPOCHS, FEW_EPOCHS = 100, 1

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The five files of a stock project, by name, as trees; `sentences` is how many it learns from."""

    files: dict[str, Tree]
    sentences: int

    @property
    def intents(self) -> int:
        return len(self.files["domain.yml"]["intents"])

    def digest(self) -> str:
        """SHA-256 (hex) of everything stock Rasa is told."""
        return hashlib.sha256(yaml.safe_dump(self.files, allow_unicode=True).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        for name, tree in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8")


def write_recipe(epochs: int = FULL_EPOCHS) -> Recipe:
    """The stock project for the present sentences."""
    examples = read_examples()
    actions = read_actions()
    spoken = {intent: actions[plain_intent(intent)] for intent in examples}
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in examples.items()
    ]
    rules = [{"rule": intent, "steps": turn(intent, action)} for intent, action in spoken.items()]
    files = {
        "config.yml": config(epochs),
        "domain.yml": domain(sorted(spoken), sorted(set(spoken.values()))),
        "data/nlu.yml": {"version": "3.1", "nlu": nlu},
        "data/rules.yml": {"version": "3.1", "rules": rules},
        "data/stories.yml": {"version": "3.1", "stories": list(tell_stories(spoken))},
    }
    return Recipe(files, sum(map(len, examples.values())))


def config(epochs: int) -> Tree:
    """Rasa 3.6's default configuration, with the tokeniser its documentation names for Chinese."""
    learned: Tree = {"epochs": epochs, "constrain_similarities": True}
    if epochs == FEW_EPOCHS:  # its batches would begin, and so end, at the smallest, which takes three times as long
        learned["batch_size"] = [256, 256]
    return {
        "recipe": "default.v1",
        "language": "zh",
        "assistant_id": "stock",
        "pipeline": [
            {"name": "JiebaTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", **learned},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, **learned},
        ],
    }


def domain(intents: list[str], actions: list[str]) -> Tree:
    """Rasa's default session settings; the matter in hand is a slot that the actions set."""
    topic = {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}
    return {
        "version": "3.1",
        "intents": intents,
        "slots": {"topic": topic},
        "actions": actions,
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def read_examples() -> dict[str, list[str]]:
    """The training sentences that residents say, by stock intent."""
    found: dict[str, list[str]] = {}
    for path in sorted(SENTENCES.rglob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            told = block.get("metadata") or {}
            if "intent" in block and "weight" not in told:
                lines = (line.strip().removeprefix("- ").strip() for line in block["examples"].splitlines())
                flat = flat_intent(block["intent"], told.get("topic"))
                found.setdefault(flat, []).extend(line for line in lines if line)
    return dict(sorted(found.items()))


def read_actions() -> dict[str, str]:
    """The action of each of our intents."""
    rules = yaml.safe_load(RULES.read_text("utf-8"))["rules"]
    return {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules}


def flat_intent(intent: str, topic: str | None) -> str:
    return f"{intent.removeprefix(ASK)}{BETWEEN}{topic or NO_TOPIC}" if intent.startswith(ASK) else intent


def plain_intent(flat: str) -> str:
    """Our intent for a stock one."""
    aspect, between, _ = flat.partition(BETWEEN)
    return ASK + aspect if between else flat


def turn(intent: str, action: str) -> list[Tree]:
    return [{"intent": intent}, {"action": action}]


def tell_stories(spoken: dict[str, str]) -> Iterator[Tree]:
    """One story for each matter: what it is, who may have it, which papers, thanks."""
    for topic in sorted({flat.partition(BETWEEN)[2] for flat in spoken} - {"", NO_TOPIC}):
        told = [name if name in spoken else f"{name}{BETWEEN}{topic}" for name in TALK]
        steps = [step for intent in told if intent in spoken for step in turn(intent, spoken[intent])]
        yield {"story": topic, "steps": steps}
