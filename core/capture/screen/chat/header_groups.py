"""What stands under the names of a chat, message by message. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from core.capture.screen.chat.boxed import CODE
from core.capture.screen.chat.cards import in_one_message, posts, text_begins, without_cards
from core.capture.screen.chat.headers import Header, headers
from core.capture.screen.chat.runs import INITIALS, Run, letters
from core.capture.screen.chat.shapes import (
    NOTHING,
    Reading,
    ScreenTurn,
    boxes_of,
    composer,
    furniture,
    reaction,
    system_line,
    text_of,
    unmarked,
)
from core.capture.screen.chat.times import Now, Stamp, stamp
from core.capture.screen.chat.tongues import came_or_went

_NEAR = 3.0
_LOOSEST = 1.7
"""Heights of a letter from line to line within a message, at the most."""
_LOST = 4.5
"""Heights of a letter below all that is of a message from which a line belongs to none."""
_QUOTED = 2.0
"""Heights of a letter from what is quoted above a name to the name, at the most."""
_IN, _FAR_IN = 0.35, 3.0
"""Heights of a letter further in than messages: a card, a list or code; and what is none of them."""
_SEVERAL, _SAME = 4, 0.75
"""Steps from which the usual one is known, and how many of them are the same."""
_BUTTONS = 3
"""Times that the same words stand under messages: the program's."""


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
    inner: set[int] = field(default_factory=set)
    """Lines (by their id) further in that are of the message above them."""
    bottom: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """How lines and messages stand below each other."""

    limit: int
    """Where the longest line ends."""
    pitch: float | None
    """From line to line within a message at the least, if it is seen."""
    usual: float | None
    """The same, where several are the same."""
    tall: float
    apart: bool
    """Messages of one person stand further apart than lines."""
    single: bool
    """Each message has its own name."""
    boxed: bool
    """Messages stand in boxes."""


def header_turns(found: Sequence[Run], now: Now, names: frozenset[str]) -> tuple[Reading, int]:
    """The turns of a pane in which names stand above what was said, and where the names begin."""
    seen = headers(found, now, names)
    if not seen:
        return NOTHING, 0
    tall = letters(found)
    left = text_begins(found, seen, tall)
    found, boxed = without_cards(found, seen, left, tall)
    groups, stray, single = _groups(found, seen, left, tall, now, boxed)
    limit = max([line.right for group in groups for line in group.lines] + [left + int(20 * tall)])
    pitch, usual = _pitch(groups, limit, tall)
    steps = [
        _step(above, below)
        for group in groups
        for above, below in pairwise(group.lines)
        if id(below) not in group.inner and not any(above.top < top < below.top for top in group.breaks)
    ]
    apart = any((pitch + 0.25 * tall if pitch is not None else _LOOSEST * tall) < step < 2.6 * tall for step in steps)
    wrote = all(header.wrote for header in seen)
    spacing = Spacing(
        limit=limit,
        pitch=pitch,
        usual=usual,
        tall=tall,
        apart=apart,
        single=single or wrote,
        boxed=boxed,
    )
    turns = [turn for group in groups for turn in _turns(group, spacing)]
    told = [group for group in groups if group.header is not None and group.lines]
    proof = sum(0.5 + (group.header is not None and group.header.stamp is not None) for group in told)
    sure = min(2, len(told)) + posts([group.header for group in told if group.header is not None])
    return Reading(turns=tuple(turns), sure=sure, proof=proof, stray=stray), left


def _groups(
    found: Sequence[Run], seen: Sequence[Header], left: int, tall: float, now: Now, boxed: bool
) -> tuple[list[Group], float, bool]:
    """What stands under each name, how much stands among it that is nothing of a chat, and whether buttons end each."""
    counts = Counter(run.text for run in found if run.left > left - 0.5 * tall)
    often = max(_BUTTONS, 0.5 * len(seen))
    buttons = {text for text, number in counts.items() if number >= often and len(text.split()) > 1}
    sorting = _Sorting(
        found=found,
        now=now,
        left=left,
        texts=_text_left(found, seen, left, tall),
        tall=tall,
        by_run={id(header.run): header for header in seen},
        last=max(header.run.bottom for header in seen),
        called=tuple(f"{header.name} " for header in seen),
        buttons=buttons - {header.run.text for header in seen},
        boxed=boxed,
    )
    for run in found:
        sorting.take(run)
    return sorting.groups, sorting.stray, bool(sorting.buttons)


@dataclass(slots=True)
class _Sorting:
    """The runs of a pane put under its names, one after the other from the top."""

    found: Sequence[Run]
    now: Now
    left: int
    texts: int
    """Where names begin, and what was said."""
    tall: float
    by_run: Mapping[int, Header]
    last: int
    """Where the last name ends."""
    called: tuple[str, ...]
    """The names, with a blank."""
    buttons: Set[str]
    boxed: bool
    """Messages stand in boxes."""
    groups: list[Group] = field(default_factory=lambda: [Group(None, None)])
    day: date | None = None
    beside: Sequence[Run] = ()
    """What stood last, if what is beside it is of it."""
    stray: float = 0.0

    def take(self, run: Run) -> None:
        """Put one run where it belongs."""
        group, tall = self.groups[-1], self.tall
        if header := self.by_run.get(id(run)):
            _reply_above(group, run, tall)
            day = (header.stamp.day if header.stamp else None) or self.day
            self.groups.append(Group(header, day, bottom=run.bottom))
            self.beside = (run,)
            return
        if any(run is h.under for h in self.by_run.values()):
            group.bottom = run.bottom
            return
        if self._stands_beside(run, group) or self._over_a_name(run):
            return
        said = stamp(run.text, self.now)
        if said is not None and said.day is not None and said.clock is None and run.left - self.left > 0.4 * tall:
            self.day = said.day
            self.groups.append(Group(None, self.day))
        elif run.left < self.left - 0.5 * tall:
            self._in_gutter(run, group, said)
        elif run.left > self.texts + _IN * tall:
            self._further_in(run, group, said)
        elif run.text in self.buttons or furniture(run.text) or (run.top > self.last and composer(run.text)):
            _end(group, run)
        elif group.header is not None and run.top - group.bottom > _LOST * tall and not self._in_its_box(run, group):
            self.groups.append(Group(None, self.day))
        elif (
            _notice(run, self.found, tall, self.now)
            or (run.text.startswith(self.called) and system_line(run.text))
            or came_or_went(run.text)
        ):
            group.breaks.add(run.top)
            self.beside = (run,)
        else:
            self._add(run, group)

    def _over_a_name(self, run: Run) -> bool:
        """Whether it is in one box with a name below it: what a post is about."""
        if run.patch is None:
            return False
        return any(h.run.patch is run.patch and h.run.top > run.bottom for h in self.by_run.values())

    @staticmethod
    def _in_its_box(run: Run, group: Group) -> bool:
        return run.patch is not None and group.header is not None and run.patch is group.header.run.patch

    def _stands_beside(self, run: Run, group: Group) -> bool:
        """Whether it stands right beside what was last, and so is a mark of it or goes on its line."""
        near = any(run.level(other) and 0 <= run.left - other.right < _NEAR * self.tall for other in self.beside)
        if not near or (group.lines and run.left < group.lines[-1].right):
            return False
        said = group.lines and group.lines[-1].level(run) and not (furniture(run.text) or reaction(run))
        if said and (bare := unmarked(run)) is not None:
            group.lines.append(bare)
        return True

    def _in_gutter(self, run: Run, group: Group, said: Stamp | None) -> None:
        if said is not None and said.clock is not None:
            group.stamps[run.top] = said
        elif len(run.text) > 2 and self.groups[1:] and INITIALS.compiled.fullmatch(run.text) is None:
            self.stray += 0.5

    def _further_in(self, run: Run, group: Group, said: Stamp | None) -> None:
        if _inner(run, group, self.texts, self.tall):
            group.inner.add(id(run))
            self._add(run, group)
            return
        far = run.left > self.texts + _FAR_IN * self.tall
        far = far and said is None and not reaction(run) and not furniture(run.text)
        self.stray += 0.5 * (far and group.header is not None)
        _end(group, run)

    def _add(self, run: Run, group: Group) -> None:
        if self.boxed and run.patch is None and group.lines and group.lines[-1].patch is not None:
            _end(group, run)
            return
        if (bare := unmarked(run)) is not None:
            if id(run) in group.inner:
                group.inner.add(id(bare))
            group.lines.append(bare)
        group.bottom = run.bottom
        self.beside = (run,)


def _end(group: Group, run: Run) -> None:
    """A message ends there."""
    group.breaks.add(run.top)
    group.bottom = max(group.bottom, run.bottom)


def _text_left(found: Sequence[Run], seen: Sequence[Header], left: int, tall: float) -> int:
    """Where what was said begins: at the names, or a little further in, in bubbles under them."""
    firsts = []
    for header in seen:
        name = header.run
        below = (r for r in found if name.bottom - 2 <= r.top < name.bottom + 1.4 * tall)
        firsts += [r.left for r in below if 0 <= r.left - left < 1.5 * tall][:1]
    return max(left, sorted(firsts)[len(firsts) // 2]) if firsts else left


def _notice(run: Run, found: Sequence[Run], tall: float, now: Now) -> bool:
    """Whether a time stands right after a sentence that is no name: what the program says, who came and went."""
    after = (o for o in found if o.level(run) and 0 < o.left - run.right < _NEAR * tall)
    said = next((time for other in after if (time := stamp(other.text, now)) is not None), None)
    return said is not None and said.clock is not None


def _inner(run: Run, group: Group, left: int, tall: float) -> bool:
    """Whether a line further in is of the message above it: code, a list; no card, and no count."""
    if not group.lines or reaction(run) or run.left > left + _FAR_IN * tall:
        return False
    last = group.lines[-1]
    if run.patch is not None and run.patch is not last.patch:
        return in_one_message(last, run, False, tall)
    if run.top - last.top > 2.4 * tall or any(last.top < top < run.top for top in group.breaks):
        return False
    if id(last) in group.inner:
        if run.patch is not None and run.patch is last.patch:
            return True
        return abs(run.left - last.left) < 0.5 * tall or CODE.search(run.text) is not None
    return CODE.search(run.text) is not None or last.text.endswith(":")


def _reply_above(group: Group, header: Run, tall: float) -> None:
    """What is quoted above a name, nearer to it than to the message before, is no message of the group before."""
    if group.lines and header.top - group.lines[-1].top < _QUOTED * tall:
        above = group.lines[-2].top if len(group.lines) > 1 else (group.header.run.top if group.header else -1)
        breaks = [top for top in group.breaks if above < top < group.lines[-1].top]
        if breaks or group.lines[-1].top - above > header.top - group.lines[-1].top + 0.25 * tall:
            group.lines.pop()


def _pitch(groups: Sequence[Group], limit: int, tall: float) -> tuple[float | None, float | None]:
    """From line to line within a message, where the next word did not fit: the least; and the usual one.

    None where the first is not seen, or the second is not of several that are the same.
    """
    found = sorted(
        _step(above, below)
        for group in groups
        for above, below in pairwise(group.lines)
        if not _fits(above, below, limit, tall) and 0.9 * tall < _step(above, below) < _LOOSEST * tall
    )
    if not found:
        return None, None
    usual = found[len(found) // 2]
    exact = len(found) >= _SEVERAL and sum(abs(step - usual) <= 1 for step in found) >= _SAME * len(found)
    return found[0], usual if exact else None


def _step(above: Run, below: Run) -> float:
    """From one line to another; by their middles where one was read much higher than the other."""
    same = abs(above.height - below.height) <= 1
    return below.top - above.top if same else below.middle - above.middle


def _paragraph(step: float, pitch: float | None) -> bool:
    """Whether one line was left empty within a message: about twice from line to line."""
    return pitch is not None and abs(step - 2 * pitch) <= max(1.5, 0.11 * pitch)


def _fits(above: Run, below: Run, limit: int, tall: float) -> bool:
    """Whether the first word of the next line had room on this one, so that the line was ended on purpose."""
    return above.right + 0.3 * tall + below.words[0].width < limit - 0.2 * tall


def _turns(group: Group, spacing: Spacing) -> list[ScreenTurn]:
    tall = spacing.tall
    lines = sorted(group.lines, key=lambda run: (run.middle // (0.6 * tall), run.left))
    messages: list[list[Run]] = []
    for number, line in enumerate(lines):
        if not messages or _new(lines[number - 1], line, group, spacing):
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


def _new(above: Run, line: Run, group: Group, spacing: Spacing) -> bool:
    """Whether another message begins with a line of the same person."""
    pitch, tall = spacing.pitch, spacing.tall
    if spacing.single or line.level(above):
        return False
    if above.patch is not None or line.patch is not None:
        return not in_one_message(above, line, spacing.boxed, tall)
    if any(above.top < top < line.top for top in group.breaks):
        return True
    if any(line.top - 0.5 * tall < top < line.bottom for top in group.stamps):
        return True
    step = _step(above, line)
    if id(line) in group.inner or _paragraph(step, pitch):
        return False
    if step > (pitch + 0.25 * tall if pitch is not None else _LOOSEST * tall):
        return True
    if line.words[0].text in ("-", "•", "*", "–"):
        return False
    if not _fits(above, line, spacing.limit, tall):
        return spacing.usual is not None and step >= spacing.usual + 2
    return not spacing.apart if pitch is None else step > pitch + 0.09 * tall
