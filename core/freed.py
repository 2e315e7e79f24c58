"""Memory that was freed goes back to the system; glibc would keep an arena for nearly every thread."""

import ctypes
import sys
from collections.abc import Callable

_ARENA_MAX = -8
"""M_ARENA_MAX of mallopt(3)."""
_MOST_ARENAS = 2


def few_arenas() -> None:
    """From now on the threads of this process share their memory; called before there are many. Linux with glibc only.

    Recorders come and go with locks and pauses, each with threads that hold pictures of the screen: with an arena
    for each of them a process grew by a hundred MB a lock.
    """
    option = _libc("mallopt")
    if option is not None:
        option(_ARENA_MAX, _MOST_ARENAS)


def give_back() -> None:
    """Hand memory that the C library keeps for later back to the system; nothing where it cannot."""
    trim = _libc("malloc_trim")
    if trim is not None:
        trim(0)


def _libc(name: str) -> Callable[..., object] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
