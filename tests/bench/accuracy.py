"""How well the three understand, in one run: they learn from the same sentences and are asked the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from api.evaluation.asking import NLU_DATA
from api.evaluation.judging import OUT_OF_SCOPE, Case, Round
from api.settings import ROOT, Settings
from tests.bench.examining import choose_cases, digest_of
from tests.bench.peers import (
    NLPJS,
    STOCK,
    Peer,
    digest_of_sentences,
    examine_nlpjs,
    examine_ours,
    examine_stock,
    tell,
)

MEASURES: tuple[tuple[str, Callable[[Peer], float]], ...] = (
    ("topic %", lambda peer: peer.marks.topic),
    ("topic and aspect %", lambda peer: peer.marks.whole),
    ("topic %, misheard", lambda peer: peer.marks.topic_misheard),
    ("topic and aspect %, misheard", lambda peer: peer.marks.whole_misheard),
    ("acts %", lambda peer: peer.marks.acts),
    ("out of scope % known at 3 % of ours rejected", lambda peer: peer.marks.foreign),
    ("CPU-ms a sentence", lambda peer: peer.cpu_ms),
    ("CPU-s of training", lambda peer: peer.training_cpu_s),
    ("resident MB", lambda peer: peer.megabytes),
)


ABSENT = {
    STOCK: "stock Rasa: never trained on the whole recipe here; run with --train-stock",
    NLPJS: "NLP.js: not here, it needs node and npm",
}


@dataclass(frozen=True, slots=True)
class Examination:
    """Who sat it, and what was asked."""

    peers: list[Peer]
    cases: list[Case]

    def as_json(self) -> dict[str, Any]:
        return {"peers": [peer.as_json() for peer in self.peers], "asked": digest_of(self.cases)}


def read_cases(model: Path) -> list[Case]:
    """The examination, as `make evaluate` asks it of one of our models."""
    command = [str(Settings().assistant_python), str(ROOT / "assistant" / "evaluate.py"), str(model), str(NLU_DATA)]
    return choose_cases(tell(command, None, ROOT))


def examine(model: Path, training_cpu_s: float, say: Callable[[str], None]) -> Examination:
    """Ours with its trained model, NLP.js trained now, stock Rasa as it was last trained. Who cannot be is left out."""
    cases = read_cases(model)
    say("ours is asked …")
    ours = examine_ours(model, training_cpu_s, cases)
    say("NLP.js is trained and asked …")
    nlpjs = examine_nlpjs(cases)
    say("stock Rasa …")
    stock = examine_stock(cases)
    return Examination([peer for peer in (stock, nlpjs, ours) if peer], cases)


def as_table(held: Examination) -> RenderableType:
    """The marks, one column for each, and below them what was asked and what each learned from."""
    table = Table(title="understanding: sentences never seen, labels as acceptable")
    table.add_column("measure")
    for peer in held.peers:
        table.add_column(peer.name, justify="right")
    for measure, of in MEASURES:
        table.add_row(measure, *(f"{of(peer):,.1f}" for peer in held.peers))
    missing = (why for name, why in ABSENT.items() if name not in {peer.name for peer in held.peers})
    told = (tell_learned(peer, held.cases) for peer in held.peers)
    return Group(table, *tell_asked(held.cases), *told, *missing)


def tell_asked(cases: Sequence[Case]) -> Iterator[str]:
    questions = sum(case.is_question for case in cases if case.round is Round.PLAIN)
    misheard = sum(case.round is Round.MISHEARD for case in cases)
    foreign = sum(case.act == OUT_OF_SCOPE for case in cases)
    acts = len(cases) - questions - misheard - foreign
    yield f"asked: {questions} questions, {misheard} misheard copies of them, {acts} acts, {foreign} out of scope"


def tell_learned(peer: Peer, cases: Sequence[Case]) -> str:
    """What a peer learned from and was asked, and whether that is what there is now."""
    epochs = f", {peer.epochs} epochs" if peer.epochs else ""
    learned = "the present ones" if peer.learned == digest_of_sentences() else "NOT the present ones"
    asked = "the present ones" if peer.asked == digest_of(cases) else "NOT the present ones"
    return (
        f"{peer.name}: trained {peer.date}{epochs} on {peer.sentences:,} residents' sentences, {learned}; asked {asked}"
    )
