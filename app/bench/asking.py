"""A data set imported into a profile of the bench's own and asked line by line, from outside, with its progress."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from app.bench.dataset import DataSet, Key, Question
from app.bench.outside import Outside
from app.cli.session import Session
from app.commands.request import JSON
from core.errors import Problem


@dataclass(frozen=True, slots=True)
class Asked:
    """What a batch answered: by question id, and the wall seconds between one line and the next."""

    answers: dict[str, JSON]
    waits: list[float]


class Bar:
    """A bar on stderr where that is a terminal; else one line a step."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown = session.err.is_terminal

    @contextmanager
    def over(self, what: str, total: int) -> Iterator["Step"]:
        """A step of `total` parts."""
        if not self._shown:
            self._session.err.print(f"{what} …", markup=False)
            yield Step(None, None)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total}"))
        with Progress(*columns, console=self._session.err, transient=True) as progress:
            yield Step(progress, progress.add_task(what, total=total))


@dataclass(frozen=True, slots=True)
class Step:
    """Moves a bar on."""

    _progress: Progress | None
    _task: TaskID | None

    def on(self, parts: int = 1) -> None:
        """So many parts more are done."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, parts)


def imported(place: Outside, data: DataSet, bar: Bar) -> float:
    """Wall seconds of a whole `mneme import`, vectors included. Raises Problem."""
    begun = time.perf_counter()
    with bar.over(f"Importing {data.name}", len(data.turns)) as step:
        for _, line in place.lines("import", str(data.file), "--json"):
            step.on(len(line.get("saved") or ()) if isinstance(line.get("saved"), list) else 0)
    return time.perf_counter() - begun


def asked(
    place: Outside, verb: str, questions: Sequence[Question], bar: Bar, *flags: str, later_days: int = 0
) -> Asked:
    """Every question through one `mneme recall` or `mneme ask` with `--batch`, each with its own now.

    `later_days` moves every now. Raises Problem when a question could not be answered.
    """
    batch = place.folder / "batch.jsonl"
    lines = [one.asked(**_moved(one, later_days)) for one in questions]
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    answers: dict[str, JSON] = {}
    waits: list[float] = []
    before: float | None = None
    with bar.over(f"Asking {len(questions)} questions ({verb})", len(questions)) as step:
        for at, line in place.lines(verb, "--json", "--batch", str(batch), *flags):
            if before is not None:
                waits.append(at - before)
            before = at
            if "error" in line:
                raise Problem(f"Question {line.get('id')!r} was refused: {line['error']['title']}", "Correct its line.")
            answers[line["id"]] = line
            step.on()
    return Asked(answers, waits)


def _moved(one: Question, days: int) -> dict[str, str]:
    if not days:
        return {}
    begins = datetime.fromisoformat(one.now) if one.now else datetime.now().astimezone()
    return {"now": (begins + timedelta(days=days)).isoformat()}


def distinct(answer: JSON, k: int) -> list[Key]:
    """The first `k` distinct turns over the hits in order."""
    return list(dict.fromkeys(_keys(answer["hits"])))[:k]


def _keys(hits: Iterable[JSON]) -> Iterator[Key]:
    for hit in hits:
        for ref in hit["refs"]:
            yield ref["conversation"], ref["id"]


def share(evidence: Sequence[Key], found: Sequence[Key]) -> float:
    """Which share of the evidence was found."""
    return len(set(evidence) & set(found)) / len(set(evidence))
