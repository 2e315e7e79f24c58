"""The same questions days later, alone and among ten times as much that is newer: no evidence may be lost to decay."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.bench.asking import Bar, asked, distinct, imported
from app.bench.baselines import Ranked
from app.bench.dataset import DataSet
from app.bench.outside import Outside, outside
from app.bench.row import Row
from app.commands.request import JSON

_DEPTHS = (10, 20)
_TIMES = 10
"""As many distractors for each turn."""
_SESSION = 20


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


def among_distractors(data: DataSet, days: Sequence[int], bar: Bar) -> Iterator[Row]:
    """The same with ten newer turns for each: day 0 of a store that holds these as well is what later days are held to.

    Raises Problem.
    """
    with outside() as place:
        file = place.folder / "among.jsonl"
        lines = [json.loads(line) for line in data.file.read_text(encoding="utf-8").split("\n") if line.strip()]
        text = "".join(json.dumps(line) + "\n" for line in (*lines, *distractors(lines)))
        file.write_text(text, encoding="utf-8")
        crowded = replace(data, file=file)
        imported(place, crowded, bar)
        file.unlink()
        first = asked(place, "recall", data.questions, bar, "-k", str(max(_DEPTHS))).answers
        before = {id: distinct(answer, max(_DEPTHS)) for id, answer in first.items()}
        for row in rows(place, data, before, days, bar):
            yield replace(row, name=f"{row.name}, among {_TIMES} times as much that is newer")


def distractors(lines: Sequence[JSON], seed: int = 7) -> Iterator[JSON]:
    """Ten turns for each, in the same conversation by the same people, newer than all of it.

    Each is the first half of one turn and the second half of another one of the whole set, so that it has the words and
    the ways of what is there and tells nothing that is asked for. The same for the same seed.
    """
    chance = random.Random(seed)
    texts = [str(line.get("text") or "").split() for line in lines]
    texts = [words for words in texts if len(words) > 3] or [["nothing", "in", "particular", "today"]]
    by_conversation: dict[str, list[JSON]] = defaultdict(list)
    for line in lines:
        by_conversation[str(line["conversation"])].append(line)
    for conversation, told in by_conversation.items():
        moments = [datetime.fromisoformat(str(line["at"])) for line in told if line.get("at")]
        last = max(moments, default=datetime.now().astimezone())
        for number in range(_TIMES * len(told)):
            day, minute = divmod(number, _SESSION)
            one, other = chance.choice(texts), chance.choice(texts)
            kept = {name: told[number % len(told)].get(name) for name in ("speaker", "addressee", "role", "app")}
            yield {name: value for name, value in kept.items() if value} | {
                "conversation": conversation,
                "id": f"newer:{number}",
                "session": f"newer {day}",
                "at": (last + timedelta(hours=4 + day, minutes=minute)).isoformat(),
                "text": " ".join((*one[: len(one) // 2], *other[len(other) // 2 :])),
            }


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
