"""Stock Rasa's action server: our own actions, asked through rasa-sdk's ordinary server in one process.

    python -m tests.bench.stock_actions PORT DATABASE_URL

The same catalogue is searched and the same payload composed as in ours, so that the work of the actions is equal.
What differs is what a stock bot would do: the matter in hand is a slot, the reply is text with buttons.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.endpoint import create_app
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.catalogue.edition import EditionReader
from actions.payload import Memory
from actions.turn import Asked, TurnAction, Understanding
from api.actions_host import build_actions
from api.settings import SHANGHAI
from api.store.database import open_engine
from tests.bench.recipe import BETWEEN, NO_TOPIC, SAY
from tests.houses import TODAY

NOW = dt.datetime.fromisoformat(TODAY).replace(tzinfo=SHANGHAI)


class StockAction(Action):  # type: ignore[misc]  # rasa-sdk ships no types
    """One of our actions, for a tracker that knows flat intents and a slot."""

    def __init__(self, action: TurnAction) -> None:
        self.action = action

    def name(self) -> str:
        return self.action.name()

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        payload = self.action.answer(as_asked(tracker), self.action.editions.current())
        buttons = [{"title": choice.title, "payload": choice.value} for choice in payload.choices]
        dispatcher.utter_message(text=payload.text, buttons=buttons)
        return [SlotSet("topic", payload.memory.topic)]


def as_asked(tracker: Tracker) -> Asked:
    """The turn as our actions see one. A sentence that names no matter is about the one in hand."""
    message = tracker.latest_message
    memory = Memory(topic=tracker.get_slot("topic"))
    return Asked(message["text"] or "", understand(message["intent"]["name"], memory.topic), memory, NOW)


def understand(flat: str, topic: str | None) -> Understanding:
    if flat.startswith(SAY):
        return Understanding(act=flat.removeprefix(SAY), confidence=1)
    aspect, _, named = flat.partition(BETWEEN)
    return Understanding(topic=topic if named == NO_TOPIC else named, aspect=aspect, confidence=1)


def serve(port: int, database_url: str) -> None:
    """Blocks until the process is told to stop."""
    executor = ActionExecutor()
    for action in build_actions(EditionReader(open_engine(database_url, writes=False), demonstration=True)).values():
        executor.register_action(StockAction(action))
    create_app(executor).run("127.0.0.1", port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
