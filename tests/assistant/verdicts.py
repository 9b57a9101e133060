"""Run in the assistant's environment: what Rasa's own validation of an action's answer says, and what ours says."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "assistant"))

from rasa.core.actions.action import RemoteAction
from serve import check_results_quickly

SAMPLES = {
    "empty": {"events": [], "responses": []},
    "no_responses": {"events": []},
    "no_events": {"responses": []},
    "nothing": {},
    "a_list": [],
    "null": None,
    "text": "x",
    "slot": {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []},
    "slot_without_name": {"events": [{"event": "slot"}], "responses": []},
    "unknown_event": {"events": [{"event": "unknown"}], "responses": []},
    "event_as_text": {"events": ["slot"], "responses": []},
    "events_as_object": {"events": {}, "responses": []},
    "payload": {"events": [], "responses": [{"custom": {"outcome": "answered", "text": "x"}}]},
    "response_as_text": {"events": [], "responses": ["x"]},
    "responses_as_object": {"events": [], "responses": {}},
    "responses_null": {"events": [], "responses": None},
    "more": {"events": [], "responses": [], "more": 1},
}


def judge() -> dict[str, bool]:
    """Whether each sample is accepted."""
    action = RemoteAction("action_x", None)
    verdicts = {}
    for name, sample in SAMPLES.items():
        try:
            verdicts[name] = bool(action._validate_action_result(sample))
        except Exception:
            verdicts[name] = False
    return verdicts


def measure() -> float:
    """Seconds of CPU for fifty answers."""
    action, started = RemoteAction("action_x", None), time.process_time()
    for _ in range(50):
        action._validate_action_result(SAMPLES["payload"])
    return time.process_time() - started


rasa, slow = judge(), measure()
check_results_quickly()
ours, quick = judge(), measure()
sys.stdout.write(json.dumps({"rasa": rasa, "ours": ours, "faster": quick * 5 < slow}) + "\n")
