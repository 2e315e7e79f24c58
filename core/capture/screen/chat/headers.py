"""Chats under names: `Dana Kim 10:42 AM`, and below it what she wrote, message under message. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from core.capture.screen.chat.runs import Run, letters
from core.capture.screen.chat.shapes import (
    COMPOSER,
    ScreenTurn,
    boxes_of,
    furniture,
    name_like,
    reaction,
    text_of,
    unmarked,
)
from core.capture.screen.chat.times import Stamp, stamp, trailing
from core.pattern import Pattern

_TAG = Pattern(
    r"\s+(?:APP|BOT|HOST|ADMIN|OWNER|OP|EXTERNAL|GUEST|\(?(?:you|du|guest|external|host)\)?)$", re.IGNORECASE
)
_TO = Pattern(r"^(?:from\s+)?(.+?)\s+(?:to|an)\s+(?:everyone|all|alle|me|you|mich)\b.*$", re.IGNORECASE)
_NEAR = 3.0
_BELOW = 1.4
_FAR_RIGHT = 2
_LOOSEST, _USUAL = 1.7, 1.5
"""Heights of a letter from line to line: at the most, and where nothing tells."""
_YOU = frozenset({"you", "me", "ich", "du", "vous", "moi", "tú", "yo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A name with a time, and where they stand."""

    name: str
    stamp: Stamp
    run: Run
    mine: bool
    apart: bool = False
    """The time stands at a distance."""


@dataclass(slots=True)
class Group:
    """What stands under one header; without one for what is above the first."""

    header: Header | None
    day: date | None
    lines: list[Run] = field(default_factory=list)
    stamps: dict[int, Stamp] = field(default_factory=dict)
    """Times in the gutter, by the row that they stand beside."""
    breaks: set[int] = field(default_factory=set)
    """Rows above which something stood that ends a message."""


def headers(found: Sequence[Run], now: datetime, names: frozenset[str]) -> list[Header]:
    """The names with times that begin where most of them begin. `names`: the owner's, in small letters."""
    tall = letters(found)
    seen: list[Header] = []
    for run in found:
        header = _header(run, found, now, tall, names)
        if header is not None:
            seen.append(header)
    seen = seen if len(seen) > 1 else _beside_gutter(found, now, tall, names) or seen
    if not seen:
        return []
    lefts = Counter(header.run.left // max(1, int(tall * 0.5)) for header in seen)
    column, _ = lefts.most_common(1)[0]
    edge = sorted(h.run.left for h in seen if h.run.left // max(1, int(tall * 0.5)) == column)
    left = edge[len(edge) // 2]
    level = [header for header in seen if abs(header.run.left - left) < 0.6 * tall]
    kept = [header for header in level if _stands_over(header.run, found, tall)]
    if (
        kept
        and level[-1] is not kept[-1]
        and not any(abs(r.left - left) < tall and r.top > level[-1].run.bottom for r in found)
    ):
        kept.append(level[-1])  # what it stands over is out of view
    return [] if not kept or _a_list(kept, tall) else kept


def _stands_over(name: Run, found: Sequence[Run], tall: float) -> bool:
    """Whether a line begins right below it."""
    return any(
        -2 <= run.top - name.bottom < _BELOW * tall and abs(run.left - name.left) < 0.7 * tall
        for run in found
        if run.top > name.top
    )


def _header(run: Run, found: Sequence[Run], now: datetime, tall: float, names: frozenset[str]) -> Header | None:
    texts = [word.text for word in run.words]
    count, said = trailing(texts, now)
    words = texts[: len(texts) - count]
    apart = said is None
    if said is None:
        beside = next(
            (o for o in found if o is not run and o.level(run) and 0 <= o.left - run.right < _NEAR * tall), None
        )
        if beside is None:
            return None
        said = stamp(beside.text, now)
        if said is None or said.clock is None:
            return None
        words = texts
    name = " ".join(words).strip(" ·•-–—|,")
    own = _TAG.search(name) is not None and name.casefold().rstrip(")").endswith(("you", "du"))
    name = _TAG.sub("", name).strip(" ·•-–—|,")
    if to := _TO.match(name):
        name = to[1]
    if not name or not name_like(name, recurs=True) or furniture(name) or stamp(name, now) is not None:
        return None
    mine = own or name.casefold() in _YOU or name.casefold() in names
    return Header(name=name, stamp=said, run=run, mine=mine, apart=apart)


def _beside_gutter(found: Sequence[Run], now: datetime, tall: float, names: frozenset[str]) -> list[Header]:
    """Names above lines that each have their time at the left."""
    said = [(run, time) for run in found if (time := stamp(run.text, now)) is not None and time.clock is not None]
    if len(said) < _FAR_RIGHT or max(r.left for r, _ in said) - min(r.left for r, _ in said) > tall:
        return []
    lines = [(next((o for o in found if o.left > r.right and o.level(r)), None), time) for r, time in said]
    left = sorted(line.left for line, _ in lines if line is not None)
    if len(left) < _FAR_RIGHT:
        return []
    edge = left[len(left) // 2]
    timed = [(line, time) for line, time in lines if line is not None and abs(line.left - edge) < 0.5 * tall]
    seen = []
    for line, time in timed:
        above = max(
            (o for o in found if o.bottom <= line.middle and abs(o.left - edge) < 0.5 * tall),
            key=lambda run: run.bottom,
            default=None,
        )
        if above is None or line.top - above.top > 2.4 * tall or any(above.level(other) for other, _ in timed):
            continue
        if name_like(above.text, recurs=True):
            mine = above.text.casefold() in _YOU or above.text.casefold() in names
            seen.append(Header(name=above.text, stamp=time, run=above, mine=mine))
    return seen


def _a_list(seen: Sequence[Header], tall: float) -> bool:
    """Whether the times stand in a column of their own, as in lists of chats, mails and files."""
    seen = [header for header in seen if header.apart]
    if not seen:
        return False
    ends = [header.run.right for header in seen]
    widths = {len(header.name) for header in seen}
    apart = max(ends) - min(ends)
    return len(seen) > _FAR_RIGHT and len(widths) > 1 and apart < 0.4 * tall


def header_turns(found: Sequence[Run], now: datetime, names: frozenset[str]) -> tuple[list[ScreenTurn], int, int]:
    """The turns of a pane in which names with times stand above what was said; how many names, and where they begin."""
    seen = headers(found, now, names)
    if not seen:
        return [], 0, 0
    tall = letters(found)
    left = sorted(header.run.left for header in seen)[len(seen) // 2]
    groups = _groups(found, seen, left, tall, now)
    limit = max([line.right for group in groups for line in group.lines] + [left + int(20 * tall)])
    pitch = _pitch(groups, limit, tall)
    steps = [below.top - above.top for group in groups for above, below in pairwise(group.lines)]
    apart = any((pitch or _USUAL * tall) + 0.25 * tall < step < 2.6 * tall for step in steps)
    turns = [turn for group in groups for turn in _turns(group, limit, pitch, tall, apart)]
    return turns, sum(bool(group.lines) for group in groups if group.header is not None), left


def _groups(found: Sequence[Run], seen: Sequence[Header], left: int, tall: float, now: datetime) -> list[Group]:
    by_run = {id(header.run): header for header in seen}
    last_header = max(header.run.bottom for header in seen)
    groups = [Group(None, None)]
    day: date | None = None
    beside: list[Run] = []
    for run in found:
        group = groups[-1]
        if header := by_run.get(id(run)):
            _reply_above(group, run, tall)
            groups.append(Group(header, header.stamp.day or day))
            beside = [run]
            continue
        if any(run.level(other) and 0 <= run.left - other.right < _NEAR * tall for other in beside) and not (
            group.lines and run.left < group.lines[-1].right
        ):
            if not group.lines or not group.lines[-1].level(run):
                continue
            if not (furniture(run.text) or reaction(run)) and (bare := unmarked(run)) is not None:
                group.lines.append(bare)
            continue
        said = stamp(run.text, now)
        if said is not None and said.day is not None and said.clock is None and run.left - left > 0.4 * tall:
            day = said.day
            groups.append(Group(None, day))
            continue
        if run.left < left - 0.5 * tall:
            if said is not None and said.clock is not None:
                group.stamps[run.top] = said
            continue
        if run.left > left + 0.35 * tall and (reaction(run) or run.left > left + 3 * tall):
            group.breaks.add(run.top)
            continue
        if furniture(run.text) or (run.top > last_header and COMPOSER.compiled.fullmatch(run.text)):
            group.breaks.add(run.top)
            continue
        if (bare := unmarked(run)) is not None:
            group.lines.append(bare)
        beside = [run]
    return groups


def _reply_above(group: Group, header: Run, tall: float) -> None:
    """What is quoted above a name, nearer to it than to the message before, is no message of the group before."""
    if group.lines and header.top - group.lines[-1].top < 1.9 * tall:
        above = group.lines[-2].top if len(group.lines) > 1 else (group.header.run.top if group.header else -1)
        breaks = [top for top in group.breaks if above < top < group.lines[-1].top]
        if breaks or group.lines[-1].top - above > header.top - group.lines[-1].top + 0.25 * tall:
            group.lines.pop()


def _pitch(groups: Sequence[Group], limit: int, tall: float) -> float | None:
    """From line to line within a message: the least where the next word did not fit; None where that is not seen."""
    found = [
        below.top - above.top
        for group in groups
        for above, below in pairwise(group.lines)
        if not _fits(above, below, limit, tall) and 0.9 * tall < below.top - above.top < _LOOSEST * tall
    ]
    return min(found, default=None)


def _fits(above: Run, below: Run, limit: int, tall: float) -> bool:
    """Whether the first word of the next line had room on this one, so that the line was ended on purpose."""
    return above.right + 0.3 * tall + below.words[0].width < limit - 0.2 * tall


def _turns(group: Group, limit: int, pitch: float | None, tall: float, apart: bool) -> list[ScreenTurn]:
    lines = sorted(group.lines, key=lambda run: (run.middle // (0.6 * tall), run.left))
    messages: list[list[Run]] = []
    for number, line in enumerate(lines):
        if not messages or _new(lines[number - 1], line, group, limit, pitch, tall, apart):
            messages.append([line])
        else:
            messages[-1].append(line)
    header = group.header
    turns = []
    for number, message in enumerate(messages):
        text = text_of(message)
        if not text:
            continue
        shown = next((said for top, said in group.stamps.items() if _by(top, message)), None)
        first = header.stamp if header is not None and number == 0 else None
        said = shown or first
        turns.append(
            ScreenTurn(
                speaker=header.name if header else "",
                mine=header.mine if header else False,
                text=text,
                day=(said.day if said else None) or group.day,
                clock=said.clock if said else None,
                boxes=boxes_of(message),
            )
        )
    return turns


def _by(top: int, message: Sequence[Run]) -> bool:
    return message[0].top - 0.5 * message[0].height < top < message[0].bottom


def _new(above: Run, line: Run, group: Group, limit: int, pitch: float | None, tall: float, apart: bool) -> bool:
    """Whether another message begins with a line of the same person.

    `pitch`: from line to line within a message, if it is seen; `apart`: messages of one person stand further apart.
    """
    if line.level(above):
        return False
    if any(above.top < top < line.top for top in group.breaks):
        return True
    if any(line.top - 0.5 * tall < top < line.bottom for top in group.stamps):
        return True
    step = line.top - above.top
    if step > (pitch or _USUAL * tall) + 0.25 * tall:
        return True
    if not _fits(above, line, limit, tall) or line.words[0].text in ("-", "•", "*", "–"):
        return False
    return not apart if pitch is None else step > pitch + 0.09 * tall
