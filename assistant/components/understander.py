"""Understands one sentence: which topic, which aspect or act, and whether it is ours at all. Knows nothing of Rasa.

Two linear models share one set of features: an act-and-aspect model gives the intent, a topic model has two extra
classes, `none` (the matter is not named) and `out_of_scope`. One calibrated margin over both may refuse.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from components.features import Featuriser, Vocabulary, unknown_share
from components.linear import LinearModel, unseen_scores
from components.normaliser import Normaliser

NONE, OUT_OF_SCOPE = "none", "out_of_scope"
ASK, SAY = "ask_", "say_"
REFUSED = SAY + OUT_OF_SCOPE
ALTERNATIVES_AT_MOST = 4

Ranking = List[Tuple[str, float]]


@dataclass(frozen=True)
class Example:
    """A training sentence: its intent, and its topic (`none` and `out_of_scope` included)."""

    text: str
    intent: str
    topic: str


class Understander:
    """Learned models with the word lists they were learned with.

    `lists`: `dialect` (variant to standard word), `fillers`, `concepts` (name to words).
    `settings`: `cost` of the linear machines, `fewest` sentences a feature occurs in, `lost` share of in-scope
    questions that may be refused, `sure` the topic probability below which one asks back.
    """

    def __init__(self, lists: Mapping[str, Any], settings: Mapping[str, float]) -> None:
        self.lists = lists
        self.settings = settings
        self.normaliser = Normaliser(lists["dialect"], lists["fillers"])
        spelled = {
            name: [self.normaliser.normalise(word) for word in words] for name, words in lists["concepts"].items()
        }
        self.featuriser = Featuriser({name: [word for word in words if word] for name, words in spelled.items()})

    # -- learning ---------------------------------------------------------------------------------

    def learn(self, examples: Sequence[Example]) -> None:
        """Fits both models and sets their sharpness and the refusing margin."""
        rows = [self.featuriser.features(self.normaliser.normalise(example.text)) for example in examples]
        intents = [example.intent for example in examples]
        topics = [example.topic for example in examples]
        self.vocabulary = Vocabulary.learn(rows, int(self.settings["fewest"]))
        matrix = self.vocabulary.matrix(rows)
        cost = self.settings["cost"]
        self.intents = LinearModel.fit(matrix, intents, cost)
        self.topics = LinearModel.fit(matrix, topics, cost)
        unseen_intents = unseen_scores(matrix, intents, cost)
        unseen_topics = unseen_scores(matrix, topics, cost)
        self.intents.calibrate(unseen_intents, intents)
        self.topics.calibrate(unseen_topics, topics)
        self._learn_to_refuse(unseen_intents, unseen_topics, rows, intents)

    def _learn_to_refuse(
        self,
        unseen_intents: np.ndarray,
        unseen_topics: np.ndarray,
        rows: Sequence[Mapping],
        intents: Sequence[str],
    ) -> None:
        """Weighs the margins on scores from models that had not seen the sentence."""
        signs = np.array(
            [
                self._margins(of_intents, of_topics, row)
                for of_intents, of_topics, row in zip(unseen_intents, unseen_topics, rows)
            ]
        )
        foreign = np.array([intent == REFUSED for intent in intents])
        judge = LogisticRegression(C=10.0).fit(signs, foreign)
        self.judge = np.append(judge.coef_[0], judge.intercept_[0]).astype(np.float32)
        ours = signs[~foreign] @ self.judge[:-1] + self.judge[-1]
        self.limit = float(np.quantile(ours, 1 - self.settings["lost"]))

    def _margins(self, intent_scores: np.ndarray, topic_scores: np.ndarray, row: Mapping[str, float]) -> List[float]:
        """How far the best of ours is ahead of out of scope, in both models, and the share of unknown pairs."""
        found = []
        for model, scores, name in (
            (self.intents, intent_scores, REFUSED),
            (self.topics, topic_scores, OUT_OF_SCOPE),
        ):
            foreign = model.classes.index(name)
            found.append(float(np.delete(scores, foreign).max() - scores[foreign]))
        return [*found, unknown_share(row, self.vocabulary)]

    # -- keeping ----------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
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
            "settings": dict(self.settings),
        }
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Understander":
        """The understander saved in a folder. Holds numbers and names only: nothing in it is executed."""
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        arrays = dict(np.load(folder / "models.npz", allow_pickle=False))
        found = cls(names["lists"], names["settings"])
        found.vocabulary = Vocabulary(names["features"], arrays["idf"])
        found.judge, found.limit = arrays["judge"], names["limit"]
        found.intents, found.topics = (
            LinearModel(names[kind + "s"], arrays[kind + "_weights"].astype(np.float32), arrays[kind + "_bias"], sharp)
            for kind, sharp in zip(("intent", "topic"), names["sharpness"])
        )
        return found

    # -- understanding ----------------------------------------------------------------------------

    def understand(self, text: str, context: Optional[str]) -> Dict[str, Any]:
        """Topic, aspect, act, confidence (0-1), alternatives and `sure`; `context` is the current topic."""
        row = self.featuriser.features(self.normaliser.normalise(text))
        indices, values = self.vocabulary.vector(row)
        intent_scores = self.intents.scores(indices, values)
        topic_scores = self.topics.scores(indices, values)
        signs = self._margins(intent_scores, topic_scores, row)
        refusal = float(np.dot(signs, self.judge[:-1]) + self.judge[-1])
        intents = self._rank(self.intents, intent_scores, REFUSED)
        topics = self._rank(self.topics, topic_scores, OUT_OF_SCOPE)
        found = self._decide(intents, topics, context)
        if refusal > self.limit or not len(indices):
            found.update(topic=None, aspect=None, act=OUT_OF_SCOPE, sure=True)
            found["confidence"] = round(float(1 / (1 + np.exp(-refusal))), 4)
        return found

    @staticmethod
    def _rank(model: LinearModel, scores: np.ndarray, but: str) -> Ranking:
        """The likeliest classes with their probabilities, one class left out."""
        ours = [position for position, label in enumerate(model.classes) if label != but]
        chances = model.probabilities(scores[ours])
        return [(model.classes[ours[position]], float(chances[position])) for position in np.argsort(-chances)[:5]]

    def _decide(self, intents: Ranking, topics: Ranking, context: Optional[str]) -> Dict[str, Any]:
        intent, intent_chance = intents[0]
        alternatives = self._alternatives(intents, topics)
        if intent.startswith(SAY):
            act = intent[len(SAY) :]
            found = {"topic": None, "aspect": None, "act": act, "confidence": round(intent_chance, 4)}
            return {**found, "alternatives": alternatives, "sure": True}
        topic, topic_chance = topics[0]
        unnamed = dict(topics).get(NONE, 0.0)
        if context and (topic == NONE or (topic_chance < 0.5 and unnamed > 0.2)):
            topic, topic_chance = context, max(topic_chance, unnamed)
        named = topic != NONE
        return {
            "topic": topic if named else None,
            "aspect": intent[len(ASK) :],
            "act": None,
            "confidence": round(min(intent_chance, topic_chance), 4),
            "alternatives": alternatives,
            "sure": named and topic_chance >= self.settings["sure"],
        }

    @staticmethod
    def _alternatives(intents: Ranking, topics: Ranking) -> List[Dict[str, Any]]:
        """The likeliest topics under the likeliest aspect."""
        aspect = next((name[len(ASK) :] for name, _ in intents if name.startswith(ASK)), "overview")
        return [
            {"topic": topic, "aspect": aspect, "act": None, "confidence": round(chance, 4)}
            for topic, chance in topics
            if topic != NONE
        ][:ALTERNATIVES_AT_MOST]
