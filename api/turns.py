"""The desk: every channel's way to an answer. A turn reads as a list: `take_message`, then `answer_turn`."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import uuid
from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

from actions.asking_back import offer_matters
from actions.catalogue.edition import Edition, EditionReader
from actions.composing import Draft, contacts_of
from actions.payload import Memory, Outcome, Payload
from api.errors import EngineBusy, EngineFailed, RequestRefused, load_wording
from api.events import Events
from api.messages import (
    CallbackIn,
    EngineReply,
    MessageIn,
    Opened,
    Reply,
    Transcript,
    Turn,
    Understanding,
)
from api.privacy import Redacted, Redactor
from api.queues import Queues, refuse_when_full
from api.seal import Seal
from api.settings import Settings
from api.store import journal
from api.store.database import Database
from api.store.journal import AlreadyAnswered, Conversation, Message, Record
from api.understanding import Engine, Question

CODE_LETTERS = "23456789"
SLOWED_SECONDS = 2.0
SETTLE_SECONDS = 3.0

log = structlog.get_logger()


class Desk:
    """Takes messages, keeps them, has them answered, and records each with exactly one outcome."""

    def __init__(
        self, settings: Settings, database: Database, editions: EditionReader, engine: Engine, seal: Seal
    ) -> None:
        self.settings = settings
        self.database = database
        self.editions = editions
        self.engine = engine
        self.seal = seal
        self.events = Events()
        self.queues = Queues(self.answer_turn, settings.fragment_pause)
        self.unsettled = asyncio.Event()

    # -- conversations ----------------------------------------------------------------------------

    async def open_conversation(self, channel: str) -> Opened:
        """A new conversation with its greeting, its token and a code that can be spoken."""
        edition, now = self.editions.current(), self.settings.now()
        draft = offer_matters(Draft(edition, now.date()).say("greeting"))
        payload = draft.finish(Outcome.ANSWERED, Memory())
        token = secrets.token_urlsafe(32)
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(6))
        choices = tuple(choice.value for choice in payload.choices)
        found = Conversation(uuid.uuid4().hex, code, channel, payload.memory, choices)
        turn = Turn(
            turn_id=uuid.uuid4().hex,
            outcome=payload.outcome,
            reply=Reply.from_payload(payload),
            understanding=None,
            model=None,
            catalogue_edition=edition.number,
        )
        greeting = Record(turn, payload.memory, (), (), {}, None, None, now)
        await self.database.run(journal.open_conversation, found, journal.hash_token(token), greeting)
        return Opened(conversation_id=found.id, token=token, code=code, reply=Reply.from_payload(payload))

    async def find_by_token(self, token: str) -> str | None:
        return await self.database.run(journal.find_by_token, token)

    async def read_transcript(self, conversation_id: str) -> Transcript:
        transcript = await self.database.run(journal.read_transcript, conversation_id)
        if transcript is None:
            raise RequestRefused("conversation_not_found", 404)
        return transcript

    async def erase(self, conversation_id: str) -> None:
        """Erases a conversation; pages that listen are told."""
        if not await self.database.run(journal.erase, conversation_id):
            raise RequestRefused("conversation_not_found", 404)
        self.events.announce(conversation_id)

    async def keep_feedback(self, conversation_id: str, turn_id: str, helpful: bool, comment: str | None) -> None:
        kept = self.redactor().redact(comment).text if comment else None
        if not await self.database.run(journal.keep_feedback, conversation_id, turn_id, helpful, kept):
            raise RequestRefused("not_found", 404)

    async def keep_callback(self, conversation_id: str, phone: str, note: str | None) -> None:
        """Seals a number left on purpose and records the wish."""
        left = CallbackIn(phone=phone, note=note)
        now, sealed = self.settings.now(), self.seal.close(left.model_dump())

        def keep(connection: Connection) -> None:
            journal.keep_sealed(connection, conversation_id, "callback", sealed, now)
            journal.keep_wish(connection, conversation_id, "callback", now)

        await self.database.run(keep)

    # -- a turn -----------------------------------------------------------------------------------

    async def take_message(self, conversation_id: str, sent: MessageIn) -> Turn:
        """Journals a message, then waits for its turn. The same message sent again gets the same turn."""
        return await (await self.accept_message(conversation_id, sent))

    async def accept_message(
        self, conversation_id: str, sent: MessageIn, hurried: bool = False
    ) -> asyncio.Future[Turn]:
        """Journals a message and puts it in line. When this returns, the message is on disk. Who is `hurried`
        is told so, and waits a little longer."""
        message = await self.database.run(self._journal, conversation_id, sent, hurried)
        if hurried:
            self.events.announce(conversation_id)
        if message.turn_id:
            return await self._known_turn(message.turn_id)
        pause = SLOWED_SECONDS if hurried else 0
        return self.queues.find(conversation_id, message.id) or self.queues.join(conversation_id, message, pause)

    def _journal(self, connection: Connection, conversation_id: str, sent: MessageIn, hurried: bool) -> Message:
        """The journalled message: the one known by this id, or a new one, redacted; what a careful conversation
        masks is kept sealed."""
        conversation = journal.get_conversation(connection, conversation_id, lock=True)
        if conversation is None:
            raise RequestRefused("conversation_not_found", 404)
        kept = sent.change_words(self.mask)
        digest = journal.digest_of(kept)
        known = journal.find_message(connection, conversation_id, sent.client_message_id)
        if known:
            if known.digest != digest:
                raise RequestRefused("other_content", 409)
            return known
        if sent.choice and sent.choice not in (*conversation.choices, *journal.ALWAYS_OFFERED):
            raise RequestRefused("choice_not_offered", 422)
        refuse_when_full(message for _, message in journal.waiting_messages(connection, conversation_id))
        now = self.settings.now()
        if conversation.memory.careful:
            kept = kept.change_words(lambda text: Redactor.hide_addresses(Redacted(text, ())).text)
            if kept != sent:
                sealed = self.seal.close(sent.model_dump(include={"text", "n_best"}, exclude_none=True))
                journal.keep_sealed(connection, conversation_id, "crisis", sealed, now)
        if hurried:
            journal.add_event(connection, conversation_id, "notice", {"text": load_wording()["notices"]["slowed"]})
        return journal.journal_message(connection, conversation_id, kept, digest, now)

    async def _known_turn(self, turn_id: str) -> asyncio.Future[Turn]:
        """The turn of a message answered before."""
        turn = await self.database.run(journal.get_turn, turn_id)
        if turn is None:
            raise RequestRefused("conversation_not_found", 404)
        done: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        done.set_result(turn)
        return done

    async def answer_turn(self, conversation_id: str, messages: Sequence[Message]) -> Turn:
        """One turn: ask the engine, or apologise; record it; tell the pages. Never raises."""
        try:
            conversation = await self.get_conversation(conversation_id)
            done = await self._answer(self._ask(conversation, messages))
            await self.database.run(journal.record_turn, conversation_id, [message.id for message in messages], done)
            self.events.announce(conversation_id)
            return done.turn
        except Exception:
            log.exception("turn_not_recorded", conversation=conversation_id)
            self.unsettled.set()
            return self._last_words()

    def _ask(self, conversation: Conversation, messages: Sequence[Message]) -> Question:
        """Fragments are read together; a choice and what was spoken stand alone."""
        choice = messages[0].choice
        return Question(
            turn_id=uuid.uuid4().hex,
            text=" ".join(message.text for message in messages if message.text),
            choice=read_choice(choice) if choice else None,
            memory=conversation.memory,
            now=self.settings.now(),
            channel=conversation.channel,
            heard=messages[0].heard,
        )

    async def _answer(self, question: Question) -> Record:
        """The engine's reply, or an apology with a number, as a record."""
        try:
            return self.as_record(question, await self.engine.send(question))
        except EngineFailed as failure:
            log.error("engine_failed", code=failure.code, detail=str(failure), turn=question.turn_id)
            phrase = "busy" if isinstance(failure, EngineBusy) else "apology"
            turn = self._apologise(question.turn_id, phrase, question.memory)
            asked = question.as_body(0)
            return Record(turn, question.memory, (), (), asked, None, failure.code, self.settings.now())

    def as_record(self, question: Question, reply: EngineReply) -> Record:
        """What the engine answered, as a finished turn. Raises EngineNonsense."""
        payload, heard = reply.payload, question.find_heard(reply.understanding)
        turn = Turn(
            turn_id=question.turn_id,
            outcome=payload.outcome,
            reply=Reply.from_payload(payload),
            understanding=Understanding.model_validate(reply.understanding),
            model=reply.model,
            catalogue_edition=payload.edition,
        )
        return Record(
            turn=turn,
            memory=payload.memory,
            points=payload.points,
            figures=payload.figures,
            asked=question.as_body(0) | {"text": heard or question.text, "understanding": reply.understanding},
            action=reply.action,
            failure=None,
            finished_at=self.settings.now(),
            awaits=payload.awaits,
            heard=heard,
        )

    def _apologise(self, turn_id: str, phrase: str, memory: Memory) -> Turn:
        """A failed turn: the words are kept, here is whom to ask."""
        edition = self.editions.current()
        draft = Draft(edition, self.settings.now().date())
        draft.say_contacts(phrase, contacts_of(edition, None))
        payload: Payload = draft.finish(Outcome.FAILED, memory)
        return Turn(
            turn_id=turn_id,
            outcome=Outcome.FAILED,
            reply=Reply.from_payload(payload),
            understanding=None,
            model=None,
            catalogue_edition=edition.number,
        )

    def _last_words(self) -> Turn:
        """The apology when there may be neither database nor catalogue."""
        try:
            return self._apologise(uuid.uuid4().hex, "apology", Memory())
        except Exception:
            log.exception("no_apology")
            return Turn(
                turn_id=uuid.uuid4().hex,
                outcome=Outcome.FAILED,
                reply=Reply(**load_wording()["last_words"]),
                understanding=None,
                model=None,
                catalogue_edition="",
            )

    # -- upkeep -----------------------------------------------------------------------------------

    async def get_conversation(self, conversation_id: str) -> Conversation:
        found = await self.database.run(journal.get_conversation, conversation_id)
        if found is None:
            raise RequestRefused("conversation_not_found", 404)
        return found

    async def settle_unanswered(self) -> int:
        """After a restart, or when the database was away: gives every acknowledged message that has no outcome and
        waits for none its apology. Returns how many."""
        found = await self.database.run(journal.waiting_messages)
        waiting = [(one, message) for one, message in found if self.queues.find(one, message.id) is None]
        for conversation_id, message in waiting:
            conversation = await self.get_conversation(conversation_id)
            question = self._ask(conversation, [message])
            turn = self._apologise(question.turn_id, "apology", question.memory)
            record = Record(turn, question.memory, (), (), question.as_body(0), None, "unsettled", self.settings.now())
            with contextlib.suppress(AlreadyAnswered):
                await self.database.run(journal.record_turn, conversation_id, [message.id], record)
                self.events.announce(conversation_id)
        return len(waiting)

    async def settle_when_needed(self) -> None:
        """Forever: settles what a turn that could not be recorded has left, as soon as the database takes it."""
        while True:
            await self.unsettled.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            self.unsettled.clear()
            try:
                await self.settle_unanswered()
            except Exception as error:
                log.error("not_settled", error=type(error).__name__)
                self.unsettled.set()

    def mask(self, text: str) -> str:
        """A text as it may be kept."""
        return self.redactor().redact(text).text

    def redactor(self) -> Redactor:
        """A redactor that knows the public numbers of the edition in force."""
        edition = self.editions.current()
        if getattr(self, "_redactor_edition", None) is not edition:
            self._redactor_edition: Edition = edition
            self._redactor_now = Redactor(contact.number for contact in edition.contacts.values())
        return self._redactor_now


def read_choice(value: str) -> dict[str, str | None]:
    """The parts of a choice's value: ``act:name`` or ``topic.aspect``, either side possibly empty."""
    if value.startswith("act:"):
        return {"topic": None, "aspect": None, "act": value.removeprefix("act:")}
    topic, _, aspect = value.partition(".")
    return {"topic": topic or None, "aspect": aspect or None, "act": None}
