"""Checking what is said of matters that are not ours: nothing but what a compiled fact supports."""

from __future__ import annotations

from actions.catalogue.check import Check
from actions.catalogue.content import Entry
from actions.catalogue.coverage import Tier, load_tiers
from actions.catalogue.problems import messages
from actions.catalogue.records import NotOurs, Topic


def check_not_ours(check: Check) -> None:
    """Sentences have facts and sources, those facts are good enough, and no word names a matter of ours."""
    called = {name: topic.id for _, topic in check.all(Topic) for name in (topic.name, *topic.aliases)}
    for entry, foreign in check.all(NotOurs):
        support = (foreign.text, foreign.easy, foreign.facts, foreign.sources)
        if any(support) and not all(support):
            check.complain(entry, (), "not_ours_alone", owner=foreign.id)
        _check_tiers(check, entry, foreign)
        for index, word in enumerate(foreign.words):
            if word in called:
                slots = {"word": word, "owner": foreign.id, "other": called[word]}
                check.complain(entry, ("words", index), "not_ours_called", **slots)


def _check_tiers(check: Check, entry: Entry, foreign: NotOurs) -> None:
    """What is only quoted is passed on as such; what is worse says nothing."""
    sign, tiers = messages()["reported_sign"], [(fact, load_tiers().get(fact)) for fact in foreign.facts]
    for fact, tier in tiers:
        if tier not in (Tier.VERIFIED, Tier.QUOTED):
            check.complain(entry, ("facts",), "not_ours_tier", owner=foreign.id, fact=fact)
    said = (foreign.text or "", foreign.easy or "")
    if tiers and all(tier is Tier.QUOTED for _, tier in tiers) and not all(sign in text for text in said):
        check.complain(entry, ("text",), "not_ours_reported", owner=foreign.id, sign=sign)
