"""Plain text and Markdown: "Name: text" lines are turns, anything else the paragraphs of a page."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from core.capture.conversation import irc
from core.capture.conversation.documents import is_binary
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import OLD_ENCODING, Line, Stream, lines
from core.capture.conversation.turns import Read, StableIds, Undated, dated, observed
from core.memory import Channel, Facet, Kind, Observation, Provenance

NAME = "plain text"
_HEAD = 2**16
_DAY = timedelta(days=1)
_LONGEST_PARAGRAPH = 4000
"""Characters; a longer one is cut at a line's end."""

_DATE = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})?"
_STAMP = re.compile(
    rf"[\[(]?(?P<date>{_DATE})?(?:[T ,]+)?(?P<clock>{_CLOCK})?(?P<zone>{_ZONE})[\])]?(?:\s+[-–]\s+|\s+|$)"
)
_NAME = r"[^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,3}"
_NICK = r"<[ @+%&~!]?(?P<nick>[^\s<>@]{1,40})>"
"""As IRC's programs write it down, with the mark of an operator."""
_TURN = re.compile(rf"(?:(?:\*\*)?(?P<name>{_NAME}) ?(?:\*\*:|:\*\*|:)|{_NICK})(?:\s+(?P<text>.*)|$)")
_HEADING = re.compile(rf"#{{0,6}}\s{{0,8}}[-=*]*\s{{0,8}}(?P<date>{_DATE})\s{{0,8}}[-=*]*$")


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1; text of any kind is taken, but only where no other format knows it."""
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    sample = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    if not sample.strip() or is_binary(head):
        return 0.0
    strange = sum(1 for sign in sample if sign == "�" or (ord(sign) < 32 and sign not in "\t\n\r\f"))
    if strange > len(sample) * 0.1:
        return 0.0
    return 0.4 if name.lower().endswith((".txt", ".md", ".markdown", ".text", ".log")) else 0.1


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """Turns where the beginning reads like a conversation, else paragraphs."""
    rows = lines(source)
    first: list[Line] = []
    size = 0
    for row in rows:
        first.append(row)
        size += len(row.text or "")
        if size > _HEAD:
            break
    every = irc.alike(chain(first, rows), first)
    if any(row.old_encoding for row in first):
        yield Notice(OLD_ENCODING)
    if _is_conversation(list(irc.alike(first, first))):
        yield from dated(_turns(every, context), context)
    else:
        yield from dated(_paragraphs(every, context), context)


def _is_conversation(first: list[Line]) -> bool:
    """Whether most lines begin with a name and names come back, as they do when people talk; or it is a log of IRC."""
    names: Counter[str] = Counter()
    told = others = logged = 0
    for row in first:
        text = (row.text or "").strip()
        if not text or _day(text):
            continue
        stamp, rest = _stamped(text)
        found = _TURN.match(rest)
        if found:
            told += 1
            logged += bool(stamp and found["nick"])
            names[(found["name"] or found["nick"]).casefold()] += 1
        elif stamp and (not rest or irc.HAPPENED.match(rest)):
            continue
        else:
            others += 1
    return told >= 2 and told >= others and (len(names) <= max(2, told // 2) or logged == told)


def _day(text: str) -> str:
    """The day that a line between turns tells, as YYYY-MM-DD; empty for any other line."""
    if found := _HEADING.match(text):
        return found["date"]
    return irc.day_of(text)


def _stamped(text: str) -> tuple[re.Match[str] | None, str]:
    """The time stamp at a line's beginning, if there is one, and what follows it."""
    found = _STAMP.match(text)
    if found is None or not (found["date"] or found["clock"]):
        return None, text
    return found, text[found.end() :]


def _turns(rows: Iterable[Line], context: ImportContext) -> Iterator[Read]:
    ids = StableIds(context.name)
    day = ""
    at: datetime | None = None
    name, said = "", list[str]()
    for row in rows:
        if row.text is None:
            yield Skipped(line=row.number, reason="longer than 10 MB")
            continue
        text = row.text.strip()
        heading = _day(text)
        stamp, rest = _stamped(text)
        found = _TURN.match(rest)
        if stamp is not None and not rest and not stamp["date"]:
            continue  # how far a meeting is, on a line of its own
        happened = stamp is not None and irc.HAPPENED.match(rest) is not None
        if heading or found or happened:
            if name and any(said):
                yield _turn(name, "\n".join(said).strip(), at, ids, context)
            name, said = "", []
        if heading:
            day, at = heading, None
        elif happened:
            yield Skipped(line=row.number, reason="a line of the program's own (joins, acts)")
        elif found:
            name, said = found["name"] or found["nick"], [found["text"] or ""]
            day = stamp["date"] or day if stamp else day
            before, at = at, _time(day, stamp, context)
            if before and at and not (stamp and stamp["date"]) and before - at > _DAY / 2:
                at += _DAY  # a time of day half a day before the last one: midnight has passed
                day = f"{at:%Y-%m-%d}"
        elif name:
            said.append(row.text.rstrip())
        elif text:
            yield Skipped(line=row.number, reason="nobody is named as saying it")
    if name and any(said):
        yield _turn(name, "\n".join(said).strip(), at, ids, context)


def _time(day: str, stamp: re.Match[str] | None, context: ImportContext) -> datetime | None:
    if not day or stamp is None or not stamp["clock"]:
        return None
    clock = stamp["clock"].rjust(5 if len(stamp["clock"]) < 6 else 8, "0")
    try:
        return context.aware(datetime.fromisoformat(f"{day}T{clock}{stamp['zone']}"))
    except ValueError:
        return None


def _turn(name: str, text: str, at: datetime | None, ids: StableIds, context: ImportContext) -> Read:
    identity = ids.next(name, at.isoformat() if at else "", text)
    user = name.casefold() in ("user", "you")
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        conversation=context.name,
        external_id=identity,
        speaker=name,
        role="user" if user else "",
        mine=context.is_me(name) or user,
    )
    return observed(text, at, provenance, context)


def _paragraphs(rows: Iterable[Line], context: ImportContext) -> Iterator[Read]:
    ids = StableIds(context.name)
    held: list[str] = []
    for row in rows:
        if row.text is None:
            yield Skipped(line=row.number, reason="longer than 10 MB")
        elif row.text.strip():
            held.append(row.text.rstrip())
            if sum(map(len, held)) < _LONGEST_PARAGRAPH:
                continue
        if held:
            yield _page("\n".join(held), ids, context)
            held = []
    if held:
        yield _page("\n".join(held), ids, context)


def _page(text: str, ids: StableIds, context: ImportContext) -> Undated:
    provenance = Provenance(
        channel=Channel.NOTE, window=context.name, conversation=context.name, external_id=ids.next(text)
    )
    return Undated(
        Observation(
            text=text,
            at=context.now,
            facet=Facet.PAGE,
            provenance=provenance,
            kind=Kind.RESOURCE,
            at_given=False,
        )
    )
