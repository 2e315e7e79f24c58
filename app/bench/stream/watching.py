"""A process from outside while it works: what it holds at most, what it has read; and what the machine has spent."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.bench.stream.device import Device

_EVERY_S = 0.02
_KB = 2**10


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Memory of a process, MB of 2^20 bytes: at most until now, and its parts at most."""

    peak_mb: float
    own_mb: float
    """Anonymous pages: what no file stands behind."""
    file_mb: float
    locked_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a process has read until now (proc(5), /proc/PID/io and stat), and its disk for everybody."""

    disk_bytes: int
    """What reached the disk on its behalf: page faults and direct reads alike."""
    call_bytes: int
    calls: int
    faults: int
    """Page faults that had to wait for the disk."""
    served: int = 0
    served_bytes: int = 0
    """Reads that the disk has completed, whoever asked; 0 where that is not told."""

    def since(self, before: "Read") -> "Read":
        """What was read since then."""
        return Read(
            disk_bytes=self.disk_bytes - before.disk_bytes,
            call_bytes=self.call_bytes - before.call_bytes,
            calls=self.calls - before.calls,
            faults=self.faults - before.faults,
            served=self.served - before.served,
            served_bytes=self.served_bytes - before.served_bytes,
        )

    @property
    def mean_kb(self) -> float:
        """The mean size of a read."""
        size, times = self._counted
        return size / max(times, 1) / _KB

    @property
    def reads(self) -> float:
        """How many reads of that size its bytes are."""
        size, times = self._counted
        return self.disk_bytes * times / size if size else 0.0

    @property
    def _counted(self) -> tuple[int, int]:
        """Bytes and times: of its calls where it reads by them; of faults and rings of requests only the disk knows."""
        if self.call_bytes >= self.disk_bytes / 2 and self.calls:
            return self.call_bytes, self.calls
        return (self.served_bytes, self.served) if self.served else (self.disk_bytes, self.faults)


class Watch:
    """Looks every 20 ms; `held` is what it saw. To be used with `with`."""

    def __init__(self, pid: int, device: Device | None = None) -> None:
        self._folder = Path("/proc", str(pid))
        self._device = device
        self._most = dict.fromkeys(("VmHWM", "RssAnon", "RssFile", "VmLck"), 0)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    @property
    def held(self) -> Held:
        """The most until now."""
        self._look()
        most = {name: kb / _KB for name, kb in self._most.items()}
        return Held(peak_mb=most["VmHWM"], own_mb=most["RssAnon"], file_mb=most["RssFile"], locked_mb=most["VmLck"])

    def own_mb(self) -> float:
        """Anonymous pages now."""
        return self._status().get("RssAnon", 0) / _KB

    def read(self) -> Read:
        """What it has read. Zeros once it is gone."""
        counts: dict[str, int] = {}
        faults = 0
        with suppress(OSError):
            lines = (self._folder / "io").read_text().splitlines()
            counts = {name: int(value) for name, value in (line.split(": ") for line in lines)}
            faults = int((self._folder / "stat").read_text().rpartition(") ")[2].split()[9])
        served, served_bytes = self._device.served() if self._device else (0, 0)
        return Read(
            disk_bytes=counts.get("read_bytes", 0),
            call_bytes=counts.get("rchar", 0),
            calls=counts.get("syscr", 0),
            faults=faults,
            served=served,
            served_bytes=served_bytes,
        )

    def _look_on(self) -> None:
        while not self._end.wait(_EVERY_S):
            self._look()

    def _look(self) -> None:
        found = self._status()
        for name, most in self._most.items():
            self._most[name] = max(most, found.get(name, 0))

    def _status(self) -> dict[str, int]:
        with suppress(OSError):
            lines = (self._folder / "status").read_text().splitlines()
            return {
                name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)
                if name in self._most
            }  # fmt: skip
        return {}


def energy_j(system: Path = Path("/sys/class/powercap")) -> float | None:
    """Joules that the processor packages have used since some time (RAPL); None where that is not told."""
    total = 0.0
    found = False
    for counter in system.glob("intel-rapl:*/energy_uj"):
        if counter.parent.name.count(":") == 1:  # a package; deeper ones are parts of it
            with suppress(OSError, ValueError):
                total += int(counter.read_text()) / 1e6
                found = True
    return total if found else None
