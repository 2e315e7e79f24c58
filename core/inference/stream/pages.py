"""Memory of ours over a model's weights: filled in place from the file, handed on, given back. By system.

Linux: anonymous pages at the addresses where the file's bytes belong, filled by direct reads, handed from one range to
another with mremap (tried). Elsewhere there is none yet, and a model is mapped as llama.cpp does it.
"""

import contextlib
import ctypes
import errno
import mmap
import os
import sys
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from core.errors import ModelProblem
from core.inference.identity import FileIdentity

Range = tuple[int, int]
"""(offset in the file, length), whole pages."""
PAGE = mmap.PAGESIZE
"""What direct reads and mappings are aligned to, bytes."""

_PROT_READ, _PROT_READ_WRITE = 1, 3
_MAP_PRIVATE, _MAP_FIXED, _MAP_ANONYMOUS, _MAP_NORESERVE = 0x02, 0x10, 0x20, 0x4000
_MREMAP_MAYMOVE, _MREMAP_FIXED, _MREMAP_DONTUNMAP = 1, 2, 4
_MOST_PIECES = 8
"""Mappings that a range may consist of before its memory is given back instead of handed on."""
_MADV_RANDOM, _MADV_DONTNEED, _MADV_NOHUGEPAGE = 1, 4, 15


def whole(offset: int, length: int) -> tuple[int, int]:
    """The whole pages that cover a range: (offset, length)."""
    begin = offset & -PAGE
    return begin, (offset + length - begin + PAGE - 1) & -PAGE


def inner(offset: int, length: int) -> tuple[int, int]:
    """The whole pages inside a range: (offset, length), length 0 where there are none."""
    begin = (offset + PAGE - 1) & -PAGE
    return begin, max(((offset + length) & -PAGE) - begin, 0)


class Pages(Protocol):
    """A model's weights in memory of ours; everything is told by offsets in the file, in whole pages."""

    base: int
    """The address at which the file's first byte would stand."""

    def read(self, offset: int, length: int) -> None:
        """Fill pages from the file; from any thread, others run meanwhile. ModelProblem when it cannot be read."""

    def drop(self, offset: int, length: int) -> None:
        """Give pages back to the system; what stood there is gone."""

    def hand_on(self, source: int, target: int, length: int) -> None:
        """Give the memory under `source` to `target`, without clearing or copying it."""

    def lend(self, offset: int, length: int) -> None:
        """Leave pages to the file: the system brings in those that are looked at, and takes them away again."""

    def unchanged(self) -> None:
        """Raise ModelProblem when the file is no longer as it was when it was opened."""

    def lock(self, offset: int, length: int) -> bool:
        """Keep pages out of swap, as far as this user may; whether they are."""

    def close(self) -> None:
        """Close the file; the memory goes with the model."""


class LinuxPages:
    """See Pages. The range [begin, end) of the file stands at `base` + offset from now on.

    `within`: addresses, (begin, end) in order, that may be taken of it; None: all. `direct`: past the page cache, where
    the file system allows it. `hands_on`: whether pages move from one range to another, None: where the kernel can (5.7
    and later); else they are given back and new ones cleared for each read.
    """

    def __init__(
        self,
        file: Path,
        base: int,
        begin: int,
        end: int,
        *,
        direct: bool = True,
        hands_on: bool | None = None,
        within: Sequence[tuple[int, int]] | None = None,
    ) -> None:
        self.base = base
        self._hands_on = can_hand_on() if hands_on is None else hands_on
        self._libc = _libc()
        self._fd, self.direct = _opened(file, direct)
        self._opening = threading.Lock()
        self._state = FileIdentity.of(self._fd)
        self._seams: list[int] = []
        """Offsets at which one mapping may end and another begin: kernels before 6.17 move pages of one only."""
        begin, length = whole(begin, end - begin)
        self._ours = _common(base + begin, length, within)
        for place, size in self._ours:
            if not self._fresh(place, size):
                os.close(self._fd)
                raise _no_memory()

    def read(self, offset: int, length: int) -> None:
        """See Pages. What no tensor that is used lies in may have no memory, and is passed over."""
        for begin, size in self._clipped(offset, length):
            done = 0
            while done < size and begin + done < self._state.bytes:
                got = self._libc.pread(self._fd, self.base + begin + done, size - done, begin + done)
                if got <= 0 and self.direct and ctypes.get_errno() == errno.EINVAL:
                    self._through_the_cache()
                    continue
                if got <= 0:
                    raise ModelProblem(
                        "The model's file cannot be read any more.", "Check the disk; add the model again."
                    )
                done += got
            if not self.direct:  # what went through the page cache need not stay there as well
                os.posix_fadvise(self._fd, begin, size, os.POSIX_FADV_DONTNEED)

    def lend(self, offset: int, length: int) -> None:
        """See Pages."""
        for begin, size in self._clipped(offset, length):
            place = self.base + begin
            self._libc.mmap(place, size, _PROT_READ, _MAP_PRIVATE | _MAP_FIXED, self._fd, begin)
            self._libc.madvise(place, size, _MADV_RANDOM)

    def unchanged(self) -> None:
        """See Pages."""
        if FileIdentity.of(self._fd) != self._state:
            raise ModelProblem(
                "The model's file was changed while it was in use.", "Ask again; if it stays so, add the model anew."
            )

    def drop(self, offset: int, length: int) -> None:
        """See Pages."""
        for begin, size in self._clipped(offset, length):
            self._libc.madvise(self.base + begin, size, _MADV_DONTNEED)

    def hand_on(self, source: int, target: int, length: int) -> None:
        """See Pages."""
        if not (self._hands_on and self._has(source, length) and self._has(target, length)):
            self.drop(source, length)
            return
        low, high = bisect_right(self._seams, source), bisect_left(self._seams, source + length)
        if high - low >= _MOST_PIECES:
            self._as_one(source, length)
            self._as_one(target, length)
            return
        for begin, end in pairwise((source, *self._seams[low:high], source + length)):
            self._move(begin, target + begin - source, end - begin)

    def _as_one(self, offset: int, length: int) -> None:
        """Make one empty mapping of a range that consists of too many: they would only become more."""
        self._fresh(self.base + offset, length)
        self._join(offset, length)

    def _join(self, offset: int, length: int) -> None:
        low, high = bisect_left(self._seams, offset), bisect_right(self._seams, offset + length)
        self._seams[low:high] = [offset, offset + length]

    def _move(self, source: int, target: int, length: int) -> None:
        """Move the pages of one mapping. What cannot be moved stands empty at the target, as after `drop`."""
        how = _MREMAP_MAYMOVE | _MREMAP_FIXED | _MREMAP_DONTUNMAP
        place = self.base + target
        if length and self._libc.mremap(self.base + source, length, length, how, place) != place:
            # The kernel may have taken the target's mapping away before it found that it cannot move the source.
            self._fresh(place, length)
            self.drop(source, length)
        self._join(target, length)
        for edge in (source, source + length):
            at = bisect_left(self._seams, edge)
            if at == len(self._seams) or self._seams[at] != edge:
                self._seams.insert(at, edge)

    def _fresh(self, place: int, length: int) -> bool:
        """Empty memory of ours over whatever stands at an address."""
        kind = _MAP_PRIVATE | _MAP_FIXED | _MAP_ANONYMOUS | _MAP_NORESERVE
        made: int | None = self._libc.mmap(place, length, _PROT_READ_WRITE, kind, -1, 0)
        # A huge page would hold neighbours of what was asked for, which the plan has not counted.
        self._libc.madvise(place, length, _MADV_NOHUGEPAGE)
        return made == place

    def _has(self, offset: int, length: int) -> bool:
        return self._clipped(offset, length) == [(offset, length)]

    def _clipped(self, offset: int, length: int) -> list[Range]:
        """The parts of a range of the file that have memory of ours."""
        begin = self.base + offset
        found = _common(begin, length, [(low, low + size) for low, size in self._ours])
        return [(low - self.base, size) for low, size in found]

    def _through_the_cache(self) -> None:
        """This file system takes the wish to read past its cache, and then does not read."""
        with self._opening:
            if self.direct:
                again = os.open(f"/proc/self/fd/{self._fd}", os.O_RDONLY | os.O_CLOEXEC)
                os.dup2(again, self._fd, inheritable=False)
                os.close(again)
                self.direct = False

    def lock(self, offset: int, length: int) -> bool:
        """See Pages."""
        return not length or self._libc.mlock(self.base + offset, length) == 0

    def close(self) -> None:
        """See Pages."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _common(begin: int, length: int, within: Sequence[tuple[int, int]] | None) -> list[tuple[int, int]]:
    """The parts of a range of addresses that lie in others, (address, length) each; neighbours as one."""
    if within is None:
        return [(begin, length)]
    found: list[tuple[int, int]] = []
    for low, high in within:
        low, high = max(low, begin), min(high, begin + length)
        if low < high and found and sum(found[-1]) == low:
            found[-1] = (found[-1][0], high - found[-1][0])
        elif low < high:
            found.append((low, high - low))
    return found


def can_stream() -> bool:
    """Whether weights can be brought into memory of ours here (Linux)."""
    return sys.platform == "linux"


def can_hand_on(release: str | None = None) -> bool:
    """Whether this kernel, or one of that release, moves pages and leaves the range they come from mapped."""
    if sys.platform != "linux":
        return False
    parts = (os.uname().release if release is None else release).split(".")[:2]
    major, minor = (int("".join(filter(str.isdigit, part)) or 0) for part in parts)
    return (major, minor) >= (5, 7)


def reads_past_the_cache(file: Path) -> bool:
    """Whether this file can be read past the page cache; tried, as some file systems agree and then do not read."""
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError):
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECT)
        try:
            with mmap.mmap(-1, PAGE) as room:
                return os.preadv(descriptor, [room], 0) > 0
        finally:
            os.close(descriptor)
    return False


def _opened(file: Path, direct: bool) -> tuple[int, bool]:
    """A descriptor, and whether it reads past the page cache."""
    if sys.platform != "linux":
        raise ModelProblem("Weights are streamed on Linux only.", "Choose a smaller model.")
    if direct:
        with contextlib.suppress(OSError):
            return os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECT), True
    try:
        return os.open(file, os.O_RDONLY | os.O_CLOEXEC), False
    except OSError as error:
        raise ModelProblem("The model's file cannot be opened.", "Check its folder's permissions.") from error


def _no_memory() -> ModelProblem:
    return ModelProblem("There is not enough room for this model's addresses.", "Choose a smaller model.")


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    address, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    libc.mmap.restype = address
    libc.mmap.argtypes = [address, size, number, number, number, ctypes.c_int64]
    libc.mremap.restype = address
    libc.mremap.argtypes = [address, size, size, number, address]
    libc.madvise.argtypes = [address, size, number]
    libc.mlock.argtypes = [address, size]
    libc.pread.argtypes = [number, address, size, ctypes.c_int64]
    libc.pread.restype = ctypes.c_ssize_t
    return libc
