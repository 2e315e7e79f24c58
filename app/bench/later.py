"""The same questions days later, and after a sleep in which everything has faded: no evidence may be lost to decay."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.bench.asking import Bar, asked, distinct
from app.bench.baselines import Ranked
from app.bench.dataset import DataSet
from app.bench.outside import Outside
from app.bench.row import Row

_DEPTHS = (10, 20)


def slept(place: Outside, data: DataSet, bar: Bar, days: int = 0) -> None:
    """A `mneme sleep` so many days after the last question is asked. Raises Problem."""
    moments = [datetime.fromisoformat(one.now).astimezone() for one in data.questions if one.now]
    night = max(moments, default=datetime.now().astimezone()) + timedelta(days=days)
    with bar.over("Sleeping", 1):
        place.seconds("sleep", "--json", "--now", night.isoformat())


def rows(place: Outside, data: DataSet, before: Ranked, days: Sequence[int], bar: Bar) -> Iterator[Row]:
    """Recall with every now moved by each of `days`, then again when a sleep on the last of them has let all fade.

    What a sleep derives moves hits too, so the faded are compared with the same store after a sleep on day 0. Raises
    Problem.
    """
    for day in days:
        yield from _asked_again(place, data, before, day, f"{day} days later", bar)
    slept(place, data, bar)
    awake = asked(place, "recall", data.questions, bar, "-k", str(max(_DEPTHS))).answers
    rested = {id: distinct(answer, max(_DEPTHS)) for id, answer in awake.items()}
    slept(place, data, bar, max(days))
    yield from _asked_again(place, data, rested, max(days), f"{max(days)} days later, all faded", bar)


def _asked_again(place: Outside, data: DataSet, before: Ranked, day: int, when: str, bar: Bar) -> Iterator[Row]:
    answers = asked(place, "recall", data.questions, bar, "-k", str(max(_DEPTHS)), later_days=day).answers
    # "last week" means another week then: that is the question's doing, not decay's.
    timeless = [one for one in data.with_evidence if not _moved_time(answers[one.id])]
    for depth in _DEPTHS:
        lost = kept = 0
        for one in timeless:
            first = set(one.evidence) & set(before[one.id][:depth])
            now = set(distinct(answers[one.id], depth))
            lost += len(first - now)
            kept += len(set(one.evidence) & now)
        evidence = sum(len(one.evidence) for one in timeless)
        recall = kept / max(1, evidence)
        then = sum(len(set(one.evidence) & set(before[one.id][:depth])) for one in timeless) / max(1, evidence)
        yield Row(name=f"evidence in the first {depth}, {when}", value=recall, unit="share", n=evidence, baseline=then)
        yield Row(name=f"of it lost, {when}, first {depth}", value=float(lost), unit="turns", n=evidence)


def _moved_time(answer: dict[str, object]) -> bool:
    understood = answer["understood"]
    return isinstance(understood, list) and any(part["kind"] == "time" for part in understood)
