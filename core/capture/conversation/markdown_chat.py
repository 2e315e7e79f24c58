"""A chat with an assistant that was saved as Markdown: a heading says who speaks, what was said stands below."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from core.capture.conversation.assistants import EMPTY, SPEAKERS
from core.capture.conversation.documents import begins
from core.capture.conversation.moments import Moments
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import OLD_ENCODING, Line, Stream, lines
from core.capture.conversation.turns import Read, StableIds, dated, observed
from core.memory import Channel, Provenance

NAME = "Markdown chat"
_PERSON = r"you|user|human|me|prompt|question"
_OTHER = (
    r"assistant|ai|bot|model|answer|response|(?:chat)?gpt(?:[ -][\w.]+)?|claude(?: [\w.]+){0,2}|"
    r"gemini(?: [\w.]+){0,2}|copilot|grok|deepseek|mistral|le chat|llama|perplexity|bard"
)
_WHO = rf"(?:(?P<person>{_PERSON})|(?P<other>{_OTHER}))(?: said| asked)?"
_HEADING = re.compile(rf"(?:#{{1,6}} {{1,8}}\W{{0,4}}|\*\*\W{{0,4}}){_WHO} ?:?(?:\*\*)? ?:?\s*$", re.IGNORECASE)
_FENCE = re.compile(r"\s*(?P<mark>`{3,}|~{3,})")
_FOOT = re.compile(r"\W{0,4}(?:powered|exported|generated|created|saved) (?:by|with|from|using|on|at)\b", re.IGNORECASE)
_LOOKED_AT = 4000
"""Lines at the beginning whose dates tell which number is the day."""
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*$")


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    rows = begins(head).decode("utf-8", "replace").splitlines()
    code = _Code()
    found = [heading for row in rows if not code.holds(row) and (heading := _HEADING.match(row))]
    both = any(one["person"] for one in found) and any(one["other"] for one in found)
    return 0.9 if both else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; `Skipped.line` is the line's number."""
    rows = lines(source)
    first: list[Line] = []
    for row in rows:
        first.append(row)
        if len(first) == _LOOKED_AT:
            break
    moments = Moments.of((row.text or "" for row in first), context)
    if moments.guessed:
        yield Notice(moments.guessed)
    yield from dated(_turns(chain(first, rows), moments, context), context)


class _Code:
    """Whether the lines that it is shown stand in a block of code."""

    def __init__(self) -> None:
        self._fence = ""

    def holds(self, row: str) -> bool:
        """Whether this line belongs to one; the fences do."""
        mark = _FENCE.match(row)
        inside = bool(self._fence or mark)
        if mark and not self._fence:
            self._fence = mark["mark"]
        elif mark and mark["mark"].startswith(self._fence):
            self._fence = ""
        return inside


def _turns(rows: Iterable[Line], moments: Moments, context: ImportContext) -> Iterator[Read]:
    ids = StableIds(context.name)
    found: re.Match[str] | None = None
    said: list[str] = []
    code = _Code()
    for row in rows:
        if row.old_encoding:
            yield Notice(OLD_ENCODING)
        if row.text is None:
            yield Skipped(line=row.number, reason="longer than 10 MB")
            continue
        heading = None if code.holds(row.text) else _HEADING.match(row.text)
        if heading:
            yield from _turn(found, said, ids, moments, context)
            found, said = heading, []
        elif found:
            said.append(row.text.rstrip())
        elif row.text.strip():
            yield Skipped(line=row.number, reason="it stands before the first message")
    yield from _turn(found, said, ids, moments, context)


def _turn(
    found: re.Match[str] | None, said: list[str], ids: StableIds, moments: Moments, context: ImportContext
) -> Iterator[Read]:
    if found is None:
        return
    at = moments.at(said[0]) if len(said) > 1 and not said[1] else None
    if at is not None:
        del said[0]
    _without_end(said)
    text = "\n".join(said).strip("\n")
    if not text.strip():
        yield Notice(EMPTY)
        return
    role = "user" if found["person"] else "assistant"
    source = Provenance(
        channel=Channel.CONVERSATION,
        window=context.name,
        conversation=context.name,
        external_id=ids.next(role, text),
        speaker=found["person"] or found["other"],
        addressee=SPEAKERS[role],
        role=role,
        mine=role == "user",
    )
    yield observed(text, at, source, context)


def _without_end(said: list[str]) -> None:
    """Take away the lines and rules below a message, and what a program says of itself below the last one."""
    for _ in range(2):
        while said and (not said[-1] or _RULE.match(said[-1])):
            said.pop()
        if len(said) > 1 and _FOOT.match(said[-1]) and _RULE.match(said[-2]):
            said.pop()
