"""What of a picture is blackened: what the gate found, less what the picture itself shows to hide it."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.capture.gate import Doubt, Verdict
from core.capture.rect import Rect
from core.capture.region import Area, area, without
from core.capture.screen.grab import Frame
from core.capture.screen.windows import Stir, VisibleWindow, Windows

_CARET = 48
"""Pixels a side of what a window may have drawn anew since the picture was taken: it is blackened."""
_OF_ALL = 16
"""At most such a part of what is compared."""


def blackout(
    verdicts: Sequence[Verdict], windows: Windows, frames: Sequence[Frame], stirred: Sequence[Stir] = ()
) -> Area:
    """Screen pixels to be filled in untouched `frames`: what any verdict wants black and no window surely hides.

    `verdicts` were given of what was visible before and after the pictures; the last one's doubts are looked into.
    Where windows have `stirred` in between nothing surely hides anything, and wherever they were it is black.
    """
    if stirred:
        places = (place for _, had in stirred for place in had)
        return area((*places, *(place for verdict in verdicts for place in verdict.whole)))
    black = area(rect for verdict in verdicts for rect in verdict.blackout)
    return without(black, (place for doubt in verdicts[-1].doubts for place in _hidden(doubt, windows, frames)))


def strangers(before: Sequence[VisibleWindow], after: Sequence[VisibleWindow], stirred: Sequence[Stir]) -> bool:
    """Whether one of the windows that `stirred` was not there at both times."""
    handles = {window.handle for window in before} & {window.handle for window in after}
    return any(handle not in handles for handle, _ in stirred)


def _hidden(doubt: Doubt, windows: Windows, frames: Sequence[Frame]) -> Iterator[Rect]:
    """Where the pictures show nothing but what that window itself has drawn: there nothing shines through it."""
    for frame in frames:
        places = [place for one in doubt.places if not (place := one.meet(frame.geometry)).empty]
        if not places:
            continue
        around = places[0]
        for place in places:
            around = around.join(place)
        drawn = windows.drawn(doubt.handle, around)
        if drawn is None:
            continue
        at = around.moved(-frame.geometry.left, -frame.geometry.top)
        shown = frame.pixels[at.top : at.bottom, at.left : at.right]
        if drawn.shape == shown.shape:
            yield from _equal(np.any(drawn != shown, axis=2), places, around)


def _equal(differ: NDArray[np.bool_], places: Sequence[Rect], around: Rect) -> Area:
    """The places, if none of their pixels differs, or only a few together; without those."""
    asked = np.zeros_like(differ)
    for place in places:
        at = place.moved(-around.left, -around.top)
        asked[at.top : at.bottom, at.left : at.right] = True
    rows, columns = np.nonzero(differ & asked)
    if not rows.size:
        return tuple(places)
    left, top = int(columns.min()), int(rows.min())
    anew = Rect(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
    if max(anew.width, anew.height) > _CARET or anew.area * _OF_ALL > int(asked.sum()):
        return ()
    return without(places, (anew.moved(around.left, around.top),))


class Uncovering:
    """Notices when something has just come over, or gone from, what is left out: it may not be painted yet.

    A window that was mapped shows what stood there before until its program draws, and a compositor lets one that
    is closed fade. Such a look is put off once; so is one at a window that has a new title this moment: programs change
    it before they draw the page that it is about.
    """

    def __init__(self) -> None:
        self._black: tuple[Rect, ...] = ()
        self._layout: tuple[tuple[int, str, Rect | None], ...] = ()
        self._put_off = False

    def now(self, seen: Sequence[VisibleWindow], verdict: Verdict) -> bool:
        """Whether a look at `seen` should wait for the next tick. Never twice in a row."""
        layout = tuple((window.handle, window.cls, window.geometry) for window in seen)
        new = any(window.renamed for window in verdict.allowed)
        bared = layout != self._layout and bool(without(self._black, verdict.blackout))
        self._put_off = not self._put_off and (new or bared)
        if not self._put_off:
            self._layout = layout
        self._black = verdict.blackout
        return self._put_off
