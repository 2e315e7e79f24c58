"""What was read of a picture: lines of words with their boxes, and what must be read again. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.capture.rect import Rect, covered
from core.capture.redact import page_text
from core.memory import WordBox

Line = tuple[WordBox, ...]

_AROUND = 8
"""Pixels around a region given to the detector: letters at its edge are whole there."""
_MOST_LINES = 2
"""A region over more known lines than this is detected anew."""
_OUTSIDE = 0.3
"""Share of a line's height by which a change may stick out of it: a caret, an accent, a selection."""
_GOES_ON = 1.5
"""Heights of a line behind its end within which what is new belongs to it."""
_TOGETHER = 0.3
"""Heights of a line within which a change may touch the letters of a word."""
_NEIGHBOURS = 1
"""Words on either side that are read along: one alone is read worse."""
_BLANK = 3
"""Columns of ground left beside a line that is recognised."""
_MOST_OF_IT = 0.7
"""A part wider than this share of its line is the whole line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """The words of one picture, line by line from the top; boxes in its pixels."""

    lines: tuple[Line, ...]
    width: int
    height: int

    @property
    def text(self) -> str:
        """A line break between lines, a blank between words."""
        return page_text(self.lines)

    @property
    def boxes(self) -> tuple[WordBox, ...]:
        """All words in reading order."""
        return tuple(word for line in self.lines for word in line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a known line that is read again, and the words of the line that stay on either side."""

    rect: Rect
    before: Line = ()
    after: Line = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to read of a frame: known lines by recognition alone, new regions with detection."""

    recognise: tuple[Part, ...] = ()
    detect: tuple[Rect, ...] = ()
    kept: tuple[Line, ...] = ()
    """Lines of the earlier page that nothing has touched."""

    @property
    def asked(self) -> tuple[Rect, ...]:
        """All rectangles whose pixels the reader needs, recognition first."""
        return (*(part.rect for part in self.recognise), *self.detect)


def line_box(line: Sequence[WordBox]) -> Rect:
    """The rectangle around a line of at least one word."""
    box = _word_box(line[0])
    for word in line[1:]:
        box = box.join(_word_box(word))
    return box


def plan(before: ReadPage | None, changed: Iterable[Rect], width: int, height: int) -> Plan:
    """What must be read of a frame of `width` x `height` pixels after `changed` regions differ.

    A region within the height of one or two known lines, or right behind the end of one, is recognised with
    their boxes, and of a long line only the words near it; any other is detected, together with every known
    line that it touches.
    """
    bounds = Rect(0, 0, width, height)
    if before is None or (before.width, before.height) != (width, height):
        return Plan(detect=(bounds,))
    lines = [line for line in before.lines if line]
    boxes = [line_box(line) for line in lines]
    touched: set[int] = set()
    within: dict[int, Rect] = {}
    detect: list[Rect] = []
    for region in changed:
        met = [n for n, box in enumerate(boxes) if not box.meet(region).empty]
        touched.update(met)
        of = met or _behind(region, boxes)
        if of and len(of) <= _MOST_LINES and _fits(region, [boxes[n] for n in of]):
            for n in of:
                mine = _of_line(region, boxes[n])
                within[n] = within[n].join(mine) if n in within else mine
        else:
            whole = region.grown(_AROUND)
            for n in met:
                whole = whole.join(boxes[n].grown(2))
            detect.append(whole.meet(bounds))
    parts = {n: _part(lines[n], boxes[n], region, bounds) for n, region in within.items()}
    for n, part in list(parts.items()):
        if any(m != n and _collide(part.rect, boxes[m]) for m in range(len(lines))):
            del parts[n]
            detect.append(part.rect.join(boxes[n]).grown(2).meet(bounds))
    regions, joined = _with_lines(
        detect, [box.join(parts[n].rect) if n in parts else box for n, box in enumerate(boxes)]
    )
    touched |= joined | set(parts)
    return Plan(
        recognise=tuple(part for n, part in parts.items() if n not in joined),
        detect=tuple(region.meet(bounds) for region in regions),
        kept=tuple(line for n, line in enumerate(lines) if n not in touched),
    )


def anew(page: ReadPage, regions: Iterable[Rect]) -> Plan:
    """Look for the lines of these regions again, whatever is known of them."""
    bounds = Rect(0, 0, page.width, page.height)
    found, inside = _with_lines([r.grown(_AROUND).meet(bounds) for r in regions], [line_box(one) for one in page.lines])
    return Plan(detect=tuple(found), kept=tuple(line for n, line in enumerate(page.lines) if n not in inside))


def _with_lines(regions: Sequence[Rect], boxes: Sequence[Rect]) -> tuple[list[Rect], set[int]]:
    """Regions grown until they cut through no line, none overlapping; the lines that are in them."""
    merged, inside = _merge(regions), set[int]()
    while True:
        cut = {n for n, box in enumerate(boxes) if n not in inside and any(not box.meet(r).empty for r in merged)}
        if not cut:
            return merged, inside
        inside |= cut
        merged = _merge([*merged, *(boxes[n] for n in cut)])


def stitched(part: Part, read: Line) -> Line:
    """The line of a part: what stayed before and after it with what was read, at one height."""
    words = (*part.before, *read, *part.after)
    if not words or not read:
        return words
    top = min(word.top for word in words)
    height = max(word.top + word.height for word in words) - top
    return tuple(WordBox(text=word.text, left=word.left, top=top, width=word.width, height=height) for word in words)


def _word_box(word: WordBox) -> Rect:
    return Rect(word.left, word.top, word.width, word.height)


def _behind(region: Rect, boxes: Sequence[Rect]) -> list[int]:
    """The line that a region right behind (or before) it goes on with, if there is one."""
    near = [
        (max(region.left - box.right, box.left - region.right), n)
        for n, box in enumerate(boxes)
        if box.top - box.height * _OUTSIDE <= region.top and region.bottom <= box.bottom + box.height * _OUTSIDE
    ]
    gap, n = min(near, default=(0, -1))
    return [n] if n >= 0 and gap <= _GOES_ON * boxes[n].height else []


def _fits(region: Rect, boxes: Sequence[Rect]) -> bool:
    """Whether a region lies within the height of lines that are below one another."""
    bands = [
        Rect(region.left, box.top - out, region.width, box.height + 2 * out)
        for box in boxes
        for out in (int(box.height * _OUTSIDE),)
    ]
    return covered(region, bands) and _apart(boxes)


def _of_line(region: Rect, box: Rect) -> Rect:
    """The part of a region that belongs to a line: as high as the line, a little more where letters stick out."""
    out = int(box.height * _OUTSIDE)
    band = Rect(region.left, box.top - out, region.width, box.height + 2 * out).meet(region)
    if band.height > box.height or band.top < box.top - 3 or band.bottom > box.bottom + 3:
        return Rect(region.left, box.top, region.width, box.height)
    return band.join(Rect(region.left, box.top, region.width, box.height))


def _part(line: Line, box: Rect, region: Rect, bounds: Rect) -> Part:
    """What is read again of a line when `region` has changed: the words near it and a neighbour on each side."""
    top, height = min(box.top, region.top), max(box.bottom, region.bottom) - min(box.top, region.top)
    margin = max(4, int(box.height * _TOGETHER))
    near = [
        n
        for n, word in enumerate(line)
        if word.left < region.right + margin and region.left - margin < word.left + word.width
    ]
    behind = sum(word.left < region.left for word in line)
    first, last = (near[0], near[-1] + 1) if near else (behind, behind)
    first, last = max(0, first - _NEIGHBOURS), min(len(line), last + _NEIGHBOURS)
    while first > 0 and line[first].left - _right(line[first - 1]) < 2:
        first -= 1
    while last < len(line) and line[last].left - _right(line[last - 1]) < 2:
        last += 1
    left = (
        (line[first - 1].left + line[first - 1].width + line[first].left) // 2
        if 0 < first < len(line)
        else box.left - _BLANK
    )
    right = (_right(line[last - 1]) + line[last].left) // 2 if 0 < last < len(line) else box.right + _BLANK
    wide = Rect(region.left - _BLANK, top, region.width + 2 * _BLANK, height)
    rect = Rect(left, top, right - left, height).join(wide).meet(bounds)
    if rect.width > _MOST_OF_IT * box.join(rect).width:
        whole = Rect(box.left - _BLANK, top, box.width + 2 * _BLANK, height)
        return Part(rect=rect.join(whole).meet(bounds))
    return Part(rect=rect, before=line[:first], after=line[last:])


def _right(word: WordBox) -> int:
    return word.left + word.width


def _collide(rect: Rect, box: Rect) -> bool:
    """Whether a stretch that is to be read as one line would hold a part of another line."""
    both = rect.meet(box)
    return both.height > min(rect.height, box.height) * _OUTSIDE and both.width > 2


def _apart(boxes: Iterable[Rect]) -> bool:
    """Whether the lines lie below one another, not side by side."""
    rows = sorted(boxes, key=lambda box: box.top)
    return all(upper.bottom <= lower.top + lower.height // 2 for upper, lower in pairwise(rows))


def _merge(rects: Sequence[Rect]) -> list[Rect]:
    done: list[Rect] = []
    for rect in rects:
        one = rect
        while True:
            met = next((n for n, other in enumerate(done) if not other.meet(one).empty), None)
            if met is None:
                break
            one = done.pop(met).join(one)
        done.append(one)
    return done


def merged(kept: Iterable[Line], read: Iterable[Line], width: int, height: int) -> ReadPage:
    """One page of the lines that stayed and the lines that were read, in reading order."""
    lines = [line for line in (*kept, *read) if line]
    return ReadPage(lines=tuple(_in_reading_order(lines)), width=width, height=height)


def _in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """From the top; those at about the same height from the left."""
    rows: list[list[tuple[Rect, Line]]] = []
    for box, line in sorted(((line_box(line), line) for line in lines), key=lambda one: one[0].top):
        row = rows[-1] if rows else []
        if row and box.top + box.height // 2 < row[0][0].bottom:
            row.append((box, line))
        else:
            rows.append([(box, line)])
    return [line for row in rows for _, line in sorted(row, key=lambda one: one[0].left)]
