"""Boxes among messages that stand under names: code is of a message, cards and counts are not. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from core.capture.screen.chat.boxed import CODE, mostly_boxed
from core.capture.screen.chat.headers import Header, answering
from core.capture.screen.chat.patches import Patch
from core.capture.screen.chat.runs import Run

_LEAST, _EVEN = 4, 0.07
"""Words of a box in letters of one width, and by how much of it their widths vary."""
_LONG = 4
_NEXT, _AFTER = 1.2, 1.6
"""Heights of a line from a message to the code in it, and from the code to what is said after it."""


def without_cards(found: Sequence[Run], seen: Sequence[Header], left: int, tall: float) -> tuple[Sequence[Run], bool]:
    """Without boxes that are no code, where most of what is said stands in none; and whether it stands in boxes."""
    names = {id(header.run) for header in seen}
    first = min(header.run.top for header in seen)
    said = [run for run in found if id(run) not in names and run.top > first and run.left > left - 0.5 * tall]
    if not any(run.patch for run in said):
        return found, False
    if mostly_boxed(said):
        return found, True
    within: set[Patch | None] = {header.run.patch for header in seen}
    code = {run.patch for run in said if CODE.search(run.text) is not None}
    code |= {patch for patch in {run.patch for run in said} if _one_width([r for r in said if r.patch is patch])}
    return [run for run in found if run.patch is None or run.patch in within | code or id(run) in names], False


def in_one_message(above: Run, line: Run, boxed: bool, tall: float) -> bool:
    """Whether two lines, one of which stands in a box at least, are of one message; `boxed`: messages are."""
    if above.patch is line.patch:
        return True
    if boxed:
        return False
    if line.patch is not None:
        return line.patch.top - above.bottom < _NEXT * tall
    return above.patch is not None and line.top - above.patch.bottom < _AFTER * tall


def _one_width(lines: Sequence[Run]) -> bool:
    """Whether the words of a box are written in letters of one width, as code is."""
    wide = [b.left - a.left for line in lines for a, b in pairwise(line.words)]
    size = [len(a.text) + 1 for line in lines for a, _ in pairwise(line.words)]
    each = [step / letters for step, letters in zip(wide, size, strict=True) if letters > _LONG]
    if len(each) < _LEAST:
        return False
    usual = sum(each) / len(each)
    return all(abs(one - usual) < _EVEN * usual for one in each)


def text_begins(found: Sequence[Run], seen: Sequence[Header], tall: float) -> int:
    """Where names begin; what was said, where it begins left of them below the times under them."""
    left = sorted(header.run.left for header in seen)[len(seen) // 2]
    under = [header.under for header in seen if header.under is not None]
    below = [run.left for time in under for run in found if 0 < run.middle - time.middle < 2.2 * tall]
    said = sorted(other for other in below if left - 4 * tall < other < left + 0.5 * tall)
    return min(left, said[len(said) // 2]) if said else left


def posts(seen: Sequence[Header]) -> bool:
    """Whether each name stands in a box of its own, with what it wrote, and they answer each other."""
    boxes = {header.run.patch for header in seen} - {None}
    return len(boxes) == len(seen) and answering([h.name for h in seen], [h.stamp for h in seen])
