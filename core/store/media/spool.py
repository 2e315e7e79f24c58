"""The spool: frames that wait to be read, under a key that only exists in this process's memory."""

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import CaptureProblem, DamagedVault
from core.paths import ProfilePaths
from core.store.media.sealed import new_key, read_sealed, unlink, write_sealed

_LATER = "It catches up when the machine is idle."


class SpoolFull(CaptureProblem):
    """No room for another frame: the recorder draws a gap with this reason."""


class FrameLost(DamagedVault):
    """A waiting frame's file was changed or is gone; `label` says which frame it was."""

    def __init__(self, label: bytes) -> None:
        super().__init__("A picture that waited to be read was damaged and is lost.")
        self.label = label


@dataclass(frozen=True, slots=True)
class Spooled:
    """A frame that waits. `label` and the frame are as they were put in."""

    ticket: int
    frame: bytes
    label: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """Frames that were lost, and between when (by their files' times): a gap with its reason."""

    frames: int
    bytes: int
    first: datetime | None = None
    last: datetime | None = None


class Spool:
    """Bounded, newest first, safe from any thread. Made once a process, after `empty_leftovers`."""

    def __init__(self, paths: ProfilePaths, *, most_bytes: int = 256 * 2**20, most_frames: int = 500) -> None:
        self._root = paths.spool
        self._most_bytes = most_bytes
        self._most_frames = most_frames
        self._key = new_key()
        self._guard = threading.Lock()
        self._waiting: dict[int, int] = {}
        self._taken: dict[int, int] = {}
        self._labels: dict[int, bytes] = {}
        self._next = 1
        self._session = secrets.token_hex(4)

    @property
    def waiting(self) -> int:
        """Frames that nobody has taken yet."""
        return len(self._waiting)

    @property
    def used_bytes(self) -> int:
        """What all frames take, those being read among them."""
        with self._guard:
            return self._bytes()

    def put(self, frame: bytes, label: bytes = b"") -> int:
        """Let a frame wait; its ticket. `label` goes with it, encrypted. SpoolFull when there is no room."""
        size = len(frame) + len(label)
        with self._guard:
            if len(self._waiting) + len(self._taken) >= self._most_frames:
                raise SpoolFull("Too many pictures wait to be read.", _LATER)
            if self._bytes() + size > self._most_bytes:
                raise SpoolFull("The pictures that wait are too large.", _LATER)
            ticket = self._next
            self._next += 1
            self._taken[ticket] = size
        try:
            body = len(label).to_bytes(4, "big") + label + frame
            write_sealed(self._file(ticket), body, self._key, str(ticket))
        except BaseException:
            with self._guard:
                del self._taken[ticket]
            raise
        with self._guard:
            self._waiting[ticket] = self._taken.pop(ticket)
            self._labels[ticket] = label
        return ticket

    def take(self) -> Spooled | None:
        """The newest frame that waits, or None. It keeps its room until `done`.

        FrameLost when its file was changed or is gone: a gap is to be drawn.
        """
        with self._guard:
            if not self._waiting:
                return None
            ticket = max(self._waiting)
            self._taken[ticket] = self._waiting.pop(ticket)
        try:
            body = read_sealed(self._file(ticket), self._key, str(ticket))
        except DamagedVault as error:
            label = self._labels.get(ticket, b"")
            self.done(ticket)
            raise FrameLost(label) from error
        split = 4 + int.from_bytes(body[:4], "big")
        return Spooled(ticket, body[split:], body[4:split])

    def give_back(self, ticket: int) -> None:
        """Let a taken frame wait again: its reader died."""
        with self._guard:
            self._waiting[ticket] = self._taken.pop(ticket)

    def done(self, ticket: int) -> None:
        """It was read and kept, or given up: its file goes."""
        unlink(self._file(ticket))
        with self._guard:
            self._taken.pop(ticket, None)
            self._waiting.pop(ticket, None)
            self._labels.pop(ticket, None)

    def close(self) -> Leftovers:
        """Drop the key and everything that waits (a lock, an end): what was lost."""
        with self._guard:
            self._key = new_key()
            self._waiting.clear()
            self._taken.clear()
            self._labels.clear()
        return empty_leftovers(self._root)

    def _bytes(self) -> int:
        return sum(self._waiting.values()) + sum(self._taken.values())

    def _file(self, ticket: int) -> Path:
        return self._root / f"{self._session}-{ticket}.bin"


def empty_leftovers(folder: Path) -> Leftovers:
    """Delete what an ended process left in its spool: its key is gone, nobody can read it."""
    times, size = [], 0
    for file in folder.iterdir() if folder.is_dir() else ():
        facts = file.lstat()
        times.append(facts.st_mtime)
        size += facts.st_size
        unlink(file)
    if not times:
        return Leftovers(frames=0, bytes=0)
    first, last = (datetime.fromtimestamp(at, UTC) for at in (min(times), max(times)))
    return Leftovers(frames=len(times), bytes=size, first=first, last=last)
