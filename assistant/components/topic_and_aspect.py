"""The one Rasa component that understands. A choice the resident pressed is taken as it is, never classified."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.dates import find_dates
from components.listening import hear
from components.normaliser import longest_first
from components.understander import ASK, NONE, OUT_OF_SCOPE, REFUSED, SAY, About, Example, Understander

PLACE, DISTRICT, FILLER = "place_", "district_", "filler"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicAndAspect(GraphComponent, IntentClassifier):
    """Learns from `ask_<aspect>` and `say_<act>` examples whose intent metadata names the topic; takes lookup
    tables as concepts (`place_<id>` and `district_<id>` also as entities) and synonyms as the dialect map."""

    understander: Understander

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The settings of `Understander`. More must be sure where a wrong answer does more harm."""
        return {
            "cost": 3.0,
            "fewest": 2,
            "lost": 0.02,
            "alarmed": 0.003,
            "troubled": 2.0,
            "lean": {"context": 0.6, "unnamed": 0.3, "none": 0.4, "aspect": 1.0},
            "sure": {"amount": 0.5, "eligibility": 0.5, "timing": 0.5, "other": 0.4},
        }

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self.storage = storage
        self.resource = resource

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TopicAndAspect":
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[str]:
        """Hashes the components' code: without it Rasa restores a stale model from its cache."""
        code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
        return hashlib.sha256(code).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        self.understander = Understander(
            word_lists(training_data), {n: self.config[n] for n in self.get_default_config()}
        )
        self._find_names()
        self.understander.learn(
            [
                as_example(example)
                for example in training_data.intent_examples
                if example.get("text")
            ]
        )
        with self.storage.write_to(self.resource) as folder:
            self.understander.save(folder)
        return self.resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "TopicAndAspect":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.understander = Understander.load(folder)
        component._find_names()
        return component

    def _find_names(self) -> None:
        """Patterns of the places and districts residents name."""
        self.names = [
            (kind.rstrip("_"), list_name[len(kind) :], longest_first(words))
            for kind in (PLACE, DISTRICT)
            for list_name, words in self.understander.lists["concepts"].items()
            if list_name.startswith(kind)
        ]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent, entities and `understanding` on each message. Its metadata: `choice` if one was pressed,
        `memory` of the talk, `hypotheses` of a recogniser, best first, `now`."""
        for message in messages:
            text, metadata = message.get("text") or "", message.get("metadata") or {}
            memory = metadata.get("memory") or {}
            choice = metadata.get("choice")
            if choice:
                found = {**take_choice(choice, memory.get("topic")), "entities": []}
            else:
                heard = metadata.get("hypotheses") or [{"text": text, "confidence": 1.0}]
                about = About(memory.get("topic"), memory.get("aspect"), tuple(memory.get("topics") or ())[:-1])
                found = hear(self.understander, heard, about)
                found["entities"] = self._entities(found["heard"], metadata)
            if not found["sure"] and any(entity["type"] == "place" for entity in found["entities"]):
                # a place named is what is meant; a topic that was only guessed would mislead
                found["topic"] = None
            intent = SAY + found["act"] if found["act"] else ASK + found["aspect"]
            message.set("intent", {"name": intent, "confidence": found["confidence"]}, add_to_output=True)
            message.set("entities", self._as_entities(found), add_to_output=True)
            message.set("understanding", found, add_to_output=True)
        return messages

    def _entities(self, text: str, metadata: Dict[str, Any]) -> List[Dict[str, Any]]:
        """Places, districts and times named: type, value, text, start, end (in characters of the text)."""
        found = []
        for kind, value, pattern in self.names:
            if match := pattern.search(text):
                start, end = match.span()
                found.append({"type": kind, "value": value, "text": match.group(), "start": start, "end": end})
        now = metadata.get("now")
        dates = find_dates(self.understander.normaliser.normalise(text), dt.datetime.fromisoformat(now)) if now else []
        for date in dates:
            whole = {"text": text, "start": 0, "end": len(text)}
            found.append({"type": date["entity"], "value": date["value"], **whole})
        return found

    def _as_entities(self, found: Dict[str, Any]) -> List[Dict[str, Any]]:
        """The understanding's entities in Rasa's own form, with the topic first."""
        named = [{"type": "topic", "value": found["topic"], "start": 0, "end": 0}] if found["topic"] else []
        extractor = type(self).__name__
        return [
            {
                "entity": e["type"],
                "value": e["value"],
                "start": e["start"],
                "end": e["end"],
                "extractor": extractor,
            }
            for e in [*named, *found["entities"]]
        ]


def as_example(example: Message) -> Example:
    """A training sentence with what its block says of it: `topic`, `weight` (less than 1 when no resident said it) and
    `voice`."""
    metadata = (example.get("metadata") or {}).get("intent") or {}
    topic = OUT_OF_SCOPE if example.get("intent") == REFUSED else metadata.get("topic") or NONE
    weight, voice = metadata.get("weight", 1.0), metadata.get("voice", "")
    return Example(example.get("text"), example.get("intent"), topic, weight, voice)


def word_lists(training_data: TrainingData) -> Dict[str, Any]:
    """The synonyms and lookup tables of the training data as the understander's lists."""
    tables = {table["name"]: table["elements"] for table in training_data.lookup_tables}
    fillers = tables.pop(FILLER, [])
    return {"dialect": dict(training_data.entity_synonyms), "fillers": fillers, "concepts": tables}


def take_choice(choice: Dict[str, Optional[str]], context: Optional[str]) -> Dict[str, Any]:
    """What a pressed choice means: an act, or a topic and an aspect; a missing topic is the current one."""
    act = choice.get("act")
    topic = None if act else choice.get("topic") or context
    aspect = None if act else choice.get("aspect") or "overview"
    found = {"topic": topic, "aspect": aspect, "act": act, "confidence": 1.0}
    return {**found, "alternatives": [], "sure": True}
