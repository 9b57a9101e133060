"""Understands one sentence: which topic, which aspect or act, and whether it is ours at all. Knows nothing of Rasa.

Two linear models share one set of features: an act-and-aspect model gives the intent, a topic model has two extra
classes, `none` (the matter is not named) and `out_of_scope`. Three judges are fitted on sentences in voices that the
models they judge had not heard: whether to refuse, whether someone is in danger, and how sure the reading is.
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
from components.talk import Talk

NONE, OUT_OF_SCOPE = "none", "out_of_scope"
ASK, SAY, OVERVIEW = "ask_", "say_", "overview"
REFUSED, CRISIS = SAY + OUT_OF_SCOPE, SAY + "crisis"
ALTERNATIVES_AT_MOST = 4
# An aspect or an act less likely than this is no alternative.
UNLIKELY = 0.1
FOLDS = 2
SMALLEST = 1e-6
# The lookup tables whose words are features.
CONCEPTS = ("concept_", "topic_", "place_", "district_")

Ranking = List[Tuple[str, float]]


@dataclass(frozen=True)
class Example:
    """A training sentence: its intent, and its topic (`none` and `out_of_scope` included); how much it counts, less
    than 1 when no resident said it; whose voice it is, empty when of many."""

    text: str
    intent: str
    topic: str
    weight: float = 1.0
    voice: str = ""


@dataclass(frozen=True)
class About:
    """What is being talked about: the matter, what was last asked about it, and the matters before it."""

    topic: Optional[str] = None
    aspect: Optional[str] = None
    earlier: Tuple[str, ...] = ()


class Judge:
    """A logistic regression over a few signs of a reading: `odds` are above 0 when it says yes."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = weights

    @classmethod
    def fit(cls, signs: np.ndarray, right: np.ndarray) -> "Judge":
        found = LogisticRegression(C=10.0).fit(signs, right)
        return cls(np.append(found.coef_[0], found.intercept_[0]).astype(np.float32))

    def odds(self, signs: np.ndarray) -> Any:
        """The log odds, for one row of signs or many."""
        return signs @ self.weights[:-1] + self.weights[-1]


class Understander:
    """Learned models with the word lists they were learned with.

    `lists`: `dialect` (variant to standard word), `fillers`, `concepts` (name to words).
    `settings`: `cost` of the two linear machines, `fewest` sentences a feature occurs in, `lost` share of in-scope
    questions that may be refused, `doubted` how far below that limit (in log odds) one asks back, `alarmed` share of
    other sentences that may be taken for a crisis, `troubled` how far below that limit one asks gently, `lean` how much
    the talk moves the scores, `sure` by aspect: the topic probability below which one asks back.
    """

    def __init__(self, lists: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        self.lists = lists
        self.settings = settings
        self.normaliser = Normaliser(lists["dialect"], lists["fillers"])
        self.talk = Talk(lists["concepts"])
        spelled = {
            name: [self.normaliser.normalise(word) for word in words]
            for name, words in lists["concepts"].items()
            if name.startswith(CONCEPTS)
        }
        self.featuriser = Featuriser({name: [word for word in words if word] for name, words in spelled.items()})

    # -- learning ---------------------------------------------------------------------------------

    def learn(self, examples: Sequence[Example]) -> None:
        """Fits both models, then the judges on what models that heard half of the voices make of the other half."""
        rows = [self.featuriser.features(self.normaliser.normalise(example.text)) for example in examples]
        intents = [example.intent for example in examples]
        topics = [example.topic for example in examples]
        weights = np.array([example.weight for example in examples])
        self.vocabulary = Vocabulary.learn(rows, int(self.settings["fewest"]))
        matrix = self.vocabulary.matrix(rows)
        costs = self.settings["cost"]
        self.intents = LinearModel.fit(matrix, intents, costs["intent"], weights)
        self.topics = LinearModel.fit(matrix, topics, costs["topic"], weights)
        folds = deal(examples)
        judged = np.flatnonzero(folds >= 0)
        unseen = [
            unseen_scores(matrix, names, costs[kind], weights, folds)[judged]
            for names, kind in ((intents, "intent"), (topics, "topic"))
        ]
        self._learn_to_judge(
            unseen, [rows[n] for n in judged], [intents[n] for n in judged], [topics[n] for n in judged]
        )

    def _learn_to_judge(
        self, unseen: Sequence[np.ndarray], rows: Sequence[Mapping], intents: Sequence[str], topics: Sequence[str]
    ) -> None:
        """The sharpness of both models and the three judges, from scores of models that had not heard the voice."""
        self.intents.calibrate(unseen[0], intents)
        self.topics.calibrate(unseen[1], topics)
        named = np.array(intents)
        signs = np.array([self._margins(*scores, row) for *scores, row in zip(*unseen, rows)])
        self.refusing = Judge.fit(signs, named == REFUSED)
        self.limit = float(np.quantile(self.refusing.odds(signs)[named != REFUSED], 1 - self.settings["lost"]))
        signs = np.array([self._dangers(*scores, row) for *scores, row in zip(*unseen, rows)])
        self.alarming = Judge.fit(signs, named == CRISIS)
        self.alarm = float(np.quantile(self.alarming.odds(signs)[named != CRISIS], 1 - self.settings["alarmed"]))
        read = [
            (self._rank(self.intents, a, REFUSED, CRISIS), self._rank(self.topics, b, OUT_OF_SCOPE))
            for a, b in zip(*unseen)
        ]
        asked = [n for n, (ranked, _) in enumerate(read) if ranked[0][0].startswith(ASK) and named[n] != REFUSED]
        right = np.array([(read[n][0][0][0], read[n][1][0][0]) == (intents[n], topics[n]) for n in asked])
        self.trusting = Judge.fit(np.array([self._certainty(*read[n]) for n in asked]), right)

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

    def _dangers(self, intent_scores: np.ndarray, topic_scores: np.ndarray, row: Mapping[str, float]) -> List[float]:
        """The score of a crisis, how far it is ahead of every other intent, the score of the likeliest matter, and the
        share of unknown pairs: who names a matter clearly asks about it."""
        crisis = self.intents.classes.index(CRISIS)
        score = float(intent_scores[crisis])
        nothing = [self.topics.classes.index(name) for name in (NONE, OUT_OF_SCOPE)]
        matter = float(np.delete(topic_scores, nothing).max())
        ahead = score - float(np.delete(intent_scores, crisis).max())
        return [score, ahead, matter, unknown_share(row, self.vocabulary)]

    @staticmethod
    def _certainty(intents: Ranking, topics: Ranking) -> List[float]:
        """The log odds of the likeliest intent and of the likeliest topic."""
        chances = np.clip([intents[0][1], topics[0][1]], SMALLEST, 1 - SMALLEST)
        return list(np.log(chances / (1 - chances)))

    # -- keeping ----------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        np.savez_compressed(
            folder / "models.npz",
            idf=self.vocabulary.idf,
            refusing=self.refusing.weights,
            trusting=self.trusting.weights,
            alarming=self.alarming.weights,
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
            "limits": [self.limit, self.alarm],
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
        found.refusing, found.alarming, found.trusting = (
            Judge(arrays[name]) for name in ("refusing", "alarming", "trusting")
        )
        found.limit, found.alarm = names["limits"]
        found.intents, found.topics = (
            LinearModel(names[kind + "s"], arrays[kind + "_weights"].astype(np.float32), arrays[kind + "_bias"], sharp)
            for kind, sharp in zip(("intent", "topic"), names["sharpness"])
        )
        return found

    # -- understanding ----------------------------------------------------------------------------

    def understand(self, text: str, about: About) -> Dict[str, Any]:
        """Topic, aspect, act, confidence (0-1), alternatives, `sure` (no need to ask back), `doubtful` (perhaps none
        of ours) and `troubled` (worded like a crisis, but hardly one)."""
        normal = self.normaliser.normalise(text)
        row, indices, values = self._features(normal)
        intent_scores = self.intents.scores(indices, values)
        topic_scores = self.topics.scores(indices, values)
        danger = float(self.alarming.odds(np.array(self._dangers(intent_scores, topic_scores, row))))
        self._lean(intent_scores, topic_scores, normal, about)
        intents = self._rank(self.intents, intent_scores, REFUSED, CRISIS)
        topics = self._rank(self.topics, topic_scores, OUT_OF_SCOPE)
        refusal = float(self.refusing.odds(np.array(self._margins(intent_scores, topic_scores, row))))
        limit = self.limit + (self.settings["lean"]["ours"] if about.topic else 0)
        refused = refusal > limit or not len(indices)
        if danger > self.alarm and not (refused and danger < 0):
            found = self._act(CRISIS[len(SAY) :], likelihood(danger), intents, topics)
        elif refused:
            found = self._act(OUT_OF_SCOPE, likelihood(refusal - limit), intents, topics)
        elif intents[0][0].startswith(SAY):
            found = self._act(intents[0][0][len(SAY) :], intents[0][1], intents, topics)
        else:
            doubtful = about.topic is None and refusal > limit - self.settings["doubted"]
            found = {**self._question(intents, topics), "doubtful": doubtful}
            found["sure"] &= not doubtful
        return {**found, "troubled": self.alarm >= danger > self.alarm - self.settings["troubled"]}

    def _lean(self, intent_scores: np.ndarray, topic_scores: np.ndarray, text: str, about: About) -> None:
        """Moves the scores of a normalised text towards the matter talked about, which is also meant when none is
        named; who goes back means an earlier one. Outside of a talk a matter is likelier than none. A bare "and the
        ...?" asks about the same as before."""
        lean, names = self.settings["lean"], self.topics.classes
        none = names.index(NONE)
        earlier = [topic for topic in about.earlier if topic in names] if self.talk.returns(text) else []
        for topic in earlier:
            topic_scores[names.index(topic)] += lean["context"]
        if about.topic in names and not earlier:
            place = names.index(about.topic)
            topic_scores[place] = max(topic_scores[place] + lean["context"], topic_scores[none] + lean["unnamed"])
        if about.topic or earlier:
            topic_scores[none] = topic_scores.min()
        else:
            topic_scores[none] -= lean["none"]
        asked = ASK + about.aspect if about.aspect else None
        if asked in self.intents.classes and self.talk.is_fragment(text):
            intent_scores[self.intents.classes.index(asked)] += lean["aspect"]

    def explain(self, text: str) -> Dict[str, Any]:
        """Why a text is read as it is: the features that speak most for the likeliest topic and intent against the
        runners-up, strongest first, with their weights; the odds of refusing and their limit, the lead of a crisis and
        its limit."""
        row, indices, values = self._features(self.normaliser.normalise(text))
        names = self.vocabulary.names
        scores = [model.scores(indices, values) for model in (self.topics, self.intents)]
        found: Dict[str, Any] = {"chosen": {}, "against": {}}
        for kind, model, of_model in zip(("topic", "intent"), (self.topics, self.intents), scores):
            second, first = np.argsort(of_model)[-2:]
            parts = values * (model.weights[indices, first] - model.weights[indices, second])
            found[kind] = [
                {"feature": names[indices[n]], "weight": round(float(parts[n]), 4)} for n in np.argsort(-parts)
            ]
            found["chosen"][kind], found["against"][kind] = model.classes[first], model.classes[second]
        refusal = self.refusing.odds(np.array(self._margins(scores[1], scores[0], row)))
        danger = self.alarming.odds(np.array(self._dangers(scores[1], scores[0], row)))
        limits = {"refusal": refusal, "limit": self.limit, "danger": danger, "alarm": self.alarm}
        return {**found, **{name: round(float(value), 4) for name, value in limits.items()}}

    def _features(self, normal: str) -> Tuple[Dict[str, float], np.ndarray, np.ndarray]:
        row = self.featuriser.features(normal)
        return (row, *self.vocabulary.vector(row))

    @staticmethod
    def _rank(model: LinearModel, scores: np.ndarray, *but: str) -> Ranking:
        """The likeliest classes with their probabilities, those left out that a judge decides on."""
        ours = [position for position, label in enumerate(model.classes) if label not in but]
        chances = model.probabilities(scores[ours])
        return [(model.classes[ours[position]], float(chances[position])) for position in np.argsort(-chances)[:5]]

    def _act(self, act: str, chance: float, intents: Ranking, topics: Ranking) -> Dict[str, Any]:
        return {
            "topic": None,
            "aspect": None,
            "act": act,
            "confidence": round(chance, 4),
            "alternatives": self._alternatives(intents, topics),
            "sure": True,
        }

    def _question(self, intents: Ranking, topics: Ranking) -> Dict[str, Any]:
        aspect, (topic, chance) = intents[0][0][len(ASK) :], topics[0]
        odds = float(self.trusting.odds(np.array(self._certainty(intents, topics))))
        needed = self.settings["sure"]
        return {
            "topic": topic if topic != NONE else None,
            "aspect": aspect,
            "act": None,
            "confidence": round(likelihood(odds), 4),
            "alternatives": self._alternatives(intents, topics),
            "sure": topic != NONE and chance >= needed.get(aspect, needed["other"]),
        }

    @staticmethod
    def _alternatives(intents: Ranking, topics: Ranking) -> List[Dict[str, Any]]:
        """The likeliest topics under the likeliest aspect, then the likeliest topic under the next one, then acts."""
        aspects = [(name[len(ASK) :], chance) for name, chance in intents if name.startswith(ASK)]
        matters = [(topic, chance) for topic, chance in topics if topic != NONE][:ALTERNATIVES_AT_MOST]
        asked = aspects[0][0] if aspects else OVERVIEW
        found = [as_reading(topic, asked, None, chance) for topic, chance in matters]
        found += [as_reading(matters[0][0], name, None, chance) for name, chance in aspects[1:2] if chance > UNLIKELY]
        acts = [(name[len(SAY) :], chance) for name, chance in intents if name.startswith(SAY)]
        return found + [as_reading(None, None, act, chance) for act, chance in acts if chance > UNLIKELY]


def as_reading(topic: Optional[str], aspect: Optional[str], act: Optional[str], chance: float) -> Dict[str, Any]:
    return {"topic": topic, "aspect": aspect, "act": act, "confidence": round(chance, 4)}


def likelihood(odds: float) -> float:
    """Log odds as a likelihood, 0 to 1."""
    return float(1 / (1 + np.exp(-odds)))


def deal(examples: Sequence[Example]) -> np.ndarray:
    """A fold for each example: one voice is in one fold, the sentences of many voices are dealt out in turn; -1 for
    what no resident said, which is learned from every time and judged on never."""
    voices = {voice: place for place, voice in enumerate(sorted({example.voice for example in examples} - {""}))}
    return np.array(
        [
            voices.get(example.voice, place) % FOLDS if example.weight == 1 else -1
            for place, example in enumerate(examples)
        ]
    )
