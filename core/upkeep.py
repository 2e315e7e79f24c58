"""What is due: pure functions of the last runs, the moment, how long nobody was there, and the power.

Nights are named by the local date on which they began. `now` must be aware and in the person's zone; only its
wall time decides, so clocks that are put forward or back make no night double.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.memory import SleepRun
from core.settings import Sleep

DONE = frozenset({"done", "reverted", "paused"})
"""States of a run after which its night is over: one that the person reverted is not done over in the same night,
one whose time was up goes on in the next."""
BACKUP_EVERY = timedelta(days=1)
CHECK_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Where the machine's power comes from; a machine without a battery is always on mains."""

    mains: bool = True
    low: bool = False
    """The battery is nearly empty."""


def night_of(now: datetime, settings: Sleep) -> str:
    """The night that `now` belongs to, as an ISO date: from its beginning until the next evening's."""
    begins = time.fromisoformat(settings.night_begins)
    today = now.date()
    return (today if now.time().replace(tzinfo=None) >= begins else today - timedelta(days=1)).isoformat()


def sleep_due(runs: Sequence[SleepRun], now: datetime, *, idle: timedelta, power: Power, settings: Sleep) -> str | None:
    """The night to sleep for now, or None. `runs`: the latest ones, in any order.

    A night is due once: when no run for it or for a later one has taken effect (the clock may have been put
    back). A missed night is made up as soon as the person is away, but only the latest: one sleep takes in
    all that came since. A run that was cut off is due again and resumes. Whether another process
    holds its lease is for the sleep itself to say.
    """
    if not settings.enabled or idle < timedelta(minutes=settings.after_idle_minutes):
        return None
    if power.low or not (power.mains or settings.on_battery):
        return None
    night = night_of(now, settings)
    done = {run.night for run in runs if run.state in DONE and not _wildly_ahead(run.night, night)}
    return night if night > max(done, default="") else None


def next_night(now: datetime, settings: Sleep) -> datetime:
    """When the next night begins, as wall time of `now`'s zone."""
    begins = time.fromisoformat(settings.night_begins)
    coming = datetime.combine(now.date(), begins, tzinfo=now.tzinfo)
    if now.time().replace(tzinfo=None) >= begins:
        coming = datetime.combine(now.date() + timedelta(days=1), begins, tzinfo=now.tzinfo)
    return coming


def backup_due(last: datetime | None, now: datetime, *, changed: bool = True, every: timedelta = BACKUP_EVERY) -> bool:
    """Whether a backup is due; not while nothing has `changed` since the last one."""
    return changed and _passed(last, now, every)


def check_due(last: datetime | None, now: datetime, *, clean: bool = True, every: timedelta = CHECK_EVERY) -> bool:
    """Whether the store's integrity is to be checked; at once when it was not closed `clean`."""
    return not clean or _passed(last, now, every)


def _passed(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """A `last` far in the future came from a clock that was wrong: it must not put things off for years."""
    if last is None:
        return True
    since = now - last
    return since >= every or -since > max(every, timedelta(days=2))


def _wildly_ahead(latest: str, night: str) -> bool:
    """The same for nights: more than two days ahead is no clock set back by a day or a journey west."""
    return date.fromisoformat(latest) - date.fromisoformat(night) > timedelta(days=2)
