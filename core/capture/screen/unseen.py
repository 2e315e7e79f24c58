"""Time that nobody saw because nothing ran: the machine slept, its clock was set, or this process was kept waiting."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.memory import Gap

_SHORT_SLEEP_S = 20.0
_KEPT_WAITING_S = 35.0
"""A loop that is so late has missed more than any look at rest leaves out."""
SLEPT = "the machine slept, or its clock was set forward"
TOO_BUSY = "the machine slept, or was too busy to look at the screen"
"""Where the steady clock went on as well: on some systems it does so in sleep."""


class Unseen:
    """Belongs to the recorder's thread. `told` is given each such time once."""

    def __init__(self, told: Callable[[Gap], None], steady: Callable[[], float]) -> None:
        """`steady`: seconds, of a clock that nobody sets."""
        self._told, self._steady = told, steady
        self._at_work = steady()
        self._opens: datetime | None = None

    def at_work(self) -> None:
        """The loop runs."""
        self._at_work = self._steady()

    def closed_until(self, opens: datetime | None) -> None:
        """The loop runs and nothing is wanted; `opens`: when that is over by itself."""
        self.at_work()
        self._opens = opens

    def overslept(self, now: datetime, ended: Callable[[datetime], None]) -> None:
        """What was closed opened by itself a while ago: it `ended` then, and what came after is unseen."""
        opened, self._opens = self._opens, None
        if opened is not None and (now - opened).total_seconds() > _SHORT_SLEEP_S:
            ended(opened)
            self.missed(opened, now)

    def kept_waiting(self, now: datetime, late_s: float) -> None:
        """The loop begins so many seconds late."""
        if late_s > _KEPT_WAITING_S:
            self.missed(now - timedelta(seconds=late_s), now)

    def missed(self, begins: datetime, ends: datetime) -> str:
        """Nobody saw it; why."""
        why = SLEPT if self.stood(begins, ends) else TOO_BUSY
        self._told(Gap(begins=begins, ends=ends, reason=why))
        return why

    def stood(self, begins: datetime, ends: datetime) -> bool:
        """Whether the clock of the day went on without the steady one, since the loop was last at work or later."""
        went_on = (ends - begins).total_seconds()
        return went_on > _SHORT_SLEEP_S and self._steady() - self._at_work < went_on / 2
