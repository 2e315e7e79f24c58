"""Two channels (StruQ): instructions from us, memories as data that cannot pass for anything else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from core.answer.asking import ask, outdated
from core.answer.extract import quotable
from core.dates.shown import shown
from core.dates.words import WEEKDAYS
from core.inference.channels import neutral
from core.inference.generator import Message, Role
from core.memory import QUARANTINED, Channel, Facet, Hit, Memory, Recalled
from core.paths import RESOURCES

__all__ = ["Prompt", "about", "asked", "build", "instructions", "neutral"]

_LONGEST_QUESTION = 2000
_MEMORIES = "MEMORIES"
_ABOUT = "ABOUT THE PERSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model is given, and which memory each mark means."""

    messages: tuple[Message, ...]
    marked: dict[str, Hit] = field(default_factory=dict)
    """M1, M2, ... in the order of time."""
    tokens: int = 0
    left_out: int = 0
    """Memories for which there was no room."""


@cache
def instructions() -> str:
    """Our own words, the same bytes for every question, so that their KV cache can be reused."""
    return (RESOURCES / "prompts" / "answer.txt").read_text(encoding="utf-8")


def build(
    recalled: Recalled,
    now: datetime,
    *,
    count: Callable[[str], int],
    budget: int,
    withheld: Callable[[Memory], bool] = lambda memory: False,
    profile: Sequence[Memory] = (),
) -> Prompt:
    """The prompt for a question; its memories take at most `budget` tokens by `count`.

    `profile`: who the person is, a few lines that stand before them (see `about`).

    The best hits are let in first, and all stand in the order of time; one too long for what is left of the budget
    is passed over. Left out before anything is written: secrets, the app's own output, what is quarantined or
    `withheld`, and values that do not hold at the time asked for, unless the question asks what used to be.
    """
    hits = [hit for hit in quotable(recalled.hits) if not (QUARANTINED in hit.memory.tags or withheld(hit.memory))]
    question = ask(recalled, now)
    over = set() if question.past and not question.then else outdated(question, hits, now)
    hits = [hit for hit in hits if hit.memory.id not in over]
    used = 0
    taken: list[tuple[Hit, str]] = []
    for hit in hits:
        line = _line(hit)
        cost = count(f"[M{len(hits)}] {line}\n") if line else 0
        if line and used + cost <= budget:
            used += cost
            taken.append((hit, line))
    taken.sort(key=lambda one: (one[0].memory.at, one[0].memory.seq))
    lines = [f"[M{place}] {line}" for place, (_, line) in enumerate(taken, start=1)]
    data = about(profile, withheld) + "\n".join([_MEMORIES, *lines, "", asked(recalled.question, now)])
    return Prompt(
        messages=(Message(role=Role.SYSTEM, text=instructions()), Message(role=Role.USER, text=data)),
        marked={f"M{place}": hit for place, (hit, _) in enumerate(taken, start=1)},
        tokens=count(instructions()) + count(data),
        left_out=len(hits) - len(taken),
    )


def about(profile: Sequence[Memory], withheld: Callable[[Memory], bool] = lambda memory: False) -> str:
    """The lines of the profile as they stand before the memories; empty without any. They are data like these."""
    lines = [f"- {neutral(one.text)}" for one in profile if not (QUARANTINED in one.tags or withheld(one))]
    return "\n".join([_ABOUT, *lines, "", ""]) if lines else ""


def asked(question: str, now: datetime) -> str:
    """The question as it stands at the prompt's end, with the day on which it is asked."""
    day = f"{WEEKDAYS[now.weekday()]}, {shown(now.date())}"
    return f"QUESTION (asked on {day}): {neutral(question, longest=_LONGEST_QUESTION)}"


def _line(hit: Hit) -> str:
    memory, text = hit.memory, neutral(hit.text)
    if memory.caption:
        text = f"{text} (picture: {neutral(memory.caption)})" if text else f"(picture: {neutral(memory.caption)})"
    return f"{shown(memory.at.date())}, {_source(memory)}: {text}" if text else ""


def _source(memory: Memory) -> str:
    provenance = memory.provenance
    if memory.facet is Facet.FRAME:
        return f"seen on the screen in {neutral(provenance.app or provenance.window, longest=60) or 'a window'}"
    if memory.facet is Facet.TURN:
        speaker = "the person" if provenance.mine else neutral(provenance.speaker, longest=60) or "someone"
        to = neutral(provenance.addressee, longest=60)
        if provenance.channel is Channel.SCREEN:
            return f"the screen showed that {speaker} said"
        return f"{speaker} said" + (f" to {to}" if to and provenance.mine else "")
    return {
        Facet.NOTE: "the person's note",
        Facet.PAGE: "a document",
        Facet.FACT: "known",
        Facet.PROMISE: "promised",
        Facet.APPOINTMENT: "appointment",
    }.get(memory.facet, "summary")
