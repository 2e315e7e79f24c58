"""When the screen is looked at next: what has happened, how long ago the last look was, who is there."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.capture.screen.presets import AWAY_AFTER_S, PAUSED_INPUT_S, Preset
from core.capture.screen.windows import Windows

_UNASKED_S = 30.0
_MOST_HASTENED = 2
"""Looks in a row that are made as soon as may be, because something may turn out to have changed.

Unevenly: what turns evenly would look the same at each.
"""


class Pacing:
    """Belongs to the recorder's thread."""

    def __init__(self) -> None:
        self.last: datetime | None = None
        """The last look that was finished."""
        self.hurried = False
        """That look wants another as soon as may be."""
        self._hastened = 0
        self._away = False
        self._front: tuple[int, str] | None = None
        self._pointer: tuple[int, int] | None = None
        self._moved: datetime | None = None

    def looked(self, windows: Windows, at: datetime) -> None:
        """A look is finished; it wants no other until `hurried` says so."""
        self.last, self.hurried = at, False
        self._front = windows.front()

    def begins_anew(self) -> None:
        """The display is another: whatever is in front there is new."""
        self._front = None

    def due(self, windows: Windows, now: datetime, pace: Preset, asked: Callable[[], bool]) -> bool:
        """Whether something has happened, somebody else has `asked` for a look, or the last one is too long ago."""
        since = (now - self.last).total_seconds() if self.last is not None else None
        if since is None or since < 0:
            return True
        if since < pace.least_gap:
            return False
        if asked():
            return True
        if self.hurried and self._hastened < _MOST_HASTENED and since >= pace.least_gap + self._hastened * pace.poll:
            self._hastened += 1
            return True
        if happened := self._happened(windows, now, since, pace):
            self._hastened = 0
        return happened

    def _happened(self, windows: Windows, now: datetime, since: float, pace: Preset) -> bool:
        idle = self._idle_s(windows, now)
        was_away, self._away = self._away, idle >= AWAY_AFTER_S
        if since >= (pace.away_gap if self._away else pace.greatest_gap):
            self._away |= was_away
            return True
        if PAUSED_INPUT_S <= idle < since:
            return True
        front = windows.front()
        changed = front != self._front
        self._front = front
        return changed

    def _idle_s(self, windows: Windows, now: datetime) -> float:
        idle = windows.idle_s()
        if idle is not None:
            return idle
        pointer = windows.pointer()
        if self._moved is None or pointer != self._pointer:
            self._pointer, self._moved = pointer, now
        return max(0.0, (now - self._moved).total_seconds())

    def missed(self, now: datetime, pace: Preset) -> int:
        """Looks that were due and never began, as when the machine slept or was too busy."""
        allowed = pace.away_gap if self._away else pace.greatest_gap
        if self.last is None or now - self.last <= timedelta(seconds=2 * allowed + _UNASKED_S):
            return 0
        return int((now - self.last).total_seconds() // allowed) - 1
