"""Where episodes begin, on streams with known switches: made by hand, and spliced from the caller's conversations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from app.bench.row import Row
from app.bench.sleep.segmentation import Parted, scores
from app.bench.sleep.setting import HALVES, Setting, filled, half, labelled, slept
from app.bench.sleep.splices import Splice, spliced
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

TARGET = 0.8
_APART = timedelta(days=2)
"""Between one made stream and the next, so that no two share the screen at a time."""


def rows(setting: Setting) -> Iterator[Row]:
    """F1 of boundaries, exact and within one and two turns, Pk and WindowDiff, kind by kind. Raises Problem."""
    lines = labelled("boundaries.jsonl")
    streams: dict[str, list[JSON]] = defaultdict(list)
    for line in lines:
        streams[line["stream"]].append(line)
    begun = _begun(_moved(list(streams.values())))
    parted: dict[str, list[Parted]] = defaultdict(list)
    for name, stream in streams.items():
        found = Parted(
            count=len(stream),
            right=frozenset(place for place, line in enumerate(stream) if line["boundary"] and place),
            found=frozenset(place for place, line in enumerate(stream) if place and line["id"] in begun),
        )
        helped = "with pauses" if stream[0]["gaps"] else "without pauses"
        for group in ("all kinds", stream[0]["kind"]):
            for part in (half(name), "all"):
                parted[f"{group}, {helped}, {part}"].append(found)
    for group in sorted(parted):
        judged = any(group.startswith(f"all kinds, without pauses, {part}") for part in (*HALVES, "all"))
        yield from scores(group, parted[group], TARGET if judged else None)
    if setting.dataset is not None:
        yield from _spliced(spliced(setting.dataset))


def _spliced(splices: Sequence[Splice]) -> Iterator[Row]:
    begun = _begun([one for splice in splices for one in splice.observations])
    groups: dict[str, list[Parted]] = defaultdict(list)
    for splice in splices:
        ids = [one.provenance.external_id for one in splice.observations]
        found = frozenset(place for place, id in enumerate(ids) if place and id in begun)
        groups[splice.made].append(Parted(count=len(ids), right=splice.switches, found=found))
    for made, parted in groups.items():
        yield from scores(f"spliced, {made}", parted, None)


def _moved(streams: Sequence[Sequence[JSON]]) -> list[Observation]:
    """Every stream at a time of its own; within it nothing moves."""
    begin = datetime.fromisoformat(streams[0][0]["at"])
    made = []
    for number, stream in enumerate(streams):
        shift = begin + number * _APART - datetime.fromisoformat(stream[0]["at"])
        made += [_observation(line, shift) for line in stream]
    return made


def _observation(line: JSON, shift: timedelta) -> Observation:
    screen = line["channel"] == "screen"
    return Observation(
        text=line["text"],
        at=datetime.fromisoformat(line["at"]) + shift,
        facet=Facet.FRAME if screen else Facet.TURN,
        provenance=Provenance(
            channel=Channel(line["channel"]),
            app=line["app"],
            window=line["window"],
            url=line["url"],
            conversation="" if screen else line["conversation"],
            external_id=line["id"],
            speaker=line["speaker"],
            mine=line["speaker"] == "me",
        ),
    )


def _begun(observations: Iterable[Observation]) -> set[str]:
    """The first observation of every episode that a sleep made, by the id it came in with."""
    kept = list(observations)
    order = {one.provenance.external_id: place for place, one in enumerate(kept)}
    night = max(one.at for one in kept) + timedelta(hours=12)
    with filled(kept, night) as place:
        slept(place, night)
        told = [line for _, line in place.lines("memories", "list", "--limit", "100000", "--json")][-1]
    first: dict[str, str] = {}
    for one in told["memories"]:
        if one["id"] in order and one["episode"]:
            before = first.setdefault(one["episode"], one["id"])
            if order[one["id"]] < order[before]:
                first[one["episode"]] = one["id"]
    return set(first.values())
