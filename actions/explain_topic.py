"""Explains a matter: the points the resident's words are about; or an honest decline that helps."""

from __future__ import annotations

from actions.asking_back import TOPIC, ask_which_topic
from actions.catalogue.edition import Edition
from actions.catalogue.ranking import PointRanker, ranker_for
from actions.catalogue.records import Kind, Point, Topic
from actions.catalogue.rendering import PLACEHOLDER, lapsed
from actions.catalogue.speech import count_sentences
from actions.choosing import Chosen, choose
from actions.composing import SENTENCES_AT_MOST, Draft
from actions.declining import decline, judge_aloud, offer_aspects
from actions.payload import Outcome, Payload
from actions.turn import Asked, TurnAction
from actions.weighing import OVERVIEW, Ranked, Wanted

POINTS_AT_MOST = 3
CHARACTERS_AT_MOST = 130
# A point this well hit is said without those that fit much worse.
WELL_HIT = 3.0
MUCH_WORSE = 0.35
FIGURE = "000"
OUT_OF_SCOPE = "out_of_scope"
# An act understood less surely than this may have been a question.
ACT_SURE = 0.8
LAPSING_DAYS = 60


class ExplainTopic(TurnAction):
    """Answers what is asked about a topic."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        return explain(asked, edition, ranker_for(edition))


class UnlessHit(TurnAction):
    """Answers what was taken for no matter of ours: an act, or something out of scope; unless the words are clearly
    about a point of the catalogue."""

    def answer(self, asked: Asked, edition: Edition) -> Payload:
        understood = asked.understanding
        if asked.text and (understood.act == OUT_OF_SCOPE or understood.confidence < ACT_SURE):
            chosen = choose(Wanted.from_asked(asked, OVERVIEW), ranker_for(edition))
            if chosen and chosen.hit(understood.confidence):
                return say_chosen(asked, edition, chosen)
        return self.answer_otherwise(asked, edition)

    def answer_otherwise(self, asked: Asked, edition: Edition) -> Payload:
        raise NotImplementedError


def explain(asked: Asked, edition: Edition, ranker: PointRanker) -> Payload:
    """The reply for what was understood, or for what the words clearly hit; asks back when neither is clear."""
    topic = edition.topics.get(asked.understanding.topic or "")
    aspect = asked.understanding.aspect or OVERVIEW
    if asked.memory.asked == TOPIC and aspect == OVERVIEW:
        aspect = asked.memory.aspect or aspect  # a bare name answers our question which matter is meant
    chosen = choose(Wanted.from_asked(asked, aspect, topic), ranker)
    understood = asked.understanding
    if chosen and ((topic and understood.sure) or (chosen.hit() if understood.doubtful else chosen.clear)):
        return say_chosen(asked, edition, chosen)
    if topic is None or not asked.understanding.sure:
        return ask_which_topic(asked, edition)
    if topic.ambiguous and asked.memory.asked != TOPIC:
        return ask_which_topic(asked, edition, topic)
    return decline(asked, edition, topic, aspect)


def say_chosen(asked: Asked, edition: Edition, chosen: Chosen) -> Payload:
    """Says what was chosen; declines if it begins with what is not confirmed or has lapsed."""
    topic = chosen.topic
    if chosen.uncovered or chosen.first.kind is Kind.UNKNOWN or lapsed(chosen.first, asked.today):
        return decline(asked, edition, topic, chosen.aspect, chosen)
    draft = Draft(edition, asked.today, topic=topic)
    answer = edition.answers.get((topic.id, chosen.aspect))
    if answer and answer.lead:
        draft.add(answer.lead, answer.lead)
    judge_aloud(draft, chosen)
    return say_points(draft, asked, topic, chosen.aspect, chosen.ranked)


def say_points(draft: Draft, asked: Asked, topic: Topic, aspect: str, ranked: Ranked) -> Payload:
    """Says the first points, as many as can be listened to and only of one kind, and offers the rest."""
    ranked = [(point, score) for point, score in ranked if not lapsed(point, asked.today)]
    said = points_to_say(ranked)
    for point in said:
        draft.say_point(point)
        if point.until and (point.until - asked.today).days <= LAPSING_DAYS:
            draft.say("lapsing_note", until=draft.day(point.until))
    if aspect == "documents":
        draft.list_papers(said)
    more = tuple(point.id for point, _ in ranked[len(said) :])
    if more:
        draft.offer(draft.edition.phrases["choice_more"].text, "act:affirm")
    offer_aspects(draft, topic, aspect)
    memory = asked.lasting(
        topic=topic.id,
        aspect=aspect,
        place=next(iter(topic.places), None),
        said=tuple(point.id for point in said),
        more=more,
        asked="more" if more else None,
    )
    unknown = all(point.kind is Kind.UNKNOWN for point in said)
    return draft.finish(Outcome.DECLINED if unknown else Outcome.ANSWERED, memory)


def points_to_say(ranked: Ranked) -> list[Point]:
    """The first points that go together in one reply."""
    said: list[Point] = []
    best = ranked[0][1]
    for point, score in ranked[:POINTS_AT_MOST]:
        together = [one.text for one in (*said, point)]
        too_long = sum(length_of(text) for text in together) > CHARACTERS_AT_MOST
        dated = sum(one.until is not None for one in (*said, point))
        too_many = sum(map(count_sentences, together)) + dated > SENTENCES_AT_MOST
        far = best >= WELL_HIT and score < MUCH_WORSE * best
        if said and (too_long or too_many or far or point.kind is not said[0].kind):
            break
        said.append(point)
    return said


def length_of(text: str) -> int:
    """About how many characters of a text are heard."""
    return len(PLACEHOLDER.sub(FIGURE, text))
