"""The figures of an evaluation: shares with their intervals, the calibration, and what is taken for what."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel, computed_field

from api.evaluation.judging import CRISIS, OUT_OF_SCOPE, Case, Fault, Round, find_fault, label_act, label_part

Z = 1.959964
"""Two-sided 95 %."""
BINS = 10
TAGS = ("variety", "voice", "channel", "kind", "file")
LESS_IS_BETTER = frozenset({"crisis_in_idioms", "crisis_elsewhere", "in_scope_rejected", "asked_back"})


class Figure(BaseModel):
    """`right` of `of`, with the Wilson interval of the share. Shares are of 1; of nothing: 0, anywhere in 0 to 1."""

    right: int
    of: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def share(self) -> float:
        return round(self.right / self.of, 4) if self.of else 0.0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def low(self) -> float:
        return self._bound(-1)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def high(self) -> float:
        return self._bound(1)

    def _bound(self, side: int) -> float:
        if not self.of:
            return (1 + side) / 2
        share, spread = self.right / self.of, Z * Z / self.of
        half = Z * math.sqrt((share * (1 - share) + spread / 4) / self.of)
        return round((share + spread / 2 + side * half) / (1 + spread), 4)


class Bin(BaseModel):
    """The cases whose confidence is above `low` and at most `high`: its mean, and how often they are right."""

    low: float
    high: float
    confidence: float
    right: Figure


class Confusion(BaseModel):
    """How often one label is understood as another, or as itself."""

    right: str
    got: str
    times: int


class Wrong(BaseModel):
    """One case that is wrong. `text` is what was asked, `said` what was said where it was misheard."""

    key: str
    fault: Fault
    round: Round
    text: str
    said: str | None
    before: list[str]
    right: str
    got: str
    confidence: float
    file: str
    tags: list[str]


class Report(BaseModel):
    """One evaluation. `groups`: by topic, aspect, act and tag, value by value; `verdicts`: right or not, by key."""

    made: str
    model: str
    asked: dict[Round, int]
    figures: dict[str, Figure]
    ece: float
    bins: list[Bin]
    groups: dict[str, dict[str, dict[str, Figure]]]
    confusions: dict[str, list[Confusion]]
    wrong: list[Wrong]
    verdicts: dict[str, bool]

    def commonest(self, most: int) -> list[tuple[str, str, int]]:
        """What sentences as written are most often understood as instead: right, got, times."""
        found = Counter((one.right, one.got) for one in self.wrong if one.round is Round.PLAIN)
        return [(right, got, times) for (right, got), times in found.most_common(most)]


def judge(cases: Sequence[Case], made: str, model: str) -> Report:
    """The report on what was understood."""
    plain = [case for case in cases if case.round is Round.PLAIN]
    ece, bins = calibrate(plain)
    return Report(
        made=made,
        model=model,
        asked={name: sum(case.round is name for case in cases) for name in Round},
        figures=count_figures(cases),
        ece=ece,
        bins=bins,
        groups=_group(plain),
        confusions=_confuse(plain),
        wrong=list(_list_wrong(cases)),
        verdicts={case.key: case.agrees() for case in cases if case.round is not Round.MISHEARD},
    )


def count(cases: Iterable[Case], holds: Callable[[Case], bool]) -> Figure:
    verdicts = [holds(case) for case in cases]
    return Figure(right=sum(verdicts), of=len(verdicts))


def count_figures(cases: Sequence[Case]) -> dict[str, Figure]:
    """Every figure, by name."""
    rounds = {name: [case for case in cases if case.round is name] for name in Round}
    plain, misheard = rounds[Round.PLAIN], rounds[Round.MISHEARD]
    named = [case for case in plain if case.is_question and case.topic]
    ours = [case for case in plain if case.act != OUT_OF_SCOPE]
    calm = [case for case in plain + rounds[Round.DIALOGUE] if not case.may_be_crisis]
    return {
        **_count_parts(plain),
        "crisis": count([case for case in plain if case.act == CRISIS], lambda case: case.got.act == CRISIS),
        "crisis_in_idioms": count([c for c in calm if c.is_idiom], lambda case: case.got.act == CRISIS),
        "crisis_elsewhere": count([c for c in calm if not c.is_idiom], lambda case: case.got.act == CRISIS),
        **_count_refused(plain),
        "in_scope_rejected": count(ours, lambda case: find_fault(case) is Fault.REJECTED),
        "asked_back": count(named, lambda case: case.asked_back),
        "offered": count([case for case in named if case.asked_back], lambda case: case.offered),
        "misheard_topic": count(misheard, lambda case: case.agrees("topic")),
        "misheard_topic_and_aspect": count(misheard, lambda case: case.agrees()),
        **_count_dialogues(rounds[Round.DIALOGUE]),
    }


def _count_parts(plain: Sequence[Case]) -> dict[str, Figure]:
    questions = [case for case in plain if case.is_question]
    acts = [case for case in plain if case.act not in (None, OUT_OF_SCOPE)]
    return {
        "topic": count(questions, lambda case: case.agrees("topic")),
        "topic_strict": count(questions, lambda case: case.agrees("topic", strict=True)),
        "topic_and_aspect": count(questions, lambda case: case.agrees()),
        "topic_and_aspect_strict": count(questions, lambda case: case.agrees(strict=True)),
        "act": count(acts, lambda case: case.agrees()),
        "act_strict": count(acts, lambda case: case.agrees(strict=True)),
    }


def _count_refused(plain: Sequence[Case]) -> dict[str, Figure]:
    """Recall of what is not ours: as labelled, with acceptable readings, and as labelled for each kind."""
    foreign = [case for case in plain if case.act == OUT_OF_SCOPE]
    kinds = sorted({case.kind for case in foreign if case.kind})
    return {
        "out_of_scope": count(foreign, lambda case: case.agrees(strict=True)),
        "out_of_scope_acceptable": count(foreign, lambda case: case.agrees()),
        **{
            f"out_of_scope.{kind}": count([c for c in foreign if c.kind == kind], lambda case: case.agrees(strict=True))
            for kind in kinds
        },
    }


def _count_dialogues(turns: Sequence[Case]) -> dict[str, Figure]:
    """`ellipsis` are turns that name no matter: the matter is that of the question before."""
    later = [case for case in turns if case.before and case.is_question]
    return {
        "dialogue_ellipsis": count(_find_ellipses(turns), lambda case: case.agrees("topic")),
        "dialogue_topic_and_aspect": count(later, lambda case: case.agrees()),
        "dialogue_act": count([case for case in turns if not case.is_question], lambda case: case.agrees()),
    }


def _find_ellipses(turns: Sequence[Case]) -> list[Case]:
    found: list[Case] = []
    talked_of: str | None = None
    for case in turns:
        if not case.before:
            talked_of = case.context
        elif case.topic and case.topic == talked_of:
            found.append(case)
        talked_of = case.topic or talked_of
    return found


def calibrate(cases: Sequence[Case]) -> tuple[float, list[Bin]]:
    """The expected calibration error over equal bins, 0 to 1, and the bins that are not empty."""
    bins = []
    error = 0.0
    for place in range(BINS):
        low, high = place / BINS, (place + 1) / BINS
        held = [case for case in cases if low < case.got.confidence <= high or case.got.confidence == low == 0]
        if held:
            right, mean = count(held, Case.agrees), sum(case.got.confidence for case in held) / len(held)
            error += abs(mean - right.right / right.of) * len(held) / len(cases)
            bins.append(Bin(low=low, high=high, confidence=round(mean, 4), right=right))
    return round(error, 4), bins


def _group(plain: Sequence[Case]) -> dict[str, dict[str, dict[str, Figure]]]:
    groups: dict[str, dict[str, dict[str, Figure]]] = {}
    for name in ("topic", "aspect", "act", *TAGS):
        values: dict[str, list[Case]] = {}
        for case in plain:
            if value := getattr(case, name):
                values.setdefault(value, []).append(case)
        parts = ("topic", "topic_and_aspect", "act", "out_of_scope_acceptable")
        groups[name] = {
            value: {part: figure for part, figure in _count_all(held).items() if part in parts}
            for value, held in sorted(values.items())
        }
    return groups


def _count_all(held: Sequence[Case]) -> dict[str, Figure]:
    return {**_count_parts(held), **_count_refused(held)}


def _confuse(plain: Sequence[Case]) -> dict[str, list[Confusion]]:
    questions = [case for case in plain if case.is_question]
    pairs = {
        "aspect": [label_part(case, "aspect") for case in questions],
        "act": [label_act(case) for case in plain],
        "topic": [label_part(case, "topic") for case in questions],
    }
    return {
        name: [Confusion(right=right, got=got, times=times) for (right, got), times in Counter(found).most_common()]
        for name, found in pairs.items()
    }


def _list_wrong(cases: Sequence[Case]) -> Iterable[Wrong]:
    """Every wrong case but the misheard copies of sentences that are wrong as written."""
    wrong_as_written = {case.source for case in cases if case.round is Round.PLAIN and not case.agrees()}
    for case in cases:
        fault = find_fault(case)
        if fault and not (case.round is Round.MISHEARD and case.source in wrong_as_written):
            yield Wrong(
                key=case.key,
                fault=fault,
                round=case.round,
                text=case.text,
                said=case.said,
                before=case.before,
                right=case.label,
                got=case.got.label,
                confidence=case.got.confidence,
                file=case.file,
                tags=[tag for tag in (case.variety, case.voice, case.channel, case.kind) if tag],
            )
