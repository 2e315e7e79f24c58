"""Which of a window's panes is a conversation, and what was said in it. Pure."""

import itertools
import re
from collections.abc import Sequence
from datetime import datetime

from core.capture.screen.chat.alike import key
from core.capture.screen.chat.bubbles import bubble_turns
from core.capture.screen.chat.headers import header_turns
from core.capture.screen.chat.panes import panes
from core.capture.screen.chat.runs import Run, letters, runs
from core.capture.screen.chat.shapes import COMPOSER, ScreenChat, ScreenTurn, furniture
from core.capture.screen.chat.terminal import terminal_turns
from core.capture.screen.chat.times import stamp
from core.capture.screen.page import Line
from core.pattern import Pattern

_PROGRAMS = Pattern(
    r"\b(?:slack|teams|discord|whatsapp|telegram|signal|element|messenger|messages|imessage|skype|mattermost|rocket\.?chat"
    r"|zulip|threema|viber|line|wechat|webex|hexchat|irssi|weechat|konversation|quassel|fluffychat|nheko|fractal|dino|gajim"
    r"|pidgin|google chat|- chat -|zoom meeting|xchat|thunderbird chat|wire|session|kakaotalk|jami|matrix)\b",
    re.IGNORECASE,
)
_PARTED = Pattern(r"\s+[-–—|·]\s+|\s*\(.*?\)\s*")
_SURE = 3
_TOP = 0.14
_LEAST_OF_A_LIST = 3
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
) -> ScreenChat | None:
    """What the words of one window (`width` x `height` pixels) show of a conversation; None when of none.

    `now` (aware) is when it was looked at; `names` are the owner's, in small letters. The best of its panes is
    read, the others are lists. Enough must speak for a chat: the program, a field to write in, names with times,
    two sides. Each line may only be of this window.
    """
    found = runs(lines)
    if not found:
        return None
    known = _PROGRAMS.search(f"{app} {title}") is not None
    best: ScreenChat | None = None
    found = [run for run in found if run.top > _TOP * height or not _is_title(run, title)]
    parts = panes(found)
    for pane in parts:
        called = frozenset(key(run.text) for other in parts if other is not pane for run in other)
        chat = _of_pane(pane, height, now, title, names, known, called)
        if chat is not None and (best is None or _weight(chat) > _weight(best)):
            best = chat
    return best


def _parts(title: str) -> frozenset[str]:
    """What a window's title may call the conversation."""
    return frozenset(key(part) for part in _PARTED.compiled.split(title) if part)


def _is_title(run: Run, title: str) -> bool:
    """Whether it is the title in the window's own bar."""
    return len(_parts(title)) > 1 and key(run.text) == key(title)


def _weight(chat: ScreenChat) -> tuple[int, int]:
    return chat.strength, len(chat.turns)


def _of_pane(
    pane: Sequence[Run],
    height: int,
    now: datetime,
    title: str,
    names: frozenset[str],
    known: bool,
    called: frozenset[str],
) -> ScreenChat | None:
    if _a_list(pane, now):
        return None
    spoken = terminal_turns(pane, now, names)
    if spoken:
        return ScreenChat(name=_name(pane, height, now, title), turns=tuple(spoken), strength=4)
    name = _name(pane, height, now, title)
    field = 2 * any(run.top > 0.8 * height and COMPOSER.compiled.fullmatch(run.text) for run in pane)
    told, headed, begin = header_turns(pane, now, names)
    sided, sides = bubble_turns(pane, height, now, names, name, called | _parts(title))
    best: ScreenChat | None = None
    edge = begin + 2 * letters(pane)
    mine = sum(
        turn.mine
        and turn.boxes[0].left > edge
        and stamp(turn.text, now) is None
        and (turn.clock is not None or len(turn.text.split()) > _FEW)
        for turn in sided
    )
    if headed and not (sides and 0 < mine < len(sided)):
        best = _sure(name, told, min(headed, 2) + field + known + _answered(told))
    elif sides:
        best = _sure(name, sided, max(sides, min(headed, 2)) + field + known)
    return best


def _a_list(pane: Sequence[Run], now: datetime) -> bool:
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
    return len(level) >= 0.8 * len(lefts) and len(column) >= 0.8 * len(ends)


def _answered(turns: Sequence[ScreenTurn]) -> bool:
    """Whether two or more speak in turn, each more than once: comments and mails are mostly of one time each."""
    said = [turn.speaker for turn in turns if turn.speaker and turn.clock is not None]
    changes = [name for name, after in itertools.pairwise([*said, ""]) if name != after]
    return sum(changes.count(name) > 1 for name in set(changes)) > 1


def _sure(name: str, turns: Sequence[ScreenTurn], strength: int) -> ScreenChat | None:
    if strength < _SURE or not turns:
        return None
    return ScreenChat(name=name, turns=tuple(turns), strength=strength)


def _name(pane: Sequence[Run], height: int, now: datetime, title: str) -> str:
    """What the pane calls itself: the first words at its top that are no time and no button."""
    for run in sorted(pane, key=lambda run: (run.top, run.left)):
        if run.top > _TOP * height:
            break
        if stamp(run.text, now) is None and not furniture(run.text) and any(c.isalpha() for c in run.text):
            return run.text.lstrip("# ")
    return title
