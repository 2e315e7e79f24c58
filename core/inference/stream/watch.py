"""Looks after the memory of the process it runs in: gives back what it can, and ends it before the machine suffers.

The plan counts every byte; this is for what it could not foresee. Linux: elsewhere no process is told what it holds.
"""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from core.freed import give_back
from core.inference.memory_end import OUT_OF_MEMORY

GIVE_BACK = 1.03
"""Of what was given: above this, memory that is free inside the process goes back to the system."""
END = 1.10
"""Above this for `_PATIENCE` looks in a row the process ends; its host says why."""
_EVERY_S = 0.25
_PATIENCE = 4
_STATM = Path("/proc/self/statm")


def held_bytes(*, files: bool) -> int:
    """What this process has in memory; with `files` also pages of files, which the system could take back."""
    resident, shared = (int(field) for field in _STATM.read_text("ascii").split()[1:3])
    return (resident if files else resident - shared) * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """A thread that compares what the process holds with what it was given, until `close`.

    `files`: count mapped files too, as is right where weights are streamed. `relieve` is called above GIVE_BACK,
    from this thread; `end` above END.
    """

    def __init__(
        self,
        budget_bytes: int,
        *,
        files: bool = True,
        relieve: Callable[[], None] | None = None,
        end: Callable[[], None] | None = None,
        every_s: float = _EVERY_S,
    ) -> None:
        self._budget, self._files, self._every = budget_bytes, files, every_s
        self._relieve = relieve or give_back
        self._end = end or _end
        self._over = 0
        self.most_bytes = 0
        """The most that was seen."""
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        if can_watch():
            self._thread = threading.Thread(target=self._run, name="memory-watch", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def look(self, held: int) -> None:
        """Act on what the process holds now."""
        self.most_bytes = max(self.most_bytes, held)
        if held > GIVE_BACK * self._budget:
            self._relieve()
        self._over = self._over + 1 if held > END * self._budget else 0
        if self._over >= _PATIENCE:
            self._over = 0
            self._end()

    def _run(self) -> None:
        while not self._closing.wait(self._every):
            self.look(held_bytes(files=self._files))


def can_watch() -> bool:
    """Whether this system tells a process what it holds."""
    return sys.platform == "linux"


def _end() -> None:
    sys.stderr.write("The memory that was given is exceeded.\n")
    sys.stderr.flush()
    os._exit(OUT_OF_MEMORY)
