"""Many small reads at once, each scattered to the slots where its pieces belong. By what the system has.

Linux: `io_submit` on a file opened past the page cache, hundreds of reads under way from one thread and without a
Python step for each (measured: 87,000 reads of 4 KB a second; 16 threads with `pread` 60,000). Elsewhere, and where the
system refuses that: one read after the other.
"""

import ctypes
import errno
import mmap
import os
import platform
import sys
import threading
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem

_DEPTH = 512
_PREADV = 7
_CALLS = {"x86_64": (206, 207, 208, 209), "aarch64": (0, 1, 4, 2)}
"""Numbers of io_setup, io_destroy, io_getevents, io_submit."""
_IOCB = np.dtype(
    [
        ("data", "<u8"),
        ("key", "<u4"),
        ("flags", "<i4"),
        ("operation", "<u2"),
        ("priority", "<i2"),
        ("file", "<u4"),
        ("vectors", "<u8"),
        ("count", "<u8"),
        ("offset", "<i8"),
        ("reserved", "<u8"),
        ("more_flags", "<u4"),
        ("event_file", "<u4"),
    ]
)
_EVENT = np.dtype([("data", "<u8"), ("request", "<u8"), ("result", "<i8"), ("more", "<i8")])
MOST_VECTORS = 512
"""Pieces of one read; the system allows 1,024."""

Numbers = NDArray[np.int64]


class Memory:
    """Memory of ours for slots: whole pages, aligned for direct reads; `rows` (n, row) is the view of it."""

    def __init__(self, rows: int, row: int) -> None:
        size = max(rows * row, mmap.PAGESIZE)
        if sys.platform == "win32":
            self._pages = mmap.mmap(-1, size)
        else:
            self._pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.rows: NDArray[np.uint8] = np.frombuffer(self._pages, np.uint8, rows * row).reshape(rows, row)
        self.address = int(self.rows.ctypes.data)


class Disk(Protocol):
    """Reads a file. `vectors` (m, 2): address and length; request i takes `counts[i]` of them, in their order."""

    def read(self, offsets: Numbers, counts: Numbers, vectors: NDArray[np.uint64]) -> None:
        """Read everything and return when it is there. ModelProblem."""

    def close(self) -> None:
        """Close the file."""


def open_disk(path: Path) -> Disk:
    """The best way to read this file here. ModelProblem."""
    if sys.platform == "linux" and platform.machine() in _CALLS:
        try:
            return Asynchronous(path)
        except OSError:
            pass
    return Plain(path)


class Asynchronous:
    """See Disk. OSError when the system has no such reads, or not for this file."""

    def __init__(self, path: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.syscall.restype = ctypes.c_long
        self._setup, self._destroy, self._events, self._submit = _CALLS[platform.machine()]
        self._context = ctypes.c_ulong(0)
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECT)
        self._found = np.zeros(_DEPTH, _EVENT)
        try:
            self._call(self._setup, ctypes.c_long(_DEPTH), ctypes.byref(self._context))
            self._try_sector()
        except OSError:
            self.close()
            raise

    def read(self, offsets: Numbers, counts: Numbers, vectors: NDArray[np.uint64]) -> None:
        """See Disk."""
        requests = np.zeros(len(offsets), _IOCB)
        first = np.cumsum(counts) - counts
        requests["operation"], requests["file"] = _PREADV, self._file
        requests["vectors"] = vectors.ctypes.data + first.astype(np.uint64) * np.uint64(16)
        requests["count"], requests["offset"] = counts, offsets
        wanted = np.add.reduceat(vectors[:, 1], first).astype(np.int64) if len(first) else counts
        requests["data"] = wanted
        try:
            self._run(requests)
        except OSError as error:
            raise _unreadable() from error

    def close(self) -> None:
        """See Disk."""
        if self._context.value:
            self._call(self._destroy, self._context)
            self._context = ctypes.c_ulong(0)
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _run(self, requests: NDArray[np.void]) -> None:
        """Keep the queue full until all are done; a short or failed read is a problem once none is under way."""
        addresses = requests.ctypes.data + np.arange(len(requests), dtype=np.uint64) * np.uint64(_IOCB.itemsize)
        sent = done = 0
        failed = False
        while done < len(requests):
            room = min(_DEPTH - (sent - done), len(requests) - sent)
            if room and not failed:
                place = ctypes.c_void_p(addresses.ctypes.data + sent * 8)
                try:
                    sent += self._call(self._submit, self._context, ctypes.c_long(room), place)
                except OSError as error:
                    failed = error.errno not in (errno.EAGAIN, errno.EINTR) or sent == done
            under_way = sent - done
            if not under_way:
                break
            least = under_way if sent == len(requests) or failed else max(under_way // 2, 1)
            found = ctypes.c_void_p(self._found.ctypes.data)
            try:
                count = self._call(
                    self._events, self._context, ctypes.c_long(least), ctypes.c_long(_DEPTH), found, None
                )
            except OSError as error:
                if error.errno != errno.EINTR:
                    raise
                continue
            done += count
            failed = failed or bool((self._found["result"][:count] != self._found["data"][:count].view(np.int64)).any())
        if failed:
            raise _unreadable()

    def _try_sector(self) -> None:
        """Read one sector into a sector: devices of larger ones refuse."""
        memory = Memory(1, mmap.PAGESIZE)
        vectors = np.array([[memory.address + 512, 512]], np.uint64)
        try:
            self.read(np.array([512]), np.array([1]), vectors)
        except ModelProblem as error:
            raise OSError(errno.EINVAL, "direct reads") from error

    def _call(self, number: int, *arguments: object) -> int:
        result = int(self._libc.syscall(ctypes.c_long(number), *arguments))
        if result < 0:
            raise OSError(ctypes.get_errno(), "asynchronous reads")
        return result


class Plain:
    """See Disk: through the system's page cache, one after the other."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise _unreadable() from error
        self._one_at_a_time = threading.Lock()

    def read(self, offsets: Numbers, counts: Numbers, vectors: NDArray[np.uint64]) -> None:
        """See Disk."""
        place = 0
        with self._one_at_a_time:
            for offset, count in zip(offsets.tolist(), counts.tolist(), strict=True):
                self._file.seek(offset)
                for address, length in vectors[place : place + count].tolist():
                    room = (ctypes.c_uint8 * length).from_address(address)
                    if self._file.readinto(room) != length:
                        raise _unreadable()
                place += count

    def close(self) -> None:
        """See Disk."""
        self._file.close()


def _unreadable() -> ModelProblem:
    return ModelProblem("The model's file cannot be read any more.", "Check the disk; add the model again.")
