"""When something is done, in words: every Monday around 9:00, on weekdays, at different times."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_OF = 0.75
_AROUND = 60
"""Minutes to either side."""
_MANY_DAYS = 3
_WEEKDAYS = 5


def occasions(times: Sequence[datetime]) -> str:
    """Like "Every Monday around 10:00, 5 times so far, last on 28 April 2025"; times in order, at least one."""
    often = "once" if len(times) == 1 else "twice" if len(times) == 2 else f"{len(times)} times"
    last = times[-1]
    return f"{_days(times)} {_hour(times)}, {often} so far, last on {last.day} {last:%B %Y}"


def _days(times: Sequence[datetime]) -> str:
    counted = Counter(time.weekday() for time in times)
    day, most = max(counted.items(), key=lambda each: (each[1], -each[0]))
    if most >= _MOST_OF * len(times) and most >= _MANY_DAYS:
        weeks = {(time - timedelta(days=time.weekday())).date() for time in times}
        span = (max(weeks) - min(weeks)).days // 7 + 1
        return f"{'Every' if len(counted) == 1 and len(weeks) == span else 'Mostly on'} {_DAYS[day]}" + (
            "" if len(counted) == 1 and len(weeks) == span else "s"
        )
    if len(times) >= _WEEKDAYS and set(counted) <= set(range(_WEEKDAYS)) and len(counted) > _MANY_DAYS:
        return "On weekdays"
    if len(counted) <= 2:
        return "On " + " and ".join(f"{_DAYS[day]}s" for day in sorted(counted))
    return "On different days"


def _hour(times: Sequence[datetime]) -> str:
    minutes = [time.hour * 60 + time.minute for time in times]
    middle = median(minutes)
    near = sum(abs(minute - middle) <= _AROUND for minute in minutes)
    if near < _MOST_OF * len(times):
        return "at different times"
    rounded = min(round(middle / 15) * 15, 24 * 60 - 15)
    return f"around {rounded // 60}:{rounded % 60:02d}"
