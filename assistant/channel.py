"""The gateway's connector: one structured result for each turn, real HTTP errors, a key on every request.

The engine holds no state. Each turn gets a tracker of its own that ends with it; the dialogue's memory arrives as
metadata and goes back inside the action's payload. Rasa's own REST channel answers 200 and an empty list to
every failure; here a turn without exactly one payload is an error.
"""

from __future__ import annotations

import hmac
import logging
from typing import Any, Awaitable, Callable, Dict, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, DEFAULT_ACTION_NAMES
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

COMMAND_SIGN, FULL_WIDTH_SIGN = "/", "／"
METADATA = ("choice", "memory", "now", "deadline", "channel", "hypotheses", "heard_confidence")


class EmptyTurn(Exception):
    """An action failed or said nothing: the gateway must apologise."""


class GatewayInput(InputChannel):
    """Routes `/turn` and `/parse` under `/webhooks/gateway`."""

    def __init__(self, key: Text) -> None:
        if len(key) < 16:
            raise ValueError("ZHUWO_ENGINE_KEY is missing or too short")
        self.key = key

    @classmethod
    def name(cls) -> Text:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "GatewayInput":
        return cls((credentials or {}).get("key", ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("gateway", __name__)

        @routes.middleware("request")
        async def require_key(request: Request) -> Optional[HTTPResponse]:
            if hmac.compare_digest(request.headers.get("X-Engine-Key", "").encode(), self.key.encode()):
                return None
            return response.json({"code": "wrong_key"}, status=401)

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            processor = request.app.ctx.agent.processor
            if processor is None:
                return response.json({"code": "no_model"}, status=503)
            try:
                return response.json(await run_turn(processor, request.json))
            except EmptyTurn as error:
                return response.json({"code": "empty_turn", "detail": str(error)}, status=502)

        @routes.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            processor = request.app.ctx.agent.processor
            if processor is None:
                return response.json({"code": "no_model"}, status=503)
            parsed = await processor.parse_message(as_message(request.json, None))
            return response.json({"understanding": parsed["understanding"]})

        return routes


def as_message(asked: Dict[Text, Any], output: Optional[CollectingOutputChannel]) -> UserMessage:
    """What was asked as Rasa's message. A leading slash would make Rasa obey it as a command."""
    text = asked.get("text") or ""
    if text.lstrip().startswith(COMMAND_SIGN):
        text = text.replace(COMMAND_SIGN, FULL_WIDTH_SIGN, 1)
    metadata = {name: asked.get(name) for name in METADATA}
    return UserMessage(text, output, asked.get("turn_id"), input_channel=GatewayInput.name(), metadata=metadata)


async def run_turn(processor: MessageProcessor, asked: Dict[Text, Any]) -> Dict[Text, Any]:
    """Runs one turn on a tracker of its own and returns `{understanding, payload, model, action}`.

    These are the steps of Rasa 3.6.21's `MessageProcessor.handle_message` without its tracker store, which would
    write the whole conversation to JSON and back on every turn.
    """
    output = CollectingOutputChannel()
    message = as_message(asked, output)
    tracker = DialogueStateTracker(message.sender_id, processor.domain.slots)
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
    message.parse_data = await processor.parse_message(message, tracker)
    take_heard(message)
    await processor._handle_message_with_tracker(message, tracker)
    await processor.run_action_extract_slots(output, tracker)
    await processor._run_prediction_loop(output, tracker)
    payloads = [said["custom"] for said in output.messages if "custom" in said]
    if len(payloads) != 1:
        raise EmptyTurn(f"{len(payloads)} payloads for intent {tracker.latest_message.intent.get('name')}")
    understanding = tracker.latest_message.parse_data["understanding"]
    action = next(e.action_name for e in reversed(tracker.events) if isinstance(e, ActionExecuted) and spoke(e))
    model = processor.model_metadata.model_id
    return {"understanding": understanding, "payload": payloads[0], "model": model, "action": action}


def take_heard(message: UserMessage) -> None:
    """Lets the hypothesis that was understood stand as what was said: actions read it as the message's text."""
    heard = message.parse_data["understanding"].get("heard")
    if heard and message.metadata["hypotheses"]:
        message.text = message.parse_data["text"] = heard


def spoke(event: ActionExecuted) -> bool:
    """Whether an event is one of our actions rather than Rasa's own."""
    return event.action_name not in DEFAULT_ACTION_NAMES
