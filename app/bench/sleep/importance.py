"""Does a sleep know what matters? Labelled lines kept and slept on in a real profile, and read from outside."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.bench.row import Row
from app.bench.sleep.setting import HALVES, Setting, filled, half, labelled, slept
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

_SET = "importance.jsonl"
_TARGET = 0.75
_CHANNELS = {Facet.FRAME: Channel.SCREEN, Facet.NOTE: Channel.NOTE}


def rows(setting: Setting) -> Iterator[Row]:
    """AUROC: how often something important is weighed above something unimportant. Raises Problem."""
    lines = labelled(_SET)
    last = max(datetime.fromisoformat(line["at"]) for line in lines) + timedelta(hours=12)
    with setting.bar.over("Weighing", 1), filled([_observed(line) for line in lines], last) as place:
        slept(place, last)
        listed = [one for _, one in place.lines("memories", "list", "--limit", "100000", "--json")][-1]["memories"]
    weights = {one["id"]: float(one["importance"]) for one in listed}
    for name in (*HALVES, "all"):
        chosen = [line for line in lines if name in (half(line["id"]), "all")]
        yield Row(name=f"AUROC, {name}", value=_auroc(chosen, weights), unit="share", n=len(chosen), target=_TARGET)


def _observed(line: JSON) -> Observation:
    """Each in a conversation of its own: nothing is repeated, nothing stands beside it."""
    facet = Facet(line["facet"])
    origin = Provenance(
        channel=_CHANNELS.get(facet, Channel.CONVERSATION),
        app=line["app"],
        window="" if facet is not Facet.FRAME else line["id"],
        conversation="" if facet is Facet.FRAME else f"importance {line['id']}",
        external_id=line["id"],
        speaker=line["speaker"],
        mine=line["mine"],
    )
    return Observation(text=line["text"], at=datetime.fromisoformat(line["at"]), facet=facet, provenance=origin)


def _auroc(lines: Sequence[JSON], weights: dict[str, float]) -> float:
    """Ties count half; what was not kept counts as nothing."""
    scored = [(weights.get(line["id"], 0.0), bool(line["important"])) for line in lines]
    above = [score for score, important in scored if important]
    below = [score for score, important in scored if not important]
    won = sum((one > other) + 0.5 * (one == other) for one in above for other in below)
    return won / max(1, len(above) * len(below))
