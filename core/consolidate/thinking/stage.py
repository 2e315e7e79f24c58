"""The stage that thinks: one request after the other within the night's budget, each written like what rules read."""

import time
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import replace
from functools import partial

from core.consolidate import learning
from core.consolidate.journal import LINK
from core.consolidate.mind import Mind
from core.consolidate.task import Looking, Pen, Thought
from core.consolidate.thinking.aside import aside
from core.consolidate.thinking.ask import Heard, ask
from core.consolidate.thinking.backlog import Stretch, done, leave, left
from core.consolidate.thinking.evidence import READ_BY_MODEL
from core.consolidate.thinking.lines import Line, Place, gathered, place
from core.consolidate.thinking.request import most_bytes
from core.errors import Cancelled, Problem
from core.inference.generator import Generator as Model
from core.inference.generator import Preempted
from core.store import tonight

_MOST_STOPPED = 5
"""Times a request is begun again when the model was stopped under it, as by a forget; a question is no such time."""
_MOST_FAILURES = 2
_NO_REPLY = "The model's reply was not what was asked for: set apart."
_BY_RULES = "From there on this night was done by rules."


def think(looking: Looking, cursor: str) -> Generator[None, None, Thought]:
    """Put the next request to the model; yields while it thinks. Without a model there is nothing to do.

    What is new comes first, then what earlier nights did not reach, the latest of it first.
    """
    task, at = looking.task, place(cursor)
    mind, sleep = task.mind, task.settings.sleep
    if mind is None or not sleep.think:
        return Thought(write=_nothing)
    begun = time.monotonic()
    failures = 0
    while True:
        spent = at.seconds + int(time.monotonic() - begun)
        if at.tokens >= sleep.think_tokens or spent >= sleep.think_minutes * 60:
            return Thought(write=partial(_ended, "ended by the model's budget", at))
        model = _model(mind)
        if model is None:
            return Thought(write=_nothing)
        if isinstance(model, Problem):
            return _failed(mind, model, at)
        lines, after = yield from gathered(looking, at, task.settings.person.names, most_bytes(model.context_tokens))
        if not lines:
            return Thought(write=partial(_next_stretch, at))
        limit = sleep.think_minutes * 60 - spent
        heard = yield from _heard(model, lines, task.settings.person.names, limit)
        if isinstance(heard, Preempted):
            continue  # a question goes first: what was thought until then is thought again
        if isinstance(heard, Problem):
            failures += 1
            if failures >= (_MOST_STOPPED if isinstance(heard, Cancelled) else _MOST_FAILURES):
                return _failed(mind, heard, at)
            continue
        if heard is None:
            return Thought(write=partial(_ended, "ended by the model's budget", at))
        spent = at.seconds + int(time.monotonic() - begun)
        behind = replace(_behind(heard, lines, after), tokens=at.tokens + heard.tokens, seconds=spent)
        return Thought(write=partial(_write, heard, behind), read=tuple(line.memory for line in heard.lines))


def _model(mind: Mind) -> Model | Problem | None:
    try:
        return mind.generator()
    except Problem as problem:
        return problem


def _heard(
    model: Model, lines: Sequence[Line], names: Collection[str], limit_s: float
) -> Generator[None, None, Heard | Problem | None]:
    """What the model came to, or why it did not; None when it was too slow."""
    until = time.monotonic() + limit_s

    def work(stopped: Callable[[], bool]) -> Heard:
        return ask(model, lines, names, lambda: stopped() or time.monotonic() > until)

    try:
        heard = yield from aside(work)
    except Problem as problem:
        return None if isinstance(problem, Cancelled) and time.monotonic() > until else problem
    return heard


def _behind(heard: Heard, lines: Sequence[Line], looked: Place) -> Place:
    """Where the next request begins: behind the last line that was read; behind a first one that no request holds."""
    if len(heard.lines) == len(lines):
        return looked
    last = heard.lines[-1] if heard.lines else lines[0]
    return looked.at(last.first, last.memory.seq)


def _nothing(pen: Pen) -> str | None:
    return None


def _next_stretch(at: Place, pen: Pen) -> str | None:
    """The stretch at hand has been read: on to the latest that is left."""
    if at.upto:
        done(pen.db, at.upto)
    stretches = left(pen.db)
    if not stretches:
        return None
    latest = stretches[-1]
    return replace(at, first=latest.first, seq=latest.seq, begin=latest.begin, upto=latest.upto).written()


def _ended(count: str, at: Place, pen: Pen) -> str | None:
    """Whatever has not been read is left to a later night."""
    pen.count(count)
    upto = at.upto or pen.task.upto
    begin = at.begin or min((memory.seq for memory in tonight.captured(pen.db, 0, upto, 1)), default=0)
    if begin:
        leave(pen.db, Stretch(upto=upto, begin=begin, first=at.first, seq=at.seq))
    return None


def _failed(mind: Mind, problem: Problem, at: Place) -> Thought:
    """The night goes on by rules, and the person is told why."""
    mind.told(f"{problem.title} {_BY_RULES} {problem.remedy}".strip())
    return Thought(write=partial(_ended, "failures of the model", at))


def _write(heard: Heard, after: Place, pen: Pen) -> str | None:
    """What was believed goes the way of what rules read; what was not is counted, and said without its words."""
    pen.count("requests to the model", heard.calls)
    pen.count("tokens of the model", heard.tokens)
    pen.count("read by the model", len(heard.lines))
    for one in heard.believed:
        learning.keep(pen, one.memory, one.found)
    for link in heard.linked:
        reason = f"{READ_BY_MODEL}: the later one {link.relation} the earlier."
        pen.update(link.memory.id, {LINK: [link.other.id, link.relation, reason]}, reason, [link.other.id])
        pen.count("linked")
    for refused in heard.refused:
        id = refused.memory or heard.lines[0].memory.id
        pen.noop(id, f"What the model read was set apart: {refused.reason}.", [id])
    for _ in range(heard.nonsense):
        id = heard.lines[0].memory.id
        pen.noop(id, _NO_REPLY, [id])
    pen.count("quarantined from the model", len(heard.refused) + heard.nonsense)
    return after.written()
