"""Whose turn it is at something that serves one at a time: the more urgent first, then the older."""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.urgency import Urgency


class Turns:
    """A lock that is given to the most urgent waiter."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[Urgency, int]] = []
        self._tickets = 0
        self._busy = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def turn(self, urgency: Urgency) -> Iterator[None]:
        """Wait for the turn, hold it, give it back."""
        with self._changed:
            self._tickets += 1
            ticket = (urgency, self._tickets)
            heapq.heappush(self._waiting, ticket)
            try:
                self._changed.wait_for(lambda: not self._busy and self._waiting[0] == ticket)
            finally:
                self._waiting.remove(ticket)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
            self._busy = True
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
