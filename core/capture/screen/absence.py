"""A gap while it lasts: begun, told as it grows, ended; so that a kill loses its last minute at most."""

import threading
from collections.abc import Callable
from datetime import datetime

from core.memory import Gap

TOLD_AFTER_S = 15.0
"""How old a gap is when it is first told."""
TOLD_AGAIN_S = 60.0


class Absence:
    """The one gap that may be open. Safe from any thread; `told` is called with the same begin each time it grew."""

    def __init__(self, told: Callable[[Gap], None]) -> None:
        self._told = told
        self._guard = threading.Lock()
        self._begins: datetime | None = None
        self._reason = ""
        self._last: datetime | None = None
        self._latest: datetime | None = None

    def goes_on(self, reason: str, now: datetime, since: datetime | None = None) -> None:
        """Nothing is recorded for this reason; `since` where it began before `now`. Another reason is another gap.

        So is the time after the clock was set back.
        """
        with self._guard:
            if self._latest is not None and now < self._latest:
                since = None
                self._end(self._latest)
            if self._begins is not None and reason != self._reason:
                since = None
                self._end(now)
            if self._begins is None:
                self._begins, self._reason, self._last = min(since or now, now), reason, None
            self._latest = now
            wait = TOLD_AFTER_S if self._last is None else TOLD_AGAIN_S
            if (now - (self._last or self._begins)).total_seconds() >= wait:
                self._last = now
                self._told(Gap(begins=self._begins, ends=now, reason=reason))

    def end(self, now: datetime) -> None:
        """Something is recorded again, or nothing is wanted any more."""
        with self._guard:
            self._end(now if self._latest is None else max(now, self._latest))

    def _end(self, now: datetime) -> None:
        begins, self._begins, self._latest = self._begins, None, None
        if begins is not None and begins < now:
            self._told(Gap(begins=begins, ends=now, reason=self._reason))
