"""What a recogniser makes of a sentence on a noisy line: other characters of the same or nearly the same sound.

Only evaluation uses it: the model must stand mishearing without having been trained on such copies.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import lru_cache
from typing import Dict, Iterable, List, Optional

from pypinyin import Style
from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.style import convert

SHARE = 0.15
NEARLY = 0.3
NOT_HEARD = re.compile(r"[^\w]")
HUSHING = (("zh", "z"), ("ch", "c"), ("sh", "s"))
SWAPPED = {"n": "l", "l": "n", "f": "h", "h": "f"}


def is_han(character: str) -> bool:
    return "一" <= character <= "鿿"


@lru_cache(maxsize=None)
def sound(character: str) -> Optional[str]:
    """The toneless syllable of a character's first reading."""
    readings = pinyin_dict.get(ord(character))
    return convert(readings.split(",")[0], Style.NORMAL, True) if readings else None


def near_sounds(syllable: str) -> List[str]:
    """What it is taken for: zh/z, ch/c, sh/s, n/ng at the end, n/l and f/h at the start, one at a time."""
    found = []
    for hushing, hissing in HUSHING:
        if syllable.startswith(hushing):
            found.append(hissing + syllable[len(hushing) :])
        elif syllable.startswith(hissing):
            found.append(hushing + syllable[len(hissing) :])
    if syllable.endswith("ng"):
        found.append(syllable[:-1])
    elif syllable.endswith("n"):
        found.append(syllable + "g")
    if syllable[0] in SWAPPED:
        found.append(SWAPPED[syllable[0]] + syllable[1:])
    return found


class Mishearing:
    """Mishears sentences: `texts` are those whose characters are known, each as likely as any other."""

    def __init__(self, texts: Iterable[str], seed: int) -> None:
        self.seed = seed
        self.spelled: Dict[str, List[str]] = defaultdict(list)
        for character in sorted({c for text in texts for c in text if is_han(c)}):
            if heard := sound(character):
                self.spelled[heard].append(character)

    def mishear(self, text: str) -> str:
        """The sentence without its punctuation, about 15 % of its Chinese characters replaced. The same sentence
        and seed give the same copy, whatever else is asked."""
        dice = random.Random(f"{self.seed} {text}")  # noqa: S311  a die, not a secret
        return "".join(self._hear(character, dice) for character in NOT_HEARD.sub("", text))

    def _hear(self, character: str, dice: random.Random) -> str:
        heard = sound(character) if is_han(character) else None
        if not heard or dice.random() >= SHARE:
            return character
        near = [syllable for syllable in near_sounds(heard) if syllable in self.spelled]
        if near and dice.random() < NEARLY:
            heard = dice.choice(near)
        others = [other for other in self.spelled.get(heard, ()) if other != character]
        return dice.choice(others) if others else character
