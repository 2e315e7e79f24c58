"""`mneme bench recall`: how much of the evidence a recall brings, beside three baselines, with how sure that is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench import ablation, languages, later
from app.bench.asking import Asked, Bar, asked, distinct, imported, share
from app.bench.baselines import Meanings, Ranked, by_words
from app.bench.dataset import DataSet, Key, Question
from app.bench.intervals import Interval, difference, interval
from app.bench.outside import busy, outside
from app.bench.refusals import refusals
from app.bench.row import Row, mean, percentile
from app.bench.table import markdown
from app.cli.session import Session
from app.commands.request import JSON
from core.errors import BadInput, Problem
from core.inference import wordpiece
from core.inference.embedder import LlamaEmbedder

DEPTHS = (5, 10, 20)
_DEEPEST = max(DEPTHS)
_TARGETS = {("all", 10): 0.80, ("all", 20): 0.87, ("multi-hop", 10): 0.46}
UNION = "ENGRAM's union"
_VALUES = ("--dataset", "--later", "--table")
_SWITCHES = ("--no-baselines", "--no-answers", "--sleep", "--ablate", "--languages")
_USE = (
    "mneme bench recall --dataset DIR [--dataset DIR …] [--table FILE] [--ablate] [--sleep] [--later 1,30,365] "
    "[--no-baselines] [--no-answers], and with --languages also or only the made sets in other languages"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for on the command line."""

    folders: tuple[Path, ...]
    later: tuple[int, ...] = ()
    table: Path | None = None
    baselines: bool = True
    answers: bool = True
    sleep: bool = False
    ablate: bool = False
    languages: bool = False

    @classmethod
    def of(cls, arguments: list[str]) -> "Wishes":
        """Read the arguments. Raises BadInput."""
        values: dict[str, list[str]] = defaultdict(list)
        left = list(arguments)
        while left:
            name, _, value = left.pop(0).partition("=")
            if name in _VALUES and (value or left):
                values[name].append(value or left.pop(0))
            elif name in _VALUES:
                raise BadInput(f"{name} needs a value.", _USE)
            elif name in _SWITCHES:
                values[name].append("on")
            else:
                raise BadInput(f"`mneme bench recall` does not know {name!r}.", _USE)
        if not values["--dataset"] and "--languages" not in values:
            raise BadInput("Which data set?", _USE)
        days = [day for listed in values["--later"] for day in listed.split(",")]
        if not all(day.isdigit() and 0 < int(day) < 100_000 for day in days):
            raise BadInput("How many days later?", "Whole numbers, like --later 1,30,365.")
        return cls(
            folders=tuple(Path(folder) for folder in values["--dataset"]),
            later=tuple(sorted({int(day) for day in days})),
            table=Path(values["--table"][-1]) if values["--table"] else None,
            baselines="--no-baselines" not in values,
            answers="--no-answers" not in values,
            sleep="--sleep" in values,
            ablate="--ablate" in values,
            languages="--languages" in values,
        )


def run(arguments: list[str], session: Session) -> list[Row]:
    """Rows of recall, intervals, baselines, tokens, latency, abstention, updates and decay. Raises Problem."""
    wishes = Wishes.of(arguments)
    sets = [DataSet.of(folder) for folder in wishes.folders]
    rows, tables = [busy()], []
    for data in sets:
        measured = _measured(data, wishes, Bar(session))
        tables.append(f"#### {data.name}\n\n{markdown(measured)}")
        rows += [row.under(data.name) if len(sets) > 1 else row for row in measured]
    if wishes.languages:
        measured, table = languages.rows_and_table(Bar(session))
        rows += measured
        tables.append(table)
    if wishes.table is not None:
        _write(wishes.table, "\n".join(tables))
    return rows


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"The table cannot be written to {file.name}.", "Name another file.") from error


def _measured(data: DataSet, wishes: Wishes, bar: Bar) -> list[Row]:
    with outside() as place:
        seconds = imported(place, data, bar)
        if wishes.sleep:
            later.slept(place, data, bar)
        found = asked(place, "recall", data.questions, bar, "-k", str(_DEEPEST))
        ranked = {id: distinct(answer, _DEEPEST) for id, answer in found.answers.items()}
        rows = list(_quality(data, ranked))
        if data.missing:
            rows.append(Row(name="evidence that is no turn, left out", value=data.missing, unit="ids", n=data.missing))
        if wishes.baselines:
            rows += _beside(data, ranked, bar)
        rows += [*_tokens(data, found), *_contexts(data, found), *updates(data, ranked)]
        rows += _speed(data, found, seconds)
        if wishes.answers:
            answers = asked(place, "ask", data.questions, bar, "--no-model").answers
            rows += refusals(data, data.questions, [id for id, answer in answers.items() if answer["abstained"]])
        if wishes.ablate:
            rows += ablation.rows(place, data, bar)
        if wishes.later:
            rows += later.rows(place, data, ranked, wishes.later, bar)
    if wishes.later:
        rows += later.among_distractors(data, wishes.later, bar)
    return rows


# -- evidence


def shares(data: DataSet, ranked: Ranked, depth: int, category: str = "all") -> dict[str, float]:
    """Question id -> share of its evidence among the first `depth` turns."""
    return {
        one.id: share(one.evidence, ranked.get(one.id, ())[:depth])
        for one in data.with_evidence
        if category in ("all", one.category)
    }


def _quality(data: DataSet, ranked: Ranked, whose: str = "", depths: Sequence[int] = DEPTHS) -> Iterator[Row]:
    categories = sorted({one.category for one in data.with_evidence})
    for category in ("all", *(categories if len(categories) > 1 else ())):
        for depth in DEPTHS if category == "all" else depths:
            found = shares(data, ranked, depth, category)
            target = None if whose else _TARGETS.get((category, depth))
            yield _sure(data, found).row(f"recall@{depth}, {category}{whose}", target=target)


def _sure(data: DataSet, found: Mapping[str, float]) -> Interval:
    return interval(list(found.values()), [data.clusters[id] for id in found])


def _beside(data: DataSet, ours: Ranked, bar: Bar) -> Iterator[Row]:
    """Each baseline, and how much more ours finds."""
    with bar.over("Asking the baselines", 1):
        embedder = LlamaEmbedder()
        try:
            meanings = Meanings(data, embedder)
        finally:
            embedder.close()
        baselines: dict[str, Ranked] = {
            "BM25 alone": by_words(data, _DEEPEST),
            "BM25 alone, names out": by_words(data, _DEEPEST, names=False),
            "meaning alone": meanings.alone(_DEEPEST, names=True),
            "meaning alone, names out": meanings.alone(_DEEPEST, names=False),
            UNION: meanings.typed(_DEEPEST),
        }
        whole = meanings.typed_whole(10)
    for name, ranked in baselines.items():
        yield from _quality(data, ranked, f", {name}", (10,))
    for name, ranked in baselines.items():
        for depth in DEPTHS:
            more = difference(shares(data, ours, depth), shares(data, ranked, depth), data.clusters)
            yield more.row(f"recall@{depth} more than {name}")
    yield _sure(data, shares(data, whole, 3 * 10)).row(f"recall of {UNION}, 10 of each store")
    turns = {turn.key: turn.body for turn in data.turns}
    sizes = [float(sum(wordpiece.count(turns[key]) for key in whole[one.id])) for one in data.questions]
    yield Row(name=f"tokens of {UNION}, 10 of each store", value=mean(sizes), unit="tokens", n=len(sizes))


# -- what it costs


def _tokens(data: DataSet, found: Asked) -> Iterator[Row]:
    for depth in DEPTHS:
        sizes = [
            float(sum(wordpiece.count(_shown(hit)) for hit in found.answers[one.id]["hits"][:depth]))
            for one in data.questions
        ]
        target = 450 if depth == 10 else None
        yield Row(name=f"tokens@{depth}", value=mean(sizes), unit="tokens", n=len(sizes), target=target)


def _shown(hit: JSON) -> str:
    """What a reader is given of a hit: the piece that answered, else the whole text."""
    text: str = hit["text"]
    begins, ends = hit.get("piece") or (0, len(text))
    return text[begins:ends]


def _contexts(data: DataSet, found: Asked) -> Iterator[Row]:
    if not data.with_evidence:
        return
    inside = {one.id: _in_context(one, found.answers[one.id]) for one in data.with_evidence}
    yield _sure(data, inside).row("recall in the context", target=0.85)
    tokens = [float(wordpiece.count(answer["context"]["text"])) for answer in found.answers.values()]
    yield Row(name="tokens of a context", value=mean(tokens), unit="tokens", n=len(tokens), target=850)


def _in_context(one: Question, answer: JSON) -> float:
    ids = {id for _, id in one.evidence}
    return len(ids & set(answer["context"]["sources"])) / len(ids)


def _speed(data: DataSet, found: Asked, import_s: float) -> list[Row]:
    n = len(found.waits)
    return [
        Row(name="recall p50", value=percentile(found.waits, 0.5) * 1000, unit="ms", n=n),
        Row(name="recall p95", value=percentile(found.waits, 0.95) * 1000, unit="ms", n=n, target=60),
        Row(
            name="import, vectors included",
            value=len(data.turns) / import_s,
            unit="turns/s",
            n=len(data.turns),
            target=60,
        ),
    ]


# -- what was replaced


def updates(data: DataSet, ranked: Ranked) -> Iterator[Row]:
    """Questions whose `stale` names the turns of the other value: does the one that is asked for stand above it?"""
    said = {turn.key: place for place, turn in enumerate(data.turns)}
    newest: list[tuple[int, int]] = []
    past: list[tuple[int, int]] = []
    for one in data.with_evidence:
        stale = [(one.evidence[0][0], id) for id in one.line.get("stale") or ()]
        known = [key for key in stale if key in said]
        if known:
            latest = max(said[key] for key in one.evidence) > max(said[key] for key in known)
            (newest if latest else past).append((_first(ranked[one.id], one.evidence), _first(ranked[one.id], known)))
    for name, places in (
        ("newest fact above the old one", newest),
        ("old fact above the newest, when asked for", past),
    ):
        if places:
            above = [float(right < wrong) for right, wrong in places]
            yield Row(name=name, value=mean(above), unit="share", n=len(above))
    if newest:
        found = [float(right < 10) for right, _ in newest]
        yield Row(name="newest fact in the first 10", value=mean(found), unit="share", n=len(found), target=0.97)


def _first(found: Sequence[Key], wanted: Sequence[Key]) -> int:
    return min((found.index(key) for key in wanted if key in found), default=_DEEPEST)
