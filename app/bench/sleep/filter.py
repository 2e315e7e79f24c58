"""What a sleep leaves out of its reading: junk of programs and senders to all, and nothing that is worth keeping."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.bench.row import Row
from app.bench.sleep.setting import HALVES, Setting, filled, half, labelled, slept
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

_NOT_BOILERPLATE = frozenset({"small talk", "assistants"})
"""Junk that is somebody's words: it fades early, and nothing is learnt from an assistant; the filter leaves it."""
_FACETS = {"screen": Facet.FRAME, "note": Facet.NOTE}


def rows(setting: Setting) -> Iterator[Row]:
    """How much of each class of junk is left out, and of what is worth keeping; half by half. Raises Problem."""
    lines = labelled("junk.jsonl")
    out = _left_out(lines)
    for part in (*HALVES, "all"):
        chosen = [line for line in lines if part in ("all", half(line["id"]))]
        yield _share(f"worth keeping and left out, {part}", [line for line in chosen if line["worth"]], out, target=0.0)
        junk = [line for line in chosen if not line["worth"] and line["class"] not in _NOT_BOILERPLATE]
        yield _share(f"boilerplate left out, {part}", junk, out)
    for kind in sorted({line["class"] for line in lines}):
        yield _share(f"left out, {kind}", [line for line in lines if line["class"] == kind], out)


def _share(name: str, lines: Sequence[JSON], out: set[str], *, target: float | None = None) -> Row:
    value = sum(line["id"] in out for line in lines) / max(1, len(lines))
    return Row(name=name, value=value, unit="share", n=len(lines), target=target)


def _left_out(lines: Sequence[JSON]) -> set[str]:
    observations = [_observation(line) for line in lines]
    night = max(one.at for one in observations) + timedelta(hours=12)
    with filled(observations, night) as place:
        slept(place, night)
        told = [line for _, line in place.lines("memories", "list", "--limit", "100000", "--json")][-1]
    return {one["id"] for one in told["memories"] if one["boilerplate"]}


def _observation(line: JSON) -> Observation:
    return Observation(
        text=line["text"],
        at=datetime.fromisoformat(line["at"]),
        facet=_FACETS.get(line["channel"], Facet.TURN),
        provenance=Provenance(
            channel=Channel(line["channel"]),
            app=line["app"],
            conversation="" if line["channel"] != "conversation" else f"{line['app']} {line['speaker']}",
            external_id=line["id"],
            speaker=line["speaker"] or "",
            role=line.get("role") or "",
            mine=bool(line["mine"]),
        ),
    )
