"""Which one of the models on offer suits this machine, or why none does. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.inference.catalog import Offer
from core.inference.stream.verdict import Fit, Verdict

GIB, MIB = 2**30, 2**20
_SYSTEM = 3 * GIB
"""Left for the system, the person's programs and the rest of Mneme."""
_LEAST = 512 * MIB
_STEP = 256 * MIB
_DISK_LEFT = 2 * GIB
"""Free space that a download leaves."""
_PLEASANT_TOKENS_S, _PLEASANT_WORD_S = 4.0, 10.0
"""About as fast as one reads, and begun before one looks away."""
_BEARABLE_TOKENS_S, _BEARABLE_WORD_S = 2.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What this machine has, in bytes, and the processors that may be used; 0 memory or disk: not known."""

    memory_bytes: int
    cores: int
    free_disk_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """Exactly one offer with what it would do here, or none and a sentence why."""

    offer: Offer | None
    verdict: Verdict | None
    sentence: str


def memory_for_model(machine: Machine) -> int:
    """Bytes that a model may have on this machine: half of the memory, and never what the system needs itself."""
    room = min(machine.memory_bytes // 2, machine.memory_bytes - _SYSTEM)
    return max(_LEAST, room // _STEP * _STEP)


def memory_there_is(machine: Machine) -> int:
    """Bytes that a model could be given at most: all but a bare system."""
    return machine.memory_bytes - GIB if machine.memory_bytes else 2**50


def given_mb(wanted_mb: int, machine: Machine) -> int:
    """What a model gets when the person gives it `wanted_mb`: at most what the machine has beside its system."""
    return min(wanted_mb, max(memory_there_is(machine) // MIB, 128))


def recommend(judged: Sequence[tuple[Offer, Verdict]], machine: Machine) -> Recommended:
    """The best offer that runs pleasantly here, else the quickest that is bearable, else none.

    How good a model is, is taken from its size: sqrt(all * active) parameters, the usual rule of thumb for what a
    mixture of experts is worth as a dense model. Only offers whose hash is known are recommended.
    """
    checked = [(offer, found) for offer, found in judged if offer.sha256]
    room = [one for one in checked if _has_room(one[0], machine)]
    if not room:
        least = min((offer.bytes for offer, _ in checked), default=0) + _DISK_LEFT
        return _none(f"The smallest model needs {least / GIB:.1f} GB of free disk.")
    runs = [(offer, found) for offer, found in room if found.fit is not Fit.CANNOT]
    if not runs:
        return _none("This machine has too little memory for a model.")
    pleasant = [one for one in runs if _is(one[1], _PLEASANT_TOKENS_S, _PLEASANT_WORD_S)]
    if pleasant:
        return _one(max(pleasant, key=lambda one: _worth(one[0])))
    bearable = [one for one in runs if _is(one[1], _BEARABLE_TOKENS_S, _BEARABLE_WORD_S)]
    if bearable:
        return _one(min(bearable, key=lambda one: one[1].first_word_s))
    return _none("Every model on offer would be too slow on this machine.")


def _has_room(offer: Offer, machine: Machine) -> bool:
    return not machine.free_disk_bytes or offer.bytes + _DISK_LEFT <= machine.free_disk_bytes


def _is(found: Verdict, tokens_per_s: float, first_word_s: float) -> bool:
    return found.tokens_per_s >= tokens_per_s and found.first_word_s <= first_word_s


def _worth(offer: Offer) -> float:
    return math.sqrt(offer.parameters * offer.active)


def _one(chosen: tuple[Offer, Verdict]) -> Recommended:
    offer, found = chosen
    return Recommended(offer=offer, verdict=found, sentence=found.sentence)


def _none(why: str) -> Recommended:
    return Recommended(offer=None, verdict=None, sentence=f"{why} Mneme answers without one, in your memories' words.")
