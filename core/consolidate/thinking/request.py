"""One request: our instructions, the observations as data with marks, and the grammar that binds the reply."""

from collections.abc import Callable, Sequence
from functools import cache

from core.consolidate.thinking.lines import Line
from core.inference.generator import Message, Role
from core.paths import RESOURCES

REPLY = 1000
"""Tokens of a reply: some twenty items."""
SLACK = 64
"""Tokens for the marks of a chat format around the messages."""
NOTES = 200
"""Tokens for saying what was wrong with the first reply."""
GRAMMAR = r"""
root ::= "{\"items\":[" (item (", " item){0,60})? "]}"
item ::= "{\"source\":\"" mark "\",\"kind\":\"" kind about said when
about ::= "\",\"subject\":" words ",\"attribute\":" words ",\"value\":" words
said ::= ",\"evidence\":" words
when ::= ",\"when\":\"" day? "\"}"
mark ::= "S" [1-9] [0-9]? [0-9]?
kind ::= "fact" | "preference" | "promise" | "appointment" | "extends" | "transforms" | "implies"
words ::= "\"" char* "\""
char ::= [^"\\\x00-\x1F\x7F]
day ::= [0-9] [0-9] [0-9] [0-9] "-" [0-9] [0-9] "-" [0-9] [0-9]
"""
"""GBNF: one flat list of items, no nesting, no free text around it."""
_MOST_NOTES = 12
_DATA = "OBSERVATIONS"
_AGAIN = "REFUSED BEFORE"


@cache
def instructions() -> str:
    """Our own words, the same bytes for every request, so that their KV cache can be reused."""
    return (RESOURCES / "prompts" / "sleep.txt").read_text(encoding="utf-8")


def data(lines: Sequence[Line]) -> str:
    """The observations, each with its mark S1, S2, ..., under the day and the people they belong to."""
    written = [_DATA]
    heading = ""
    for number, line in enumerate(lines, start=1):
        if line.heading != heading:
            heading = line.heading
            written.append(heading)
        written.append(f"[S{number}] {line.text}")
    return "\n".join(written)


def messages(told: str, refused: Sequence[str] = ()) -> tuple[Message, ...]:
    """The request; with what was `refused` of the reply before at its end."""
    if refused:
        notes = list(dict.fromkeys(refused))[:_MOST_NOTES]
        told = "\n".join([told, "", _AGAIN, *notes, "Write only what is right, or no items."])
    return (Message(role=Role.SYSTEM, text=instructions()), Message(role=Role.USER, text=told))


def fitting(lines: Sequence[Line], context_tokens: int, count: Callable[[str], int]) -> tuple[list[Line], str, int]:
    """As many of the lines as fit beside instructions and reply, as data, and the tokens of the whole prompt.

    None when the model's context is too small for even one.
    """
    own = count(instructions())
    room = context_tokens - own - reply_tokens(context_tokens) - NOTES - SLACK
    taken = list(lines)
    while taken:
        told = data(taken)
        size = count(told)
        if size <= room:
            return taken, told, own + size
        taken = taken[: min(len(taken) - 1, int(len(taken) * room / size))] if room > 0 else []
    return [], "", own


def reply_tokens(context_tokens: int) -> int:
    """The longest reply: never more than a quarter of what the model can hold."""
    return min(REPLY, context_tokens // 4)


def most_bytes(context_tokens: int) -> int:
    """More than what fits into a request in any language, at four bytes a token."""
    return 4 * context_tokens
