"""A conversation as it is copied out of a chat program's window: a line with a name and a time, what was said below."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from core.capture.conversation.day_order import DayOrder, Numbers, day_of
from core.capture.conversation.documents import is_binary
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import OLD_ENCODING, Line, Stream, lines
from core.capture.conversation.turns import Read, StableIds, dated, observed
from core.capture.conversation.whatsapp_words import HALF, MARKS, is_afternoon
from core.memory import Channel, Provenance

NAME = "copied chat"
_MOST_HELD = 5000
_CLOCK = rf"(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?::\d{{2}})?(?: ?(?P<half>{HALF}))?"
_DATE = r"(?P<a>\d{1,4})[./-](?P<b>\d{1,2})(?:[./-](?P<c>\d{2,4}))?\.?"
_SAID_DAY = r"(?P<word>today|yesterday|heute|gestern|aujourd'hui|hier|hoy|ayer|oggi|ieri|hoje|ontem|vandaag|gisteren)"
_DAY = rf"(?:{_DATE}|{_SAID_DAY}|[^\W\d_]{{3,10}})"
_AT = r"(?:,? (?:at|um|à|a las|alle|às|om) |,? )"
_NAME = r"(?P<name>(?:[^\W\d_]|\+\d{2})[^\n\[\]<>:;!?,]{0,59}?)"
_HEADS = (
    re.compile(rf"\[{_CLOCK}, {_DATE}\] {_NAME}: ?(?P<text>.*)$", re.IGNORECASE),  # WhatsApp in a browser
    re.compile(rf"{_NAME}, \[{_DATE} {_CLOCK}\]:?$", re.IGNORECASE),  # Telegram Desktop
    re.compile(rf"\[(?:{_DAY}{_AT})?{_CLOCK}\] {_NAME}(?:: ?(?P<text>.*))?$", re.IGNORECASE),  # Teams
    re.compile(rf"\[{_NAME}\] {_CLOCK}$", re.IGNORECASE),  # Zoom's saved captions
    re.compile(
        rf"{_CLOCK}\s+From\s+{_NAME}\s+to\s+[^:\n]{{1,80}}?\s*:\s?(?P<text>.*)$", re.IGNORECASE
    ),  # Zoom's saved chat
    re.compile(rf"{_NAME}(?:  +| ?[—–] ?|\t)(?:{_DAY}{_AT})?{_CLOCK}$", re.IGNORECASE),  # Slack, Discord, Teams
)
_EXPORTED = re.compile(r"\s*\[\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d{2}[:.]\d{2}")
"""A whole date with seconds: how WhatsApp exports a chat on an iPhone; nobody copies a chat so."""
_TODAY = frozenset(("today", "heute", "aujourd'hui", "hoy", "oggi", "hoje", "vandaag"))
LEVELS = frozenset(("info", "warn", "warning", "debug", "error", "trace", "critical", "fatal", "notice"))
"""What programs write where people would have a name."""


@dataclass(slots=True)
class _Copied:
    line: int
    name: str
    numbers: Numbers | None
    day: date | None
    clock: time | None
    half: bool = False
    """Whether its clock has twelve hours."""
    said: list[str] = field(default_factory=list)


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a text with this beginning is of this format."""
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if is_binary(head):
        return 0.0
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    rows = [row for row in text.splitlines()[:400] if row.strip()]
    found = [heading for row in rows if (heading := _heading(row))]
    names = Counter(one["name"].casefold() for one in found)
    if len(found) < 2 or _heading(rows[0]) is None or names.keys() <= LEVELS:
        return 0.0
    if all(map(_is_bare, found)) and max(names.values()) < 2:
        return 0.0  # "Lunch  12:30" is a plan for the day
    if sum(_EXPORTED.match(MARKS.sub("", row)) is not None for row in rows) * 2 > len(found):
        return 0.0
    return 0.91 if len(found) * 8 >= len(rows) else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in order; days said in words are counted from the moment of import."""
    return dated(_turns(lines(source), context), context)


def _heading(row: str) -> re.Match[str] | None:
    bare = MARKS.sub("", row).replace("\u202f", " ").replace("\u00a0", " ").strip()
    return next((found for one in _HEADS if (found := one.match(bare))), None) if len(bare) < 2000 else None


def _is_bare(heading: re.Match[str]) -> bool:
    """Whether it has nothing but a name and a clock."""
    return heading.re is _HEADS[-1] and not heading["a"] and not heading["word"]


def _turns(rows: Iterable[Line], context: ImportContext) -> Iterator[Read]:
    order = DayOrder(context.now.date())
    held: list[_Copied] = []
    told = ""
    ids = StableIds(context.name)
    for found in _messages(rows, context):
        if not isinstance(found, _Copied):
            yield found
            continue
        if found.numbers is not None:
            order.see(found.numbers)
        held.append(found)
        if told or order.order or len(held) >= _MOST_HELD:
            told = told or _decided(order, held, context.month_first)[0]
            yield from (_turn(one, told, ids, context) for one in held)
            held = []
    if held:
        told, sure = (told, True) if told else _decided(order, held, context.month_first)
        if not sure:
            yield Notice(f"Nothing tells the days from the months of these dates: they were read as {told}.")
        yield from (_turn(one, told, ids, context) for one in held)


def _decided(order: DayOrder, held: list[_Copied], month_first: bool | None) -> tuple[str, bool]:
    american = any(one.half for one in held if one.numbers is not None) if month_first is None else month_first
    return order.decided((one.numbers for one in held if one.numbers), american=american)


def _messages(rows: Iterable[Line], context: ImportContext) -> Iterator[_Copied | Skipped | Notice]:
    present: _Copied | None = None
    for row in rows:
        if row.old_encoding:
            yield Notice(OLD_ENCODING)
        if row.text is None:
            yield Skipped(line=row.number, reason="longer than 10 MB")
            continue
        found = _heading(row.text)
        if found is not None:
            if present is not None:
                yield present
            present = _Copied(row.number, found["name"].strip(), _numbers(found), _day(found, context), _clock(found))
            present.half = bool(found["half"])
            if "text" in found.groupdict() and found["text"]:
                present.said.append(found["text"])
        elif present is not None:
            present.said.append(row.text.rstrip())
        elif row.text.strip():
            yield Skipped(line=row.number, reason="nobody is named as saying it")
    if present is not None:
        yield present


def _numbers(found: re.Match[str]) -> Numbers | None:
    groups = found.groupdict()
    if not groups.get("a"):
        return None
    return int(groups["a"]), int(groups["b"]), int(groups["c"] or 0)


def _day(found: re.Match[str], context: ImportContext) -> date | None:
    word = (found.groupdict().get("word") or "").casefold()
    if not word:
        return None
    return context.now.date() - timedelta(days=word not in _TODAY)


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, half = int(found["hour"]), int(found["minute"]), found["half"]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * is_afternoon(half)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _turn(one: _Copied, order: str, ids: StableIds, context: ImportContext) -> Read:
    text = "\n".join(one.said).strip()
    if not text:
        return Skipped(line=one.line, reason="a message without words")
    day = one.day
    if one.numbers is not None:
        first, second, year = one.numbers
        day = day_of((first, second, year or context.now.year), order)
        if day is not None and not year and day > context.now.date():
            day = day_of((first, second, context.now.year - 1), order)
    at: datetime | None = None
    if day is not None and one.clock is not None:
        try:
            at = context.aware(datetime.combine(day, one.clock))
        except (ValueError, OverflowError):
            at = None
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        conversation=context.name,
        external_id=ids.next(one.name, at.isoformat() if at else str(one.clock), text),
        speaker=one.name,
        mine=context.is_me(one.name) or one.name.casefold() in ("you", "du"),
    )
    return observed(text, at, provenance, context)
