"""Memory of ours over a model's weights: filled in place from the file, handed on, given back. By system.

Linux: anonymous pages at the addresses where the file's bytes belong, filled by direct reads, handed from one range to
another with mremap (tried). Elsewhere there is none yet, and a model is mapped as llama.cpp does it.
"""

import contextlib
import ctypes
import mmap
import os
import sys
from pathlib import Path
from typing import Protocol

from core.errors import ModelProblem

PAGE = mmap.PAGESIZE
"""What direct reads and mappings are aligned to, bytes."""

_PROT_READ_WRITE = 3
_MAP_PRIVATE, _MAP_FIXED, _MAP_ANONYMOUS, _MAP_NORESERVE = 0x02, 0x10, 0x20, 0x4000
_MREMAP_MAYMOVE, _MREMAP_FIXED, _MREMAP_DONTUNMAP = 1, 2, 4
_MADV_DONTNEED, _MADV_NOHUGEPAGE = 4, 15
_FAILED = ctypes.c_void_p(-1).value


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

    def lock(self, offset: int, length: int) -> bool:
        """Keep pages out of swap, as far as this user may; whether they are."""

    def close(self) -> None:
        """Close the file; the memory goes with the model."""


class LinuxPages:
    """See Pages. The range [begin, end) of the file stands at `base` + offset from now on.

    `direct`: past the page cache, where the file system allows it. `hands_on`: whether pages move from one range to
    another, None: where the kernel can (5.7 and later); else they are given back and new ones cleared for each read.
    """

    def __init__(
        self, file: Path, base: int, begin: int, end: int, *, direct: bool = True, hands_on: bool | None = None
    ) -> None:
        self.base = base
        self._hands_on = can_hand_on() if hands_on is None else hands_on
        begin, length = whole(begin, end - begin)
        self._libc = _libc()
        self._fd = _opened(file, direct)
        wanted = base + begin
        kind = _MAP_PRIVATE | _MAP_FIXED | _MAP_ANONYMOUS | _MAP_NORESERVE
        if self._libc.mmap(wanted, length, _PROT_READ_WRITE, kind, -1, 0) != wanted:
            os.close(self._fd)
            raise _no_memory()
        # A huge page would hold neighbours of what was asked for, which the plan has not counted.
        self._libc.madvise(wanted, length, _MADV_NOHUGEPAGE)

    def read(self, offset: int, length: int) -> None:
        """See Pages."""
        done = 0
        while done < length:
            got = self._libc.pread(self._fd, self.base + offset + done, length - done, offset + done)
            if got <= 0:
                raise ModelProblem("The model's file cannot be read any more.", "Check the disk; add the model again.")
            done += got
            if got % PAGE:  # the file's end: the rest of the page stays as it is
                return

    def drop(self, offset: int, length: int) -> None:
        """See Pages."""
        if length:
            self._libc.madvise(self.base + offset, length, _MADV_DONTNEED)

    def hand_on(self, source: int, target: int, length: int) -> None:
        """See Pages."""
        if not self._hands_on:
            self.drop(source, length)
            return
        how = _MREMAP_MAYMOVE | _MREMAP_FIXED | _MREMAP_DONTUNMAP
        place = self.base + target
        if length and self._libc.mremap(self.base + source, length, length, how, place) != place:
            self.drop(source, length)

    def lock(self, offset: int, length: int) -> bool:
        """See Pages."""
        return not length or self._libc.mlock(self.base + offset, length) == 0

    def close(self) -> None:
        """See Pages."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


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


def _opened(file: Path, direct: bool) -> int:
    if sys.platform != "linux":
        raise ModelProblem("Weights are streamed on Linux only.", "Choose a smaller model.")
    if direct:
        with contextlib.suppress(OSError):
            return os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECT)
    try:
        return os.open(file, os.O_RDONLY | os.O_CLOEXEC)
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
