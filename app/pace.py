"""Looks of the last minute, counted against what was due."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.capture.screen.recorder import Account

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Looks taken in the last minute, and how many the preset asks for."""

    looks: int
    expected: int


class LooksCounted:
    """Safe from any thread: the tray, the window and the watch ask at any time."""

    def __init__(self, since: datetime) -> None:
        """Nothing was looked at before `since`."""
        self._guard = threading.Lock()
        self._history = deque([(since, 0, 0)], maxlen=120)

    def now(self, now: datetime, account: Account, most: int) -> Pace:
        """The last minute before `now`; `most`: looks that the preset can ask for in one.

        What the machine slept through was not due; after it was too busy all that was missed is due at once, but not
        of this minute.
        """
        wanted = account.expected - account.slept
        with self._guard:
            history = self._history
            if history and now < history[-1][0]:
                history.clear()  # the clock was set back
            history.append((now, account.looks, wanted))
            while now - history[0][0] > _MINUTE:
                history.popleft()
            _, looked, due = history[0]
        looks = account.looks - looked
        return Pace(looks=looks, expected=max(looks, min(wanted - due, most)))
