"""The cover over an open vault: while it is on, only what holds its lease reads or writes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Locked


class Cover:
    """Off at first. Safe to use from any thread; a lease is the thread's that took it."""

    def __init__(self) -> None:
        self._on = threading.Event()
        self._here = threading.local()

    @property
    def on(self) -> bool:
        """Whether the vault is covered."""
        return self._on.is_set()

    def put_on(self) -> None:
        """Nothing without a lease reads or writes from now on."""
        self._on.set()

    def take_off(self) -> None:
        """The person is back."""
        self._on.clear()

    @contextmanager
    def lease(self) -> Iterator[None]:
        """Inside, this thread reads and writes as if there were no cover."""
        held = getattr(self._here, "held", 0)
        self._here.held = held + 1
        try:
            yield
        finally:
            self._here.held = held

    def check(self) -> None:
        """Raises Locked where the cover is on and this thread holds no lease."""
        if self._on.is_set() and not getattr(self._here, "held", 0):
            raise Locked
