"""How much of what a window tells was read rightly."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.capture.screen.chat.read import read_chat
from core.capture.screen.chat.shapes import ScreenTurn
from core.capture.screen.page import Line
from tests.drawn.chats import Shot
from tests.drawn.logs import Told
from tests.drawn.talk import NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts of messages."""

    told: int = 0
    found: int = 0
    """With their very words (letters and digits), each alone."""
    right: int = 0
    """Of those found: with their speaker."""
    extra: int = 0
    """Turns under somebody's name that nobody said so."""
    timed: int = 0
    """Of those found: the screen tells a time."""
    clock: int = 0
    """Of those: read to the minute."""

    def __add__(self, other: "Score") -> "Score":
        return Score(
            told=self.told + other.told,
            found=self.found + other.found,
            right=self.right + other.right,
            extra=self.extra + other.extra,
            timed=self.timed + other.timed,
            clock=self.clock + other.clock,
        )


def plain(text: str) -> str:
    """Letters and digits alone."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def by(turn: ScreenTurn, told: Told) -> bool:
    """Whether the speaker is the right one."""
    return turn.mine if told.speaker == "You" else turn.speaker == told.speaker


def score(told: Sequence[Told], turns: Iterable[ScreenTurn]) -> Score:
    """Each message looked for among the turns."""
    left = list(turns)
    found = right = timed = clock = 0
    for one in told:
        same = [turn for turn in left if plain(turn.text) == plain(one.text)]
        if not same:
            continue
        best = next((turn for turn in same if by(turn, one)), same[0])
        left.remove(best)
        found += 1
        right += by(best, one)
        if one.at is not None:
            timed += 1
            clock += best.clock is not None and (best.clock.hour, best.clock.minute) == (one.at.hour, one.at.minute)
    named = sum(bool(turn.speaker) or turn.mine for turn in left)
    return Score(told=len(told), found=found, right=right, extra=named, timed=timed, clock=clock)


def read(shot: Shot, lines: Sequence[Line] | None = None, *, hint: bool = True) -> tuple[ScreenTurn, ...]:
    """The turns of a drawn window, of its own words or of those that a reader made out."""
    chat = read_chat(
        shot.sheet.lines if lines is None else lines,
        shot.sheet.width,
        shot.sheet.height,
        now=NOW,
        app=shot.app if hint else "a window",
        title=shot.title if hint else "",
    )
    return chat.turns if chat is not None else ()
