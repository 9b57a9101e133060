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

from components.entities import EntityFinder
from components.listening import hear
from components.understander import ASK, NONE, OUT_OF_SCOPE, REFUSED, SAY, About, Example, Understander

FILLER = "filler"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicAndAspect(GraphComponent, IntentClassifier):
    """Learns from `ask_<aspect>` and `say_<act>` examples whose intent metadata names the topic; takes lookup tables as
    concepts, entities or signs of the talk, by their names, and synonyms as the dialect map."""

    understander: Understander

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The settings of `Understander`. More must be sure where a wrong answer does more harm."""
        return {
            "cost": {"intent": 3.0, "topic": 1.0},
            "fewest": 2,
            "lost": 0.07,
            "doubted": 0.4,
            "alarmed": 0.018,
            "troubled": 1.0,
            "lean": {"context": 1.2, "unnamed": 0.3, "none": 0.1, "aspect": 1.0, "ours": 0.75},
            "sure": {"amount": 0.75, "eligibility": 0.75, "timing": 0.75, "other": 0.6},
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
        self._find_entities()
        self.understander.learn(
            [as_example(example) for example in training_data.intent_examples if example.get("text")]
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
        component._find_entities()
        return component

    def _find_entities(self) -> None:
        self.entities = EntityFinder(self.understander.lists["concepts"], self.understander.normaliser)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent, entities and `understanding` on each message. Its metadata: `choice` if one was pressed,
        `memory` of the talk, `hypotheses` of a recogniser, best first, `now`."""
        for message in messages:
            metadata = message.get("metadata") or {}
            memory, choice = metadata.get("memory") or {}, metadata.get("choice")
            if choice:
                found = {**take_choice(choice, memory.get("topic")), "entities": []}
            else:
                found = self._hear(message.get("text") or "", metadata, memory)
            if not found["sure"] and any(entity["type"] == "place" for entity in found["entities"]):
                # a place named is what is meant; a topic that was only guessed would mislead
                found["topic"] = None
            intent = SAY + found["act"] if found["act"] else ASK + found["aspect"]
            message.set("intent", {"name": intent, "confidence": found["confidence"]}, add_to_output=True)
            message.set("entities", self._as_entities(found), add_to_output=True)
            message.set("understanding", found, add_to_output=True)
        return messages

    def _hear(self, text: str, metadata: Dict[str, Any], memory: Dict[str, Any]) -> Dict[str, Any]:
        """What the likeliest hypothesis means, with the entities in it."""
        confidence, now = metadata.get("heard_confidence"), metadata.get("now")
        alone = {"text": text, "confidence": 1.0 if confidence is None else confidence}
        about = About(memory.get("topic"), memory.get("aspect"), tuple(memory.get("topics") or ())[:-1])
        found = hear(self.understander, metadata.get("hypotheses") or [alone], about)
        found["entities"] = self.entities.find(found["heard"], dt.datetime.fromisoformat(now) if now else None)
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
