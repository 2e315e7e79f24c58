"""What a sleep links to what (A-MEM): new memories beside older ones that bear on them, and some that only look so."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.bench.row import Row
from app.bench.sleep.setting import HALVES, Setting, filled, half, labelled, slept
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

PRECISION = 0.9
_NONE = "none"


def rows(setting: Setting) -> Iterator[Row]:
    """Precision and recall of links within labelled groups, half by half; what was linked of each relation.

    All groups stand in one profile; a link from one group to another is not judged, for nobody labelled it.
    Raises Problem.
    """
    groups = labelled("links.jsonl")
    linked = _linked(groups)
    for part in (*HALVES, "all"):
        chosen = [group for group in groups if part in ("all", half(group["id"]))]
        pairs = [(group["id"], old) for group in chosen for old in group["old"]]
        made = [old["relation"] != _NONE for id, old in pairs if (id, old["id"]) in linked]
        there = sum(old["relation"] != _NONE for _, old in pairs)
        precision = sum(made) / max(1, len(made))
        yield Row(name=f"precision, {part}", value=precision, unit="share", n=len(made), target=PRECISION)
        yield Row(name=f"recall, {part}", value=sum(made) / max(1, there), unit="share", n=there)
    for relation in sorted({old["relation"] for group in groups for old in group["old"]}):
        of = [(group["id"], old["id"]) for group in groups for old in group["old"] if old["relation"] == relation]
        yield Row(
            name=f"linked, {relation}", value=sum(pair in linked for pair in of) / len(of), unit="share", n=len(of)
        )


def _linked(groups: Sequence[JSON]) -> set[tuple[str, str]]:
    """(group, older memory) of every link between two memories of one group."""
    observations = [_observation(group["id"], group["id"], group["new"]) for group in groups]
    observations += [_observation(group["id"], old["id"], old) for group in groups for old in group["old"]]
    night = max(one.at for one in observations) + timedelta(hours=12)
    with filled(sorted(observations, key=lambda one: one.at), night) as place:
        run = slept(place, night)
        told = [line for _, line in place.lines("memories", "list", "--limit", "100000", "--json")][-1]
    names = {one["memory"]: one["id"] for one in told["memories"]}
    found = set()
    for entry in run["entries"]:
        link = entry["after"].get("+link") if entry["step"] == "links" else None
        if link and entry["memory"] in names and link[0] in names:
            new, old = names[entry["memory"]], names[link[0]]
            group, _, candidate = old.partition("/")
            if candidate and new == f"{group}/":
                found.add((group, candidate))
    return found


def _observation(group: str, id: str, told: JSON) -> Observation:
    return Observation(
        text=told["text"],
        at=datetime.fromisoformat(told["at"]),
        facet=Facet.NOTE if told["channel"] == "note" else Facet.TURN,
        provenance=Provenance(
            channel=Channel(told["channel"]),
            app=told["app"],
            conversation=f"{group} {told['app']} {told['speaker']}" if told["channel"] == "conversation" else "",
            external_id=f"{group}/{'' if id == group else id}",
            speaker=told["speaker"],
            mine=bool(told["mine"]),
        ),
    )
