"""Where a page shows the title of a window that is left out: a list to switch by, a list to share from, a task list.

Whatever program shows such a title may show the window's picture beside it, so that nothing of it is kept. Pure.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from core.capture.rect import Rect
from core.capture.rules import folded
from core.capture.screen.label import Label
from core.capture.screen.page import Line, line_box

_LETTERS = 10
"""Of a title, so that it can be told from other words."""
_WORDS = 3
_PARTED = frozenset("-–—|:·•/\\~@.")
_HALF = 6
_ALIKE = 0.86
"""Of what was read and the title: engines take letters for one another."""
_CUT = "…"
_SAME = str.maketrans("01|i!58", "ollllsb")


def betrayed(lines: Sequence[Line], label: Label) -> tuple[Rect, ...]:
    """The places in a frame that show the title of what is left out: each the window that does, or all of it.

    A window does that is called by it too, as what records or shares another.
    """
    titles = [title for title in dict.fromkeys(map(_read, label.left_out)) if title]
    if not titles:
        return ()
    found = (line for line in lines if line and _shows_any(" ".join(word.text for word in line), titles))
    places = [Rect(*place) for _, title, _, *place in label.windows if _shows_any(title, titles)]
    return tuple(dict.fromkeys((*places, *(_window_of(line_box(line), label) for line in found))))


def _shows_any(text: str, titles: Sequence[str]) -> bool:
    bare = _bare(text)
    cut = text.replace("...", _CUT)
    pieces = [_bare(piece) for piece in cut.split(_CUT)] if _CUT in cut else []
    return any(_shows(bare, pieces, title) for title in titles)


@lru_cache(maxsize=512)
def _read(title: str) -> str:
    """A title as it is looked for; empty where it says too little to be told from any other words."""
    words = folded(title).split()
    spoken = [word for word in words if any(sign.isalnum() for sign in word)]
    parted = any(not any(sign.isalnum() for sign in word) for word in words[1:-1])
    parted |= any(sign in _PARTED for word in spoken for sign in word[1:-1])
    bare = _bare(title)
    return bare if len(bare) >= _LETTERS and (len(spoken) >= _WORDS or (parted and len(spoken) > 1)) else ""


def _bare(text: str) -> str:
    """Letters and figures alone, those that look alike as one."""
    return "".join(sign for sign in folded(text) if sign.isalnum() or sign in "|!").translate(_SAME)


def _shows(bare: str, pieces: Sequence[str], title: str) -> bool:
    """Whether a line holds a title, all of it or, in `pieces` before an ellipsis, as much as that leaves."""
    if title in bare:
        return True
    for piece in pieces:
        size = next((size for size in range(len(title) - 1, _LETTERS - 1, -1) if piece.endswith(title[:size])), 0)
        if size and (size == len(piece) or 2 * size >= len(title)):  # on a line of its own, or most of it
            return True
    if len(bare) < len(title) * _ALIKE:
        return False
    half = len(title) // 2
    return half >= _HALF and any(
        at >= 0 and SequenceMatcher(None, bare[max(0, at - back) : at - back + len(title)], title).ratio() >= _ALIKE
        for at, back in ((bare.find(title[:half]), 0), (bare.find(title[half:]), half))
    )


def _window_of(line: Rect, label: Label) -> Rect:
    """The highest window around a line's middle, all of the frame where there is none."""
    middle = Rect(line.left + line.width // 2, line.top + line.height // 2, 1, 1)
    places = [Rect(*place) for *place, _ in label.judged]
    around = (place for place in reversed(places) if not place.meet(middle).empty)
    return next(around, Rect(0, 0, label.width, label.height))
