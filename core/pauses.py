"""How long a pause lasts: some minutes, an hour, until tomorrow, until it is ended by hand."""

import re
from datetime import datetime, timedelta

from core.errors import BadInput
from core.wall import at_wall

BY_HAND = "private"
"""Private mode: until it is switched off."""
TOMORROW = "tomorrow"
_MORNING = 5
"""Tomorrow begins at this hour: who pauses at ten to midnight does not mean ten minutes."""
_AT_LEAST = timedelta(hours=4)
_LENGTH = re.compile(r"(\d{1,5})\s*(m|min|h|)")
_LONGEST = timedelta(days=7)


def pause_ends(word: str, now: datetime) -> datetime | None:
    """When a pause ends that is called `15`, `90m`, `2h`, `tomorrow`; None for `private`. Raises BadInput."""
    if word == BY_HAND:
        return None
    if word == TOMORROW:
        morning = now.replace(tzinfo=None, hour=_MORNING, minute=0, second=0, microsecond=0)
        while at_wall(morning, now) - now < _AT_LEAST:
            morning += timedelta(days=1)
        return at_wall(morning, now)
    match = _LENGTH.fullmatch(word.strip().casefold())
    if match is not None:
        number = int(match[1])
        length = timedelta(hours=number) if match[2] == "h" else timedelta(minutes=number)
        if timedelta() < length <= _LONGEST:
            return now + length
    raise BadInput(
        f"{word!r} is not a length of a pause.", "Minutes (15), hours (2h), tomorrow, or private: until `mneme resume`."
    )
