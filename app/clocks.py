"""The clock of a host: the system's, or one that shows another time for a trial."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]


def local_now() -> datetime:
    """The moment, in the system's zone."""
    return datetime.now().astimezone()
