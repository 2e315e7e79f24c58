"""Long work beside the store's thread (an export): no sleep begins by itself meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class LongWork:
    """Counts what is under way. Safe to use from any thread."""

    def __init__(self) -> None:
        self._count = 0
        self._guard = threading.Lock()

    @property
    def under_way(self) -> bool:
        """Whether there is any."""
        return self._count > 0

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Inside, it is under way."""
        with self._guard:
            self._count += 1
        try:
            yield
        finally:
            with self._guard:
                self._count -= 1
