"""What a sleep folds: pairs that are one message, by two ways or read off a screen, and pairs that only look so."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from app.bench.row import Row
from app.bench.sleep.setting import HALVES, Setting, filled, half, labelled, slept
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

PRECISION, RECALL = 0.95, 0.8
_BEGIN, _APART = datetime(2020, 1, 1, 9, tzinfo=UTC), timedelta(days=30)
"""Each pair has days of its own, for many sentences stand in several pairs."""


def rows(setting: Setting) -> Iterator[Row]:
    """Precision and recall of folds over labelled pairs, half by half and class by class. Raises Problem."""
    pairs = labelled("duplicates.jsonl")
    folded = _folded(pairs)
    for part in (*HALVES, "all"):
        chosen = [pair for pair in pairs if part in ("all", half(pair["pair"]))]
        yield from _judged(part, chosen, folded)
    for kind in sorted({pair["class"] for pair in pairs}):
        chosen = [pair for pair in pairs if pair["class"] == kind]
        right = sum((pair["pair"] in folded) == pair["same"] for pair in chosen)
        yield Row(name=f"right, {kind}", value=right / len(chosen), unit="share", n=len(chosen))


def _judged(part: str, pairs: Sequence[JSON], folded: set[str]) -> Iterator[Row]:
    said = [pair for pair in pairs if pair["pair"] in folded]
    same = [pair for pair in pairs if pair["same"]]
    right = sum(pair["same"] for pair in said)
    yield Row(name=f"precision, {part}", value=right / max(1, len(said)), unit="share", n=len(said), target=PRECISION)
    yield Row(name=f"recall, {part}", value=right / max(1, len(same)), unit="share", n=len(same), target=RECALL)


def _folded(pairs: Sequence[JSON]) -> set[str]:
    """The pairs whose sides a sleep folded one into the other. All stand in one profile."""
    observations = [_observation(pair, side, number) for number, pair in enumerate(pairs) for side in "ab"]
    night = max(one.at for one in observations) + timedelta(hours=12)
    with filled(sorted(observations, key=lambda one: one.at), night) as place:
        slept(place, night)
        told = [line for _, line in place.lines("memories", "list", "--limit", "100000", "--json")][-1]
    names = {one["memory"]: one["id"] for one in told["memories"]}
    found: dict[str, set[str]] = defaultdict(set)
    for one in told["memories"]:
        if one["folded_into"] in names:
            found[one["id"].partition("/")[0]].add(names[one["folded_into"]].partition("/")[0])
    return {pair for pair, into in found.items() if pair in into}


def _observation(pair: JSON, side: str, number: int) -> Observation:
    told = pair[side]
    screen = told["channel"] == "screen"
    later = datetime.fromisoformat(told["at"]) - datetime.fromisoformat(pair["a"]["at"])
    return Observation(
        text=told["text"],
        at=_BEGIN + number * _APART + later,
        facet=Facet.FRAME if screen else Facet.TURN,
        provenance=Provenance(
            channel=Channel.SCREEN if screen else Channel.CONVERSATION,
            app=told["app"],
            window=told.get("window", ""),
            conversation=told["conversation"],
            external_id=f"{pair['pair']}/{side}",
            speaker=told["speaker"],
            mine=told["speaker"] == "me",
        ),
    )
