"""Five made weeks of a screen slept on: are documents noted, routines told, how-tos kept, and nothing else?"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.bench.outside import Outside
from app.bench.row import Row, mean
from app.bench.sleep.setting import HALVES, SETS, Setting, filled, half, labelled, slept
from app.commands.request import JSON
from core.errors import Problem
from core.memory import Channel, Facet, Observation, Provenance

_SEEN_UNTIL = timedelta(days=14)
"""Into the first two weeks one may look when a rule is mended; what first shows later is unseen."""
_PRECISION, _ROUTINES, _NEAR = 0.9, 0.8, 0.2
_RECORD = re.compile(
    r"(?P<title>.+?)(?: \((?P<where>[^()]*)\))?: opened (?P<often>once|twice|\d+ times), (?P<long>.+?)"
    r"(?: in all, last)?,? on "
)
_STEP = re.compile(r"^\d+\. (?P<window>.*?)(?: \((?P<app>[^()]*)\))?$", re.MULTILINE)
_ALIKE = 0.75
_FOUND_IN = 5
_ALL = "100000"


def rows(setting: Setting) -> Iterator[Row]:
    """Documents and routines of the screen, then how-tos. Raises Problem."""
    expected: JSON = json.loads((SETS / "screens_expected.json").read_text(encoding="utf-8"))
    frames = labelled("screens.jsonl")
    night = datetime.fromisoformat(frames[-1]["at"]) + timedelta(hours=8)
    with setting.bar.over("Sleeping on five weeks of screen", 1), filled(map(_frame, frames), night) as place:
        slept(place, night)
        until = datetime.fromisoformat(frames[0]["at"]) + _SEEN_UNTIL
        yield from _resources(_listed(place, "resource", night), expected, frames, until)
        yield from _routines(_listed(place, "procedural", night), expected, frames)
        yield from _asked(place, expected, night)
    told = labelled("howtos.jsonl")
    night = datetime.fromisoformat(told[-1]["at"]) + timedelta(days=1)
    with setting.bar.over("Sleeping on how-tos and what looks like them", 1), filled(map(_said, told), night) as place:
        slept(place, night)
        yield from _how_tos(place, told, set(expected["howtos"]), night)


def _frame(row: JSON) -> Observation:
    return Observation(
        text=row["text"],
        at=datetime.fromisoformat(row["at"]),
        facet=Facet.FRAME,
        provenance=Provenance(channel=Channel.SCREEN, app=row["app"], window=row["window"], url=row.get("url", "")),
    )


def _said(row: JSON) -> Observation:
    if row["channel"] == "screen":
        return _frame(row)
    return Observation(
        text=row["text"],
        at=datetime.fromisoformat(row["at"]),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION,
            app=row["app"],
            conversation=f"{row['app']} {row['id']}",
            external_id=row["id"],
            speaker=row["speaker"],
            mine=row["mine"],
        ),
    )


def _listed(place: Outside, kind: str, now: datetime) -> list[JSON]:
    words = ("memories", "list", "--kind", kind, "--limit", _ALL, "--json", "--now", now.isoformat())
    return list([line for _, line in place.lines(*words)][-1]["memories"])


def _key(where: str) -> str:
    """An address or a path, however it is written."""
    return where.removeprefix("file://").partition("://")[2] or where.removeprefix("file://")


def _resources(found: Sequence[JSON], expected: JSON, frames: Sequence[JSON], until: datetime) -> Iterator[Row]:
    wanted = {_key(one["path"] or one["url"]): one for one in expected["resources"]}
    steps = [step for one in (*expected["routines"], *expected["not_routines"]) for step in one["steps"]]
    fair = {_key(where) for where in expected["also_fair"]} | {step["window"] for step in steps}
    first = {key: min((row["at"] for row in frames if key in row["url"]), default="") for key in wanted}
    later = {key for key, at in first.items() if datetime.fromisoformat(at) >= until}
    records = [_record(one) for one in found]
    for part in ("all", *HALVES):
        unseen = part == HALVES[1]
        mine = [one for one in records if part == "all" or (one["since"] >= until) == unseen]
        hits = [one for one in mine if one["key"] in wanted]
        wrong = [one for one in mine if one["key"] not in wanted and one["key"] not in fair]
        asked = [key for key in wanted if part == "all" or (key in later) == unseen]
        planted = [key for key in asked if wanted[key]["planted"]]
        keys = {one["key"] for one in hits}
        name = f"documents, {part}"
        yield Row(name=f"{name}: precision", value=_share(len(hits), len(hits) + len(wrong)), unit="share",
                  n=len(hits) + len(wrong), target=_PRECISION)  # fmt: skip
        yield Row(name=f"{name}: recall of those looked at on several days",
                  value=_share(len(keys & set(planted)), len(planted)), unit="share", n=len(planted))  # fmt: skip
        yield Row(name=f"{name}: recall of those seen once", value=_share(len(keys & set(asked) - set(planted)),
                  len(asked) - len(planted)), unit="share", n=len(asked) - len(planted))  # fmt: skip
        right = [one["visits"] == wanted[one["key"]]["visits"] for one in hits]
        yield Row(name=f"{name}: visits right", value=mean(right), unit="share", n=len(hits))
        near = [_near(one["minutes"], wanted[one["key"]]["dwell_s"] / 60) for one in hits]
        yield Row(name=f"{name}: dwell within 20 %", value=mean(near), unit="share", n=len(hits))


def _record(one: JSON) -> JSON:
    """What a record says, read from its words."""
    said = _RECORD.match(one["text"])
    if said is None:
        raise Problem("A document's record reads otherwise than this bench expects.", "Mend the bench.")
    often = {"once": 1, "twice": 2}.get(said["often"]) or int(said["often"].split()[0])
    minutes = 0.5 if said["long"].startswith("less") else float(said["long"].split()[0])
    since = datetime.fromisoformat(one["valid_from"])
    return {"key": _key(said["where"] or said["title"]), "visits": often, "minutes": minutes, "since": since}


def _near(minutes: float, wanted: float) -> bool:
    """Within a fifth, or within the half minute that is lost by telling whole ones."""
    return abs(minutes - wanted) <= max(_NEAR * wanted, 0.5)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _routines(found: Sequence[JSON], expected: JSON, frames: Sequence[JSON]) -> Iterator[Row]:
    titles = {step["window"] for one in expected["routines"] for step in one["steps"]}
    wanted = {one["name"]: _once(step["window"] for step in one["steps"]) for one in expected["routines"]}
    times = {one["name"]: one["times"] for one in expected["routines"]}
    told = [([_title(said["window"], titles) for said in _STEP.finditer(one["text"])], one["text"]) for one in found]
    right, counted = set(), 0
    hits = 0
    for steps, text in told:
        match = max(wanted, key=lambda name: _likeness(steps, wanted[name]))
        if _likeness(steps, wanted[match]) >= _ALIKE:
            hits += match not in right
            right.add(match)
            counted += f"{times[match]} times" in text
    yield Row(name="routines: precision", value=_share(hits, len(told)), unit="share", n=len(told), target=_ROUTINES)
    yield Row(name="routines: recall", value=_share(len(right), len(wanted)), unit="share", n=len(wanted))
    yield Row(name="routines: times right", value=_share(counted, len(right)), unit="share", n=len(right))


def _once(windows: Iterator[str]) -> list[str]:
    kept: list[str] = []
    for window in windows:
        if not kept or kept[-1] != window:
            kept.append(window)
    return kept


def _title(window: str, titles: set[str]) -> str:
    """The label's title, which may have the program's name at its end."""
    return next((title for title in sorted(titles) if title == window or title.startswith(f"{window} - ")), window)


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """The longest common subsequence over the longer of both."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1] / max(len(one), len(other), 1)


def _asked(place: Outside, expected: JSON, now: datetime) -> Iterator[Row]:
    """Whether a question by a document's name leads to what was seen in it."""
    every = [line for _, line in place.lines("memories", "list", "--limit", _ALL, "--json", "--now", now.isoformat())]
    shown = {one["memory"]: f"{one['window']} {one['text']}" for one in every[-1]["memories"]}
    wanted = {
        _name(one["title"]): {one["title"], one["path"].rpartition("/")[2] or one["title"]}
        for one in expected["resources"]
        if one["planted"]
    }
    batch = place.folder / "questions.jsonl"
    lines = [
        {"id": name, "question": f"which page about {name} did I have open", "now": now.isoformat()} for name in wanted
    ]
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    found = []
    for _, line in place.lines("recall", "--json", "--batch", str(batch)):
        hits = line["hits"][:_FOUND_IN]
        found.append(any(name in shown[hit["memory"]] for hit in hits for name in wanted[line["id"]]))
    name = f"documents asked for by name: among the first {_FOUND_IN} hits"
    yield Row(name=name, value=mean(found), unit="share", n=len(found))


def _name(title: str) -> str:
    return re.sub(r"\.\w+$", "", title).replace("-", " ")


def _how_tos(place: Outside, told: Sequence[JSON], wanted: set[str], now: datetime) -> Iterator[Row]:
    every = [line for _, line in place.lines("memories", "list", "--limit", _ALL, "--json", "--now", now.isoformat())]
    by_memory = {one["memory"]: one for one in every[-1]["memories"]}
    by_text = {row["text"]: row["id"] for row in told}
    kept = {
        by_text[by_memory[source]["text"]] for one in _listed(place, "procedural", now) for source in one["sources"]
    }
    for part in ("all", *HALVES):
        here = [row["id"] for row in told if part == "all" or half(row["id"]) == part]
        mine, right = kept & set(here), wanted & set(here)
        yield Row(name=f"how-tos, {part}: precision", value=_share(len(mine & right), len(mine)), unit="share",
                  n=len(mine), target=_PRECISION)  # fmt: skip
        yield Row(name=f"how-tos, {part}: recall", value=_share(len(mine & right), len(right)), unit="share",
                  n=len(right))  # fmt: skip
