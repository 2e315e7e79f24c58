"""The bubbles of a chat: which lines stand together, on which side, without the bar and the field around them. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from core.capture.screen.chat.alike import key
from core.capture.screen.chat.headers import Header
from core.capture.screen.chat.patches import Patch
from core.capture.screen.chat.runs import INITIALS, Run, letters
from core.capture.screen.chat.shapes import COMPOSER, EDITED, furniture, reaction, system_line
from core.capture.screen.chat.times import Now, Stamp, stamp
from core.pattern import Pattern

_LEAST_PITCH = 1.25
"""Heights of a line: what is quoted stands closer."""
_WITHIN = 1.4
"""Of the usual pitch of lines: what is nearer belongs to one bubble."""
TICKS = Pattern(
    r"^[^\w]*(?:" + EDITED + r"\s+)?(.*?)(?:\s*(?:[✓✔√vVwW/\\]{1,3}|[^\w\s]{1,3})|\s+[✓✔√vVwWsS1lI/\\|]{1,3})?$",
    re.IGNORECASE,
)
"""A time with the ticks of what was delivered and read, as a reader of pictures may take them."""
_PADDED = 9
"""Heights of a line between the end of the owner's words and the edge: the time stands there."""
_TOP, _BOTTOM = 0.16, 0.86
_SHORT = 2
_CENTRED, _NEAR_CENTRE = 0.06, 0.2
_NEXT = 2.0
"""Heights of a line between two bubbles of one who says more."""
_ASIDE = 14
"""Letters of what stands beside a name, but for a telephone number."""
_NUMBER = Pattern(r"\+?\d[\d ().\-]{6,20}\d")
_ENDS, _BEGINS = 2.5, 0.8
"""Heights of a line within which bubbles end, or begin, in one column."""
_LONG = 20
"""Heights of a line that no bar's second line is long."""
_ROOMY = 1.9
"""Heights of a line that a bubble is high at the least: what is closer around a number is a reaction."""
_NOTICE = 6
"""Heights of a line on either side of what a program says in the middle."""


@dataclass(slots=True)
class Bubble:
    """Lines that stand together on one side."""

    lines: list[Run]
    mine: bool = False
    stamp: Stamp | None = None
    name: str = ""
    header: Header | None = None
    day: date | None = None
    reach: int = 0
    """How far to the right anything in it goes, what it quotes too."""
    outer: int = 0
    """The same with a time beside its last line."""
    grouped: bool = False
    """The next one of the same side has the time of both."""
    odd: bool = False
    """It stands at neither side as the others do."""
    aside: bool = False
    """The picture shows so: then it does not speak against the log's being one."""
    fresh: bool = False
    """What stands before it is another's, a time or a day."""
    box: Patch | None = None
    """The ground it stands on, where its log is seen to be in boxes."""

    @property
    def left(self) -> int:
        """Of what does not stand further in."""
        return min(line.left for line in self.lines)

    @property
    def right(self) -> int:
        """Of its longest line."""
        return max(line.right for line in self.lines)

    @property
    def top(self) -> int:
        """Of its first line."""
        return self.lines[0].top

    @property
    def bottom(self) -> int:
        """Of its last line."""
        return self.lines[-1].bottom


@dataclass(slots=True)
class Log:
    """The parts of a pane."""

    bubbles: list[Bubble] = field(default_factory=list)
    stamps: list[tuple[Run, Stamp]] = field(default_factory=list)
    days: list[tuple[int, Stamp]] = field(default_factory=list)
    """Times and days in the middle, by their row."""
    pitch: float | None = None
    """From line to line within a bubble, where it is seen."""
    sides: tuple[int, int] | None = None
    """Where boxes begin at the left and end at the right, where the log is seen to be in boxes."""


def without_frame(found: Sequence[Run], height: int, now: Now, called: frozenset[str] = frozenset()) -> list[Run]:
    """Without the bar at the top and the field at the bottom."""
    top = bar_bottom(found, height, now, called)
    kept = [run for run in found if run.top >= top]
    for run in reversed(kept):
        if run.top > _BOTTOM * height and COMPOSER.compiled.fullmatch(run.text):
            return [other for other in kept if other.bottom <= run.top]
    return kept


def bar_bottom(found: Sequence[Run], height: int, now: Now, called: frozenset[str] = frozenset()) -> int:
    """Where the bar at the top of a pane ends. 0 without a bar.

    Words far apart at one height stand in no log; the first that is `called` the same in a list or in the title is
    the conversation's name.
    """
    width = max(run.right for run in found) - min(run.left for run in found)
    high = [run for run in found if run.top < _TOP * height and stamp(run.text, now) is None]
    bottom = 0
    for one in high:
        for other in high:
            apart = other.left - one.right > 0.25 * width and not _over(one, high, found)
            if apart and min(one.bottom, other.bottom) - max(one.top, other.top) > 0.2 * one.height:
                bottom = max(bottom, one.bottom, other.bottom)
    named = [run for run in high if len(run.text) > _SHORT and key(run.text) in called]
    named = [run for run in named if key(run.text) == key(named[0].text)]
    alone = (run for run in reversed(named) if not any(o.level(run) and clock_of(o, now) for o in found))
    name = next(alone, named[0] if named else None)
    small = name is not None and 0 < bottom < name.top and name.height < 1.05 * letters(found)
    if name is not None and not small and not any(run.top < name.top and clock_of(run, now) for run in found):
        bottom = max(bottom, name.bottom)
    for run in high:
        if (
            bottom
            and bottom - 0.5 * run.height <= run.top < bottom + 0.8 * run.height
            and run.height < 1.05 * letters(found)
        ):
            bottom = max(bottom, run.bottom)
    return bottom


def _over(name: Run, high: Sequence[Run], found: Sequence[Run]) -> bool:
    """Whether it is a name with a mark far right of it: a bar above it, and right below it a line as long as those."""
    above = any(run.bottom <= name.top and abs(run.left - name.left) < 8 * name.height for run in high)
    below = (r for r in found if abs(r.left - name.left) <= 0.3 * name.height)
    return above and any(
        0 <= r.top - name.bottom < name.height and r.right - r.left > _LONG * name.height for r in below
    )


def edges(found: Sequence[Run], now: Now, tall: float) -> tuple[int, int]:
    """Where the others' text begins and where the owner's ends."""
    lines = [r for r in found if clock_of(r, now) is None and not INITIALS.compiled.fullmatch(r.text)]
    if not lines:
        return 0, 0
    step = max(1, int(0.4 * tall))
    lefts = Counter(run.left // step for run in lines)
    least = min(run.left for run in lines) // step
    common = [column for column, n in lefts.items() if n >= max(2, 0.1 * len(lines))]
    column = min(common, default=least)
    left = min(run.left for run in lines if run.left // step in (column, column + 1))
    return left, max(run.right for run in found)


def parted(
    found: Sequence[Run], begun: dict[int, Header], left_edge: int, right_edge: int, tall: float, now: Now
) -> Log:
    """The bubbles and times of a log whose frame was taken away; `begun`: headers by the id of their run."""
    log = Log()
    middle = (left_edge + right_edge) / 2
    lines = [run for run in found if clock_of(run, now) is None]
    pitches = sorted(
        b.top - a.top
        for a, b in pairwise(lines)
        if abs(a.left - b.left) < 0.5 * tall and tall * 0.9 < b.top - a.top < 2.0 * tall
    )
    log.pitch = pitches[len(pitches) // 4] if len(pitches) > 1 else None
    pitch = (
        max(_LEAST_PITCH * tall, min(pitches[: max(1, len(pitches) // 3)][-1], 1.6 * tall)) if pitches else 1.45 * tall
    )
    shown = [said for run in found if (said := clock_of(run, now)) is not None]
    plain = sum(said.day is None for said in shown) > 0.5 * len(shown)
    for run in found:
        said = stamp(run.text, now)
        off = abs((run.left + run.right) / 2 - middle) / max(1, right_edge - left_edge)
        loose = said is not None and said.clock is None
        centred = off < (0.2 if loose else _CENTRED) and run.left > left_edge + tall
        if said is not None and centred and (said.day is not None or _by_itself(run, found, tall)):
            log.days.append((run.top, said))
            continue
        clock = clock_of(run, now)
        if clock is not None and run.right < left_edge and id(run) not in begun:
            continue
        wrapped = bool(log.bubbles) and _goes_on(log.bubbles[-1], run, pitch, tall)
        if clock is not None and not wrapped and not (clock.day is not None and plain and len(run.words) > 1):
            log.stamps.append((run, clock))
            continue
        if run.right < left_edge or (INITIALS.compiled.fullmatch(run.text) and run.left < left_edge - 0.3 * tall):
            continue
        if furniture(run.text) and log.bubbles and _joins(log.bubbles[-1], run, pitch, tall):
            log.bubbles[-1].lines.append(run)
            continue
        if furniture(run.text) or (reaction(run) and not any(c.isdigit() for c in run.text)):
            continue
        if _aside(run, log, right_edge, tall) or (off < _NEAR_CENTRE and system_line(run.text)):
            continue
        if (
            _counted(run, log, tall)
            or _over_time(run, found, now, tall)
            or (off < _CENTRED and log.bubbles and _is_notice(run, found, left_edge, right_edge, tall))
        ):
            continue
        if header := begun.get(id(run)):
            log.bubbles.append(Bubble([run], header=header))
            continue
        last = next((b for b in reversed(log.bubbles) if b.header is None and _joins(b, run, pitch, tall)), None)
        crossed = last is not None and any(last.bottom - 2 <= row < run.top for row, _ in log.days)
        if last is not None and not crossed and last is log.bubbles[-1]:
            last.lines.append(run)
        else:
            log.bubbles.append(Bubble([run]))
    return log


def clock_of(run: Run, now: Now) -> Stamp | None:
    """The time of day that a run is, ticks beside it or not."""
    found = stamp(run.text, now)
    if found is None and (match := TICKS.compiled.fullmatch(run.text)):
        found = stamp(match[1], now)
    return found if found is not None and found.clock is not None else None


def _aside(run: Run, log: Log, right_edge: int, tall: float) -> bool:
    """Whether a word or two stand at the end of a bubble's first line, apart: what somebody is, how else called."""
    short = len(run.text) <= _ASIDE or _NUMBER.compiled.fullmatch(run.text) is not None
    if not log.bubbles or not short or run.right > right_edge - _PADDED * tall:
        return False
    last = log.bubbles[-1]
    far = run.left > last.right + (3 if len(run.text) <= _ASIDE else 1.5) * tall
    return len(last.lines) == 1 and last.header is None and run.level(last.lines[0]) and far


def _counted(run: Run, log: Log, tall: float) -> bool:
    """Whether it is the count at a reaction: a number under a message, that neither begins nor ends as it does."""
    if not (run.text.isdecimal() and len(run.text) <= _SHORT and log.bubbles):
        return False
    if run.patch is not None and run.patch.height > _ROOMY * run.height:
        return False
    last = log.bubbles[-1]
    within = last.left + 0.5 * tall < run.left and run.right < max(last.right, last.left + 5 * tall) - 0.5 * tall
    return within and -0.3 * tall < run.top - last.bottom < 1.7 * tall


def _over_time(run: Run, found: Sequence[Run], now: Now, tall: float) -> bool:
    """Whether it is a number right above a time: how many have not read a message yet."""
    if not (run.text.isdecimal() and len(run.text) <= _SHORT):
        return False
    below = (r for r in found if 0 <= r.top - run.bottom < 0.8 * tall and abs(r.right - run.right) < tall)
    return any(clock_of(other, now) is not None for other in below)


def _is_notice(run: Run, found: Sequence[Run], left_edge: int, right_edge: int, tall: float) -> bool:
    """Whether a line in the middle begins where nobody's do, ends where nobody's do, and stands by itself."""
    if run.left - left_edge < _NOTICE * tall or right_edge - run.right < _NOTICE * tall:
        return False
    around = (o for o in found if o is not run and -1.8 * tall < o.top - run.top < 1.8 * tall)
    return not any(o.level(run) or abs(o.left - run.left) < 1.2 * tall for o in around)


def _by_itself(run: Run, found: Sequence[Run], tall: float) -> bool:
    """Whether nothing stands beside it or right above it."""
    return not any(o is not run and -tall < run.top - o.bottom < 0.9 * tall and o.top < run.bottom for o in found)


def _goes_on(bubble: Bubble, run: Run, pitch: float, tall: float) -> bool:
    """Whether a time in full-sized letters stands where the next line of a message stands."""
    last = bubble.lines[-1]
    close = 0.8 * tall < run.top - last.top < 1.2 * pitch
    return close and abs(run.left - last.left) < 0.3 * tall and run.height > 0.92 * last.height


def _joins(bubble: Bubble, run: Run, pitch: float, tall: float) -> bool:
    last = bubble.lines[-1]
    if run.patch is not last.patch:
        return False
    if run.patch is not None:
        return run.top > last.top or run.left >= last.right
    if run.level(last):
        return 0 <= run.left - last.right < 3 * tall
    return run.top - last.top < _WITHIN * pitch and abs(run.left - last.left) < 1.2 * tall and run.top > last.top


def give_sides(log: Log, left_edge: int, right_edge: int, tall: float) -> None:
    """Tell the owner's bubbles from the others', take what they quote out, and see where one begins anew."""
    for bubble in log.bubbles:
        shift = bubble.left - left_edge
        bubble.reach = bubble.right
        near_end = bubble.right > right_edge - _PADDED * tall
        bubble.mine = shift > 1.6 * tall and near_end and bubble.header is None
        if log.sides is not None and bubble.box is not None:
            begin, end = log.sides
            bubble.mine = bubble.box.left - begin > 1.6 * tall and end - bubble.box.right < 1.2 * tall
        bubble.lines = _without_quote(bubble, tall)
    inset = {id(a) for a, b in pairwise(log.bubbles) if b.mine and _inset(a, b, log, tall)}
    log.bubbles = [bubble for bubble in log.bubbles if id(bubble) not in inset]
    previous: Bubble | None = None
    for bubble in log.bubbles:
        parted = previous is not None and any(previous.bottom <= row < bubble.top for row, _ in log.days)
        bubble.fresh = previous is None or parted or previous.mine != bubble.mine or previous.header is not None
        previous = bubble


def give_odd(log: Log, left_edge: int, tall: float) -> None:
    """See which bubbles stand where none of the others do: the owner's end in one column, the others' begin in one."""
    ends = sorted(max(bubble.outer, bubble.reach) for bubble in log.bubbles if bubble.mine)
    near = [sum(abs(end - other) < _ENDS * tall for other in ends) for end in ends]
    column = ends[near.index(max(near))] if ends else 0
    begins = [bubble.left for bubble in log.bubbles if not bubble.mine and bubble.header is None]
    usual = max(begins, key=lambda left: sum(abs(left - other) < 0.3 * tall for other in begins), default=left_edge)
    if sum(abs(usual - other) < 0.3 * tall for other in begins) >= 0.6 * len(begins) and usual > left_edge:
        left_edge = usual if usual - left_edge < 2 * tall else left_edge
    lefts = sorted(bubble.left for bubble in log.bubbles if bubble.mine)
    begin = max((sum(abs(left - other) < 0.3 * tall for other in lefts) for left in lefts), default=0)
    exact = max((sum(abs(end - other) < 0.3 * tall for other in ends) for end in ends), default=0)
    listed = begin > 3 and begin > 0.7 * len(lefts) and exact <= 0.5 * len(ends)
    for bubble in log.bubbles:
        if bubble.header is not None:
            continue
        if bubble.mine:
            bubble.odd = listed or abs(max(bubble.outer, bubble.reach) - column) > _ENDS * tall
            if bubble.stamp is None and len(text := bubble.lines[0].text) == 1 and text.isalpha():
                bubble.odd = True
        else:
            letter = len(bubble.lines) == 1 and len(bubble.lines[0].text) == 1 and bubble.lines[0].text.isalpha()
            bubble.odd = letter or abs(bubble.left - left_edge) > _BEGINS * tall


def give_groups(log: Log, tall: float) -> None:
    """Join what an empty line parts, and see which bubbles have their time at the one below them."""
    kept: list[Bubble] = []
    for bubble in reversed(log.bubbles):
        below = kept[-1] if kept else None
        if below is not None and bubble.stamp is None and bubble.header is None and _one_side(bubble, below):
            step = below.top - bubble.lines[-1].top
            empty = log.pitch is not None and abs(step - 2 * log.pitch) <= 1
            if (
                empty
                and bubble.box is below.box
                and below.stamp is not None
                and abs(bubble.left - below.left) < 0.3 * tall
            ):
                below.lines = [*bubble.lines, *below.lines]
                below.name, below.fresh = bubble.name, bubble.fresh
                continue
            bubble.grouped = below.top - bubble.bottom < _NEXT * tall and (below.grouped or below.stamp is not None)
        kept.append(bubble)
    log.bubbles = kept[::-1]


def _one_side(upper: Bubble, lower: Bubble) -> bool:
    return upper.mine == lower.mine and not lower.name and lower.header is None and not upper.odd


def _inset(upper: Bubble, own: Bubble, log: Log, tall: float) -> bool:
    """Whether it is a card or what is quoted in the owner's bubble: further in at both ends, without a time."""
    if upper.header is not None or not 0.3 * tall < upper.left - own.left < 4 * tall:
        return False
    ends = upper.lines[-1].text.endswith(("…", "...")) or own.right - upper.right > 3 * tall
    timed = any(upper.top <= run.middle <= upper.bottom for run, _ in log.stamps)
    return ends and not timed and upper.right < own.right and 0 <= own.top - upper.bottom < 1.2 * tall


def _without_quote(bubble: Bubble, tall: float) -> list[Run]:
    """Its own words: what it quotes stands first, or below the name, and further in."""
    lines = bubble.lines
    edge = min(line.left for line in lines)
    begin = int(len(lines) > 2 and lines[0].left - edge < 0.35 * tall)
    end = begin
    while end < len(lines) - 1 and lines[end].left - edge >= 0.35 * tall:
        end += 1
    if lines[end].left - edge >= 0.35 * tall:
        return lines
    return [*lines[:begin], *lines[end:]]
