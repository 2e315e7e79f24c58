"""Facts without a model: what a sleep learns from labelled sentences, from outside, against their labels."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from app.bench.outside import Outside, outside
from app.bench.row import Row
from app.bench.sleep.labels import Tally, judged
from app.bench.sleep.setting import HALVES, Setting, half, labelled, slept
from app.commands.request import JSON

PRECISION, RECALL = 0.95, 0.5
_SETS = (("sentences", "facts.jsonl"), ("in talk", "facts_long.jsonl"))
_MOST = "100000"


def rows(setting: Setting) -> Iterable[Row]:
    """Precision and recall by half and by class, traps refused, secrets and own output learnt from. Raises Problem."""
    sets = {name: labelled(file) for name, file in _SETS}
    lines = [line for each in sets.values() for line in each]
    with setting.bar.over("Learning from labelled sentences", 1):
        learnt = learnt_from(lines, ("fact",))
    told = {id: [one["fact"] for one in found] for id, found in learnt.items()}
    for name, each in sets.items():
        yield from _halves(name, each, told)
    everything = [line for line in lines if not line.get("secret")]
    yield from _by_class(everything, told)
    secrets = [line for line in lines if line.get("secret")]
    yield _count("facts from sentences that tell a secret", secrets, told)
    yield _count("facts from assistants' turns", [line for line in lines if line.get("role")], told)


def learnt_from(lines: Sequence[JSON], facets: Sequence[str]) -> Mapping[str, list[JSON]]:
    """What one sleep derives from lines that are each a conversation of their own, by the line's id. Raises Problem."""
    with outside() as place:
        imported(place, lines)
        slept(place, max(datetime.fromisoformat(line["at"]) for line in lines) + timedelta(hours=12))
        kept = listed(place)
        ids = {one["memory"]: one["id"] for one in kept}
        found: dict[str, list[JSON]] = defaultdict(list)
        for one in kept:
            if one["facet"] in facets:
                for source in one["sources"]:
                    found[ids.get(source, "")].append(one)
        return found


def imported(place: Outside, lines: Sequence[JSON]) -> None:
    """Bring labelled lines in through the command line. Raises Problem."""
    file = place.folder / "lines.jsonl"
    file.write_text("".join(json.dumps(_turn(line)) + "\n" for line in lines), encoding="utf-8")
    for _ in place.lines("import", str(file), "--json"):
        pass


def listed(place: Outside) -> list[JSON]:
    """Everything in the profile. Raises Problem."""
    found = [line for _, line in place.lines("memories", "list", "--limit", _MOST, "--json")][-1]
    return list(found["memories"])


def _turn(line: JSON) -> JSON:
    turn = {
        "conversation": line.get("conversation") or line["id"],
        "id": line["id"],
        "at": line["at"],
        "speaker": "me" if line["mine"] else line["speaker"],
        "text": line["text"],
        "app": line["app"],
    }
    return turn | ({"role": line["role"]} if line.get("role") else {})


def _halves(name: str, lines: Sequence[JSON], told: Mapping[str, list[JSON]]) -> Iterator[Row]:
    whole = Tally()
    for each in HALVES:
        tally = Tally()
        for line in lines:
            if half(line["id"]) == each:
                tally = tally.add(judged(told.get(line["id"], []), line))
        whole = whole.add(tally)
        yield from tally.rows(name, each, precision=PRECISION, recall=RECALL)
    yield from whole.rows(name, "all", precision=PRECISION, recall=RECALL)


def _by_class(lines: Sequence[JSON], told: Mapping[str, list[JSON]]) -> Iterator[Row]:
    classes: dict[str, Tally] = defaultdict(Tally)
    for line in lines:
        if line["expect"]:
            classes[line["class"]] = classes[line["class"]].add(judged(told.get(line["id"], []), line))
    for name, tally in sorted(classes.items()):
        said, asked = tally.right + tally.wrong, tally.right + tally.missed
        yield Row(name=f"{name}: precision", value=tally.right / max(1, said), unit="share", n=said)
        yield Row(name=f"{name}: recall", value=tally.right / max(1, asked), unit="share", n=asked)


def _count(name: str, lines: Sequence[JSON], told: Mapping[str, list[JSON]]) -> Row:
    found = sum(len(told.get(line["id"], [])) for line in lines)
    return Row(name=name, value=float(found), unit="facts", n=len(lines), target=0.0)
