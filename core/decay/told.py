"""How firmly a memory is held, when it will fade and why, in sentences for the person."""

from datetime import datetime

from core.decay.curve import SHORTEST_DAYS, fades_on, holds_for_good, strength
from core.memory import Facet, Kind, Memory, State
from core.settings import Decay

_IMPORTANT, _SLIGHT = 1.15, 0.85


def fate(memory: Memory, now: datetime, settings: Decay) -> str:
    """What becomes of it if nothing happens: `Will fade on 12 March 2026.` Dates are those of the zone of `now`."""
    if memory.state is State.TO_BE_FORGOTTEN:
        return "Proposed for forgetting; keep it to take that back."
    if memory.state is State.SUPERSEDED:
        return "A newer value has taken its place; it is found when the past is asked for."
    if holds_for_good(memory):
        return f"Will not fade: {_why_for_good(memory)}."
    on = fades_on(memory, settings)
    if on is None:
        return "Will not fade in any time that a calendar knows."
    day = _day(on, now)
    if on <= now:
        return f"Faded on {day}: no longer offered, still found by every question."
    return f"Will fade on {day}. After that it is no longer offered, but still found by every question."


def because(memory: Memory, now: datetime, settings: Decay) -> str:
    """Why its curve is as it is: its stability, what it started from, its uses."""
    if holds_for_good(memory):
        return ""
    stability = max(min(memory.stability_days, settings.longest_days), SHORTEST_DAYS)
    held = strength(memory, now, settings)
    parts = [f"Strength {held:.0%}, stability {_days(stability)}"]
    what, days = _start(memory, settings)
    weight = (
        "rated as important"
        if memory.importance > _IMPORTANT
        else "rated as of little weight"
        if memory.importance < _SLIGHT
        else "of usual weight"
    )
    parts.append(f"{what} starts with {_days(days)}, this one is {weight} ({memory.importance:.2g})")
    if memory.uses == 0:
        parts.append("never of use since")
    else:
        many = {1: "once", 2: "twice"}.get(memory.uses, f"{memory.uses} times")
        last = "" if memory.last_used is None else f", last on {_day(memory.last_used, now)}"
        parts.append(f"of use {many}{last}, each time it became stabler")
    return "; ".join(parts) + "."


def _start(memory: Memory, settings: Decay) -> tuple[str, float]:
    if memory.kind is Kind.PROCEDURAL:
        return "a how-to", settings.procedure_days
    if memory.facet is Facet.FRAME:
        return "screen text", settings.frame_days
    if memory.facet in (Facet.TURN, Facet.QUESTION, Facet.ANSWER):
        return "what was said", settings.turn_days
    own = {Facet.NOTE: "a note", Facet.PAGE: "a page"}
    return own.get(memory.facet, "what was derived"), settings.fact_days


def _why_for_good(memory: Memory) -> str:
    if memory.pinned:
        return "you pinned it"
    if memory.kind is Kind.SECRET:
        return "a secret goes only by your own hand"
    return "it belongs to who you are"


def _day(moment: datetime, now: datetime) -> str:
    local = moment.astimezone(now.tzinfo)
    return f"{local.day} {local:%B %Y}"


def _days(days: float) -> str:
    return f"{days:.0f} days" if days < 730 else f"{days / 365:.1f} years"
