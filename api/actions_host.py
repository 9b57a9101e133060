"""Runs the custom actions inside the gateway, on a loopback listener that asks for the engine's key.

rasa-sdk's own executor runs them, each in a worker thread: an action that blocks holds up nobody else. All
actions of one turn share one deadline, and the result is never empty: what fails or is late is an error status,
which the engine reports as an empty turn and the gateway answers with an apology.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.answer_act import AnswerAct
from actions.await_answer import AwaitAnswer
from actions.comfort_crisis import ComfortCrisis
from actions.conversation import Conversing
from actions.explain_topic import ExplainTopic
from actions.find_service import FindService
from actions.hand_over import HandOver
from actions.refuse_matter import RefuseMatter
from actions.repeat_answer import RepeatAnswer
from actions.start_over import StartOver
from actions.take_reply import TakeReply
from actions.tell_capabilities import TellCapabilities
from actions.tell_source import TellSource
from actions.turn import EditionSource, TurnAction
from actions.visit_place import VisitPlace

ACTIONS: tuple[type[TurnAction], ...] = (
    AnswerAct,
    AwaitAnswer,
    ComfortCrisis,
    ExplainTopic,
    FindService,
    HandOver,
    RefuseMatter,
    RepeatAnswer,
    StartOver,
    TakeReply,
    TellCapabilities,
    TellSource,
    VisitPlace,
)
THREADS = 64

log = structlog.get_logger()


def build_actions(editions: EditionSource) -> dict[str, TurnAction]:
    """Every action by its name, as a part of the conversation."""
    bare = {action.name(): action(editions) for action in ACTIONS}
    return {name: Conversing(action, bare) for name, action in bare.items()}


class ActionsHost:
    """Answers Rasa's action calls (rasa-sdk's webhook protocol)."""

    def __init__(self, actions: dict[str, TurnAction], key: str, deadline: float) -> None:
        self.executor = ActionExecutor()
        for action in actions.values():
            self.executor.register_action(action)
        self.key = key.encode()
        self.deadline = deadline
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="action")
        self._local = threading.local()

    async def run(self, request: Request) -> JSONResponse:
        if not hmac.compare_digest(request.headers.get("X-Engine-Key", "").encode(), self.key):
            return JSONResponse({"error": "wrong_key"}, 401)
        call = json.loads(await request.body())
        metadata = call["tracker"]["latest_message"].get("metadata") or {}
        left = min(self.deadline, float(metadata.get("deadline") or time.time() + self.deadline) - time.time())
        try:
            async with asyncio.timeout(max(left, 0)):
                loop = asyncio.get_running_loop()
                result = await loop.run_in_executor(self._threads, self._execute, call)
        except TimeoutError:
            log.error("action_late", action=call["next_action"])
            return JSONResponse({"error": "late", "action_name": call["next_action"]}, 504)
        except Exception:
            log.exception("action_failed", action=call["next_action"])
            return JSONResponse({"error": "failed", "action_name": call["next_action"]}, 500)
        return JSONResponse(result)

    def _execute(self, call: dict[str, Any]) -> dict[str, Any]:
        """Runs in a worker thread, which keeps its event loop for the next call."""
        if not hasattr(self._local, "runner"):
            self._local.runner = asyncio.Runner()
        done = self._local.runner.run(self.executor.run(call))
        return {"events": done.events, "responses": done.responses}

    def build_app(self) -> Starlette:
        return Starlette(routes=[Route("/webhook", self.run, methods=["POST"])])
