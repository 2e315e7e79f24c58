"""`mneme bench sleep --part updates`: does the newest value stand above the old ones, and what held at a named time?"""

from collections.abc import Callable, Iterable, Iterator

from app.bench.asking import Asked, asked, distinct, imported
from app.bench.dataset import DataSet, Question
from app.bench.later import slept
from app.bench.outside import outside
from app.bench.recall import updates as marked_updates
from app.bench.row import Row, mean
from app.bench.sleep.setting import HALVES, SETS, Setting, half, labelled
from app.commands.request import JSON

_DEEPEST = 20
Fits = Callable[[Question], bool]


def rows(setting: Setting) -> Iterator[Row]:
    """Of the made sets, and of the caller's own where its questions say what is `stale`; before and after a sleep."""
    yield from _newest(setting)
    for data in (DataSet.of(SETS.parent / "updates"), *([setting.dataset] if setting.dataset else [])):
        with outside() as place:
            imported(place, data, setting.bar)
            for when in ("before a sleep", "after a sleep"):
                if when == "after a sleep":
                    slept(place, data, setting.bar)
                answers = asked(place, "recall", data.questions, setting.bar, "-k", str(_DEEPEST)).answers
                ranked = {id: distinct(answer, _DEEPEST) for id, answer in answers.items()}
                for row in marked_updates(data, ranked):
                    yield row.under(f"{data.name}, {when}")


def _newest(setting: Setting) -> Iterator[Row]:
    data = DataSet.of(SETS / "updates2")
    then = list(_then(data, labelled("updates2/when_questions.jsonl")))
    with outside() as place:
        imported(place, data, setting.bar)
        for when in ("before a sleep", "after a sleep"):
            if when == "after a sleep":
                slept(place, data, setting.bar)
            found = asked(place, "recall", [*data.questions, *then], setting.bar, "-k", str(_DEEPEST))
            said = asked(place, "ask", [*data.questions, *then], setting.bar, "--no-model")
            yield from _above("newest value above the old ones", data.questions, found, when, (0.75, 0.90))
            yield from _above("value of the time asked for above the others", then, found, when, (None, None))
            yield from _answered("newest value in the answer", data.questions, said, when)
            yield from _answered("value of the time asked for in the answer", then, said, when)


def _then(data: DataSet, lines: Iterable[JSON]) -> Iterator[Question]:
    known = {turn.key for turn in data.turns}
    for line in lines:
        evidence = tuple((line["conversation"], id) for id in line["evidence"])
        yield Question(
            id=line["id"],
            text=line["question"],
            conversation=line["conversation"],
            category="then",
            evidence=tuple(key for key in evidence if key in known),
            missing=(),
            now=line["now"],
            answerable=True,
            answer=line["value"],
            line=line,
        )


def _above(
    name: str, questions: Iterable[Question], found: Asked, when: str, targets: tuple[float | None, float | None]
) -> Iterator[Row]:
    above: dict[str, float] = {}
    for one in questions:
        ranked = distinct(found.answers[one.id], _DEEPEST)
        old = [(one.evidence[0][0], id) for id in one.line["old"]]
        places = [ranked.index(key) if key in ranked else _DEEPEST for key in one.evidence]
        others = [ranked.index(key) if key in ranked else _DEEPEST for key in old]
        above[one.id] = float(min(places) < min(others, default=_DEEPEST))
    overall, by_rule = targets
    yield from _rows(f"{name}, {when}", above, lambda one: True, questions, overall)
    yield from _rows(
        f"{name}, seen by rules, {when}", above, lambda one: one.line["class"] == "rules", questions, by_rule
    )


def _answered(name: str, questions: Iterable[Question], said: Asked, when: str) -> Iterator[Row]:
    held = {
        one.id: float(str(one.line["value"]).casefold() in said.answers[one.id]["answer"].split("\n")[0].casefold())
        for one in questions
    }
    yield from _rows(f"{name}, {when}", held, lambda one: True, questions, None)


def _rows(
    name: str, found: dict[str, float], fits: Fits, questions: Iterable[Question], target: float | None
) -> Iterator[Row]:
    chosen = [one for one in questions if fits(one)]
    yield Row(name=name, value=mean([found[one.id] for one in chosen]), unit="share", n=len(chosen), target=target)
    for part in HALVES:
        values = [found[one.id] for one in chosen if half(one.id) == part]
        yield Row(name=f"{name}, {part}", value=mean(values), unit="share", n=len(values))
