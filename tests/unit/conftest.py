"""The system's zone, as a test wants it."""

import os
import time
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts this process into a zone by its name; it is back in its own afterwards."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no other way to its zone")

    def change(name: str) -> None:
        monkeypatch.setitem(os.environ, "TZ", name)
        time.tzset()

    yield change
    monkeypatch.undo()
    time.tzset()
