"""Which time belongs to which bubble: in its corner, at the end of its last line, above it or below it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from core.capture.screen.chat.bubble_parts import TICKS, Bubble, Log
from core.capture.screen.chat.runs import Run
from core.capture.screen.chat.times import Now, Stamp, stamp

LEAST_CLOCKS = 3
_UNEVEN = 0.35


def give_times(log: Log, tall: float, now: Now) -> None:
    """Give each time to its bubble: beside its last line, else all above or all below theirs."""
    loose: list[tuple[Run, Stamp]] = []
    for run, said in log.stamps:
        beside = [b for b in log.bubbles if b.lines[-1].level(run) or (b.top <= run.middle <= b.bottom + 0.2 * tall)]
        beside = beside or [b for b in log.bubbles if _in_corner(b, run, tall)]
        near = [b for b in beside if run.left >= b.left - tall and run.left - b.reach < 6 * tall]
        if near:
            near[0].stamp, near[0].outer = said, run.right
        else:
            loose.append((run, said))
    _loose_times(log, loose, tall)
    bare = [b for b in log.bubbles if b.stamp is None and b.header is None and clock_words(b.lines[-1], now)]
    if len(bare) + sum(b.stamp is not None for b in log.bubbles) < LEAST_CLOCKS:
        return
    for bubble in bare:
        words = clock_words(bubble.lines[-1], now)
        match = TICKS.compiled.fullmatch(" ".join(words))
        bubble.stamp, bubble.outer = stamp(match[1], now) if match else None, bubble.lines[-1].right
        bubble.lines[-1] = replace(bubble.lines[-1], words=bubble.lines[-1].words[: -len(words)])


def clock_words(run: Run, now: Now) -> tuple[str, ...]:
    """The words at the end of a line that are the bubble's time: written smaller or apart. None usually."""
    for count in (1, 2, 3):
        if len(run.words) <= count:
            break
        words = tuple(word.text for word in run.words[-count:])
        gap = run.words[-count].left - (run.words[-count - 1].left + run.words[-count - 1].width)
        match = TICKS.compiled.fullmatch(" ".join(words))
        said = stamp(match[1], now) if match else None
        others = sorted(b.left - a.left - a.width for a, b in pairwise(run.words[:-count]))
        usual = 1.6 * others[len(others) // 2] if len(others) > 1 else 0.0
        if said is not None and said.clock is not None and said.day is None and gap > max(usual, 0.5 * run.height):
            return words
    return ()


def _in_corner(bubble: Bubble, run: Run, tall: float) -> bool:
    """Whether a time stands right under a message, at its right end."""
    under = bubble.bottom < run.middle <= bubble.bottom + 1.1 * tall
    return under and run.left > bubble.left + 2 * tall and run.right <= bubble.reach + tall


def _loose_times(log: Log, loose: Sequence[tuple[Run, Stamp]], tall: float) -> None:
    """Times that stand on lines of their own: all belong to what is above them, or all to what is below."""
    pairs = []
    for run, said in loose:
        upper = max((b for b in log.bubbles if b.bottom <= run.middle), key=lambda b: b.bottom, default=None)
        lower = min((b for b in log.bubbles if b.top >= run.middle), key=lambda b: b.top, default=None)
        pairs.append((run, said, upper, lower))
    under = not any(bubble.header for bubble in log.bubbles) and _under(pairs, tall)
    for _, said, upper, lower in pairs:
        chosen = upper if under else lower
        if chosen is not None and chosen.stamp is None:
            chosen.stamp = said
            chosen.fresh = chosen.fresh or chosen is lower


def _under(pairs: Sequence[tuple[Run, Stamp, Bubble | None, Bubble | None]], tall: float) -> bool:
    """Whether times stand under their bubbles: at one distance from them, and where those end at the right."""
    above = [run.top - upper.bottom for run, _, upper, _ in pairs if upper is not None]
    below = [lower.top - run.bottom for run, _, _, lower in pairs if lower is not None]
    if len(above) > 1 and len(below) > 1:
        spread, other = max(above) - min(above), max(below) - min(below)
        if abs(spread - other) > _UNEVEN * tall:
            return spread < other
    sides = sum(_aligned(run, upper, lower, tall) for run, _, upper, lower in pairs)
    if sides:
        return sides > 0
    ends = bool(pairs) and pairs[-1][3] is None and pairs[-1][2] is not None
    begins = bool(pairs) and pairs[0][2] is None
    return ends if ends != begins else sum(above) <= sum(below)


def _aligned(run: Run, upper: Bubble | None, lower: Bubble | None, tall: float) -> int:
    """1 where a time at the right ends with the bubble above it, -1 where it begins with the one below it."""
    above = upper is not None and upper.mine and abs(run.right - upper.reach) < 1.2 * tall
    below = lower is not None and lower.mine and abs(run.left - lower.left) < 0.5 * tall
    return above - below
