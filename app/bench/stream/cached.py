"""One file's pages in the system's cache: how many there are, and away with them; nobody else's are touched."""

import ctypes
import mmap
import os
import time
from pathlib import Path

import numpy as np

from core.errors import Problem

_ATTEMPTS = 5
_PAUSE_S = 0.2
_SMALL = 0.001
"""A share of pages so small that it changes no figure."""


def share_cached(path: Path) -> float:
    """Which share of a file's pages is in memory (mincore). OSError."""
    with path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        if not length:
            return 0.0
        with mmap.mmap(file.fileno(), length, prot=mmap.PROT_READ) as mapped:
            pages = np.zeros((length + mmap.PAGESIZE - 1) // mmap.PAGESIZE, np.uint8)
            view = np.frombuffer(mapped, np.uint8)
            address = ctypes.c_void_p(view.ctypes.data)
            failed = ctypes.CDLL(None, use_errno=True).mincore(
                address, ctypes.c_size_t(length), ctypes.c_void_p(pages.ctypes.data)
            )
            del view
        if failed:
            raise OSError(ctypes.get_errno(), "mincore")
    return float((pages & 1).mean())


def drop(path: Path) -> None:
    """Out of the cache with a file, and seen to be gone. Raises Problem when it is not."""
    left = 1.0
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE_S)
        with path.open("rb") as file:
            os.fsync(file.fileno())  # what is not written yet stays
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        left = share_cached(path)
        if left <= _SMALL:
            return
    raise Problem(
        f"{left:.0%} of {path.name} stays in memory: something else uses the file.",
        "End what has this model open, then measure again.",
    )
