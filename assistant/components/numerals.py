"""Numbers as residents say and write them."""

from __future__ import annotations

import re
from typing import Dict, Optional

DIGITS: Dict[str, int] = {c: n for n, c in enumerate("零一二三四五六七八九")}
DIGITS.update({"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4})
DIGIT = "[零〇一二两三四五六七八九]"
NUMBER = "(?:[0-9]{1,4}|[零〇一二两三四五六七八九十廿卅百]{1,5})"
SPOKEN = re.compile(f"(?:({DIGIT})百零?)?(?:({DIGIT}?)(十))?({DIGIT}?)")
YEAR = re.compile("[零〇一二三四五六七八九]{4}")


def number(said: str) -> Optional[int]:
    """The number said in digits or numerals, below 1000; a year said digit by digit; None for 七八 and the like."""
    if said.isascii() and said.isdigit():
        return int(said)
    if YEAR.fullmatch(said):
        return int("".join(str(DIGITS[c]) for c in said))
    match = SPOKEN.fullmatch(said.replace("廿", "二十").replace("卅", "三十"))
    if not said or not match:
        return None
    hundreds, tens, ten, ones = match.groups()
    tens_said = (DIGITS[tens] if tens else 1) if ten else 0
    return 100 * DIGITS.get(hundreds, 0) + 10 * tens_said + (DIGITS[ones] if ones else 0)
