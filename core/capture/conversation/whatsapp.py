"""WhatsApp's exported chat: `_chat.txt` or "WhatsApp Chat with ….txt", in the dates of its phone's language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import PurePosixPath

from core.capture.conversation.attachments import noted
from core.capture.conversation.bundle import Bundle, head
from core.capture.conversation.copied import LEVELS
from core.capture.conversation.day_order import DAY_FIRST, MONTH_FIRST, DayOrder, Numbers, day_of
from core.capture.conversation.documents import is_binary
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import OLD_ENCODING, Line, Stream, lines
from core.capture.conversation.turns import Read, StableIds, dated, observed
from core.capture.conversation.whatsapp_words import HALF, LTR, MARKS, NAMES_OF_CHATS, is_afternoon, parted
from core.memory import Channel, Provenance

NAME = "WhatsApp chat"
_HELD = 20_000
"""Messages that wait until the order of their dates is known."""
_LONGEST = 2**20
"""Characters of one message; WhatsApp's own limit is 65,536."""
_LOOKED_AT = 200

_D = r"[\d٠-٩۰-۹०-९]"
_STAMP = re.compile(
    rf"(?P<open>\[)?(?P<a>{_D}{{1,4}})(?:[./-] ?|年|년 )(?P<b>{_D}{{1,2}})(?:[./-] ?|月|월 )(?P<c>{_D}{{1,4}})"
    rf"(?:日|일)?(?:\.|\.? г\.?)?[,،]? ?(?:(?:à|às|a las|alle|klo|kl\.?|um|om|o|в|at) )?(?P<before>{HALF} ?)?"
    rf"(?P<hour>{_D}{{1,2}})[:.h](?P<minute>{_D}{{2}})(?:[:.](?P<second>{_D}{{2}}))? ?(?P<after>{HALF})?"
    r"(?(open)\] ?| [-–] )",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\[?\d{1,2}\.")
_SPEAKER = re.compile(r"(?P<name>[^:\n“”\"„«»]{1,100}?):(?:[ \u00a0](?P<text>.*)|$)", re.DOTALL)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९", "0123456789" * 3)
_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " ", "\u3000": " "})


@dataclass(slots=True)
class _Message:
    line: int
    stamp: str
    numbers: Numbers
    clock: time | None
    name: str
    said: list[str] = field(default_factory=list)
    size: int = 0


def detect(begin: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    wide = begin[:2] in (b"\xff\xfe", b"\xfe\xff")
    if is_binary(begin):
        return 0.0
    rows = [row for row in begin.decode("utf-16" if wide else "utf-8-sig", "replace").splitlines() if row.strip()]
    if not rows or _begun(rows[0], 1) is None:
        return 0.0
    begun = [found for row in rows[:_LOOKED_AT] if (found := _begun(row, 1))]
    people = {one.name.casefold() for one in begun} - {""}
    if not people or people <= LEVELS:
        return 0.0
    named = bool(NAMES_OF_CHATS.search(name)) or name.lower().startswith(("_chat", "whatsapp"))
    if named or any(LTR in row for row in rows[:_LOOKED_AT]):
        return 0.97
    plain = all(one.numbers[0] > 31 and "-" in one.stamp for one in begun)
    return 0.3 if plain else 0.92


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; what nobody said comes out as Skipped with its line."""
    return dated(_Chat(context).turns(lines(source)), context)


def claim(bundle: Bundle) -> frozenset[str]:
    """The chats of a download that are called `_chat.txt`: their names are those of the zip or the folder."""
    named = [entry.name for entry in bundle.entries if PurePosixPath(entry.name).name == "_chat.txt"]
    return frozenset(name for name in named if detect(head(bundle, name), "_chat.txt") > 0)


def read_bundle(bundle: Bundle, context: ImportContext) -> Iterator[ReadOut]:
    """The turns of each chat of a download."""
    for name in sorted(claim(bundle)):
        called = PurePosixPath(name).parent.name or bundle.name
        with bundle.open(name) as stream:
            yield from read(stream, replace(context, name=called))


def _begun(row: str, number: int) -> _Message | None:
    """The message that begins with this line, if one does."""
    bare = MARKS.sub("", row).translate(_SPACES)
    found = _STAMP.match(bare)
    if found is None:
        return None
    first, second, third = (int(found[part].translate(_DIGITS)) for part in "abc")
    if found["open"] is None and found["second"] and "-" in found[0][:8]:
        return None  # a program's log; phones write no seconds here
    told = _SPEAKER.match(bare, found.end())
    message = _Message(number, found[0].strip(" -–"), (first, second, third), _clock(found), "")
    if told:
        message.name = told["name"].strip().removeprefix("~").strip()
        begins = told.start("text") if told["text"] is not None else told.end()
        message.said = [row[_raw_place(row, begins) :]]
    return message


def _raw_place(row: str, place: int) -> int:
    """Where in a line with its marks the character stands that is at `place` without them, marks before it included."""
    left = place
    for at, sign in enumerate(row):
        if left == 0:
            return at
        left -= not MARKS.match(sign)
    return len(row)


def _clock(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"].translate(_DIGITS)), int(found["minute"].translate(_DIGITS))
    second = int((found["second"] or "0").translate(_DIGITS))
    if half := found["before"] or found["after"]:
        if not 1 <= hour <= 12:
            half = ""
        else:
            hour = hour % 12 + 12 * is_afternoon(half)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


class _Chat:
    """One exported chat while it is read."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._title = _title(context.name)
        self._ids = StableIds(f"WhatsApp {self._title}")
        self._order = DayOrder(context.now.date())
        self._told: str | None = None
        self._direct = False

    def turns(self, rows: Iterable[Line]) -> Iterator[Read]:
        """Every turn; the first wait until the order of their dates is known."""
        held: list[_Message] = []
        for found in self._messages(rows):
            if not isinstance(found, _Message):
                yield found
            elif self._told is not None:
                yield self._turn(found)
            else:
                self._order.see(found.numbers)
                held.append(found)
                if len(held) >= _HELD or (self._order.order and len(held) >= _LOOKED_AT):
                    yield from self._decide(held)
                    held = []
        if held:
            yield from self._decide(held)

    def _decide(self, held: list[_Message]) -> Iterator[Read]:
        american = any("/" in one.stamp and one.stamp.rstrip("]")[-1:] in "Mm" for one in held)
        if self._context.month_first is not None:
            american = self._context.month_first
        self._told, sure = self._order.decided((one.numbers for one in held), american=american)
        if not sure and any(_DOTTED.match(one.stamp) for one in held):
            self._told, sure = DAY_FIRST, True  # nobody puts a month before a dot
        people = {one.name for one in held if one.name and not parted("\n".join(one.said))[2]}
        self._direct = self._title in people and len(people) <= 2  # a group may speak too: of its calls and joins
        if not sure:
            example = "3/4 is 4 March" if self._told == MONTH_FIRST else "3/4 is 3 April"
            yield Notice(
                f"Nothing in {self._context.name} tells its days from its months: they were read as {self._told} "
                f"({example})."
            )
        yield from map(self._turn, held)

    def _messages(self, rows: Iterable[Line]) -> Iterator[_Message | Skipped | Notice]:
        present: _Message | None = None
        for row in rows:
            if row.old_encoding:
                yield Notice(OLD_ENCODING)
            if row.text is None:
                yield Skipped(line=row.number, reason="longer than 10 MB")
                continue
            begun = _begun(row.text, row.number)
            if begun is not None:
                if present is not None:
                    yield present
                present = begun
            elif present is None:
                if row.text.strip():
                    yield Skipped(line=row.number, reason="it stands before the first message")
            elif not present.name:
                if row.text.strip():
                    yield Skipped(line=row.number, reason="more of a line of WhatsApp's own")
            elif present.size <= _LONGEST:
                present.said.append(row.text)
                present.size += len(row.text)
                if present.size > _LONGEST:
                    yield Skipped(line=row.number, reason="the rest of a message longer than WhatsApp allows")
        if present is not None:
            yield present

    def _turn(self, message: _Message) -> Read:
        if not message.name:
            return Skipped(line=message.line, reason="a line of WhatsApp's own (joins, calls, settings)")
        text, files, why = parted("\n".join(message.said))
        if why:
            return Skipped(line=message.line, reason=why)
        theirs = self._direct and message.name == self._title
        mine = self._context.is_me(message.name) or (self._direct and not theirs)
        provenance = Provenance(
            channel=Channel.CONVERSATION,
            app="WhatsApp",
            window=self._title,
            conversation=f"WhatsApp {self._title}",
            external_id=self._ids.next(message.name, message.stamp, *message.said),
            speaker=message.name,
            addressee="" if not self._direct else "me" if theirs else self._title,
            mine=mine,
        )
        return observed(noted(text, files), self._at(message), provenance, self._context)

    def _at(self, message: _Message) -> datetime | None:
        day: date | None = day_of(message.numbers, self._told or "")
        if day is None or message.clock is None:
            return None
        try:
            return self._context.aware(datetime.combine(day, message.clock))
        except (ValueError, OverflowError):
            return None


def _title(name: str) -> str:
    """The other's or the group's name, of what the file is called."""
    found = NAMES_OF_CHATS.search(name)
    title = name[found.end() :] if found else name
    return re.sub(r" ?\(\d+\)$", "", title.replace("_", " ").strip()).strip() or name
