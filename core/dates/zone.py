"""The system's time zone with its summer time, which a moment's bare offset does not know of."""

from datetime import UTC, date, datetime, time, timedelta

from dateutil.tz import tzlocal


def with_summer_time(now: datetime) -> datetime:
    """`now` (aware) in the system's zone when it has that zone's offset; another zone's is left as it is.

    A day of last summer begins an hour earlier than the offset of a winter's day says.
    """
    here = now.astimezone(tzlocal())
    return here if here.utcoffset() == now.utcoffset() else now


def bounds(day: date, now: datetime) -> tuple[datetime, datetime]:
    """When a day begins and ends where `now` (aware) was told, in UTC: 23 or 25 hours apart where the clocks change."""
    zone = with_summer_time(now).tzinfo
    begins, ends = (datetime.combine(one, time(), tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)
