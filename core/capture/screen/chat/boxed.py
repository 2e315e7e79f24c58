"""Which runs of a part of a window stand in boxes of their own: bubbles, cards, the field one writes in. Pure."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from core.capture.screen.chat.patches import Grounds, Patch
from core.capture.screen.chat.runs import Run, letters, rows
from core.capture.screen.chat.times import Now, leading, stamp, trailing
from core.pattern import Pattern

CODE = Pattern(r"[{}()\[\];=<>$|\\]|\b0x[0-9a-f]|\w_\w|^(?:[-•*–]|\d+[.)])\s")
_WIDE, _TALL = 0.94, 0.7
"""Of the pane: what is as wide or as high is a strip of it or the pane itself."""
_OTHER = 12
"""Steps of tone by which a ground is another."""
_SMALL = 0.3
"""Of the pane: what is of its tone and smaller has a line around it."""
_BAR_TOP, _BAR_END = 0.12, 0.22
"""Of a window's height: where strips of its head begin, and end, at the lowest."""
_FIELD_END, _FIELD_TOP, _FIELD_WIDE = 0.88, 0.6, 0.4
"""Of a window's height: where the field one writes in ends and begins; and of the pane, how wide it is."""
_FIELD_LINES, _MARGINS = 4, 0.2
_NEAR_BAR = 1.3
"""Heights of a line between the bar beside what is quoted and its words."""
_BESIDE = 3
_ROWS = 1
"""Others that begin and end where a field does, at the most."""
_FOOT = 0.97
"""Of a window's height: where a foot ends."""
_SQUARE, _LETTERS, _BESIDE_IT = 1.25, 2, 0.6
"""How much wider or higher an avatar is, its letters, and how near a box stands, in widths of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a window between its head and its field; its runs know their boxes."""

    runs: list[Run]
    head: frozenset[str] = frozenset()
    field: bool = False
    """One writes below it."""


def part_of(found: Sequence[Run], grounds: Grounds | None, height: int, now: Now) -> Part:
    """The runs of a part of a window of `height` rows. Those that stand on the pane itself know no patch any more.

    Without what stands in its head, in the field at its foot, and in boxes or beside bars in the boxes of others.
    """
    patches = {run.patch for run in found if run.patch is not None}
    if grounds is None or not patches:
        return Part(runs=[replace(run, patch=None) for run in found])
    pane = _pane(found, patches, height, grounds.borders())
    usual = grounds.usual(pane.left, pane.right)
    words = {run.patch: run.box for run in reversed(found) if run.patch is not None}
    boxes = {
        patch
        for patch in patches
        if _is_box(patch, pane, usual, height)
        and grounds.framed(patch, words[patch], cut=abs(patch.tone - usual) > _OTHER)
    }
    top = _head(found, pane, height, now, grounds)
    field = _field(found, patches, pane, height, grounds, now)
    foot = field or _strip(found, patches, pane, height, grounds, now)
    whole = _joined(boxes)
    found = [replace(run, patch=whole.get(run.patch, run.patch)) if run.patch is not None else run for run in found]
    boxes = set(whole.values())
    avatars = {box for box in boxes if _is_avatar(box, found, boxes, now)}
    boxes -= avatars
    inner = {patch for patch in boxes if any(patch.within(other) for other in boxes)}
    kept: list[Run] = []
    tall = letters(found)
    for run in found:
        patch = run.patch
        if run.middle < top or (foot is not None and run.middle > foot.top):
            continue
        if patch in avatars:
            continue
        if patch is not None and (patch in inner or _barred(run, found, tall)) and not CODE.search(run.text):
            continue
        if patch in inner or patch not in boxes:
            patch = next((box for box in boxes - inner if box.holds(run.box)), None)
        kept.append(replace(run, patch=patch))
    head = frozenset(run.text for run in found if run.middle < top)
    return Part(runs=kept, head=head, field=field is not None)


def _joined(boxes: Set[Patch]) -> dict[Patch, Patch]:
    """Of each box the largest that is the same one."""
    known: list[Patch] = []
    whole: dict[Patch, Patch] = {}
    for box in sorted(boxes, key=lambda one: (-one.height, one.top, one.left)):
        whole[box] = next((other for other in known if other.beside(box)), box)
        if whole[box] is box:
            known.append(box)
    return whole


def _pane(found: Sequence[Run], patches: Set[Patch], height: int, borders: Sequence[int]) -> Patch:
    """The extent of the pane: of its widest patch that reaches over where most is written, between two borders."""
    left, right = min(run.left for run in found), max(run.right for run in found)
    begin = max((border for border in borders if border <= left), default=0)
    end = min((border for border in borders if border >= right), default=right * 2)
    over = [p for p in patches if p.left <= left + 0.5 * (right - left) <= p.right]
    widest = max(over or patches, key=lambda patch: patch.width)
    return Patch(min(left, max(begin, widest.left)), 0, max(right, min(end, widest.right)), height, widest.tone)


def _is_box(patch: Patch, pane: Patch, usual: int, height: int) -> bool:
    if patch.width >= _WIDE * pane.width or (patch.height >= _TALL * height and abs(patch.tone - usual) <= _OTHER):
        return False
    small = patch.width * patch.height < _SMALL * pane.width * height
    return abs(patch.tone - usual) > _OTHER or small


def _head(found: Sequence[Run], pane: Patch, height: int, now: Now, grounds: Grounds) -> int:
    """Where the strips at the top of a pane end that hold no times: its bar, its tabs. 0 without one."""
    end = 0
    strips = {run.patch for run in found if run.patch is not None and run.patch.width >= _WIDE * pane.width}
    for strip in sorted(strips, key=lambda one: one.top):
        if strip.top > max(_BAR_TOP * height, end + _BESIDE) or strip.bottom > _BAR_END * height:
            continue
        if not grounds.divided(pane.left, pane.right, strip.bottom):
            continue
        texts = [[word.text for word in run.words] for run in found if strip.top <= run.middle < strip.bottom]
        if any(leading(words, now)[1] or trailing(words, now)[1] for words in texts):
            continue
        end = max(end, strip.bottom)
    return end


def _level(one: Patch, other: Patch) -> bool:
    """Whether another begins and ends in the same columns: rows of a table, posts."""
    return abs(one.left - other.left) <= _BESIDE and abs(one.right - other.right) <= _BESIDE and one is not other


def _field(
    found: Sequence[Run], patches: Set[Patch], pane: Patch, height: int, grounds: Grounds, now: Now
) -> Patch | None:
    """The box one writes in: the lowest wide one over the middle of the pane, with little in it and below it."""
    middle = (pane.left + pane.right) / 2
    beside = {run.patch: run.box for run in found if run.patch is not None}
    for patch in sorted(patches, key=lambda one: -one.top):
        wide = patch.width >= _FIELD_WIDE * pane.width and patch.left < middle < patch.right
        low = patch.bottom >= _FIELD_END * height and patch.top >= _FIELD_TOP * height
        if not wide or not low or not grounds.framed(patch, beside[patch]):
            continue
        below = [run for run in found if run.middle > patch.top]
        timed = any(leading(words, now)[1] or trailing(words, now)[1] for words in map(_texts, below))
        if timed or sum(_level(patch, other) for other in patches) > _ROWS:
            return None
        written = rows([run for run in below if run.patch is patch])
        margins = abs((patch.left - pane.left) - (pane.right - patch.right)) < _MARGINS * pane.width
        if margins and len(written) <= _FIELD_LINES and len(rows(below)) <= len(written) + 2:
            return patch
        return None
    return None


def _strip(
    found: Sequence[Run], patches: Set[Patch], pane: Patch, height: int, grounds: Grounds, now: Now
) -> Patch | None:
    """The foot of a pane below an edge that goes all across it: where one writes, if little and no time is in it."""
    for patch in sorted(patches, key=lambda one: -one.top):
        wide = patch.width >= _WIDE * pane.width and patch.bottom >= _FOOT * height
        if not wide or patch.top < _FIELD_TOP * height or not grounds.divided(pane.left, pane.right, patch.top):
            continue
        below = [run for run in found if run.middle > patch.top]
        timed = any(leading(words, now)[1] or trailing(words, now)[1] for words in map(_texts, below))
        return None if timed or len(rows(below)) > _FIELD_LINES else patch
    return None


def _texts(run: Run) -> list[str]:
    return [word.text for word in run.words]


def _initials(text: str) -> bool:
    return text.isalpha() and (text.isupper() or len(text) == 1)


def _is_avatar(box: Patch, found: Sequence[Run], boxes: Set[Patch], now: Now) -> bool:
    """Whether it is a square with a letter or two, and a name or another box stands right beside it."""
    inside = [run for run in found if run.patch is box]
    square = 1 / _SQUARE < box.width / max(1, box.height) < _SQUARE
    if len(inside) != 1 or len(inside[0].text) > _LETTERS or not square or not _initials(inside[0].text):
        return False
    near = _BESIDE_IT * box.width
    named = (run for run in found if run.patch not in boxes and stamp(run.text, now) is None)
    if any(0 <= run.left - box.right < near and box.top < run.middle < box.bottom for run in named):
        return True
    return any(
        other is not box
        and min(abs(other.left - box.right), abs(box.left - other.right)) < near
        and min(other.bottom, box.bottom) - max(other.top, box.top) > 0.3 * min(box.height, other.height)
        for other in boxes
    )


def _barred(run: Run, found: Sequence[Run], tall: float) -> bool:
    """Whether it stands right beside a bar, where other lines begin, that is shorter than the ground it is on."""
    patch = run.patch
    bar = patch.bar if patch is not None else None
    if bar is None or patch is None or not 0 <= run.left - bar.right < _NEAR_BAR * tall:
        return False
    longer = bar.top - patch.top > _BESIDE or patch.bottom - bar.bottom > _BESIDE
    if not longer or not bar.top <= run.middle < bar.bottom or bar.height >= _TALL * 10 * tall:
        return False
    return any(abs(other.left - bar.left) < 0.3 * tall and other is not run for other in found)


def mostly_boxed(found: Sequence[Run], least: float = 0.6) -> bool:
    """Whether most of what is written stands in boxes."""
    boxed = sum(len(run.text) for run in found if run.patch is not None)
    return boxed > 0 and boxed >= least * sum(len(run.text) for run in found)
