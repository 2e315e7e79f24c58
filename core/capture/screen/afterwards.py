"""What turns out just after a frame was taken: programs draw the next page before their window has its title."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from core.capture.rect import Rect

AFTER_S = 0.4
"""A page that has not got its title by then is not waited for."""
WITHIN_S = 1.5
"""For which a reading waits, where looks are being made."""
_MOST = 64


@dataclass(slots=True)
class _Taken:
    at: float
    places: Mapping[int, Rect]
    out: tuple[Rect, ...] | None = None
    """Known once it was looked again."""


class Afterwards:
    """Safe from any thread: the looks' one says what turned out, the reading's asks."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._work = threading.Condition()
        self._frames: OrderedDict[tuple[str, str], _Taken] = OrderedDict()

    def taken(self, monitor: str, at: str, places: Mapping[int, Rect]) -> None:
        """A frame is to be read: these windows may be kept, by their handles, where they are in it."""
        with self._work:
            self._frames[monitor, at] = _Taken(self._steady(), places)
            while len(self._frames) > _MOST:
                self._frames.popitem(last=False)

    def due(self) -> bool:
        """Whether it is time to look at the windows of a frame again."""
        with self._work:
            now = self._steady()
            return any(one.out is None and now - one.at >= AFTER_S for one in self._frames.values())

    def turned_out(self, left_out: Collection[int]) -> None:
        """These windows are left out now: where they were on the frames that are due, they are left out too."""
        with self._work:
            now = self._steady()
            for one in self._frames.values():
                if one.out is None and now - one.at >= AFTER_S:
                    one.out = tuple(place for handle, place in one.places.items() if handle in left_out)
            self._work.notify_all()

    def places(self, monitor: str, at: str, within_s: float = 0.0) -> tuple[Rect, ...]:
        """Where a frame shows what turned out to be left out; waits for that, nothing where it does not turn out."""
        with self._work:
            one = self._frames.get((monitor, at))
            if one is None:
                return ()
            self._work.wait_for(lambda: one.out is not None, within_s)
            return one.out or ()

    def forget(self) -> None:
        """Nobody looks any more: nothing turns out."""
        with self._work:
            for one in self._frames.values():
                one.out = one.out or ()
            self._frames.clear()
            self._work.notify_all()
