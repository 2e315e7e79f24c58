"""Reader threads: ranges of the file brought into place side by side, without holding up what computes."""

import queue
import threading
import time
from collections.abc import Iterable

from core.errors import ModelProblem
from core.inference.stream.account import Account
from core.inference.stream.pages import Pages

CHUNK = 2**22
"""The longest single read, bytes: long enough for the disk's full rate, short enough to share among threads."""


class Fetch:
    """Ranges under way; `wait` returns when all are in place."""

    def __init__(self, parts: int) -> None:
        self._left = parts
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._problem: ModelProblem | None = None
        if not parts:
            self._done.set()

    @property
    def done(self) -> bool:
        """Whether all is in place."""
        return self._done.is_set()

    def wait(self, account: Account) -> None:
        """Wait, counting the time. ModelProblem when a read failed."""
        if not self._done.is_set():
            begun = time.perf_counter()
            self._done.wait()
            account.wait_s += time.perf_counter() - begun
        if self._problem is not None:
            raise self._problem

    def finish_one(self, problem: ModelProblem | None = None) -> None:
        """One of the ranges is in place, or could not be brought."""
        with self._lock:
            self._problem = self._problem or problem
            self._left -= 1
            if self._left <= 0:
                self._done.set()


class Readers:
    """Threads that read what they are given, in the order given. `close` ends them."""

    def __init__(self, pages: Pages, account: Account, threads: int) -> None:
        self._pages, self._account = pages, account
        self._jobs: queue.SimpleQueue[tuple[int, int, Fetch] | None] = queue.SimpleQueue()
        self._counting = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, name=f"weights-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def fetch(self, ranges: Iterable[tuple[int, int]], chunk: int = CHUNK) -> Fetch:
        """Begin to read ranges of whole pages, (offset, length) each, in pieces of at most `chunk` bytes."""
        pieces = [
            (offset + begin, min(chunk, length - begin))
            for offset, length in ranges
            for begin in range(0, length, chunk)
        ]
        fetch = Fetch(len(pieces))
        for offset, length in pieces:
            self._jobs.put((offset, length, fetch))
        return fetch

    def close(self) -> None:
        """Let the threads finish what they read and end them."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            offset, length, fetch = job
            problem = None
            try:
                self._pages.read(offset, length)
            except ModelProblem as error:
                problem = error
            except Exception as error:  # whoever waits must be told, whatever it was
                problem = ModelProblem("The model's file cannot be read any more.", f"({type(error).__name__})")
            with self._counting:
                self._account.reads += 1
                self._account.read_bytes += length
            fetch.finish_one(problem)
