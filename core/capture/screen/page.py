"""What was read of a picture: lines of words with their boxes, and what must be read again. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.capture.rect import Rect, covered
from core.capture.redact import page_text
from core.memory import WordBox

Line = tuple[WordBox, ...]

_AROUND = 12
"""Pixels around a region given to the detector: letters at its edge are whole there."""
_MOST_LINES = 2
"""A region over more known lines than this is detected anew."""


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
class Plan:
    """What to read of a frame: known lines by recognition alone, new regions with detection."""

    recognise: tuple[Rect, ...] = ()
    detect: tuple[Rect, ...] = ()
    kept: tuple[Line, ...] = ()
    """Lines of the earlier page that nothing has touched."""

    @property
    def asked(self) -> tuple[Rect, ...]:
        """All rectangles whose pixels the reader needs, recognition first."""
        return (*self.recognise, *self.detect)


def line_box(line: Sequence[WordBox]) -> Rect:
    """The rectangle around a line of at least one word."""
    box = Rect(line[0].left, line[0].top, line[0].width, line[0].height)
    for word in line[1:]:
        box = box.join(Rect(word.left, word.top, word.width, word.height))
    return box


def plan(before: ReadPage | None, changed: Iterable[Rect], width: int, height: int) -> Plan:
    """What must be read of a frame of `width` x `height` pixels after `changed` regions differ.

    A region that lies within the height of one or two known lines is recognised with their boxes, made
    as wide as the region; any other is detected, together with every known line that it touches.
    """
    bounds = Rect(0, 0, width, height)
    if before is None or (before.width, before.height) != (width, height):
        return Plan(detect=(bounds,))
    lines = [(line_box(line), line) for line in before.lines if line]
    touched: set[int] = set()
    recognise: dict[int, Rect] = {}
    detect: list[Rect] = []
    for region in changed:
        met = [n for n, (box, _) in enumerate(lines) if not box.meet(region).empty]
        touched.update(met)
        bands = [Rect(region.left, lines[n][0].top, region.width, lines[n][0].height).grown(8) for n in met]
        if met and len(met) <= _MOST_LINES and covered(region, bands) and _apart(lines[n][0] for n in met):
            for n in met:
                box = recognise.get(n, lines[n][0])
                wide = Rect(region.left, box.top, region.width, box.height)
                recognise[n] = box.join(wide).meet(bounds)
        else:
            whole = region.grown(_AROUND)
            for n in met:
                whole = whole.join(lines[n][0].grown(2))
            detect.append(whole.meet(bounds))
    merged = _merge(detect)
    for n, (known, _) in enumerate(lines):
        box = known
        if any(not box.meet(region).empty for region in merged):
            touched.add(n)
            box = recognise.pop(n, box)
            merged = [r.join(box).meet(bounds) if not box.meet(r).empty else r for r in merged]
    return Plan(
        recognise=tuple(recognise.values()),
        detect=tuple(_merge(merged)),
        kept=tuple(line for n, (_, line) in enumerate(lines) if n not in touched),
    )


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
