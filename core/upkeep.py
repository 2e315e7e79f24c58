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
NIGHT_HOURS = timedelta(hours=8)
"""Where nothing tells whether somebody is there, a sleep begins only so long after the night has begun."""
UNUSED = timedelta(hours=1)
"""And when Mneme itself was not used for so long."""
PRESENTING_AT_MOST = timedelta(hours=3)
"""A screen that is held awake, or full, for longer than a film without a touch was left so."""
BACK = timedelta(minutes=1)
"""A touch within this means that the person is back."""
_JUMP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Where the machine's power comes from; a machine without a battery is always on mains."""

    mains: bool = True
    low: bool = False
    """The battery is nearly empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether somebody is there."""

    away: timedelta | None = None
    """How long nobody has touched the machine; None where nothing tells."""
    unused: timedelta = timedelta()
    """How long nobody has used Mneme."""
    presenting: bool = False
    """Something fills the screen, or holds it awake."""
    busy: bool = False
    """A long import or export is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Whether a sleep is due now."""

    night: str | None = None
    """The night it is for; None: none is due."""
    why: str = ""
    """Why none is, as a sentence."""


def night_of(now: datetime, settings: Sleep) -> str:
    """The night that `now` belongs to, as an ISO date: from its beginning until the next evening's."""
    begins = time.fromisoformat(settings.night_begins)
    today = now.date()
    return (today if now.time().replace(tzinfo=None) >= begins else today - timedelta(days=1)).isoformat()


def sleep_due(runs: Sequence[SleepRun], now: datetime, *, presence: Presence, power: Power, settings: Sleep) -> Due:
    """The night to sleep for now, or why there is none. `runs`: those of this night and of later ones, in any order.

    A night is due once: when no run for it or for a later one has taken effect (the clock may have been put
    back). A missed night is made up as soon as the person is away, but only the latest: one sleep takes in
    all that came since. A run that was cut off is due again and resumes. Whether another process
    holds its lease is for the sleep itself to say.
    """
    night = night_of(now, settings)
    if not settings.enabled:
        return Due(why="Sleeping by itself is switched off.")
    if had_its_sleep(runs, night):
        return Due(why=f"The night of {night} has had its sleep.")
    against = hindrance(presence, power, settings) or _not_away(now, presence, settings)
    return Due(why=against) if against else Due(night=night)


def had_its_sleep(runs: Sequence[SleepRun], night: str) -> bool:
    """Whether a run for this night, or for a later one, has taken effect."""
    done = {run.night for run in runs if run.state in DONE and not _wildly_ahead(run.night, night)}
    return night <= max(done, default="")


def hindrance(presence: Presence, power: Power, settings: Sleep) -> str:
    """Why a sleep may not be at work now, whoever is there; empty when it may."""
    if power.low:
        return "The battery is nearly empty."
    if not (power.mains or settings.on_battery):
        return "The machine runs on its battery."
    if presence.busy:
        return "A long import or export is under way."
    if presence.presenting and (presence.away is None or presence.away < PRESENTING_AT_MOST):
        return "Something fills the screen or holds it awake."
    return ""


def disturbed(presence: Presence, power: Power, settings: Sleep) -> bool:
    """Whether a sleep at work is to stop after its step, and go on later: the person is back, or a hindrance came."""
    back = presence.away is not None and presence.away < BACK
    return back or hindrance(presence, power, settings) != ""


def _not_away(now: datetime, presence: Presence, settings: Sleep) -> str:
    wanted = timedelta(minutes=settings.after_idle_minutes)
    if presence.away is not None:
        minutes = settings.after_idle_minutes
        return "" if presence.away >= wanted else f"The machine was used within the last {minutes} minutes."
    if presence.unused < max(wanted, UNUSED):
        return "Mneme was used a short while ago, and nothing here tells whether you are away."
    begins = datetime.combine(now.date(), time.fromisoformat(settings.night_begins))
    since = (now.replace(tzinfo=None) - begins) % timedelta(days=1)
    if since >= NIGHT_HOURS:
        return "It is day, and nothing here tells whether you are away."
    return ""


def next_night(now: datetime, settings: Sleep) -> datetime:
    """When the next night begins, as wall time of `now`'s zone."""
    begins = time.fromisoformat(settings.night_begins)
    coming = datetime.combine(now.date(), begins, tzinfo=now.tzinfo)
    if now.time().replace(tzinfo=None) >= begins:
        coming = datetime.combine(now.date() + timedelta(days=1), begins, tzinfo=now.tzinfo)
    return coming


def clock_jumped(wall: timedelta, steady: timedelta) -> bool:
    """Whether the wall clock was set, or the machine suspended, while a steady clock went on by `steady`."""
    return abs(wall - steady) >= _JUMP


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
