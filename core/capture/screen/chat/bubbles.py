"""Chats in bubbles: the others' at the left, the owner's at the right, with times in, above or below them. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from core.capture.screen.chat.alike import key
from core.capture.screen.chat.boxed_bubbles import give_boxes, names_over_boxes, odd_beside_boxes, two_colours
from core.capture.screen.chat.bubble_parts import (
    Bubble,
    Log,
    edges,
    give_groups,
    give_odd,
    give_sides,
    parted,
    without_frame,
)
from core.capture.screen.chat.bubble_times import give_times
from core.capture.screen.chat.headers import headers
from core.capture.screen.chat.runs import INITIALS, Run, letters
from core.capture.screen.chat.shapes import (
    NOTHING,
    Reading,
    ScreenTurn,
    boxes_of,
    furniture,
    marked_edited,
    name_like,
    text_of,
)
from core.capture.screen.chat.times import Now, Stamp

_NAMED, _NAMED_OF_ALL = 0.55, 0.25
_MOST_ODD = 0.34
_SEVERAL = 2
_FEW_LETTERS = 2
_SMALL = 0.8
"""Of the usual height of a line: names over bubbles are written smaller."""
_QUOTED = 0.8
"""Heights of a line that what is quoted begins further in than a name."""


def bubble_turns(
    found: Sequence[Run],
    height: int,
    now: Now,
    names: frozenset[str],
    other: str,
    called: frozenset[str] = frozenset(),
    *,
    framed: bool = False,
) -> Reading:
    """The turns of a pane of `height` rows; sure (2) with both sides and times of each.

    `other`: the name at its top, who the other is where no names stand at the bubbles. `names`: the owner's.
    `called`: what the window's title and its lists name (keys), so what the bar of the log may call itself;
    `framed`: its bar was seen and taken away.
    """
    log_runs = list(found) if framed else without_frame(found, height, now, called)
    if not log_runs:
        return NOTHING
    tall = letters(log_runs)
    begun = {id(header.run): header for header in headers(log_runs, now, names) if header.stamp is not None}
    left_edge, right_edge = edges(log_runs, now, tall)
    log = parted(log_runs, begun, left_edge, right_edge, tall, now)
    if not log.bubbles:
        return NOTHING
    give_boxes(log, tall)
    give_sides(log, left_edge, right_edge, tall)
    give_times(log, tall, now)
    badges = [run for run in log_runs if INITIALS.compiled.fullmatch(run.text) and run.left < left_edge]
    grouped = _names(log, tall, other, lambda bubble: _certain(bubble, badges, called, tall))
    _titled(log)
    give_odd(log, left_edge, tall)
    odd_beside_boxes(log, tall)
    give_groups(log, tall)
    turns = _told(log, other if not grouped else "", tall)
    sure = _strength(log, left_edge, right_edge, tall)
    return _weighed(log, turns, sure, left_edge, right_edge, tall)


def _weighed(log: Log, turns: Sequence[ScreenTurn], sure: int, left_edge: int, right_edge: int, tall: float) -> Reading:
    """With what speaks for it: times and names of bubbles; and against: bubbles at neither edge."""
    bubbles = [b for b in log.bubbles if b.header is None and not b.odd]
    odd = sum(b.odd and not b.aside for b in log.bubbles)
    if odd > _MOST_ODD * len(log.bubbles):
        return NOTHING
    both = any(b.mine for b in bubbles) and not all(b.mine for b in bubbles)
    both = both and (any(b.mine and b.stamp is not None for b in bubbles) or not any(b.stamp for b in log.bubbles))
    proof = sum((b.stamp is not None) + 0.5 * bool(b.name) + 0.25 * both for b in bubbles)
    proof += sum(1.0 for b in log.bubbles if b.header is not None)
    return Reading(turns=tuple(turns), sure=sure, proof=proof, stray=float(odd))


def _certain(bubble: Bubble, badges: Sequence[Run], called: frozenset[str], tall: float) -> bool:
    """Whether a bubble's first line is a name that a list or a bar names too, or whose initials stand beside it."""
    name = bubble.lines[0].text
    if not name_like(name, recurs=True):
        return False
    initials = "".join(word[0] for word in name.split()).casefold()
    near = (b for b in badges if bubble.top - 2 * tall < b.middle < bubble.bottom + 2.5 * tall)
    return key(name) in called or any(badge.text.casefold() in (initials, initials[:2]) for badge in near)


def _names(log: Log, tall: float, other: str, certain: Callable[[Bubble], bool]) -> bool:
    """Take the names out of the bubbles where names stand in or above them; whether they do."""
    if any(bubble.header for bubble in log.bubbles):
        return True
    theirs = [bubble for bubble in log.bubbles if not bubble.mine]
    over_near = sum(
        len(a.lines) == 1 and a.stamp is None and _near_over(a, b, tall) and name_like(a.lines[0].text)
        for a, b in pairwise(log.bubbles)
    )
    stamped = sum(b.stamp is not None for b in log.bubbles) >= 0.7 * (len(log.bubbles) - over_near)
    fresh = [b for b in theirs if b.fresh]
    over = Counter(b.lines[0].text for b in theirs if len(b.lines) > 1)
    alone = Counter(b.lines[0].text for b in theirs if len(b.lines) == 1)

    over_another = {id(a) for a, b in pairwise(log.bubbles) if _near_over(a, b, tall) and 0.3 * tall < b.left - a.left}
    lone = [b.lines[0].text for b in theirs if id(b) in over_another and len(b.lines) == 1]
    several = sum(alone[text] > 1 for text in lone) >= _SEVERAL

    labels = names_over_boxes(log, tall)

    def head(bubble: Bubble) -> bool:
        first = bubble.lines[0]
        if id(bubble) in labels or (log.sides is not None and bubble.box is None):
            return id(bubble) in labels
        if bubble.box is not None and INITIALS.compiled.fullmatch(first.text):
            return False
        follows = len(bubble.lines) > 1 and not bubble.lines[1].level(first)
        recurring = id(bubble) in over_another and (alone[first.text] > 1 or several)
        small = first.height <= _SMALL * tall and (
            id(bubble) in over_another or over[first.text] + alone[first.text] > 1
        )
        lonely = len(bubble.lines) == 1 and bubble.stamp is None and (stamped or recurring or small)
        recurs = (over[first.text] > 1 and not alone[first.text]) or recurring
        return (follows or lonely) and name_like(first.text, recurs=recurs)

    whole = [b for b in fresh if b is not theirs[0]] or fresh
    named = sum(head(b) for b in theirs)
    often = named >= max(2, _NAMED_OF_ALL * len(theirs))
    sure = [b for b in theirs if id(b) in labels or (head(b) and b.lines[0].text != other and certain(b))]
    enough = often or sure or sum(head(b) for b in whole) >= _NAMED * len(whole)
    if not whole or not named or not enough:
        return False
    lefts = {id(bubble): bubble.left for bubble in theirs}
    smaller = sorted(b.lines[0].height for b in theirs if head(b))
    usual = smaller[len(smaller) // 2]
    for bubble in theirs:
        if head(bubble) and (bubble.fresh or bubble in sure or abs(bubble.lines[0].height - usual) <= 1 + 0.08 * usual):
            bubble.name = bubble.lines[0].text
            bubble.lines = bubble.lines[1:]
    log.bubbles = _carried(log.bubbles, lefts, tall)
    return True


def _near_over(upper: Bubble, lower: Bubble, tall: float) -> bool:
    """Whether one of the others' bubbles stands right over another that begins there or a little further in."""
    near = 0 < lower.top - upper.bottom < 1.5 * tall and -0.3 * tall < lower.left - upper.left < 1.3 * tall
    return near and not upper.mine and not lower.mine


def _carried(bubbles: Sequence[Bubble], lefts: Mapping[int, int], tall: float) -> list[Bubble]:
    """A name that stands alone goes to the bubble below it; what has a name of its own and is further in is quoted.

    `lefts`: where the others' bubbles begin, by their id.
    """
    kept: list[Bubble] = []
    name = ""
    left = 0
    for bubble in bubbles:
        if not bubble.lines:
            name, left = bubble.name, lefts[id(bubble)]
            continue
        if name and bubble.name and bubble.left - left > _QUOTED * tall:
            continue
        if name and not bubble.name and not bubble.mine:
            bubble.name, bubble.fresh = name, True
        name = ""
        kept.append(bubble)
    return kept


def _titled(log: Log) -> None:
    """Where one name stands at all, over the first bubble, it is the pane's: of all the others' bubbles."""
    named = [bubble for bubble in log.bubbles if bubble.name]
    if len(named) == 1 and named[0] is next((b for b in log.bubbles if not b.mine), None):
        for bubble in log.bubbles:
            bubble.name = "" if bubble.mine or bubble.header is not None else named[0].name


def _told(log: Log, other: str, tall: float) -> list[ScreenTurn]:
    turns: list[ScreenTurn] = []
    speaker, said = other, None
    stamped = sum(b.stamp is not None for b in log.bubbles if b.header is None)
    each = stamped >= 0.7 * sum(b.header is None for b in log.bubbles)
    headed = any(b.header for b in log.bubbles)
    group_time: Stamp | None = None
    own = False
    days = sorted(log.days, key=lambda one: one[0])
    for bubble in log.bubbles:
        if bubble.header is not None:
            speaker, group_time = bubble.header.name, bubble.header.stamp
            own = bubble.header.mine
            continue
        if not other and not headed:
            speaker = bubble.name or ("" if bubble.fresh else speaker)
        if bubble.odd or (each and not headed and bubble.stamp is None and bubble.box is None and not bubble.grouped):
            continue
        lines = [line for line in bubble.lines if not furniture(line.text)]
        if lines and bubble.stamp is not None and bubble.outer and marked_edited(lines[-1].words[-1].text):
            lines[-1] = replace(lines[-1], words=lines[-1].words[:-1])
        text = text_of(lines)
        if not text:
            continue
        before = [one for row, one in days if row < bubble.top]
        day = next((one.day for one in reversed(before) if one.day), None)
        said = bubble.stamp or group_time
        if said is None and before and before[-1].clock is not None and _first_after(bubble, log, days):
            said = before[-1]
        group_time = None
        mine = bubble.mine or (headed and own)
        turns.append(
            ScreenTurn(
                speaker="" if mine else speaker,
                mine=mine,
                text=text,
                day=(said.day if said else None) or day,
                clock=said.clock if said else None,
                boxes=boxes_of(lines),
            )
        )
    return turns


def _first_after(bubble: Bubble, log: Log, days: Sequence[tuple[int, Stamp]]) -> bool:
    row = max((row for row, _ in days if row < bubble.top), default=-1)
    return not any(row < b.top < bubble.top for b in log.bubbles)


def _strength(log: Log, left_edge: int, right_edge: int, tall: float) -> int:
    """2: both sides, or a time at nearly every bubble; 1: one of them in part; 0: it could be any text."""
    sound = [b for b in log.bubbles if not b.odd]
    mine = [b for b in sound if b.mine]
    ends = sum(b.box is not None or abs(b.right - right_edge) < 8 * tall for b in mine)
    theirs = [b for b in sound if not b.mine]
    headed = [b for a, b in pairwise(log.bubbles) if a.header is not None and b.header is None and not b.odd]
    timed = sum(b.stamp is not None or b.header is not None for b in sound) + len(headed)
    both = len(theirs) >= 1 and len(mine) >= 1 and ends >= 0.8 * len(mine) and len(mine) + len(theirs) >= 3
    each = timed >= max(3, 0.6 * len(sound))
    written = any(sum(c.isalpha() for c in b.lines[0].text) > _FEW_LETTERS for b in mine)
    odd = sum(b.odd and not b.aside for b in log.bubbles)
    named = written and sum(bool(b.name) for b in theirs) > 1 and odd <= 1
    named = named or two_colours(log)
    return 2 * (both and (each or named)) or int(both or each)
