"""Each library the owner named does its part on the main path: seen at work in a host, not only imported."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.desk import HostDesk
from app.host import Host, local_now
from app.timetable import Timetable
from core.inference.embedder import LlamaEmbedder
from core.memory import Selection
from core.paths import RESOURCES, ProfilePaths
from core.upkeep import Presence
from core.urgency import Urgency
from tests.xserver import desk, missing
from ui.shell import Shell


@contextmanager
def watched() -> Iterator[set[str]]:
    """Top-level names of the packages whose functions are called meanwhile, on every thread."""
    seen: set[str] = set()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            seen.add(str(frame.f_globals.get("__name__", "")).partition(".")[0])
        elif event == "c_call":
            owner = getattr(argument, "__self__", None)
            module = getattr(argument, "__module__", None) or type(owner).__module__
            seen.add(str(module).partition(".")[0])

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]  # that is how it is taken off


@pytest.mark.display
@pytest.mark.skipif(bool(missing()), reason="needs Xvfb and openbox")
def test_each_library_the_owner_named_works_on_the_main_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with desk(tmp_path / "home", screen="800x600x24") as screen, watched() as seen:
        monkeypatch.setenv("DISPLAY", screen.display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        screen.xterm("notes", shell="echo the heron stood in the reeds; exec cat")
        host = Host.become(ProfilePaths(tmp_path / "profile"), make=True, stays=True)
        assert host is not None
        host.create("correct horse battery staple", False)
        desk_of_window = HostDesk(host)
        assistant = host.assistant
        assistant.set_setting("store.vectors_chroma_from", 0)
        host.work(lambda a: a.importing([RESOURCES / "sample" / "conversations.jsonl"], local_now()), Urgency.CAPTURE)
        for _ in assistant.embedding():
            pass
        embedder = host.opened.embedder
        assert isinstance(embedder, LlamaEmbedder)
        maps = Path(f"/proc/{embedder.pid}/maps").read_text()
        vectors = host.opened.vectors
        assert vectors is not None
        assert vectors.wait_until_ready(120)
        assistant.recall("where does Dana live", local_now())
        Timetable(host, lambda: Presence(away=timedelta(0))).look()
        timetable = Timetable(host, lambda: Presence(away=timedelta(0)))
        timetable.start()
        shell = Shell(application, desk_of_window, local_now)
        shell.show()
        application.processEvents()
        assistant.set_setting("capture.screen", True)
        waiting = threading.Event()
        for _ in range(600):
            if assistant.count(Selection(app="xterm")):
                break
            waiting.wait(0.1)
        frames = assistant.count(Selection(app="xterm"))
        shell.close()
        timetable.close()
        desk_of_window.close()
        host.close()
    assert vectors.answered["chroma"] > 0, "Chroma answered the question"
    assert "libllama" in maps, "llama.cpp runs in the embedder's process"
    assert frames > 0, "the screen was kept"
    assert {"PySide6", "sqlite_utils", "chromadb", "mss", "PIL", "apscheduler"} <= seen
