"""`mneme bench answer`: what answers are worth, without a model and with one, beside the simplest answer there is."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench.answer_table import markdown
from app.bench.asking import Asked, Bar, asked, imported
from app.bench.dataset import DataSet, Question
from app.bench.intervals import interval
from app.bench.outside import busy, outside
from app.bench.refusals import refusals
from app.bench.row import Row, mean, percentile
from app.bench.verdict import DEFINITION, Verdict, judged
from app.cli.session import Session
from core.errors import BadInput, Problem
from core.inference import wordpiece

USE = "mneme bench answer --dataset DIR [--dataset DIR …] [--model FILE.gguf] [--questions N] [--table FILE]"
SPANS = ("single-hop", "temporal")
"""The categories of which the right span is asked."""
_BOTH = " and ".join(SPANS)
_VALUES = ("--dataset", "--model", "--questions", "--table")
_QUESTIONS_OF_A_MODEL = 40
_LARGE = 10_000
"""Tokens of a conversation from which on a tenth of it is something to hold a prompt against."""
MEASURES: tuple[tuple[str, Callable[[Verdict], float | bool | None]], ...] = (
    ("right span", lambda one: one.right),
    ("right span with half the words", lambda one: one.mostly),
    ("gold in one piece in the first two sentences", lambda one: one.in_one_piece),
    ("gold in one piece in the answer", lambda one: one.contained),
    ("first two sentences rest on evidence", lambda one: one.on_evidence),
    ("token F1 of the answer", lambda one: one.f1),
    ("token F1 of the first sentence", lambda one: one.first_f1),
    ("token F1 of the marked span", lambda one: one.span_f1),
    ("time named rightly", lambda one: one.day),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for on the command line. No `most`: all questions."""

    folders: tuple[Path, ...]
    model: str = ""
    most: int = 0
    table: Path | None = None

    @classmethod
    def of(cls, arguments: list[str]) -> "Wishes":
        """Read the arguments. Raises BadInput."""
        values: dict[str, list[str]] = defaultdict(list)
        left = list(arguments)
        while left:
            name, _, value = left.pop(0).partition("=")
            if name not in _VALUES:
                raise BadInput(f"`mneme bench answer` does not know {name!r}.", USE)
            if not value and not left:
                raise BadInput(f"{name} needs a value.", USE)
            values[name].append(value or left.pop(0))
        if not values["--dataset"]:
            raise BadInput("Which data set?", USE)
        model = (values["--model"] or [""])[-1]
        most = (values["--questions"] or [str(_QUESTIONS_OF_A_MODEL) if model else "0"])[-1]
        if not most.isdecimal():
            raise BadInput("How many questions?", "A whole number, like --questions 40.")
        table = Path(values["--table"][-1]) if values["--table"] else None
        folders = tuple(Path(folder) for folder in values["--dataset"])
        return cls(folders=folders, model=model, most=int(most), table=table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, the conversation it is about, what became of it."""

    question: Question
    cluster: str
    verdict: Verdict


def run(arguments: list[str], session: Session) -> list[Row]:
    """Rows of right spans, F1, dates, refusals, prompt tokens and waits, set by set. Raises Problem."""
    wishes = Wishes.of(arguments)
    sets = [DataSet.of(folder) for folder in wishes.folders]
    session.err.print(DEFINITION, markup=False, highlight=False)
    rows, tables = [busy()], []
    for data in sets:
        measured = list(_measured(data, wishes, Bar(session)))
        tables.append(f"#### {data.name}\n\n{markdown(measured)}")
        rows += [row.under(data.name) if len(sets) > 1 else row for row in measured]
    if wishes.table is not None:
        _write(wishes.table, "\n".join(tables))
    return rows


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"The table cannot be written to {file.name}.", "Name another file.") from error


def _measured(data: DataSet, wishes: Wishes, bar: Bar) -> Iterator[Row]:
    questions = spread(data.questions, wishes.most)
    with outside() as place:
        imported(place, data, bar)
        if wishes.model:
            place.seconds("models", "add", wishes.model, "--trust", "--json")
            place.seconds("models", "use", Path(wishes.model).name, "--json")
        told = asked(place, "ask", questions, bar, *(() if wishes.model else ("--no-model",)))
        prompts = asked(place, "ask", questions, bar, "--prompt")
        first = asked(place, "recall", questions, bar, "-k", "1")
    cases = []
    for one in questions:
        hits = first.answers[one.id]["hits"]
        verdict = judged(one, told.answers[one.id], hits[0]["text"] if hits else "")
        cases.append(Case(question=one, cluster=data.clusters[one.id], verdict=verdict))
    yield from quality(cases)
    yield from refusals(data, questions, {one.question.id for one in cases if one.verdict.abstained})
    yield from _tokens(data, questions, prompts)
    if wishes.model:
        yield from _of_the_model(told)
    name = "answer with a model" if wishes.model else "answer"
    for share in (0.5, 0.95):
        waited = percentile(told.waits, share) * 1000
        yield Row(name=f"{name} p{share * 100:.0f}", value=waited, unit="ms", n=len(told.waits))


def spread(questions: Sequence[Question], most: int) -> tuple[Question, ...]:
    """So many of them, evenly spread over the file; all where `most` is 0."""
    if not most or most >= len(questions):
        return tuple(questions)
    return tuple(questions[place * len(questions) // most] for place in range(most))


def quality(cases: Sequence[Case]) -> Iterator[Row]:
    """Every measure by category, over questions whose answer is known; a refusal counts as wrong."""
    known = [one for one in cases if one.question.answerable and one.question.answer]
    groups = {"answerable": known, _BOTH: [one for one in known if one.question.category in SPANS]}
    for name in sorted({one.question.category for one in known}):
        groups[name] = [one for one in known if one.question.category == name]
    for group, members in groups.items():
        for name, measure in MEASURES:
            measured = [(float(value), one) for one in members if (value := measure(one.verdict)) is not None]
            if measured:
                yield _row(name, group, measured)


def _row(name: str, group: str, measured: Sequence[tuple[float, Case]]) -> Row:
    found = interval([value for value, _ in measured], [one.cluster for _, one in measured])
    baseline = target = None
    if name.startswith("token F1"):
        baseline = mean([one.verdict.baseline_f1 for _, one in measured])
        target = 1.5 * baseline if group == "answerable" else None
    elif name == "right span":
        baseline = mean([float(one.verdict.baseline_right) for _, one in measured])
        target = 0.45 if group == _BOTH else None
    elif name == "time named rightly" and group == "answerable":
        target = 0.7
    return Row(
        name=f"{name}, {group}",
        value=found.mean,
        unit="share",
        n=found.n,
        baseline=baseline,
        target=target,
        low=found.low,
        high=found.high,
        clusters=(found.cluster_low, found.cluster_high),
    )


def _tokens(data: DataSet, questions: Sequence[Question], prompts: Asked) -> Iterator[Row]:
    """Tokens of the prompt a model would get, and its share of the whole conversation's, by the same tokenizer."""
    whole: dict[str | None, int] = defaultdict(int)
    for turn in data.turns:
        size = wordpiece.count(f"{turn.speaker}: {turn.body}")
        whole[turn.conversation] += size
        whole[None] += size
    tokens = [float(prompts.answers[one.id]["prompt_tokens"]) for one in questions]
    shares = [size / whole[one.conversation] for size, one in zip(tokens, questions, strict=True)]
    yield Row(name="tokens of a prompt", value=mean(tokens), unit="tokens", n=len(tokens))
    yield Row(name="tokens of a prompt p95", value=percentile(tokens, 0.95), unit="tokens", n=len(tokens))
    large = all(whole[one.conversation] >= _LARGE for one in questions)
    target = 0.1 if large else None
    yield Row(name="prompt, of the whole conversation", value=mean(shares), unit="share", n=len(tokens), target=target)


def _of_the_model(told: Asked) -> Iterator[Row]:
    answers = list(told.answers.values())
    written = [float(one["route"] == "model") for one in answers]
    bare = [float(any(not said["grounds"] for said in one["sentences"])) for one in answers if one["sentences"]]
    speeds = [one["tokens_per_s"] for one in answers if one.get("tokens_per_s")]
    yield Row(name="answers that the model wrote", value=mean(written), unit="share", n=len(written))
    yield Row(name="answers with a sentence without a ground", value=mean(bare), unit="share", n=len(bare))
    yield Row(name="words of the model", value=mean(speeds), unit="tokens/s", n=len(speeds))
