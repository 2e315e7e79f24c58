"""Which of a window's panes is a conversation, and what was said in it. Pure."""

import itertools
import re
from collections.abc import Sequence
from datetime import datetime

from core.capture.screen.chat.alike import key
from core.capture.screen.chat.assistants import assistant_turns
from core.capture.screen.chat.bare_lines import bare_turns
from core.capture.screen.chat.boxed import part_of
from core.capture.screen.chat.bubbles import bubble_turns
from core.capture.screen.chat.header_groups import header_turns
from core.capture.screen.chat.headers import answering
from core.capture.screen.chat.patches import Grounds, Pixels
from core.capture.screen.chat.prompts import prompt_turns
from core.capture.screen.chat.regions import regions
from core.capture.screen.chat.runs import Run, letters, runs
from core.capture.screen.chat.shapes import COMPOSER, Reading, ScreenChat, ScreenTurn, furniture
from core.capture.screen.chat.terminal import terminal_turns
from core.capture.screen.chat.times import Now, month_comes_first, stamp
from core.capture.screen.page import Line
from core.pattern import Pattern

_PROGRAMS = Pattern(
    r"\b(?:slack|teams|discord|whatsapp|telegram|signal|element|messenger|messages|imessage|skype|mattermost|rocket\.?chat"
    r"|zulip|threema|viber|line|wechat|webex|hexchat|irssi|weechat|konversation|quassel|fluffychat|nheko|fractal|dino|gajim"
    r"|pidgin|google chat|- chat -|zoom meeting|xchat|thunderbird chat|wire|session|kakaotalk|jami|matrix)\b",
    re.IGNORECASE,
)
_PARTED = Pattern(r"\s+[-–—|·]\s+|\s*\(.*?\)\s*")
_BATTERY = Pattern(r"(?:.{0,12} )?\d{1,3} ?%")
_SPAN = Pattern(r"\d{1,2}[:.]\d\d ?(?:[ap]m)? ?(?:[-–—]|to|bis|à|a) ?\d{1,2}[:.]\d\d ?(?:[ap]m|uhr)?", re.IGNORECASE)
_TO = Pattern(r"^(?:to|an|à|a|para|do|кому|kime|aan|till)\s?:\s*(?=\S)", re.IGNORECASE)
"""Before the other's name in a bar."""
_LETTERS = 2
"""In a picture of somebody."""
_SPANS = 0.12
"""Of all runs: from when until when something is planned."""
_SURE = 3
_TOP = 0.14
_LEAST_OF_A_LIST = 3
_BUTTONS = frozenset(
    ("search", "suchen", "suche", "rechercher", "buscar", "cerca", "zoeken", "call", "calls", "files", "pins", "more")
)
"""Words of a bar that name no conversation."""
_LEAST_RUNS = 3
_EACH = 0.02
"""Of two parts that are read alike the smaller one is the log."""
_SECOND, _SURELY = 3.0, 4
"""What speaks for a second log in one window, at the least."""
_FEW = 2
"""Words at the right that no time stands at are no message: marks of what is new."""


def read_chat(
    lines: Sequence[Line],
    width: int,
    height: int,
    *,
    now: datetime,
    app: str = "",
    title: str = "",
    names: frozenset[str] = frozenset(),
    month_first: bool | None = None,
    pixels: Pixels | None = None,
) -> ScreenChat | None:
    """The conversation that fills most of a window; None when none does. See `read_chats`."""
    found = read_chats(
        lines, width, height, now=now, app=app, title=title, names=names, month_first=month_first, pixels=pixels
    )
    return found[0] if found else None


def read_chats(
    lines: Sequence[Line],
    width: int,
    height: int,
    *,
    now: datetime,
    app: str = "",
    title: str = "",
    names: frozenset[str] = frozenset(),
    month_first: bool | None = None,
    pixels: Pixels | None = None,
) -> tuple[ScreenChat, ...]:
    """What the words of one window (`width` x `height` pixels) show of conversations; the fullest first.

    `now` (aware) is when it was looked at; `names` are the owner's, in small letters; `month_first`: whether 3/4 is in
    March where the person lives, None where they have not said; `pixels`: its picture, (height, width, 3) RGB, whose
    grounds tell bubbles, cards, panes and the field one writes in. Each part of the window that
    could be a log is read in every way; the reading with the most proof and the fewest words that have no place in
    it is believed, and beside it another of other words. Enough must speak for a chat: the program, a field to
    write in, names with times, two sides. Each line may only be of this window.
    """
    grounds = Grounds.of(pixels) if pixels is not None else None
    found = runs(lines, grounds)
    if not found:
        return ()
    seen = Now(at=now, month_first=month_comes_first((run.text for run in found), month_first))
    known = _PROGRAMS.search(f"{app} {title}") is not None
    found = [run for run in found if run.top > _TOP * height or not _is_title(run, title)]
    found = _without_status(found, height, seen)
    read: list[tuple[float, ScreenChat, frozenset[int]]] = []
    for part in regions(found, grounds.borders() if grounds is not None else ()):
        inside = frozenset(map(id, part))
        called = frozenset(key(run.text) for run in found if id(run) not in inside)
        pane = _pane_of(part, found, grounds.borders()) if grounds is not None else part
        best = _of_part(part, height, seen, title, names, known, called, grounds, pane)
        if best is not None:
            read.append((best[0], best[1], inside))
    told: list[ScreenChat] = []
    taken: frozenset[int] = frozenset()
    for score, chat, inside in sorted(read, key=lambda one: -one[0]):
        if not told or (score >= _SECOND and chat.strength >= _SURELY and not inside & taken):
            told.append(chat)
            taken |= inside
    return tuple(told)


def _pane_of(part: Sequence[Run], found: Sequence[Run], borders: Sequence[int]) -> Sequence[Run]:
    """All that stands between the two borders between which a part does."""
    left, right = min(run.left for run in part), max(run.right for run in part)
    begin = max((border for border in borders if border <= left), default=0)
    end = min((border for border in borders if border >= right), default=max(run.right for run in found) + 1)
    return [run for run in found if begin <= run.left < end] if borders else part


def _parts(title: str) -> frozenset[str]:
    """What a window's title may call the conversation."""
    return frozenset(key(part) for part in _PARTED.compiled.split(title) if part)


def _is_title(run: Run, title: str) -> bool:
    """Whether it is the title in the window's own bar."""
    return len(_parts(title)) > 1 and key(run.text) == key(title)


def _without_status(found: Sequence[Run], height: int, now: Now) -> list[Run]:
    """Without the top of a phone that is shown in a window: its clock and how full its battery is, in one row."""
    high = [run for run in found if run.top < _TOP * height]
    full = next((run for run in high if _BATTERY.compiled.fullmatch(run.text)), None)
    if full is None or not any(run.level(full) and stamp(run.text, now) is not None for run in high):
        return list(found)
    return [run for run in found if run.top > full.bottom]


def _of_part(
    part: Sequence[Run],
    height: int,
    now: Now,
    title: str,
    names: frozenset[str],
    known: bool,
    called: frozenset[str],
    grounds: Grounds | None,
    pane: Sequence[Run],
) -> tuple[float, ScreenChat] | None:
    """The chat that a part of a window is, and how well it is one; None when it is none. `pane`: all that is in it."""
    if len(part) < _LEAST_RUNS or _a_list(part, now) or _planned(part):
        return None
    name = _name(pane, height, now, title, called | _parts(title))
    whole, log = part, part_of(part, grounds, height, now)
    writes = log.field or any(run.top > 0.8 * height and COMPOSER.compiled.fullmatch(run.text) for run in part)
    part = log.runs
    if len(part) < _LEAST_RUNS:
        return None
    spoken = terminal_turns(part, now, names, field=writes) or bare_turns(part, now, names, called)
    spoken = spoken or prompt_turns(part) or assistant_turns(whole, height)
    if spoken.turns:
        return spoken.score, ScreenChat(name=name, turns=spoken.turns, strength=4)
    field = 2 * writes
    headed, begin = header_turns(part, now, names)
    sided = bubble_turns(part, height, now, names, name, called | _parts(title), framed=bool(log.head))
    edge = begin + 2 * letters(part)
    mine = sum(
        turn.mine
        and turn.boxes[0].left > edge
        and stamp(turn.text, now) is None
        and (turn.clock is not None or len(turn.text.split()) > _FEW)
        for turn in sided.turns
    )
    timed = any(turn.clock is not None for turn in headed.turns)
    both_sides = sided.sure and 0 < mine < len(sided.turns) and sided.score > 0.5 * headed.score
    if headed.sure and not both_sides and (timed or headed.score >= sided.score):
        return _sure(name, headed, headed.sure + field + known + _answered(headed.turns), len(part))
    if sided.sure == 2 and not field:
        field = int(_written_below(part, sided, height))
    if sided.sure:
        return _sure(name, sided, max(sided.sure, headed.sure) + field + known, len(part))
    return None


def _written_below(part: Sequence[Run], reading: Reading, height: int) -> bool:
    """Whether one line stands apart below all messages, where one writes: words that are not sent yet."""
    end = max(word.top + word.height for turn in reading.turns for word in turn.boxes)
    below = [run for run in part if run.top > end]
    return len(below) == 1 and below[0].top > max(0.8 * height, end + letters(part))


def _planned(part: Sequence[Run]) -> bool:
    """Whether it shows from when until when, again and again: a calendar, a timetable."""
    spans = sum(_SPAN.compiled.fullmatch(run.text) is not None for run in part)
    return spans >= _LEAST_OF_A_LIST and spans > _SPANS * len(part)


def _a_list(pane: Sequence[Run], now: Now) -> bool:
    """Whether times stand in a column at the right of lines that all begin at one place: chats, mails, files."""
    shown = [(run, stamp(run.text, now)) for run in pane]
    times = [run for run, said in shown if said is not None]
    if len(times) < _LEAST_OF_A_LIST:
        return False
    tall = letters(pane)
    beside = [
        next((r for r in pane if r.right < run.left and abs(r.middle - run.middle) < 0.8 * tall), None) for run in times
    ]
    lefts = sorted(run.left for run in beside if run is not None)
    ends = sorted(run.right for run in times)
    if len(lefts) < 0.7 * len(times):
        return False
    level = [left for left in lefts if abs(left - lefts[len(lefts) // 2]) < 0.5 * tall]
    column = [end for end in ends if abs(end - ends[len(ends) // 2]) < 0.5 * tall]
    steps = sorted(below.top - above.top for above, below in itertools.pairwise(times))
    even = [step for step in steps if abs(step - steps[len(steps) // 2]) < 0.15 * steps[len(steps) // 2] + 2]
    if len(even) < 0.6 * len(steps):
        return False
    told = [one.text for one in beside if one is not None]
    if answering(told, [said for _, said in shown if said is not None]):
        return False
    return len(level) >= 0.8 * len(lefts) and len(column) >= 0.8 * len(ends)


def _answered(turns: Sequence[ScreenTurn]) -> bool:
    """Whether two or more speak in turn, each more than once: comments and mails are mostly of one time each."""
    said = [turn.speaker for turn in turns if turn.speaker and (turn.clock or turn.day) is not None]
    changes = [name for name, after in itertools.pairwise([*said, ""]) if name != after]
    return sum(changes.count(name) > 1 for name in set(changes)) > 1


def _sure(name: str, reading: Reading, strength: int, size: int) -> tuple[float, ScreenChat] | None:
    if strength < _SURE or not reading.turns or reading.score <= 0:
        return None
    return reading.score - _EACH * size, ScreenChat(name=name, turns=reading.turns, strength=strength)


def _initials(run: Run, high: Sequence[Run]) -> bool:
    """Whether it stands in the picture of somebody whose name stands beside it."""
    beside = (
        other for other in high if len(other.text) > _LETTERS and run.right < other.left < run.right + 4 * run.height
    )
    return len(run.text) <= _LETTERS and any(o.top < run.bottom and run.top < o.bottom for o in beside)


def _name(pane: Sequence[Run], height: int, now: Now, title: str, called: frozenset[str]) -> str:
    """What the pane calls itself: what a list or the title names too, else the first words at its top."""
    high = [run for run in sorted(pane, key=lambda run: (run.top, run.left)) if run.top <= _TOP * height]
    high = [run for run in high if stamp(run.text, now) is None and not furniture(run.text)]
    high = [run for run in high if sum(c.isalpha() for c in run.text) > 1]
    high = [run for run in high if not _initials(run, high)]
    bare = [(run, _TO.sub("", run.text.lstrip("# "))) for run in high]
    program = {key(word) for word in _PROGRAMS.compiled.findall(title)}
    bar = min((run.top for run in high), default=0) + 3 * letters(pane)
    named = [text for run, text in bare if run.top < bar and key(text) in called and key(text) not in program]
    named = [text for text in named if text.casefold() not in _BUTTONS]
    for text in (*named, *(text for _, text in bare)):
        return text
    return title
