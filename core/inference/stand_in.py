"""A stand-in for a model file: its header alone, so that llama.cpp maps a model without reading its weights.

llama.cpp maps a file with MAP_POPULATE, which brings all of it into memory. The stand-in lives in memory, is as long as
the file while llama.cpp checks where the tensors lie, and is cut to its header before it is mapped: there is nothing to
populate, and the addresses behind the header are free for `stream.pages`. Linux only.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from core.errors import ModelProblem

_NAME = "mneme-header"
_CHUNK = 2**20


class StandIn:
    """The header of the model file open at `descriptor`, `header_bytes` long, under a path of its own."""

    def __init__(self, descriptor: int, header_bytes: int) -> None:
        if sys.platform != "linux":
            raise ModelProblem("Weights are streamed on Linux only.", "Choose a smaller model.")
        self._header_bytes = header_bytes
        try:
            self._fd = os.memfd_create(_NAME, os.MFD_CLOEXEC)
            place = 0
            while place < header_bytes and (data := os.pread(descriptor, min(_CHUNK, header_bytes - place), place)):
                os.pwrite(self._fd, data, place)
                place += len(data)
            os.ftruncate(self._fd, os.fstat(descriptor).st_size)
        except OSError as error:
            raise ModelProblem(
                "This system does not let the model be streamed.", "Give it as much memory as it is large."
            ) from error

    @property
    def path(self) -> str:
        """Where llama.cpp opens it."""
        return f"/proc/self/fd/{self._fd}"

    def cut(self) -> None:
        """Leave the header only; to be called between llama.cpp's reading of it and its mapping."""
        os.ftruncate(self._fd, self._header_bytes)

    def base(self) -> int:
        """The address at which the file's first byte would stand, now that it is mapped. ModelProblem."""
        for begin, offset, _ in _mappings():
            return begin - offset
        raise ModelProblem("This model cannot be streamed.", "Give it more memory, or choose another in Settings.")

    def close(self) -> None:
        """What is mapped stays mapped."""
        os.close(self._fd)


def mapped() -> list[tuple[int, int]]:
    """The addresses, (begin, end) in order, at which a stand-in is mapped."""
    return [(begin, end) for begin, _, end in _mappings()]


def _mappings() -> Iterator[tuple[int, int, int]]:
    """(begin, offset in the file, end) of each mapping of a stand-in."""
    with Path("/proc/self/maps").open(encoding="utf-8") as maps:
        for line in maps:
            parts = line.split(maxsplit=5)
            if len(parts) == 6 and f"memfd:{_NAME}" in parts[5]:
                begin, end = (int(one, 16) for one in parts[0].split("-"))
                yield begin, int(parts[2], 16), end
