"""How many threads compute with a model: the same when this machine is measured and when a model answers."""

import os

import psutil

_MOST = 8
"""More only wait for memory."""


def cores() -> int:
    """Physical cores that this process may use: two threads of one core share what a model needs most."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, psutil.cpu_count(logical=False) or usable))


def threads() -> int:
    """Threads that compute with a model."""
    return min(cores(), _MOST)
