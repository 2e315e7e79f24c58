"""Contradictions that time does not settle: each found once, with both sides and their sources; look-alikes never."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from app.bench.row import Row
from app.bench.sleep.setting import HALVES, Setting, filled, half, labelled, slept
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

PRECISION = 0.95


def rows(setting: Setting) -> Iterable[Row]:
    """Contradictions found, look-alikes left alone, and how many rows and sources each has. Raises Problem."""
    cases = labelled("conflicts.jsonl")
    stores = _apart(cases)
    found: dict[str, list[set[str]]] = defaultdict(list)
    with setting.bar.over("Looking for contradictions", len(stores)) as step:
        for store in stores:
            for sources in _found(store):
                for case in {source.rpartition("/")[0] for source in sources}:
                    found[case].append(sources)
            step.on()
    for each in (*HALVES, "all"):
        yield from _judged([case for case in cases if each in ("all", half(case["id"]))], found, each)


def _apart(cases: Sequence[JSON]) -> list[list[JSON]]:
    """Cases that share nobody, store by store: each is a little world of its own."""
    stores: list[tuple[set[str], list[JSON]]] = []
    for case in cases:
        people = _people(case)
        for taken, kept in stores:
            if not taken & people:
                taken |= people
                kept.append(case)
                break
        else:
            stores.append((people, [case]))
    return [kept for _, kept in stores]


def _people(case: JSON) -> set[str]:
    """Who speaks and who is named inside sentences, in small letters."""
    people = {word.casefold() for word in re.findall(r"[A-Z][\w-]+", str(case["subject"]))}
    for one in case["observations"]:
        people.add("me" if one["mine"] else one["speaker"].casefold())
        people |= {word.casefold() for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z][\w-]+", one["text"])}
        people |= {one["text"].split()[0].casefold().removesuffix("'s")} if one["channel"] == "screen" else set()
    return people - {"", "i"}


def _found(cases: Sequence[JSON]) -> Iterator[set[str]]:
    observations = [_observation(case, number) for case in cases for number in range(len(case["observations"]))]
    night = max(one.at for one in observations) + timedelta(hours=12)
    with filled(observations, night) as place:
        slept(place, night)
        said = [line for _, line in place.lines("conflicts", "--json")][-1]
    for one in said["conflicts"]:
        yield {source["id"] for side in ("one", "other") for source in one[side]["says"]}


def _observation(case: JSON, number: int) -> Observation:
    told = case["observations"][number]
    screen = told["channel"] == "screen"
    origin = Provenance(
        channel=Channel.SCREEN if screen else Channel.CONVERSATION,
        app=told["app"],
        window=told.get("window", ""),
        conversation="" if screen else f"{case['id']} {told['conversation']}",
        external_id=f"{case['id']}/{number}",
        speaker="me" if told["mine"] else told["speaker"],
        mine=told["mine"],
    )
    return Observation(
        text=told["text"],
        at=datetime.fromisoformat(told["at"]),
        facet=Facet.FRAME if screen else Facet.TURN,
        provenance=origin,
    )


def _judged(cases: Sequence[JSON], found: dict[str, list[set[str]]], name: str) -> Iterator[Row]:
    true = [case for case in cases if case["conflict"]]
    alike = [case for case in cases if not case["conflict"]]
    right = sum(bool(found.get(case["id"])) for case in true)
    wrong = sum(bool(found.get(case["id"])) for case in alike)
    several = sum(len(found.get(case["id"], ())) > 1 for case in true)
    yield Row(name=f"contradictions found, {name}", value=right / max(1, len(true)), unit="share", n=len(true))
    yield Row(
        name=f"of what is shown, true, {name}",
        value=right / max(1, right + wrong),
        unit="share",
        n=right + wrong,
        target=PRECISION,
    )
    yield Row(name=f"look-alikes shown, {name}", value=float(wrong), unit="cases", n=len(alike), target=0.0)
    yield Row(name=f"shown more than once, {name}", value=float(several), unit="cases", n=right, target=0.0)
    told = [len(found[case["id"]][0]) / len(case["observations"]) for case in true if found.get(case["id"])]
    yield Row(
        name=f"of its observations, named, {name}", value=sum(told) / max(1, len(told)), unit="share", n=len(told)
    )
