"""The system's time zone with its summer time, which a moment's bare offset does not know of."""

from datetime import datetime

from dateutil.tz import tzlocal


def with_summer_time(now: datetime) -> datetime:
    """`now` (aware) in the system's zone when it has that zone's offset; another zone's is left as it is.

    A day of last summer begins an hour earlier than the offset of a winter's day says.
    """
    here = now.astimezone(tzlocal())
    return here if here.utcoffset() == now.utcoffset() else now
