"""Measures this disk and this CPU shortly, in the way that weights are read and computed with.

The disk is read past the page cache, in a file that is there already; where the file system does not allow that, what
is to be read is thrown out of the cache first. The CPU computes in a child with a made-up layer.
"""

import errno
import mmap
import os
import random
import sys
import threading
import time
from pathlib import Path

from core.errors import ModelProblem
from core.inference.child import Child, Limits
from core.inference.stream.pages import PAGE, reads_past_the_cache
from core.inference.stream.speeds import CpuSpeed, DiskSpeed, Speeds

LONG = 2**22
"""Bytes of the pieces that whole layers are read in."""
_TRIED = ((LONG, (1, 2, 4), 0.25), (2**20, (1, 4, 8), 0.08), (2**16, (1, 4, 8, 16), 0.08))
"""Bytes of a piece, how many readers at once, seconds for each."""
_MOST_FILE = 2**34


def measure(file: Path, *, threads: int) -> Speeds:
    """Both; takes about three seconds. ModelProblem when the file cannot be read or no model can run here."""
    return Speeds(disk=measure_disk(file), cpu=measure_cpu(threads))


def measure_disk(file: Path, patience: float = 1.0) -> DiskSpeed:
    """How fast a file of some megabytes is read from its disk, in pieces at random places; 1.3 s times `patience`."""
    direct = reads_past_the_cache(file)
    descriptor = _opened(file, direct)
    try:
        size = min(os.fstat(descriptor).st_size, _MOST_FILE) & -PAGE
        found = tuple(
            (piece, readers, _rate(descriptor, size, piece, readers, patience * seconds, direct))
            for piece, counts, seconds in _TRIED
            for readers in counts
        )
    finally:
        os.close(descriptor)
    fastest = max(rate for piece, _, rate in found if piece == LONG)
    return DiskSpeed(long_bytes_s=fastest, pieces=found, direct=direct)


def measure_cpu(threads: int) -> CpuSpeed:
    """How fast llama.cpp computes with quantised weights here. Takes about a second. ModelProblem."""
    child = Child("core.inference.speed_child", name="measurement", limits=Limits(memory_mb=1024, start_s=60))
    try:
        said, _ = child.call({"do": "measure", "threads": threads}, timeout_s=60)
    finally:
        child.close()
    one, batch, repacked = (said.get(key) for key in ("one", "batch", "repacked"))
    if not (isinstance(one, float) and isinstance(batch, float) and isinstance(repacked, float)):
        raise ModelProblem("This CPU could not be measured.", "Try again when the machine is idle.")
    return CpuSpeed(one_bytes_s=one, batch_bytes_s=batch, repacked_bytes_s=repacked)


def _opened(file: Path, direct: bool) -> int:
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.open(file, flags | (getattr(os, "O_DIRECT", 0) if direct else 0))
    except OSError as error:
        raise ModelProblem("The model's file cannot be opened.", "Check its folder's permissions.") from error


def _rate(descriptor: int, size: int, piece: int, readers: int, seconds: float, direct: bool) -> float:
    """Bytes a second of readers side by side, each with pieces at random places."""
    piece = min(piece, size)
    if not piece:
        raise ModelProblem("The file is too short to measure the disk with.", "Choose another file.")
    done = [0] * readers
    failed: list[OSError] = []
    begun = time.perf_counter()
    until = begun + seconds

    def read(number: int) -> None:
        places = random.Random(piece * readers + number)
        try:
            with mmap.mmap(-1, max(piece, PAGE)) as room:
                while not done[number] or time.perf_counter() < until:  # one at least, however busy the machine
                    offset = places.randrange(0, size - piece + 1) & -PAGE
                    if not direct and sys.platform == "linux":
                        os.posix_fadvise(descriptor, offset, piece, os.POSIX_FADV_DONTNEED)
                    got = os.preadv(descriptor, [room], offset)
                    if not got:
                        raise OSError(errno.EIO, "shorter than it was")
                    done[number] += got
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise ModelProblem("The disk cannot be read.", "Check the disk that models lie on.") from failed[0]
    return sum(done) / (time.perf_counter() - begun)
