"""Memory control groups of the bench's own, version 1 or 2: a process held to a limit, and what that cost it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "mneme-bench-"
_REMOVED_WITHIN_S = 5.0
_UNLIMITED = {1: "-1", 2: "max"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a group saw of its processes. `hits`: how often the limit was in the way; `refaults`: pages read again."""

    peak_mb: float
    hits: int
    refaults: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where groups can be made: `folder` above them, `own` the group this process is in."""

    version: int
    folder: Path
    own: Path

    @contextmanager
    def group(self, limit_mb: int = 0) -> Iterator["Group"]:
        """A new group, held to `limit_mb` (of 2^20 bytes; 0: to nothing), removed at the end. OSError."""
        self._sweep()
        folder = self.folder / f"{_PREFIX}{os.getpid()}-{time.monotonic_ns()}"
        folder.mkdir()
        try:
            group = Group(place=self, folder=folder)
            group.limit(limit_mb)
            yield group
        finally:
            _remove(folder)

    def _sweep(self) -> None:
        """Remove what a bench that was killed left behind."""
        for left in self.folder.glob(f"{_PREFIX}*"):
            owner = left.name.removeprefix(_PREFIX).partition("-")[0]
            if owner.isdigit() and not Path("/proc", owner).exists():
                with suppress(OSError):
                    left.rmdir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group."""

    place: Place
    folder: Path

    def limit(self, limit_mb: int) -> None:
        """Hold it to so many MB, without swapping, which would hide what it does to the figures. OSError."""
        version = self.place.version
        wanted = str(limit_mb * 2**20) if limit_mb else _UNLIMITED[version]
        (self.folder / ("memory.limit_in_bytes" if version == 1 else "memory.max")).write_text(wanted)
        with suppress(OSError):  # not there where the kernel cannot swap
            (self.folder / ("memory.swappiness" if version == 1 else "memory.swap.max")).write_text("0")

    def take(self, pid: int) -> None:
        """A process belongs to it from now on, with all that it starts; what it holds already stays where it was."""
        (self.folder / "cgroup.procs").write_text(str(pid))

    def give_back(self, pid: int) -> None:
        """A process leaves for the group that this one is in."""
        (self.place.own / "cgroup.procs").write_text(str(pid))

    def counted(self) -> Counted:
        """What has happened until now."""
        refaults = _table(self.folder / "memory.stat").get("workingset_refault_file", 0)
        if self.place.version == 1:
            return Counted(
                peak_mb=_number(self.folder / "memory.max_usage_in_bytes") / 2**20,
                hits=_number(self.folder / "memory.failcnt"),
                refaults=refaults,
            )
        peak = self.folder / "memory.peak"  # since Linux 5.19
        return Counted(
            peak_mb=_number(peak if peak.exists() else self.folder / "memory.current") / 2**20,
            hits=_table(self.folder / "memory.events").get("max", 0),
            refaults=refaults,
        )


def place(process: Path = Path("/proc/self")) -> Place | None:
    """Where this process may make memory groups; None where it may not, or there are none."""
    try:
        lines = (process / "cgroup").read_text().splitlines()
        mounts = (process / "mountinfo").read_text().splitlines()
    except OSError:
        return None
    own = {controllers: path for _, controllers, path in (line.split(":", 2) for line in lines)}
    first = _mounted(mounts, "cgroup", "memory")
    if first is not None:
        path = next((path for controllers, path in own.items() if "memory" in controllers.split(",")), None)
        if path is not None:
            return _first_version(first, path)
    second = _mounted(mounts, "cgroup2", "")
    return _second_version(second, own[""]) if second is not None and "" in own else None


def _first_version(mount: Path, path: str) -> Place | None:
    own = mount / path.lstrip("/")
    own = own if own.is_dir() else mount
    for folder in (own, mount):
        if os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK):
            return Place(version=1, folder=folder, own=own)
    return None


def _second_version(mount: Path, path: str) -> Place | None:
    """The nearest group above whose children are held to memory limits, and which we may write."""
    own = mount / path.lstrip("/")
    if not own.is_dir():
        return None
    for folder in (own, *own.parents):
        with suppress(OSError):
            held = (folder / "cgroup.subtree_control").read_text().split()
            if "memory" in held and os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK):
                return Place(version=2, folder=folder, own=own)
        if folder == mount:
            return None
    return None


def _mounted(mounts: list[str], kind: str, controller: str) -> Path | None:
    """The first mount of a kind whose options name the controller: fields as in proc(5), mountinfo."""
    for line in mounts:
        before, _, after = line.partition(" - ")
        described = after.split()
        if described[:1] == [kind] and (not controller or controller in described[-1].split(",")):
            return Path(before.split()[4])
    return None


def _remove(folder: Path) -> None:
    """Once its last process is gone, which may take a moment."""
    ends = time.monotonic() + _REMOVED_WITHIN_S
    while True:
        try:
            folder.rmdir()
            return
        except OSError:
            if time.monotonic() > ends or not folder.exists():
                return
            time.sleep(0.02)


def _number(file: Path) -> int:
    return int(file.read_text().strip())


def _table(file: Path) -> dict[str, int]:
    """`name number` a line."""
    return {name: int(value) for name, value in (line.split() for line in file.read_text().splitlines())}
