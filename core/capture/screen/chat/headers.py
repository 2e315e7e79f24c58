"""Chats under names: `Dana Kim 10:42 AM`, and below it what she wrote, message under message. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.capture.screen.chat.patches import Patch
from core.capture.screen.chat.runs import Run, letters
from core.capture.screen.chat.shapes import (
    furniture,
    name_like,
)
from core.capture.screen.chat.times import Now, Stamp, in_order, leading, stamp, trailing
from core.capture.screen.chat.tongues import YOU
from core.pattern import Pattern

_HANDLE = Pattern(r"\s+@[\w.\-]+$")
_AROUND = " ·•-–—|,»›"
_VERBS = (
    r"(?:commented|opened|replied|wrote|said|posted|answered|asked|schrieb|kommentierte|antwortete|a écrit|a commenté"
    r"|a répondu|escribió|comentó|respondió|ha scritto|schreef|escreveu|napisał\w?|skrev)"
)
"""What programs write between a name and a time."""
_WROTE = Pattern(rf"\s+{_VERBS}$")
_WROTE_THEN = Pattern(rf".*\s{_VERBS}\s+(.*)$")
_TAG = Pattern(
    r"\s+(?:APP|BOT|HOST|ADMIN|MOD|OWNER|OP|EXTERNAL|GUEST|\(?(?:you|du|guest|external|host)\)?)$", re.IGNORECASE
)
_BY = Pattern(r"^(?:by|posted by|von|par|por|di|door|av|от|przez)\s+(?=\S)", re.IGNORECASE)
"""Before the name of who wrote a post."""
_TO_SOMEBODY = Pattern(r"\s+(?:to|an|à|para|aan|till|til|do)\s+[A-ZÀ-Þ]\S*(?:\s[A-ZÀ-Þ]\S*)?$")
"""To whom it was written."""
_TO = Pattern(r"^(?:from\s+)?(.+?)\s+(?:to|an)\s+(?:everyone|all|alle|me|you|mich)\b.*$", re.IGNORECASE)
_NEAR = 3.0
_BELOW, _IN = 1.6, 1.3
"""Heights of a letter below a name and further in where a line begins that it stands over."""
_TIME_BELOW = 1.7
"""Heights of a letter from a name to the time below it, at the most."""
_FAR_RIGHT = 2
_TAG_LETTERS = 12
"""Of a mark between a name and its time."""
_EVEN = 2
"""Pixels between steps that are the same."""
_LEAST_UNTIMED, _BLOCKS = 3, 0.6
"""Names without times: how many at the least, and of the blocks of lines."""
_LOOSEST, _USUAL = 1.7, 1.5
"""Heights of a letter from line to line: at the most, and where nothing tells."""
_YOU = frozenset({"you", "me", "ich", "du", "vous", "moi", "tú", "yo"}) | YOU


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A name with a time, and where they stand."""

    name: str
    stamp: Stamp | None
    run: Run
    mine: bool
    apart: bool = False
    """The time is a run of its own."""
    far: bool = False
    """It stands far right of the name."""
    wrote: bool = False
    """It says that somebody wrote, so it is sure even far above what they wrote."""
    ends: int = 0
    """Where the time ends."""
    under: Run | None = None
    """The time, where it stands on the line below the name."""


def headers(found: Sequence[Run], now: Now, names: frozenset[str]) -> list[Header]:
    """The names that begin where most of them begin, with their times. `names`: the owner's, in small letters.

    The times stand at the names, far right of them in a column, in the gutter, or nowhere. In a box a name is first.
    """
    tall = letters(found)
    tops: dict[Patch, int] = {}
    for run in found:
        if run.patch is not None:
            tops[run.patch] = min(run.top, tops.get(run.patch, run.top))
    first = [run for run in found if run.patch is None or run.top < tops[run.patch] + run.height]
    seen = [header for run in first if (header := _header(run, found, now, tall, names)) is not None]
    near = [header for header in seen if not header.far]
    for ones in (near, _in_column(seen, tall), _beside_gutter(found, now, tall, names), near):
        if len(ones) > 1 or ones is near:
            kept = _level(ones, found, tall)
            if len(kept) > 1 or (kept and ones is near):
                return kept
    under = _over_times(found, now, tall, names)
    return under if len(under) >= _LEAST_UNTIMED else _untimed(found, now, tall, names)


def _over_times(found: Sequence[Run], now: Now, tall: float, names: frozenset[str]) -> list[Header]:
    """Names right below which a time stands on a line of its own, and below that what was said."""
    seen = []
    lines = sorted(found, key=lambda run: run.middle)
    for run in lines:
        name = _bare(run.text)
        if not name_like(name, recurs=True) or furniture(name) or stamp(run.text, now) is not None:
            continue
        below = [o for o in lines if 0 < o.middle - run.middle < _TIME_BELOW * tall and abs(o.left - run.left) < tall]
        said = stamp(below[0].text, now) if below else None
        if said is None or said.clock is None or not _begins_below(below[0], lines, tall):
            continue
        mine = name.casefold() in _YOU or name.casefold() in names
        seen.append(Header(name=name, stamp=said, run=run, mine=mine, ends=run.right, under=below[0]))
    return seen if answering([h.name for h in seen], [h.stamp for h in seen], ordered=False) else []


def _begins_below(time: Run, lines: Sequence[Run], tall: float) -> bool:
    """Whether a line begins right below a time, at it or a little further left: below a picture of who wrote."""
    return any(
        0 < run.middle - time.middle < 2.2 * tall and -4 * tall < run.left - time.left < 0.5 * tall for run in lines
    )


def _level(seen: Sequence[Header], found: Sequence[Run], tall: float) -> list[Header]:
    """Those that begin in one column and have something below them."""
    if not seen:
        return []
    lefts = Counter(header.run.left // max(1, int(tall * 0.5)) for header in seen)
    column, _ = lefts.most_common(1)[0]
    edge = sorted(h.run.left for h in seen if h.run.left // max(1, int(tall * 0.5)) == column)
    left = edge[len(edge) // 2]
    level = [header for header in seen if abs(header.run.left - left) < 0.6 * tall]
    kept = [header for header in level if header.wrote or _stands_over(header.run, found, tall)]
    if (
        kept
        and level[-1] is not kept[-1]
        and not any(abs(r.left - left) < tall and r.top > level[-1].run.bottom for r in found)
    ):
        kept.append(level[-1])  # what it stands over is out of view
    return [] if not kept or _a_list(kept, tall) else kept


def _in_column(seen: Sequence[Header], tall: float) -> list[Header]:
    """Names whose times all end at one place far right of them, if they answer each other as in no list."""
    ends = sorted(header.ends for header in seen)
    if len(ends) <= _FAR_RIGHT:
        return []
    usual = ends[len(ends) // 2]
    kept = [header for header in seen if abs(header.ends - usual) < 0.5 * tall]
    return kept if _talk(kept) else []


def _untimed(found: Sequence[Run], now: Now, tall: float, names: frozenset[str]) -> list[Header]:
    """Names without times: each begins a block of lines, and some come back."""
    lefts = Counter(run.left // max(1, int(tall * 0.5)) for run in found)
    best: list[Run] = []
    for column, number in lefts.most_common(2):
        if number < 2 * _LEAST_UNTIMED:
            break
        lines = [run for run in found if run.left // max(1, int(tall * 0.5)) in (column, column + 1)]
        begins = [line for above, line in pairwise([None, *lines]) if line and _begins(above, line, lines, tall)]
        heads = [run for run in begins if name_like(run.text, recurs=True) and not furniture(run.text)]
        heads = [run for run in heads if stamp(run.text, now) is None and _stands_over(run, found, tall)]
        counts = Counter(run.text for run in heads)
        proven = len(heads) >= max(_LEAST_UNTIMED, _BLOCKS * len(begins)) and 1 < len(counts) <= 0.8 * len(heads)
        if proven and len(heads) > len(best):
            best = heads
    return [
        Header(name=run.text, stamp=None, run=run, mine=run.text.casefold() in (_YOU | names), ends=run.right)
        for run in best
    ]


def _begins(above: Run | None, line: Run, lines: Sequence[Run], tall: float) -> bool:
    """Whether a block begins with a line: there is more room above it than below it."""
    if above is None:
        return True
    below = next((other for other in lines if other.top > line.top), None)
    step = line.top - above.top
    return step > 1.6 * tall and (below is None or step > 1.15 * (below.top - line.top))


def _stands_over(name: Run, found: Sequence[Run], tall: float) -> bool:
    """Whether a line begins right below it, or anything in its box."""
    if name.patch is not None and any(run.patch is name.patch and run.top > name.bottom for run in found):
        return True
    return any(
        -2 <= run.top - name.bottom < _BELOW * tall and -0.7 * tall < run.left - name.left < _IN * tall
        for run in found
        if run.top > name.top
    )


def _left(run: Run) -> int:
    return run.left


def _header(run: Run, found: Sequence[Run], now: Now, tall: float, names: frozenset[str]) -> Header | None:
    texts = [word.text for word in run.words]
    count, said = _told_at(texts, now)
    words, ends = texts[: len(texts) - count], run.right
    apart = far = False
    if said is None and (leads := leading(texts, now))[0]:
        count, said = leads
        words = texts[count:]
    if said is None:
        if not name_like(_bare(run.text), recurs=True) and _TO.match(run.text) is None:
            return None
        after = sorted((o for o in found if o is not run and o.level(run) and o.left >= run.right), key=_left)
        while len(after) > 1 and len(after[0].text) <= _TAG_LETTERS and after[0].left - run.right < _NEAR * tall:
            if stamp(after[0].text, now) is not None or stamp(after[1].text, now) is None:
                break
            ends = after.pop(0).right
        said = _behind_tag(after[0], now) if after else None
        if said is None or said.clock is None:
            return None
        far = after[0].left - ends >= _NEAR * tall
        words, apart, ends = texts, True, after[0].right
    name = " ".join(words).strip(_AROUND)
    wrote = _WROTE.search(name) is not None
    own = _TAG.search(name) is not None and name.casefold().rstrip(")").endswith(("you", "du"))
    name = _bare(name)
    if to := _TO.match(name):
        name = to[1]
    if not name or not name_like(name, recurs=True) or furniture(name) or stamp(name, now) is not None:
        return None
    mine = own or name.casefold() in _YOU or name.casefold() in names
    return Header(name=name, stamp=said, run=run, mine=mine, apart=apart, far=far, wrote=wrote, ends=ends)


def _bare(name: str) -> str:
    """Without what programs write after a name: what somebody is, how else called, that they wrote."""
    name = _BY.sub("", name.strip(_AROUND))
    for what in (_WROTE, _TAG, _HANDLE, _TO_SOMEBODY):
        name = what.sub("", name).strip(_AROUND)
    return name


def _told_at(texts: Sequence[str], now: Now) -> tuple[int, Stamp | None]:
    """How many words at the end are a time, and which; a day alone where the words before say that somebody wrote."""
    count, said = trailing(texts, now)
    if said is None and _WROTE.search(" ".join(texts)) is None and (wrote := _WROTE_THEN.match(" ".join(texts))):
        count = len(wrote[1].split())
        said = stamp(wrote[1], now)
    return (count, said) if said is not None else (0, None)


def _behind_tag(run: Run, now: Now) -> Stamp | None:
    """The time that a run is; one word before it may say what somebody is."""
    said = stamp(run.text, now)
    first = run.words[0].text
    if said is None and len(run.words) > 1 and first[0].isupper() and first.isalpha() and len(first) <= _TAG_LETTERS:
        said = stamp(run.text[len(first) + 1 :], now)
    return said


def _beside_gutter(found: Sequence[Run], now: Now, tall: float, names: frozenset[str]) -> list[Header]:
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
            seen.append(Header(name=above.text, stamp=time, run=above, mine=mine, ends=above.right))
    return seen


def _a_list(seen: Sequence[Header], tall: float) -> bool:
    """Whether the times stand in a column of their own, as in lists of chats, mails and files."""
    seen = [header for header in seen if header.apart]
    if not seen:
        return False
    ends = [header.run.right for header in seen]
    widths = {len(header.name) for header in seen}
    apart = max(ends) - min(ends)
    level = len(seen) > _FAR_RIGHT and len(widths) > 1 and apart < 0.4 * tall
    return level and not _talk(seen)


def _talk(seen: Sequence[Header]) -> bool:
    """Whether headers with times far from them are of a log: they answer each other, at uneven steps."""
    steps = sorted(below.run.top - above.run.top for above, below in pairwise(seen))
    even = sum(abs(step - steps[len(steps) // 2]) <= _EVEN for step in steps) >= 0.9 * len(steps)
    return not even and answering([header.name for header in seen], [header.stamp for header in seen])


def answering(names: Sequence[str], times: Sequence[Stamp | None], *, ordered: bool = True) -> bool:
    """Whether names come back and times go on: a log. In a list each stands once, or the latest first.

    `ordered`: the times matter; not those of several threads one below the other.
    """
    said = [one for one in times if one is not None]
    recur = len(set(names)) <= 0.8 * len(names)
    return recur and len(names) > _FAR_RIGHT and (not ordered or in_order(said))
