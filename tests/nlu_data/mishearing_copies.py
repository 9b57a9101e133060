"""Run in the assistant's environment: misheard copies of the sentences on standard input, as JSON.

python mishearing_copies.py  <  {"texts": [...], "known": [...], "seed": 7}
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "assistant"))

from mishearing import Mishearing, near_sounds, sound

asked = json.load(sys.stdin)
ears = Mishearing(asked["known"], asked["seed"])
copies = [ears.mishear(text) for text in asked["texts"]]
sounds = {c: [sound(c), *near_sounds(sound(c))] for c in set("".join(asked["texts"] + copies)) if sound(c)}
sys.stdout.write(json.dumps({"copies": copies, "sounds": sounds}))
