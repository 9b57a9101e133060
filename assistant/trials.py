"""What was tried for features and classifier, on the present sentences: one table for docs/understanding.md.

    cd assistant && .venv/bin/python trials.py

Every row learns the topic and the intent of the training sentences and is asked the held-out questions as written and
in two misheard copies, and the acts. Refusing, the talk and the judges stand aside: this is about the two models alone.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np
from components import features as ours
from components.features import Featuriser, Vocabulary
from components.normaliser import Normaliser, longest_first
from components.topic_and_aspect import TopicAndAspect, as_example, word_lists
from components.understander import ASK, CONCEPTS
from evaluate import COPIES, read_items
from importing import read_sentences
from mishearing import Mishearing
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import LinearSVC

SENTENCES = Path(__file__).resolve().parents[1] / "nlu_data"
Row = Mapping[str, float]
Item = Dict[str, Any]


class Trial(NamedTuple):
    """`kinds`: first letters of the features kept. `model`: for a cost, a fresh classifier."""

    name: str
    kinds: str
    model: Callable[[float], Any]
    points: bool = True
    joint: bool = False
    by_sound: bool = True


def svm(cost: float) -> Any:
    return LinearSVC(C=cost, tol=0.01, class_weight="balanced", random_state=0)


def unbalanced(cost: float) -> Any:
    return LinearSVC(C=cost, tol=0.01, random_state=0)


def logistic(cost: float) -> Any:
    return SGDClassifier(loss="log_loss", alpha=2e-6, class_weight="balanced", random_state=0)


def network(cost: float) -> Any:
    """A network on 200 dimensions learned from the sentences themselves."""
    layers = MLPClassifier((256,), max_iter=12, batch_size=128, learning_rate_init=2e-3, random_state=0)
    return make_pipeline(TruncatedSVD(200, n_iter=3, random_state=0), Normalizer(), layers)


TRIALS = (
    Trial("characters", "c", svm),
    Trial("fuzzy pinyin", "p", svm),
    Trial("characters and pinyin", "cp", svm),
    Trial("+ concepts by character", "cps", svm, by_sound=False),
    Trial("+ concepts by sound", "cps", svm),
    Trial("+ the end of the sentence", "cpse", svm),
    Trial("+ pairs of concepts (ours)", "cpsex", svm),
    Trial("ours without the catalogue's points", "cpsex", svm, points=False),
    Trial("ours, classes not balanced", "cpsex", unbalanced),
    Trial("ours, joint topic and aspect", "cpsex", svm, joint=True),
    Trial("logistic regression", "cpsex", logistic),
    Trial("complement naive Bayes", "cpsex", lambda cost: ComplementNB()),
    Trial("nearest neighbours", "cpsex", lambda cost: KNeighborsClassifier(7, weights="distance", metric="cosine")),
    Trial("own embeddings (200) and a network", "cpsex", network),
)


class Sentences:
    """The sentences of both sides, spelled as the model sees them."""

    def __init__(self) -> None:
        data = read_sentences(tuple(str(path) for path in (SENTENCES / "training").rglob("*.yml")))
        self.lists = word_lists(data)
        self.examples = [as_example(example) for example in data.intent_examples if example.get("text")]
        self.normaliser = Normaliser(self.lists["dialect"], self.lists["fillers"])
        items = [item for item in read_items(SENTENCES) if "text" in item]
        self.questions = [item for item in items if item.get("act") is None and not item.get("context")]
        self.acts = [item for item in items if item.get("act") not in (None, "out_of_scope")]
        said = [example.text for example in self.examples if example.weight == 1]
        self.copies = [Mishearing(said, seed) for seed in COPIES]

    def spell(self, texts: Sequence[str]) -> List[str]:
        return [self.normaliser.normalise(text) for text in texts]


def featurise(sentences: Sentences, by_sound: bool) -> Callable[[str], Row]:
    words = {n: sentences.spell(w) for n, w in sentences.lists["concepts"].items() if n.startswith(CONCEPTS)}
    if by_sound:
        return Featuriser({name: list(filter(None, found)) for name, found in words.items()}).features
    plain, patterns = Featuriser({}), {name: longest_first(filter(None, found)) for name, found in words.items()}

    def features(text: str) -> Row:
        named = {ours.CONCEPT + name: 1.0 for name, pattern in patterns.items() if pattern.search(text)}
        return {**plain.features(text), **named}

    return features


def run(trial: Trial, sentences: Sentences) -> str:
    """One row of the table."""
    features = featurise(sentences, trial.by_sound)
    examples = [e for e in sentences.examples if trial.points or e.weight == 1]

    def rows(texts: Sequence[str]) -> List[Row]:
        return [{n: v for n, v in features(text).items() if n[0] in trial.kinds} for text in sentences.spell(texts)]

    learned = rows([example.text for example in examples])
    vocabulary = Vocabulary.learn(learned, 2)
    asked = [item["text"] for item in sentences.questions]
    heard = [copy.mishear(text) for copy in sentences.copies for text in asked]
    matrices = [vocabulary.matrix(rows(t)) for t in (asked, heard, [item["text"] for item in sentences.acts])]
    started = time.process_time()
    topics, intents = learn_both(trial, vocabulary.matrix(learned), examples, matrices)
    spent = time.process_time() - started
    right = [share(sentences.questions, topics[0], intents[0]), share(sentences.questions * 2, topics[1], intents[1])]
    acts = np.mean([intent == f"say_{item['act']}" for item, intent in zip(sentences.acts, intents[2])])
    figures = " | ".join(f"{100 * figure:.1f}" for figure in (*right[0], *right[1], acts))
    return f"| {trial.name} | {figures} | {len(vocabulary.names)} | {spent:.0f} |"


def learn_both(
    trial: Trial, matrix: csr_matrix, examples: Sequence[Any], asked: Sequence[csr_matrix]
) -> Tuple[List[List[str]], List[List[str]]]:
    """The topics and the intents predicted for each matrix asked."""
    costs = TopicAndAspect.get_default_config()["cost"]
    weights = np.array([example.weight for example in examples])

    def predict(cost: float, labels: Sequence[str]) -> List[List[str]]:
        model = trial.model(cost)
        takes_weights = isinstance(model, (LinearSVC, SGDClassifier, ComplementNB))
        model.fit(matrix, labels, **({"sample_weight": weights} if takes_weights else {}))
        return [list(model.predict(one)) for one in asked]

    if trial.joint:
        found = predict(costs["intent"], [f"{example.topic} {example.intent}" for example in examples])
        pairs = [[label.split(" ") for label in labels] for labels in found]
        return [[topic for topic, _ in one] for one in pairs], [[intent for _, intent in one] for one in pairs]
    return (
        predict(costs["topic"], [example.topic for example in examples]),
        predict(costs["intent"], [example.intent for example in examples]),
    )


def share(items: Sequence[Item], topics: Sequence[str], intents: Sequence[str]) -> Tuple[float, float]:
    """How many have an acceptable topic, and topic and aspect."""
    readings = [[{**item, **other} for other in ({}, *item.get("accept", ()))] for item in items]
    topic = [any(r["topic"] == t for r in found) for found, t in zip(readings, topics)]
    both = [
        any(r["topic"] == t and f"{ASK}{r['aspect']}" == i for r in found)
        for found, t, i in zip(readings, topics, intents)
    ]
    return float(np.mean(topic)), float(np.mean(both))


COLUMNS = ("", "topic", "topic+aspect", "misheard topic", "topic+aspect", "acts", "features", "CPU-s")


def main() -> None:
    sentences = Sentences()
    counts = len(sentences.examples), len(sentences.questions), len(sentences.acts)
    sys.stdout.write("{} sentences learned; {} questions, {} acts\n".format(*counts))
    sys.stdout.write(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|\n")
    for trial in TRIALS:
        sys.stdout.write(run(trial, sentences) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
