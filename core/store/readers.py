"""A pool of read-only connections: any thread may read, all give way when the log must be emptied."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from sqlite_utils import Database

from core.errors import Locked, VaultProblem

_TICK_S = 0.02


class Reader(Protocol):
    """One read-only connection."""

    @property
    def db(self) -> Database:
        """What the reading code is given."""

    def begin(self) -> None:
        """Starts a snapshot."""

    def end(self) -> bool:
        """Ends it; False when the connection is of no more use."""

    def interrupt(self) -> None:
        """Stops the running statement, from any thread."""

    def close(self) -> None:
        """Gives the file back."""


class Readers:
    """At most `most` readers at once; made when first needed, kept until closed."""

    def __init__(self, make: Callable[[], Reader], most: int) -> None:
        self._make = make
        self._most = most
        self._gate = threading.Condition()
        self._idle: list[Reader] = []
        self._busy: set[Reader] = set()
        self._draining = 0
        self._closed = False
        self._here = threading.local()

    @property
    def current(self) -> Reader | None:
        """The reader that this thread is inside of."""
        found: Reader | None = getattr(self._here, "reader", None)
        return found

    @property
    def draining(self) -> bool:
        """Whether readers are to give way."""
        return self._draining > 0 or self._closed

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[Database]:
        """One snapshot; its connection is not used again after an error (a bad page spoils it) or when `once`.

        Raises Locked after close.
        """
        reader = self._borrow()
        self._here.reader = reader
        keep = False
        try:
            reader.begin()
            yield reader.db
            keep = not once
        finally:
            self._here.reader = None
            self._give_back(reader, keep)

    def interrupt(self) -> None:
        """Stops every running read."""
        with self._gate:
            for reader in self._busy:
                reader.interrupt()

    @contextmanager
    def away(self, within_s: float) -> Iterator[None]:
        """No read runs inside the block: new ones wait, running ones are interrupted.

        Raises VaultProblem when one does not end in time.
        """
        with self._gate:
            self._draining += 1
        try:
            with self._gate:
                self._drain(within_s)
            yield
        finally:
            with self._gate:
                self._draining -= 1
                self._gate.notify_all()

    def renew(self) -> None:
        """Closes the idle connections, so that the next ones are made anew (after a new key)."""
        with self._gate:
            self._close_idle()

    def close(self, within_s: float) -> None:
        """No read starts any more; running ones are interrupted and waited for, at most for so long.

        What does not end in time is closed when it does, and so is what this very thread is reading.
        """
        with self._gate:
            self._closed = True
            self._gate.notify_all()
            if self.current is None:
                with suppress(VaultProblem):
                    self._drain(within_s)
            for reader in self._busy:
                reader.interrupt()
            self._close_idle()
            self._gate.notify_all()

    def _close_idle(self) -> None:
        for reader in self._idle:
            reader.close()
        self._idle.clear()

    def _drain(self, within_s: float) -> None:
        until = time.monotonic() + within_s
        while self._busy:
            if time.monotonic() > until:
                raise VaultProblem("A search does not end.", "Try again in a moment.")
            self._gate.wait(_TICK_S)
            for reader in self._busy:
                reader.interrupt()

    def _borrow(self) -> Reader:
        with self._gate:
            while not self._closed and (self._draining or len(self._busy) >= self._most):
                self._gate.wait()
            if self._closed:
                raise Locked
            reader = self._idle.pop() if self._idle else self._make()
            self._busy.add(reader)
            return reader

    def _give_back(self, reader: Reader, keep: bool) -> None:
        with self._gate:
            self._busy.discard(reader)
            if keep and not self._closed and reader.end():
                self._idle.append(reader)
            else:
                reader.close()
            self._gate.notify_all()
