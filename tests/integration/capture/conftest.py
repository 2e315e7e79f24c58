"""One reader's process for all tests of a module, and a display with a window manager for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from core.capture.screen.reader import Reader
from tests.integration.capture.clients import Client
from tests.integration.capture.watching import Watching
from tests.xserver import Desk, desk

Watch = Callable[..., Watching]


@pytest.fixture(scope="package")
def reader() -> Iterator[Reader]:
    one = Reader()
    yield one
    one.close()


@pytest.fixture(autouse=True)
def x11_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """The display of a test is X11, whatever the session is that runs it."""
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    home.mkdir()
    with desk(home) as made:
        yield made


@pytest.fixture
def watch(screen: Desk, tmp_path: Path, reader: Reader) -> Iterator[Watch]:
    with ExitStack() as stack:

        def start(on: Desk = screen, **how: Any) -> Watching:
            made = Watching(on, how.pop("root", tmp_path / "profile"), how.pop("reader", reader), **how)
            stack.callback(made.close)
            return made

        yield start


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, manager=False) as made:
        yield made


@pytest.fixture
def client(bare: Desk) -> Iterator[Client]:
    made = Client(bare.display)
    yield made
    made.close()


@pytest.fixture
def other(bare: Desk) -> Iterator[Client]:
    """Another connection to the server, as another program has one."""
    made = Client(bare.display)
    yield made
    made.close()
