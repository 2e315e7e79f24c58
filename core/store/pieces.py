"""Long texts split by their structure: headings, paragraphs, turns, lists, code, lines, at worst sentences. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NewType

from core.memory import MemoryId

PieceId = NewType("PieceId", MemoryId)
"""How vectors know a piece: the memory's own id for number 0, `id#number` for the others."""
Range = tuple[int, int]
"""Characters [begin, end) of a text."""

LONG = 1000
"""Characters up to which a text, or a paragraph of a longer one, is one piece."""
TARGET = 600
"""Characters up to which neighbours within a long text are joined."""
BITS = 12
MOST_PIECES = 1 << BITS

_LINE, _ITEM, _BLOCK = 1, 2, 3
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ITEM_MARK = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)])\s")
_TURN = re.compile(r"\s*(?:\[[^\]\n]{1,40}\]\s*)?[^\W\d_][\w .'’-]{0,39}:\s")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+|(?<=[。！？])[」』”’）]*")
_JOINS = "\u200d"
_LONGEST_SEARCH = 64


def piece_id(memory: MemoryId, number: int) -> PieceId:
    """The id under which this piece has its vector."""
    return PieceId(memory if number == 0 else MemoryId(f"{memory}#{number}"))


def parted(id: MemoryId) -> tuple[MemoryId, int]:
    """The memory and the number that a piece's id means."""
    memory, _, number = id.partition("#")
    return MemoryId(memory), int(number or 0)


def split(text: str, blocks: Sequence[int] = ()) -> tuple[Range, ...]:
    """The pieces of a text: in order, without a gap or an overlap, at most `MOST_PIECES`. Linear in its length.

    `blocks`: places known from elsewhere at which something new begins, such as the blocks of a screen.
    """
    if len(text) <= LONG:
        return ((0, len(text)),)
    borders = _borders(text) | dict.fromkeys((place for place in blocks if 0 < place < len(text)), _BLOCK)
    places = sorted(borders)
    most = TARGET
    while True:
        found = _joined(text, _atoms(text, places, borders, most * LONG // TARGET), most)
        if len(found) <= MOST_PIECES:
            return tuple(found)
        most *= 2


def shortened(before: str, after: str, ranges: Sequence[Range]) -> tuple[Range, ...]:
    """The pieces of a text after words went out of some of its lines: as they lay, so that the others are as they were.

    Split anew where one of them does not begin with a line, or the text is short by now.
    """
    lines = {begin: number for number, begin in enumerate(_line_starts(before))}
    now = _line_starts(after)
    if len(after) <= LONG or len(lines) != len(now) or any(begin not in lines for begin, _ in ranges):
        return split(after)
    begins = [now[lines[begin]] for begin, _ in ranges]
    return tuple(zip(begins, [*begins[1:], len(after)], strict=True))


def _line_starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]


def _borders(text: str) -> dict[int, int]:
    """Starts of lines with how much of a new beginning each is."""
    found: dict[int, int] = {}
    at, after_blank, fenced, under_heading = 0, True, False, False
    for line in text.split("\n"):
        if line and not line.isspace():
            fence = _FENCE.match(line) is not None
            heading = not fenced and _HEADING.match(line) is not None
            if fenced:
                strength = _LINE
            elif heading or ((after_blank or fence) and not under_heading):
                strength = _BLOCK
            elif _ITEM_MARK.match(line) or _TURN.match(line):
                strength = _ITEM
            else:
                strength = _LINE
            found[at] = strength
            closes = fence and fenced
            fenced = fenced != fence
            under_heading, after_blank = heading, closes
        else:
            after_blank = True
        at += len(line) + 1
    found.pop(0, None)
    return found


def _atoms(text: str, places: list[int], borders: dict[int, int], most: int) -> Iterator[Range]:
    """Ranges of at most `most` characters, each cut at the strongest border that does it."""

    def within(begin: int, end: int, inner: list[int], level: int) -> Iterator[Range]:
        if end - begin <= most:
            yield begin, end
            return
        if level == 0:
            yield from _sentences(text, begin, end, most)
            return
        start, rest = begin, 0
        for number, place in enumerate(inner):
            if borders[place] >= level:
                yield from within(start, place, inner[rest:number], level - 1)
                start, rest = place, number + 1
        yield from within(start, end, inner[rest:], level - 1)

    yield from within(0, len(text), places, _BLOCK)


def _sentences(text: str, begin: int, end: int, most: int) -> Iterator[Range]:
    start = begin
    for match in _SENTENCE.finditer(text, begin, end):
        if begin < match.end() < end:
            yield from _words(text, start, match.end(), most)
            start = match.end()
    yield from _words(text, start, end, most)


def _words(text: str, begin: int, end: int, most: int) -> Iterator[Range]:
    while end - begin > most:
        window = text[begin : begin + most]
        parts = window.rsplit(None, 1)
        if window[-1].isspace() or text[begin + most].isspace() or len(parts) < 2:
            cut = _whole(text, begin, begin + most)
        else:
            cut = begin + most - len(parts[1])
        yield begin, min(cut, end)
        begin = min(cut, end)
    if begin < end:
        yield begin, end


def _whole(text: str, begin: int, cut: int) -> int:
    """The nearest place at `cut` or before it that no character as a person sees it stands across; else after it."""
    for place in range(cut, max(begin, cut - _LONGEST_SEARCH), -1):
        if not _across(text, begin, place):
            return place
    while cut < len(text) and _across(text, begin, cut):
        cut += 1
    return cut


def _across(text: str, begin: int, place: int) -> bool:
    """Whether the characters before and behind this place belong together; at `begin` none do."""
    if place <= 0 or place >= len(text):
        return False
    before, behind = text[place - 1], text[place]
    if "\ud800" <= before <= "\udbff" and "\udc00" <= behind <= "\udfff":
        return True
    if behind == _JOINS or before == _JOINS or (before == "\r" and behind == "\n"):
        return True
    if "\U0001f3fb" <= behind <= "\U0001f3ff" or unicodedata.category(behind).startswith("M"):
        return True
    if "\u1160" <= behind <= "\u11ff":
        return True
    return _flag(before) and _flag(behind) and _flags_before(text, begin, place) % 2 == 1


def _flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, begin: int, place: int) -> int:
    first = place
    while first > begin and _flag(text[first - 1]):
        first -= 1
    return place - first


def _joined(text: str, atoms: Iterator[Range], most: int) -> list[Range]:
    """Neighbours together as far as `most` allows; a heading begins anew once there is half as much."""
    found: list[Range] = []
    for begin, end in atoms:
        if found:
            first, last = found[-1]
            anew = last - first >= most // 2 and _HEADING.match(text, begin, end) is not None
            if end - first <= most and not anew:
                found[-1] = (first, end)
                continue
        found.append((begin, end))
    if len(found) > 1 and found[-1][1] - found[-1][0] < most // 5:
        tail = found.pop()
        found[-1] = (found[-1][0], tail[1])
    return found
