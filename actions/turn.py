"""What every action shares: what was asked, and the edition of the catalogue it is answered from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.catalogue.asking import asking
from actions.catalogue.edition import Edition
from actions.catalogue.records import Way
from actions.payload import Memory, Payload


class Reading(BaseModel):
    """One way to read what was said; ids as in topics.yml and aspects.yml."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    topic: str | None = None
    aspect: str | None = None
    act: str | None = None
    confidence: float = 0.0


class Entity(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str
    value: str


class Understanding(Reading):
    """What the engine understood. `sure`: the topic may be answered without asking back; `also`: a second question in
    the same words; `correcting`: the topic puts right what was understood before; `doubtful`: perhaps none of ours;
    `troubled`: worded like a crisis, not surely one."""

    alternatives: tuple[Reading, ...] = ()
    entities: tuple[Entity, ...] = ()
    sure: bool = True
    also: Reading | None = None
    correcting: bool = False
    doubtful: bool = False
    troubled: bool = False

    def value_of(self, kind: str) -> str | None:
        """The value of the first entity of a kind."""
        return next((entity.value for entity in self.entities if entity.type == kind), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn as an action sees it. `now` is the time of the turn in Asia/Shanghai."""

    text: str
    understanding: Understanding
    memory: Memory
    now: dt.datetime

    def lasting(self, **what: Any) -> Memory:
        """A memory of this turn that keeps of the earlier one only what holds for the whole conversation."""
        return Memory(careful=self.memory.careful, cared=self.memory.cared, way=self.memory.way, **what)

    @property
    def today(self) -> dt.date:
        return self.now.date()

    @classmethod
    def from_tracker(cls, tracker: Tracker) -> Asked:
        message = tracker.latest_message
        metadata = message.get("metadata") or {}
        return cls(
            text=message.get("text") or "",
            understanding=Understanding.model_validate(message["understanding"]),
            memory=notice_way(message.get("text") or "", Memory.model_validate(metadata.get("memory") or {})),
            now=dt.datetime.fromisoformat(metadata["now"]),
        )

    @classmethod
    def from_recorded(cls, asked: dict[str, Any]) -> Asked:
        """What was asked in a recorded turn: the gateway's question with what the engine understood."""
        return cls(
            text=asked["text"],
            understanding=Understanding.model_validate(asked["understanding"]),
            memory=notice_way(asked["text"], Memory.model_validate(asked["memory"])),
            now=dt.datetime.fromisoformat(asked["now"]),
        )


def notice_way(text: str, memory: Memory) -> Memory:
    """The memory, with sign language as the way to communicate once a resident tells they do not hear or speak."""
    silent = memory.way is None and any(word in text for word in asking().silent)
    return memory.model_copy(update={"way": Way.VIDEO.value}) if silent else memory


class EditionSource(Protocol):
    """Hands out the catalogue in force."""

    def current(self) -> Edition: ...


class TurnAction(Action):  # type: ignore[misc]  # rasa-sdk ships no types
    """An action that answers a turn with exactly one payload. Its name is its file's."""

    def __init__(self, editions: EditionSource) -> None:
        self.editions = editions

    @classmethod
    def name(cls) -> str:
        return f"action_{Path(cls.__module__.replace('.', '/')).name}"

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        """The reply to one turn; never raises for what a resident may say."""
        raise NotImplementedError

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        payload = self.answer(Asked.from_tracker(tracker), self.editions.current())
        dispatcher.utter_message(json_message=payload.model_dump(mode="json"))
        return []
