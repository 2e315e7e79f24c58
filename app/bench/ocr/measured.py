"""A reader at work, seen from outside: its processor time and its memory, with what it starts itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

from app.bench.outside import tree
from core.capture.screen.engine import EngineName
from core.capture.screen.reader import Reader

_LOOKS_EVERY_S = 0.05


@dataclass(slots=True)
class Measured:
    """A reader, and what its processes hold at most, in MB of 2^20 bytes."""

    reader: Reader
    most_mb: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def cpu_s(self) -> float:
        """Seconds of processor time until now, of processes that it started and that have ended too."""
        if self.reader.pid is None:
            return 0.0
        used = psutil.Process(self.reader.pid).cpu_times()
        return float(used.user + used.system + used.children_user + used.children_system)

    def watch(self) -> None:
        """Look at the memory now and then until it is over."""
        while not self._over.wait(_LOOKS_EVERY_S):
            pid = self.reader.pid
            if pid is not None:
                with suppress(psutil.Error):
                    held = sum(process.memory_info().rss for process in tree(pid))
                    self.most_mb = max(self.most_mb, held / 2**20)

    def end(self) -> None:
        """Watch no more."""
        self._over.set()


@contextmanager
def measured(engine: EngineName) -> Iterator[Measured]:
    """A reader with this engine, watched until the end."""
    one = Measured(Reader(engine=engine))
    watching = threading.Thread(target=one.watch, name="memory of the reader")
    watching.start()
    try:
        yield one
    finally:
        one.end()
        watching.join()
        one.reader.close()
