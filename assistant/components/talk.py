"""How a sentence hangs together with the talk before it, and its parts with each other. The words are lookup tables
named `talk_…`; texts are normalised."""

from __future__ import annotations

import re
from typing import Iterable, List, Mapping

from components.features import PUNCTUATION
from components.normaliser import longest_first

TALK = "talk_"
SENTENCE_END = re.compile(r"[。!?;\n]+")
PAUSE = re.compile(r"[,、\s]+")
# "And the ...?" is no longer than this, a correction denies before this, a question is no shorter (characters).
FRAGMENT_AT_MOST, DENIED_BEFORE, QUESTION_AT_LEAST = 9, 8, 3


class Talk:
    """Reads the small signs of a talk. `lists` are the lookup tables by name, of which `talk_…` are used."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        words = {name[len(TALK) :]: list(found) for name, found in lists.items() if name.startswith(TALK)}
        self.endings = tuple(words.get("fragment", ()))
        self.denial, self.question, self.joint, self.going_back = (
            longest_first(words.get(name, ())) for name in ("denial", "question", "joint", "return")
        )

    def is_fragment(self, text: str) -> bool:
        """Whether a text is just "and the ...?"."""
        bare = PUNCTUATION.sub("", text)
        return len(bare) <= FRAGMENT_AT_MOST and bare.endswith(self.endings)

    def corrects(self, text: str) -> bool:
        """Whether a text sets right what was understood before."""
        return bool(self.denial.search(text[:DENIED_BEFORE]))

    def returns(self, text: str) -> bool:
        """Whether a text goes back to what was talked about earlier."""
        return bool(self.going_back.search(text))

    def questions(self, text: str) -> List[str]:
        """The parts of a text that ask something, each with what leads up to it; parted where a sentence ends or where
        a word that joins questions follows a pause."""
        parts: List[str] = []
        lead = ""
        for sentence in SENTENCE_END.split(text):
            for part in self._parts(sentence):
                lead = f"{lead} {part}".strip()
                if self.question.search(part) and len(PUNCTUATION.sub("", part)) >= QUESTION_AT_LEAST:
                    parts.append(lead)
                    lead = ""
        return parts

    def _parts(self, sentence: str) -> List[str]:
        parts = [""]
        for piece in PAUSE.split(sentence):
            if self.joint.match(piece):
                parts.append(piece)
            else:
                parts[-1] = f"{parts[-1]} {piece}".strip()
        return parts
