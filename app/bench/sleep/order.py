"""`mneme bench sleep --part order`: "which came first, A or B", answered and in the context, before and after a sleep.

Sequence order recall (SORT): consolidation must not lose the order in which things were.
"""

from collections.abc import Iterator

from app.bench.asking import asked, imported
from app.bench.dataset import DataSet, Question, Turn
from app.bench.later import slept
from app.bench.outside import outside
from app.bench.row import Row, mean
from app.bench.sleep.setting import HALVES, SETS, Setting, half, labelled
from app.commands.request import JSON


def rows(setting: Setting) -> Iterator[Row]:
    """Shares of right answers and of contexts that hold both in the order of telling, and what a sleep changed."""
    data = _set()
    first_after: dict[str, dict[str, float]] = {}
    with outside() as place:
        imported(place, data, setting.bar)
        for when in ("before a sleep", "after a sleep"):
            if when == "after a sleep":
                slept(place, data, setting.bar)
            found = asked(place, "recall", data.questions, setting.bar, "-k", "10").answers
            said = asked(place, "ask", data.questions, setting.bar, "--no-model").answers
            right = {one.id: float(_right(one, said[one.id])) for one in data.questions}
            kept = {one.id: float(_kept(one, found[one.id], data)) for one in data.questions}
            first_after[when] = right
            yield from _rows(f"answered in the right order, {when}", right, data)
            for told in ("told as it happened", "told later"):
                yield from _rows(f"{told}: right, {when}", right, data, told)
            yield from _rows(f"both in the context in the order of telling, {when}", kept, data)
    before, after = first_after["before a sleep"], first_after["after a sleep"]
    changed = sum(before[id] != after[id] for id in before)
    yield Row(name="answers that the sleep changed", value=float(changed), unit="answers", n=len(before), target=0.0)


def _set() -> DataSet:
    file = SETS / "order_conversations.jsonl"
    turns = tuple(
        Turn(conversation=line["conversation"], id=line["id"], text=line["text"], speaker=line["speaker"])
        for line in labelled(file.name)
    )
    questions = tuple(
        Question(
            id=line["id"],
            text=line["question"],
            conversation=line["conversation"],
            category=line["class"],
            evidence=((line["conversation"], line["first"]), (line["conversation"], line["second"])),
            missing=(),
            now=line["now"],
            answerable=True,
            answer=line["answer"],
            line=line,
        )
        for line in labelled("order.jsonl")
    )
    return DataSet(name="order", file=file, turns=turns, questions=questions)


def _right(one: Question, said: JSON) -> bool:
    """Both turns are its grounds, the one that came first before the other."""
    return list(said["grounds"]) == [id for _, id in one.evidence]


def _kept(one: Question, found: JSON, data: DataSet) -> bool:
    """Both turns are in the context, the one that was told first before the other."""
    ids = {id for _, id in one.evidence}
    told = [turn.id for turn in data.turns if turn.conversation == one.conversation and turn.id in ids]
    return [id for id in found["context"]["sources"] if id in ids] == told


def _rows(name: str, found: dict[str, float], data: DataSet, category: str = "") -> Iterator[Row]:
    chosen = [one for one in data.questions if category in ("", one.category)]
    yield Row(name=name, value=mean([found[one.id] for one in chosen]), unit="share", n=len(chosen))
    for part in HALVES:
        values = [found[one.id] for one in chosen if half(one.id) == part]
        yield Row(name=f"{name}, {part}", value=mean(values), unit="share", n=len(values))
