"""Where on a screen a new block begins: places in the text that was read of it, by the gaps between its lines. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

Box = tuple[str, float, float, float, float]
"""A word as it was read: text, left, top, width, height in pixels."""

_GAP = 1.0
"""Heights of a line that lie empty between two blocks; between lines of a paragraph there is half of one at most."""


@dataclass(frozen=True, slots=True)
class _Line:
    at: int
    top: float
    bottom: float


def blocks(text: str, boxes: Sequence[Box]) -> tuple[int, ...]:
    """The starts of lines with a gap above them, as places in `text`: lines of words in reading order.

    None where the text is no longer what was read.
    """
    lines = _lines(text, boxes)
    if len(lines) < 2:
        return ()
    gap = _GAP * median(line.bottom - line.top for line in lines)
    found: list[int] = []
    bottom = lines[0].bottom
    for line in lines[1:]:
        if line.top - bottom > gap:
            found.append(line.at)
        bottom = max(bottom, line.bottom) if line.top < bottom else line.bottom
    return tuple(found)


def _lines(text: str, boxes: Sequence[Box]) -> list[_Line]:
    lines: list[_Line] = []
    at, begins = 0, True
    for word, _, top, _, height in boxes:
        if not text.startswith(word, at):
            return []
        if begins:
            lines.append(_Line(at, top, top + height))
        else:
            before = lines[-1]
            lines[-1] = _Line(before.at, min(before.top, top), max(before.bottom, top + height))
        at += len(word)
        begins = text[at : at + 1] == "\n"
        at += 1
    return lines if at >= len(text) else []
