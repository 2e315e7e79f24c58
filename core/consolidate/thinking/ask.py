"""One request put to the model, its reply judged, and once more with what was wrong with it."""

from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass

from core.consolidate.thinking.belief import Believed, Linked, Refused, judged
from core.consolidate.thinking.lines import Line
from core.consolidate.thinking.reply import LONGEST, items
from core.consolidate.thinking.request import GRAMMAR, data, fitting, messages, reply_tokens
from core.inference.generator import Generator as Model
from core.inference.generator import Message
from core.urgency import Urgency

NO_JSON = "Your reply was not the JSON that was asked for."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of one request."""

    lines: tuple[Line, ...] = ()
    """Those that fitted into it; none: not even one fits."""
    believed: tuple[Believed, ...] = ()
    linked: tuple[Linked, ...] = ()
    refused: tuple[Refused, ...] = ()
    nonsense: int = 0
    """Replies that were not what was asked for at all."""
    calls: int = 0
    tokens: int = 0
    """Of prompts and replies together, whatever of them the model had read before."""


def ask(model: Model, lines: Sequence[Line], names: Collection[str], stopped: Callable[[], bool]) -> Heard:
    """Ask about as many of `lines` as fit, and once more about those whose items were wrong. Raises what it raises."""
    taken, told, size = fitting(lines, model.context_tokens, model.count)
    if not taken:
        return Heard()
    most = reply_tokens(model.context_tokens)
    reply = _reply(model, messages(told), most, stopped)
    tokens = size + model.count(reply)
    one = _judged(reply, taken, names, model.model)
    wrong, notes = _wrong(one, taken)
    if not wrong:
        last = one or _Judged()
        return Heard(
            lines=tuple(taken),
            believed=last.believed,
            linked=last.linked,
            refused=last.refused,
            nonsense=one is None,
            calls=1,
            tokens=tokens,
        )
    again = messages(data(wrong), notes)
    reply = _reply(model, again, most, stopped)
    tokens += sum(model.count(message.text) for message in again) + model.count(reply)
    two = _judged(reply, wrong, names, model.model)
    last = two or one or _Judged()
    return Heard(
        lines=tuple(taken),
        believed=_both(one.believed if one else (), two.believed if two else ()),
        linked=_each(one.linked if one else (), two.linked if two else ()),
        refused=last.refused,
        nonsense=(one is None) + (two is None),
        calls=2,
        tokens=tokens,
    )


def _wrong(first: "_Judged | None", lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """The lines that are asked about again, and what was wrong, with their marks in that request."""
    if first is None:
        return list(lines), [NO_JSON]
    marks = {line.memory.id for line in lines} & {refused.memory for refused in first.refused}
    wrong = [line for line in lines if line.memory.id in marks]
    place = {line.memory.id: number for number, line in enumerate(wrong, start=1)}
    return wrong, [f"S{place[one.memory]}: {one.reason}." for one in first.refused if one.memory in place]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    believed: tuple[Believed, ...] = ()
    linked: tuple[Linked, ...] = ()
    refused: tuple[Refused, ...] = ()


def _judged(reply: str, lines: Sequence[Line], names: Collection[str], reader: str) -> _Judged | None:
    found = items(reply)
    if found is None:
        return None
    outcomes = [judged(item, lines, names, reader) for item in found]
    return _Judged(
        believed=_both([one for one in outcomes if isinstance(one, Believed)], ()),
        linked=_each([one for one in outcomes if isinstance(one, Linked)], ()),
        refused=tuple(one for one in outcomes if isinstance(one, Refused)),
    )


def _both(some: Sequence[Believed], more: Sequence[Believed]) -> tuple[Believed, ...]:
    """Each thing once."""
    once = {(one.memory.id, one.found.facet, one.found.fact): one for one in (*more, *some)}
    return tuple(sorted(once.values(), key=lambda one: (one.memory.at, one.memory.seq, one.found.start)))


def _each(some: Sequence[Linked], more: Sequence[Linked]) -> tuple[Linked, ...]:
    once = {(one.memory.id, one.other.id): one for one in (*more, *some)}
    return tuple(sorted(once.values(), key=lambda one: (one.memory.seq, one.other.seq)))


def _reply(model: Model, prompt: tuple[Message, ...], most: int, stopped: Callable[[], bool]) -> str:
    words = model.generate(prompt, max_tokens=most, grammar=GRAMMAR, urgency=Urgency.UPKEEP, cancelled=stopped)
    pieces: list[str] = []
    length = 0
    try:
        for piece in words:
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST:
                break
    finally:
        if isinstance(words, Generator):
            words.close()
    return "".join(pieces)
