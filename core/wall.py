"""Clocks on the wall: which moment an hour and minute name, and what the clock shows at a moment, in summer time too.

A moment in the system's zone bears a fixed offset from UTC; where that is the system's at this moment, the system's
rules hold for all others.
"""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock


def at_wall(naive: datetime, now: datetime) -> datetime:
    """The moment at which clocks here show `naive`; here is where `now` (aware) was told."""
    return naive.astimezone() if _of_the_system(now) else naive.replace(tzinfo=now.tzinfo)


def seen_here(moment: datetime, now: datetime) -> datetime:
    """The same moment (aware) with the offset that clocks here have by then."""
    return moment.astimezone(None if _of_the_system(now) else now.tzinfo)


def bounds(day: date, now: datetime) -> tuple[datetime, datetime]:
    """When a day begins and ends by the clocks here, in UTC: 23 or 25 hours apart where they change."""
    begins, ends = (at_wall(datetime.combine(one, clock()), now) for one in (day, day + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def zone_again() -> None:
    """Look anew which zone the system is in: a process goes on in the zone in which it was started."""
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()


def _of_the_system(now: datetime) -> bool:
    return now.utcoffset() == now.astimezone().utcoffset()
