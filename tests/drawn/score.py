"""How much of what a window tells was read rightly."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.capture.screen.chat.alike import same_name, same_text
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


def same(turn: ScreenTurn, told: Told, *, reader: bool) -> bool:
    """Whether the words are: letter by letter, or but for what a reader confuses."""
    return plain(turn.text) == plain(told.text) or (reader and same_text(turn.text, told.text))


def by(turn: ScreenTurn, told: Told, *, reader: bool = False) -> bool:
    """Whether the speaker is the right one."""
    if told.speaker == "You":
        return turn.mine
    return turn.speaker == told.speaker or (reader and same_name(turn.speaker, told.speaker))


def score(told: Sequence[Told], turns: Iterable[ScreenTurn], *, reader: bool = False) -> Score:
    """Each message looked for among the turns; `reader`: those of a reader of pictures, that errs in letters."""
    left = list(turns)
    found = right = timed = clock = 0
    for one in told:
        alike = [turn for turn in left if same(turn, one, reader=reader)]
        if not alike:
            continue
        best = next((turn for turn in alike if by(turn, one, reader=reader)), alike[0])
        left.remove(best)
        found += 1
        right += by(best, one, reader=reader)
        if one.at is not None:
            timed += 1
            clock += best.clock is not None and (best.clock.hour, best.clock.minute) == (one.at.hour, one.at.minute)
    named = sum(bool(turn.speaker) or turn.mine for turn in left)
    return Score(told=len(told), found=found, right=right, extra=named, timed=timed, clock=clock)


def read(
    shot: Shot, lines: Sequence[Line] | None = None, *, hint: bool = True, seen: bool = False
) -> tuple[ScreenTurn, ...]:
    """The turns of a drawn window, of its own words or of those that a reader made out; `seen`: its picture too."""
    chat = read_chat(
        shot.sheet.lines if lines is None else lines,
        shot.sheet.width,
        shot.sheet.height,
        now=NOW,
        app=shot.app if hint else "a window",
        title=shot.title if hint else "",
        pixels=shot.sheet.pixels if seen else None,
    )
    return chat.turns if chat is not None else ()
