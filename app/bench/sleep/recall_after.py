"""`mneme bench sleep --part recall_after`: what a sleep does to recall, and what a year and ten times as much new take.

Of the caller's conversations (`--dataset DIR`), else of the made set `updates`.
"""

from collections.abc import Iterator

from app.bench import later
from app.bench.asking import asked, distinct, imported, share
from app.bench.baselines import Ranked
from app.bench.dataset import DataSet
from app.bench.intervals import difference
from app.bench.outside import Outside, outside
from app.bench.row import Row, mean
from app.bench.sleep.setting import SETS, Setting

_DEPTHS = (5, 10, 20)
_DAYS = (1, 30, 365)


def rows(setting: Setting) -> Iterator[Row]:
    """Recall and contexts before and after a sleep, then the evidence lost to decay, alone and among distractors."""
    data = setting.dataset or DataSet.of(SETS.parent / "updates")
    with outside() as place:
        imported(place, data, setting.bar)
        before, held = _recalled(place, data, setting)
        later.slept(place, data, setting.bar)
        after, still = _recalled(place, data, setting)
    for depth in _DEPTHS:
        awake, rested = _shares(data, before, depth), _shares(data, after, depth)
        value, base = mean(list(rested.values())), mean(list(awake.values()))
        name = f"{data.name}: recall@{depth} after a sleep"
        yield Row(
            name=name, value=value, unit="share", n=len(rested), baseline=base, target=base if depth == 10 else None
        )
        yield difference(rested, awake, data.clusters).row(f"{data.name}: recall@{depth} more than before the sleep")
    name = f"{data.name}: recall in the context after a sleep"
    yield Row(name=name, value=still, unit="share", n=len(data.with_evidence), baseline=held)
    days = tuple(day for day in _DAYS if day <= setting.days)
    with outside() as place:
        imported(place, data, setting.bar)
        yield from (row.under(data.name) for row in later.rows(place, data, before, days, setting.bar))
    yield from (row.under(data.name) for row in later.among_distractors(data, days, setting.bar))


def _shares(data: DataSet, ranked: Ranked, depth: int) -> dict[str, float]:
    return {one.id: share(one.evidence, ranked[one.id][:depth]) for one in data.with_evidence}


def _recalled(place: Outside, data: DataSet, setting: Setting) -> tuple[Ranked, float]:
    """The turns found for each question, and the share of the evidence that the contexts hold."""
    answers = asked(place, "recall", data.questions, setting.bar, "-k", str(max(_DEPTHS))).answers
    ranked = {id: distinct(answer, max(_DEPTHS)) for id, answer in answers.items()}
    inside = [
        len(ids & set(answers[one.id]["context"]["sources"])) / len(ids)
        for one in data.with_evidence
        for ids in [{id for _, id in one.evidence}]
    ]
    return ranked, mean(inside)
