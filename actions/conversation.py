"""What makes single answers a conversation: choices that are said instead of pressed, corrections, a second question,
trouble that goes on, worry. Everything it knows of earlier turns is in the memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from actions.asking_back import OVERVIEW, TOPIC, title_of
from actions.catalogue.asking import asking
from actions.catalogue.edition import Edition
from actions.catalogue.ranking import without
from actions.composing import Draft, combine, contacts_of
from actions.payload import Memory, Outcome, Payload
from actions.picking import ABOUT, FINE, UNWELL, pick, reduce
from actions.refuse_matter import find_not_ours
from actions.turn import Asked, TurnAction, Understanding
from actions.weighing import names

CRISIS, COMPLAINT, CORRECT, OUT_OF_SCOPE = "crisis", "complaint", "correct", "out_of_scope"
ANSWER_ACT, EXPLAIN_TOPIC, VISIT_PLACE = "action_answer_act", "action_explain_topic", "action_visit_place"
PLACE_ASPECTS = frozenset({"where", "hours", "phone"})
# Acts with an action of their own that a choice, or a look at the words, may lead to.
ACTIONS_OF_ACTS = {
    "affirm": "action_take_reply",
    "capabilities": "action_tell_capabilities",
    CRISIS: "action_comfort_crisis",
    "human": "action_hand_over",
    OUT_OF_SCOPE: "action_refuse_matter",
    "tell_me": "action_await_answer",
}
# Turns that only keep the conversation going: they are no trouble, and end none.
NEUTRAL = frozenset({"affirm", "deny", "fine", "goodbye", "greet", "start_over", "stop", "switch_mode", "thanks"})
AGAIN = frozenset({"repeat", "slower", "louder", "simpler"})
# What may be about a matter that is not ours.
REFUSED = frozenset({None, CORRECT, OUT_OF_SCOPE})
# Longer words are a story: it mentions much that it is not about.
STORY = 60
# How likely what was nearly understood must have been at least.
NEARLY = 0.005
# How surely a matter of ours must be understood that is named beside one that is not.
NAMED_SURE = 0.8
PERSON = frozenset({"human", "callback"})
NOT_ANSWERED = frozenset({Outcome.ASKED_BACK, Outcome.DECLINED, Outcome.NOT_COVERED})
TOPICS_AT_MOST, ALTERNATIVES_AT_MOST = 5, 3
MISSES, COMPLAINTS, SAME = 3, 2, 2


class Conversing(TurnAction):
    """One of the `actions` (by name), as a part of a conversation."""

    def __init__(self, action: TurnAction, actions: Mapping[str, TurnAction]) -> None:
        super().__init__(action.editions)
        self.action, self.actions = action, actions

    def name(self) -> str:  # type: ignore[override]
        return self.action.name()

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        meant = read_on(asked, edition)
        action = self.action if meant is asked else self.actions[action_for(meant.understanding)]
        payload = action.answer(meant, edition)
        if meant.understanding.act == CRISIS:
            return payload
        return carry_on(payload, meant, asked.memory, edition)


def action_for(understood: Understanding) -> str:
    """The action that answers what was understood, as rules.yml has it."""
    if understood.act:
        return ACTIONS_OF_ACTS.get(understood.act, ANSWER_ACT)
    return VISIT_PLACE if understood.aspect in PLACE_ASPECTS else EXPLAIN_TOPIC


def read_on(asked: Asked, edition: Edition) -> Asked:
    """What was asked, given what went before: the very same unless it is to be read otherwise. A crisis always is."""
    understood, memory = asked.understanding, asked.memory
    if understood.act == CRISIS or not asked.text:
        return asked
    if picked := pick(asked, edition):
        return dataclasses.replace(asked, text="", understanding=picked)
    if is_foreign(asked, edition):
        refused = Understanding(act=OUT_OF_SCOPE, confidence=1.0, also=understood.also, troubled=understood.troubled)
        return dataclasses.replace(asked, understanding=refused)
    if understood.act == "deny" and not reduce(without(asked.text, asking().correcting)):
        return dataclasses.replace(asked, understanding=understood.model_copy(update={"act": CORRECT}))
    if understood.topic and (understood.correcting or understood.act == CORRECT):
        aspect = understood.aspect or memory.aspect or OVERVIEW
        meant = understood.model_copy(update={"act": None, "aspect": aspect, "correcting": True})
        words = without(asked.text, asking().correcting).strip()
        before = memory.model_copy(update={"topic": None, "place": None, "asked": None})  # it was wrong
        return dataclasses.replace(asked, text=words, understanding=meant, memory=before)
    return asked


def is_foreign(asked: Asked, edition: Edition) -> bool:
    """Whether the words name a matter that is not ours, and none of ours that was surely understood."""
    understood = asked.understanding
    if understood.act not in REFUSED or len(asked.text) > STORY or not find_not_ours(asked.text, edition):
        return False
    ours = edition.topics.get(understood.topic or "")
    named = ours is not None and names(asked.text, ours)
    return not (named and understood.sure and understood.confidence >= NAMED_SURE)


def carry_on(payload: Payload, asked: Asked, before: Memory, edition: Edition) -> Payload:
    """The reply with what the conversation adds, and the memory of the whole; `before` is the memory as it came."""
    payload = remember(payload, asked, before)
    if asked.understanding.correcting and payload.memory.topic:
        name = edition.topics[payload.memory.topic].name
        payload = combine(payload, Draft(edition, asked.today).say("correct_lead", topic=name), first=True)
    payload = offer_second(payload, asked, edition)
    payload = lead_to_person(payload, asked, edition)
    return ask_gently(payload, asked, edition)


def remember(payload: Payload, asked: Asked, before: Memory) -> Payload:
    """Keeps the topics talked about, what was nearly understood, and how the conversation goes."""
    understood, memory = asked.understanding, payload.memory
    act, failed = understood.act, payload.outcome in NOT_ANSWERED or understood.act == COMPLAINT
    kept: dict[str, object] = {"topics": before.topics, "alternatives": before.alternatives}
    kept |= {"misses": before.misses, "same": before.same, "consoled": before.consoled, "cared": before.cared}
    kept["angry"] = before.angry + 1 if act == COMPLAINT else 0
    if act == "start_over":
        kept = {"cared": before.cared}
    elif act is None:
        kept["same"] = before.same + 1 if is_same(payload, before) else 0
        if not failed:
            kept["consoled"] = False
        if memory.topic and memory.asked != TOPIC:
            others = (one for one in understood.alternatives if one.topic and one.topic != memory.topic)
            others = (one for one in others if one.confidence >= NEARLY)
            nearly = dict.fromkeys(f"{one.topic}.{one.aspect or memory.aspect or OVERVIEW}" for one in others)
            kept["alternatives"] = tuple(nearly)[:ALTERNATIVES_AT_MOST]
            talked = (*(topic for topic in before.topics if topic != memory.topic), memory.topic)
            kept["topics"] = talked[-TOPICS_AT_MOST:]
    if act in PERSON:
        kept |= {"misses": 0, "angry": 0}
    elif act not in NEUTRAL | AGAIN:
        kept["misses"] = before.misses + 1 if failed else 0
    return payload.model_copy(update={"memory": memory.model_copy(update=kept)})


def is_same(payload: Payload, before: Memory) -> bool:
    """Whether the very answer of the turn before is given again."""
    memory = payload.memory
    matter = (memory.topic, memory.aspect)
    return bool(payload.points) and matter == (before.topic, before.aspect) and payload.points == before.said


def offer_second(payload: Payload, asked: Asked, edition: Edition) -> Payload:
    """Offers the second question of the same words, once the first has its answer."""
    also, memory = asked.understanding.also, payload.memory
    if also is None or also.act or payload.outcome is Outcome.ASKED_BACK:
        return payload
    topic, aspect = also.topic or memory.topic, also.aspect or OVERVIEW
    if topic not in edition.topics or aspect not in edition.aspects or (topic, aspect) == (memory.topic, memory.aspect):
        return payload
    value = f"{topic}.{aspect}"
    title = edition.aspects[aspect].question if topic == memory.topic else title_of(value, edition)
    draft = Draft(edition, asked.today).say("also_asked", question=title).offer(title, value)
    payload = combine(payload, draft)
    question = memory.asked or f"{ABOUT}{value}"
    return payload.model_copy(update={"memory": payload.memory.model_copy(update={"asked": question})})


def lead_to_person(payload: Payload, asked: Asked, edition: Edition) -> Payload:
    """After trouble that goes on: one sentence, whom to ask, and a person as the first choice; then not again until
    something was answered."""
    memory = payload.memory
    trouble = memory.misses >= MISSES or memory.angry >= COMPLAINTS or memory.same >= SAME
    if memory.consoled or not trouble or asked.understanding.act in PERSON:
        return payload
    draft = Draft(edition, asked.today)
    if payload.hand_over is None:
        draft.say_contacts("trouble", contacts_of(edition, edition.topics.get(memory.topic or ""), asked))
    elif asked.understanding.act != COMPLAINT:
        draft.say("trouble_again")
    draft.offer(edition.phrases["choice_human"].text, "act:human")
    payload = combine(payload, draft, first=True)
    done = {"consoled": True, "misses": 0, "same": 0}
    return payload.model_copy(update={"memory": payload.memory.model_copy(update=done)})


def ask_gently(payload: Payload, asked: Asked, edition: Edition) -> Payload:
    """After words that may have been meant badly: one question, once in a conversation."""
    memory = payload.memory
    if not asked.understanding.troubled or memory.cared or memory.careful:
        return payload
    draft = Draft(edition, asked.today).say("gentle_question")
    draft.offer(edition.phrases["choice_unwell"].text, UNWELL).offer(edition.phrases["choice_fine"].text, FINE)
    payload = combine(payload, draft)
    return payload.model_copy(update={"memory": payload.memory.model_copy(update={"cared": True})})
