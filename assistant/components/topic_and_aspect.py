"""The one component that understands: which topic, which aspect or act, and whether it is ours at all.

Two linear models share one set of features: an act-and-aspect model gives the intent, a topic model has two extra
classes, `none` (the matter is not named) and `out_of_scope`. One calibrated margin over both may turn the intent
into `say_out_of_scope`. A choice the resident pressed is taken as it is, never classified again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Text, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from components.dates import find_dates
from components.features import Featuriser, Vocabulary, unknown_share
from components.linear import LinearModel, unseen_scores
from components.normaliser import Normaliser, longest_first

NONE, OUT_OF_SCOPE = "none", "out_of_scope"
ASK, SAY = "ask_", "say_"
REFUSED = SAY + OUT_OF_SCOPE


def top_two(values: np.ndarray) -> Tuple[int, int]:
    second, first = np.argsort(values)[-2:]
    return int(first), int(second)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicAndAspect(GraphComponent, IntentClassifier):
    """Learns from `ask_<aspect>` and `say_<act>` examples whose intent metadata names the topic."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`cost`: of the linear machines. `fewest`: sentences a feature must occur in.
        `lost`: share of in-scope questions that may be taken for out of scope."""
        return {"cost": 0.7, "fewest": 2, "lost": 0.02, "sure": 0.4}

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self.storage = storage
        self.resource = resource
        self.lists: Dict[str, Any] = {}

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "TopicAndAspect":
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[str]:
        """Hashes the components' code: without it Rasa restores a stale model from its cache."""
        code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
        return hashlib.sha256(code).hexdigest()

    # -- learning ---------------------------------------------------------------------------------

    def train(self, training_data: TrainingData) -> Resource:
        """Fits both models and keeps them; the word lists become part of the model."""
        self._take_lists(training_data)
        examples = [example for example in training_data.intent_examples if example.get("text")]
        texts = [self.normaliser.normalise(example.get("text")) for example in examples]
        intents = [example.get("intent") for example in examples]
        topics = [self._topic_label(example) for example in examples]
        rows = [self.featuriser.features(text) for text in texts]
        self.vocabulary = Vocabulary.learn(rows, self.config["fewest"])
        matrix = self.vocabulary.matrix(rows)
        self.intents = LinearModel.fit(matrix, intents, self.config["cost"])
        self.topics = LinearModel.fit(matrix, topics, self.config["cost"])
        self._calibrate(matrix, rows, intents, topics)
        self._persist()
        return self.resource

    @staticmethod
    def _topic_label(example: Message) -> str:
        intent = example.get("intent")
        if intent == REFUSED:
            return OUT_OF_SCOPE
        metadata = (example.get("metadata") or {}).get("intent") or {}
        return metadata.get("topic") or NONE

    def _take_lists(self, training_data: TrainingData) -> None:
        lookups = {table["name"]: table["elements"] for table in training_data.lookup_tables}
        self.lists = {
            "dialect": dict(training_data.entity_synonyms),
            "fillers": lookups.pop("filler", []),
            "places": {n[6:]: words for n, words in lookups.items() if n.startswith("place_")},
            "districts": {n[9:]: words for n, words in lookups.items() if n.startswith("district_")},
            "concepts": {n: words for n, words in lookups.items() if not n.startswith("district_")},
        }
        self._use_lists()

    def _use_lists(self) -> None:
        self.normaliser = Normaliser(self.lists["dialect"], self.lists["fillers"])
        concepts = {
            name: [self.normaliser.normalise(word) for word in words] for name, words in self.lists["concepts"].items()
        }
        self.featuriser = Featuriser({name: [w for w in words if w] for name, words in concepts.items()})
        self.named = [
            (kind, value, longest_first(words))
            for kind, entries in (("place", self.lists["places"]), ("district", self.lists["districts"]))
            for value, words in entries.items()
        ]

    def _calibrate(self, matrix: Any, rows: Sequence[Dict], intents: List[str], topics: List[str]) -> None:
        """Sets sharpness and the refusing margin on scores from models that had not seen the sentence."""
        unseen_intents = unseen_scores(matrix, intents, self.config["cost"])
        unseen_topics = unseen_scores(matrix, topics, self.config["cost"])
        self.intents.calibrate(unseen_intents, intents)
        self.topics.calibrate(unseen_topics, topics)
        signs = np.array(
            [
                self._margins(intent_row, topic_row, unknown_share(row, self.vocabulary))
                for intent_row, topic_row, row in zip(unseen_intents, unseen_topics, rows)
            ]
        )
        foreign = np.array([intent == REFUSED for intent in intents])
        judge = LogisticRegression(C=10.0).fit(signs, foreign)
        self.judge = np.append(judge.coef_[0], judge.intercept_[0]).astype(np.float32)
        kept = signs[~foreign] @ self.judge[:-1] + self.judge[-1]
        self.limit = float(np.quantile(kept, 1 - self.config["lost"]))

    def _margins(self, intent_scores: np.ndarray, topic_scores: np.ndarray, unknown: float) -> List[float]:
        """How far the best of ours is ahead of out of scope, in both models, and the share of unknown pairs."""
        found = []
        for model, scores, name in (
            (self.intents, intent_scores, REFUSED),
            (self.topics, topic_scores, OUT_OF_SCOPE),
        ):
            foreign = model.classes.index(name)
            found.append(float(np.delete(scores, foreign).max() - scores[foreign]))
        return [*found, unknown]

    # -- keeping ----------------------------------------------------------------------------------

    def _persist(self) -> None:
        with self.storage.write_to(self.resource) as folder:
            np.savez(
                folder / "models.npz",
                idf=self.vocabulary.idf,
                judge=self.judge,
                intent_weights=self.intents.weights.astype(np.float16),
                intent_bias=self.intents.bias,
                topic_weights=self.topics.weights.astype(np.float16),
                topic_bias=self.topics.bias,
            )
            names = {
                "features": self.vocabulary.names,
                "intents": self.intents.classes,
                "topics": self.topics.classes,
                "sharpness": [self.intents.sharpness, self.topics.sharpness],
                "limit": self.limit,
                "lists": self.lists,
            }
            (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

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
            names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
            arrays = dict(np.load(folder / "models.npz", allow_pickle=False))
        component.lists = names["lists"]
        component._use_lists()
        component.vocabulary = Vocabulary(names["features"], arrays["idf"])
        component.judge, component.limit = arrays["judge"], names["limit"]
        component.intents, component.topics = (
            LinearModel(names[f"{kind}s"], arrays[f"{kind}_weights"].astype(np.float32), arrays[f"{kind}_bias"], sharpness)
            for kind, sharpness in zip(("intent", "topic"), names["sharpness"])
        )
        return component

    # -- understanding ----------------------------------------------------------------------------

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent, entities and `understanding` on each message."""
        for message in messages:
            metadata = message.get("metadata") or {}
            entities = self._entities(message.get("text") or "", metadata)
            choice = metadata.get("choice")
            found = self._take_choice(choice) if choice else self._understand(message.get("text") or "", metadata)
            found["entities"] = entities
            intent = SAY + found["act"] if found["act"] else ASK + found["aspect"]
            message.set("intent", {"name": intent, "confidence": found["confidence"]}, add_to_output=True)
            message.set("entities", self._as_entities(found), add_to_output=True)
            message.set("understanding", found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    @staticmethod
    def _take_choice(choice: Dict[str, Optional[str]]) -> Dict[str, Any]:
        act, topic = choice.get("act"), choice.get("topic")
        aspect = None if act else choice.get("aspect") or "overview"
        chosen = {"topic": topic, "aspect": aspect, "act": act, "confidence": 1.0}
        return {**chosen, "alternatives": [], "sure": True, "named": bool(topic)}

    def _understand(self, text: str, metadata: Dict[str, Any]) -> Dict[str, Any]:
        normalised = self.normaliser.normalise(text)
        row = self.featuriser.features(normalised)
        indices, values = self.vocabulary.vector(row)
        intent_scores = self.intents.scores(indices, values)
        topic_scores = self.topics.scores(indices, values)
        signs = self._margins(intent_scores, topic_scores, unknown_share(row, self.vocabulary))
        foreign = float(np.dot(signs, self.judge[:-1]) + self.judge[-1]) > self.limit or not len(indices)
        intents = self._without(self.intents, intent_scores, REFUSED)
        topics = self._without(self.topics, topic_scores, OUT_OF_SCOPE)
        found = self._decide(intents, topics, (metadata.get("memory") or {}).get("topic"))
        if foreign:
            found.update(topic=None, aspect=None, act=OUT_OF_SCOPE, sure=True, named=False)
        return found

    @staticmethod
    def _without(model: LinearModel, scores: np.ndarray, name: str) -> List[Tuple[str, float]]:
        """Classes with probabilities, likeliest first, leaving one class out."""
        ours = [position for position, label in enumerate(model.classes) if label != name]
        chances = model.probabilities(scores[ours])
        order = np.argsort(-chances)[:5]
        return [(model.classes[ours[position]], float(chances[position])) for position in order]

    def _decide(
        self, intents: List[Tuple[str, float]], topics: List[Tuple[str, float]], context: Optional[str]
    ) -> Dict[str, Any]:
        intent, intent_chance = intents[0]
        if intent.startswith(SAY):
            act = intent[len(SAY) :]
            found = {"topic": None, "aspect": None, "act": act, "confidence": round(intent_chance, 4)}
            return {**found, "alternatives": self._alternatives(intents, topics), "sure": True, "named": False}
        topic, topic_chance = topics[0]
        unnamed = dict(topics).get(NONE, 0.0)
        if context and (topic == NONE or (topic_chance < 0.5 and unnamed > 0.2)):
            topic, topic_chance = context, max(topic_chance, unnamed)
        named = topic != NONE
        confidence = round(min(intent_chance, topic_chance), 4)
        return {
            "topic": topic if named else None,
            "aspect": intent[len(ASK) :],
            "act": None,
            "confidence": confidence,
            "alternatives": self._alternatives(intents, topics),
            "sure": named and topic_chance >= self.config["sure"],
            "named": named,
        }

    @staticmethod
    def _alternatives(intents: List[Tuple[str, float]], topics: List[Tuple[str, float]]) -> List[Dict[str, Any]]:
        """The next readings, likeliest first: other topics under the likeliest aspect."""
        aspect = next((name[len(ASK) :] for name, _ in intents if name.startswith(ASK)), "overview")
        return [
            {"topic": topic, "aspect": aspect, "act": None, "confidence": round(chance, 4)}
            for topic, chance in topics
            if topic != NONE
        ][:4]

    def _entities(self, text: str, metadata: Dict[str, Any]) -> List[Dict[str, Any]]:
        found = []
        for kind, value, pattern in self.named:
            if match := pattern.search(text):
                start, end = match.span()
                found.append({"type": kind, "value": value, "text": match.group(), "start": start, "end": end})
        now = dt.datetime.fromisoformat(metadata["now"]) if metadata.get("now") else dt.datetime.now()
        for entity in find_dates(self.normaliser.normalise(text), now):
            found.append({"type": entity["entity"], "value": entity["value"], "text": text, "start": 0, "end": len(text)})
        return found

    def _as_entities(self, found: Dict[str, Any]) -> List[Dict[str, Any]]:
        """The understanding's entities in Rasa's own form, with the topic first."""
        entities = [{**e, "entity": e["type"], "extractor": type(self).__name__} for e in found["entities"]]
        if found["topic"]:
            topic = {"entity": "topic", "value": found["topic"], "start": 0, "end": 0}
            entities.insert(0, {**topic, "confidence_entity": found["confidence"], "extractor": type(self).__name__})
        return entities
