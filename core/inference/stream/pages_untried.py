"""Memory of ours over a model's weights on macOS and Windows: written from their manuals, never run, so switched off.

macOS has no mremap: a range is given back by mapping fresh pages over it, and F_NOCACHE stands for O_DIRECT. Windows
maps the model's file as llama.cpp does, and is told what comes next (PrefetchVirtualMemory) and what is not needed any
more (VirtualUnlock of pages that are not locked takes them out of the working set). `pages.can_stream` is False on
both, so the plan says MAPPED and nothing here is called, until somebody has run it there.
"""

import ctypes
import os
import sys
from pathlib import Path

from core.errors import ModelProblem
from core.inference.stream.pages import whole

_PROT_READ_WRITE = 3
_PRIVATE, _FIXED, _ANON = 0x0002, 0x0010, 0x1000
"""Of sys/mman.h on macOS, where MAP_ANON differs from Linux."""
_F_NOCACHE = 48
_NEVER_RUN = ModelProblem("Weights are not streamed on this system yet.", "Choose a model that fits.")


class MacPages:
    """See pages.Pages. Pages are cleared anew for each read, as on a Linux before 5.7."""

    base: int
    _fd: int
    _libc: ctypes.CDLL

    def __init__(self, file: Path, base: int, begin: int, end: int) -> None:
        if sys.platform != "darwin":
            raise _NEVER_RUN
        self.base = base
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.mmap.restype = ctypes.c_void_p
        size, number = ctypes.c_size_t, ctypes.c_int
        self._libc.mmap.argtypes = [ctypes.c_void_p, size, number, number, number, ctypes.c_int64]
        self._libc.pread.restype = ctypes.c_ssize_t
        self._libc.pread.argtypes = [number, ctypes.c_void_p, size, ctypes.c_int64]
        self._libc.mlock.argtypes = [ctypes.c_void_p, size]
        self._fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        self._libc.fcntl(self._fd, _F_NOCACHE, 1)
        self.drop(*whole(begin, end - begin))

    def read(self, offset: int, length: int) -> None:
        """See Pages."""
        done = 0
        while done < length:
            got = self._libc.pread(self._fd, self.base + offset + done, length - done, offset + done)
            if got <= 0:
                raise ModelProblem("The model's file cannot be read any more.", "Check the disk; add the model again.")
            done += got

    def drop(self, offset: int, length: int) -> None:
        """See Pages: fresh pages stand there from now on."""
        place = self.base + offset
        if length and self._libc.mmap(place, length, _PROT_READ_WRITE, _PRIVATE | _FIXED | _ANON, -1, 0) != place:
            raise ModelProblem("There is not enough room for this model's addresses.", "Choose a smaller model.")

    def hand_on(self, source: int, target: int, length: int) -> None:
        """See Pages; here the memory is given back, and the target gets other."""
        self.drop(source, length)

    def lock(self, offset: int, length: int) -> bool:
        """See Pages."""
        return not length or self._libc.mlock(self.base + offset, length) == 0

    def close(self) -> None:
        """See Pages."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


if sys.platform == "win32":

    class _Range(ctypes.Structure):
        _fields_ = (("address", ctypes.c_void_p), ("size", ctypes.c_size_t))


class WindowsPages:
    """See pages.Pages. The file stays mapped by llama.cpp; the system is told what is wanted and what is not."""

    base: int
    _kernel: ctypes.CDLL
    _process: ctypes.c_void_p

    def __init__(self, file: Path, base: int, begin: int, end: int) -> None:
        if sys.platform != "win32":
            raise _NEVER_RUN
        self.base = base
        self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        self._process = ctypes.c_void_p(self._kernel.GetCurrentProcess())
        self._kernel.VirtualUnlock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self._kernel.VirtualLock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]

    def read(self, offset: int, length: int) -> None:
        """See Pages: asks for the range at once, in large reads."""
        if sys.platform == "win32":
            wanted = _Range(address=self.base + offset, size=length)
            self._kernel.PrefetchVirtualMemory(self._process, ctypes.c_size_t(1), ctypes.byref(wanted), 0)

    def drop(self, offset: int, length: int) -> None:
        """See Pages: takes the range out of the working set."""
        if length:
            self._kernel.VirtualUnlock(self.base + offset, length)

    def hand_on(self, source: int, target: int, length: int) -> None:
        """See Pages; pages of a mapped file cannot move."""
        self.drop(source, length)

    def lock(self, offset: int, length: int) -> bool:
        """See Pages."""
        return not length or bool(self._kernel.VirtualLock(self.base + offset, length))

    def close(self) -> None:
        """See Pages."""
