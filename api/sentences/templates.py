"""Sentences made from one pattern: the same for several topics but for the name of the matter or one noun."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from actions.catalogue.problems import Problem
from api.sentences.reading import Sentence, Written, problem
from api.sentences.spelling import any_of, load_rules

MARK = "□"
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Templates:
    """Patterns, each with the sentences of several topics that follow it, and the share of all sentences that do."""

    groups: dict[str, list[Sentence]]
    share: float

    def name_largest(self) -> str:
        largest = sorted(self.groups.items(), key=lambda group: -len(group[1]))[:SHOWN]
        return " ".join(f"{pattern} ×{len(alike)} ({alike[0].where})" for pattern, alike in largest)


def check_templates(templates: Templates) -> Iterator[Problem]:
    """Too large a share of sentences that are alike over several topics; names the largest groups."""
    most = load_rules()["templates"]["share"]
    if templates.share > most:
        slots = {"share": f"{templates.share:.1%}", "most": f"{most:.1%}", "largest": templates.name_largest()}
        yield problem("training", 1, "templates", **slots)


def find_templates(written: Written) -> Templates:
    """Names are known from the catalogue; what may be a noun is any few characters that leave enough of the
    sentence."""
    fewest = load_rules()["templates"]["topics"]
    name = any_of(word for word in written.names if len(word) > 1)
    sentences = [sentence for sentence in written.training if not sentence.is_generated]
    alike: defaultdict[str, list[tuple[str, Sentence]]] = defaultdict(list)
    for sentence in sentences:
        if sentence.topic is not None:
            for pattern, word in patterns_of(name.sub(MARK, sentence.key)):
                alike[pattern].append((sentence.key if word == MARK else word, sentence))
    groups = {
        pattern: [sentence for _, sentence in found]
        for pattern, found in alike.items()
        if len(found) >= fewest
        and len({word for word, _ in found}) >= fewest
        and len({sentence.topic for _, sentence in found}) >= fewest
    }
    in_groups = {sentence.where for found in groups.values() for sentence in found}
    return Templates(groups, len(in_groups) / max(len(sentences), 1))


def patterns_of(marked: str) -> Iterator[tuple[str, str]]:
    """The sentence with one name, or what may be one noun, left open; and that."""
    rules = load_rules()["templates"]
    letters = len(marked) - marked.count(MARK)
    for size in (1, *rules["nouns"]):
        for place in range(len(marked) - size + 1):
            word = marked[place : place + size]
            if word == MARK or (size > 1 and MARK not in word and letters - size >= rules["rest"]):
                yield f"{marked[:place]}…{marked[place + size :]}", word
