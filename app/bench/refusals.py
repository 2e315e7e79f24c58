"""How well it is told that there is no memory of something: precision, recall, F1, and what was refused wrongly."""

from collections.abc import Collection, Sequence

from app.bench.dataset import DataSet, Question
from app.bench.intervals import interval
from app.bench.row import Row


def refusals(data: DataSet, questions: Sequence[Question], refused: Collection[str]) -> list[Row]:
    """`refused` are the ids of the questions that were not answered; what was never said should be among them."""
    never = [one for one in questions if not one.answerable]
    answerable = [one for one in questions if one.answerable]
    given = [one for one in questions if one.id in refused]
    rightly = sum(not one.answerable for one in given)
    rows: list[Row] = []
    if never:
        balance = 2 * rightly / (len(given) + len(never))
        rows.append(Row(name="abstention F1", value=balance, unit="share", n=len(questions), target=0.6))
        rows.append(_row("abstention precision", data, given, [not one.answerable for one in given]))
        rows.append(_row("abstention recall", data, never, [one.id in refused for one in never]))
    if answerable:
        wrongly = [one.id in refused for one in answerable]
        rows.append(_row("answerable questions refused", data, answerable, wrongly, target=0.1))
    return rows


def _row(
    name: str, data: DataSet, asked: Sequence[Question], values: Sequence[bool], target: float | None = None
) -> Row:
    found = interval([float(value) for value in values], [data.clusters[one.id] for one in asked])
    return Row(
        name=name,
        value=found.mean,
        unit="share",
        n=found.n,
        target=target,
        low=found.low,
        high=found.high,
        clusters=(found.cluster_low, found.cluster_high),
    )
