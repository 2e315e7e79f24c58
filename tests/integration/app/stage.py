"""A Wayland desktop of the tests: a played portal on a real message bus, and a program that plays GStreamer."""

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jeepney.io.blocking import DBusConnection
from PIL import Image

from app.screencast.screen import Restoring, Screencast
from tests.integration.app.test_session import bus as bus
from tests.portal import PlayedPortal

PATIENCE_S = 30.0


def png(width: int, height: int, shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (shade, shade, shade)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def played(bus: DBusConnection) -> Iterator[PlayedPortal]:
    portal = PlayedPortal()
    yield portal
    portal.close()


_GSTREAMER = """#!{python}
import sys, os, time, pathlib
fd = next(int(word[3:]) for word in sys.argv if word.startswith("fd=") and word != "fd=1")
assert os.read(fd, 64) == b"the way to the pictures"
shown = pathlib.Path({folder!r}) / next(word[5:] for word in sys.argv if word.startswith("path="))
before = b""
while True:
    now = shown.read_bytes() if shown.exists() else b""
    if now and now != before:
        before = now
        sys.stdout.buffer.write(now)
        sys.stdout.buffer.flush()
    time.sleep(0.02)
"""


class Stage:
    """A desktop: a portal, a GStreamer, and what is to be seen on each stream."""

    def __init__(self, portal: PlayedPortal, root: Path) -> None:
        self.portal, self.root = portal, root
        self.tokens: list[str] = []
        programs = root / "bin"
        programs.mkdir()
        for name, text in (
            ("gst-launch-1.0", _GSTREAMER.format(python=sys.executable, folder=str(root))),
            ("gst-inspect-1.0", "#!/bin/sh\nexit 0\n"),
        ):
            file = programs / name
            file.write_text(text)
            file.chmod(0o755)
        portal.remote = self._remote
        self._cast: Screencast | None = None

    def _remote(self) -> int:
        out, into = os.pipe()
        os.write(into, b"the way to the pictures")
        os.close(into)
        return out

    def show(self, node: int, file: bytes) -> None:
        made = self.root / f"{node}.part"
        made.write_bytes(file)
        made.rename(self.root / str(node))

    def cast(self, *, whole: bool = False) -> Screencast:
        kept = Restoring(read=lambda: self.tokens[-1] if self.tokens else "", keep=self.tokens.append)
        self._cast = Screencast(whole_screen=whole, restoring=kept, away_s=lambda: 12.0)
        return self._cast

    def close(self) -> None:
        if self._cast is not None:
            self._cast.close()


@pytest.fixture
def stage(played: PlayedPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    made = Stage(played, tmp_path)
    yield made
    made.close()


def until(true: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    ends = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)
