"""How fast this disk brings weights and this CPU computes with them: what a plan is made from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskSpeed:
    """Reads that the page cache has no part in, bytes a second."""

    long_bytes_s: float
    """Pieces of 4 MB side by side: what streaming whole layers gets."""
    pieces: tuple[tuple[int, int, float], ...] = ()
    """(bytes of a piece, readers at once, bytes a second) of reads at random places."""
    direct: bool = True
    """Whether this file system lets itself be read past the page cache."""

    def piece_bytes_s(self, size: int) -> float:
        """The best rate measured for pieces of about `size` bytes; the long rate where none was."""
        if not self.pieces or size <= 0:
            return self.long_bytes_s
        nearest = min((length for length, _, _ in self.pieces), key=lambda length: abs(math.log(length / size)))
        return max(rate for length, _, rate in self.pieces if length == nearest)


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuSpeed:
    """Bytes of quantised weights that are computed with in a second, all threads together."""

    one_bytes_s: float
    """For one token: bound by memory."""
    batch_bytes_s: float
    """For many tokens at once, counted once for each token: bound by arithmetic."""
    repacked_bytes_s: float
    """The same with weights laid out for this CPU, as they are when all of them fit."""

    def sweep_s(self, weight_bytes: int, tokens: int, *, repacked: bool = False) -> float:
        """Seconds to compute with weights for several tokens at once."""
        many = self.repacked_bytes_s if repacked else self.batch_bytes_s
        return weight_bytes * max(1 / self.one_bytes_s, tokens / many)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speeds:
    """Of one machine."""

    disk: DiskSpeed
    cpu: CpuSpeed

    def as_numbers(self) -> list[float]:
        """For a message to a child process: long reads, whether direct, the CPU's three, then three for each length."""
        cpu = self.cpu
        return [
            self.disk.long_bytes_s,
            float(self.disk.direct),
            cpu.one_bytes_s,
            cpu.batch_bytes_s,
            cpu.repacked_bytes_s,
            *(float(number) for piece in self.disk.pieces for number in piece),
        ]

    @classmethod
    def from_numbers(cls, numbers: Sequence[float]) -> Self:
        """What `as_numbers` wrote. ValueError for anything else."""
        long, direct, one, batch, repacked, *rest = numbers
        pieces = zip(*[iter(rest)] * 3, strict=True)
        return cls(
            disk=DiskSpeed(
                long_bytes_s=long,
                pieces=tuple((int(size), int(readers), rate) for size, readers, rate in pieces),
                direct=bool(direct),
            ),
            cpu=CpuSpeed(one_bytes_s=one, batch_bytes_s=batch, repacked_bytes_s=repacked),
        )


USUAL = Speeds(
    disk=DiskSpeed(long_bytes_s=1.0e9, pieces=((65_536, 8, 6.0e8), (1_048_576, 4, 1.0e9))),
    cpu=CpuSpeed(one_bytes_s=1.0e10, batch_bytes_s=6.0e10, repacked_bytes_s=1.2e11),
)
"""An ordinary laptop with a solid-state disk, until it has been measured."""
