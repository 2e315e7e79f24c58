"""Real windows on a real X server that tell of themselves over the real accessibility bus, recorded by a real host."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from jeepney.io.blocking import DBusConnection

from app.screen_health import asked_programs
from core.capture.screen.x11 import X11Windows
from core.memory import Facet, Selection
from tests.integration.app.test_session import bus as bus
from tests.integration.capture.at_work import AtWork, recording_at_work
from tests.told_window import BUTTON, GTK, PASSWORD, STATUS
from tests.xserver import Desk

pytestmark = pytest.mark.display

LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
SYSTEM_PYTHON = "/usr/bin/python3"
TEXT = """The quarterly figures of the garden
were sent to Ravi on Friday, invoice 4711,
and nobody has answered until now."""
ROOT = Path(__file__).parents[3]
PATIENCE_S = 30.0


@pytest.fixture
def accessible(screen: Desk, bus: DBusConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A display with an accessibility bus, started as a desktop starts it."""
    launcher = next((path for path in LAUNCHERS if Path(path).exists()), "")
    if not launcher:
        pytest.skip("no accessibility bus can be started here: at-spi2-core is not installed")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("DISPLAY", screen.display)
    screen.start(launcher, "--launch-immediately")
    return screen


@pytest.fixture
def at_work(accessible: Desk, tmp_path: Path) -> Iterator[AtWork]:
    with recording_at_work(tmp_path / "profile") as made:
        made.recording.telling.within_s = 3.0  # this machine may be busy
        made.recording.telling.start()
        yield made


def qt(desk: Desk, monkeypatch: pytest.MonkeyPatch, title: str, file: Path) -> subprocess.Popen[bytes]:
    for name, value in {
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return desk.start(sys.executable, "-m", "tests.told_window", title, str(file))


def gtk(desk: Desk, monkeypatch: pytest.MonkeyPatch, title: str, file: Path) -> subprocess.Popen[bytes]:
    probe = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True).returncode:
        pytest.skip("no GTK 3 for the system's Python here")
    return desk.start(SYSTEM_PYTHON, "-c", GTK, title, str(file))


def until_shown(desk: Desk, title: str) -> None:
    with closing(X11Windows(display=desk.display)) as windows:
        desk.wait(lambda: any(window.title == title for window in windows.visible()), f"no window {title!r}")


def until_heard(at_work: AtWork) -> bool:
    """Look until words were taken as they were told: a machine that is busy may be too late for some looks."""
    ends = time.monotonic() + PATIENCE_S
    while not at_work.recording.telling.words and time.monotonic() < ends:
        at_work.recording.recorder.lock()
        at_work.look()
        at_work.recording.recorder.unlock()
        at_work.look()
        at_work.recording.telling.settled(PATIENCE_S)
        time.sleep(0.2)
    at_work.read()
    return at_work.recording.telling.words > 0


def kept(at_work: AtWork) -> str:
    """Every word that was kept of the screen."""
    memories = at_work.host.assistant.memories(Selection(facets=(Facet.FRAME,), limit=200))
    return "\n".join(memory.text for memory in memories)


@pytest.mark.parametrize("start", [qt, gtk])
def test_what_a_program_tells_is_kept_as_it_tells_it_and_the_rest_is_read(
    accessible: Desk, at_work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[..., object]
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text(TEXT)
    start(accessible, monkeypatch, "Letter to Ravi", file)
    until_shown(accessible, "Letter to Ravi")
    assert until_heard(at_work)
    words = kept(at_work)
    for line in TEXT.split("\n"):
        assert line in words
    assert BUTTON in words
    assert STATUS in words
    assert PASSWORD not in words
    assert at_work.finds("invoice 4711")


def test_a_program_that_hangs_is_read_from_its_picture(
    accessible: Desk, at_work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text(TEXT)
    hung = qt(accessible, monkeypatch, "Letter to Ravi", file)
    until_shown(accessible, "Letter to Ravi")
    accessible.wait(lambda: "1 program" in asked_programs().said, "it tells nothing")
    os.kill(hung.pid, signal.SIGSTOP)
    try:
        assert at_work.look() == 1
        at_work.recording.telling.settled(PATIENCE_S)
        at_work.read()
    finally:
        os.kill(hung.pid, signal.SIGCONT)
    assert at_work.recording.telling.words == 0
    assert at_work.status.state == "recording"


def test_a_program_that_is_left_out_tells_nothing_and_nothing_of_it_is_kept(
    accessible: Desk, at_work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("quetzalcoatl feathers\n" * 8)
    qt(accessible, monkeypatch, "KeePassXC", file)
    until_shown(accessible, "KeePassXC")
    for _ in range(3):
        at_work.look()
        at_work.recording.telling.settled(PATIENCE_S)
        at_work.read()
    assert at_work.recording.telling.words == 0
    assert "quetzalcoatl" not in kept(at_work)


def test_switched_off_nobody_is_asked(
    accessible: Desk, at_work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text(TEXT)
    at_work.host.assistant.set_setting("capture.accessibility", False)
    qt(accessible, monkeypatch, "Letter to Ravi", file)
    until_shown(accessible, "Letter to Ravi")
    assert at_work.look() == 1
    at_work.recording.telling.settled(PATIENCE_S)
    at_work.read()
    assert at_work.recording.telling.words == 0
    assert "Ravi" in kept(at_work)


def test_the_doctor_says_who_tells(accessible: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "letter.txt"
    file.write_text(TEXT)
    assert "AT-SPI: 0 programs tell" in asked_programs().said
    qt(accessible, monkeypatch, "Letter to Ravi", file)
    accessible.wait(lambda: "AT-SPI: 1 program tells" in asked_programs().said, "the program did not come up")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    assert "no accessibility bus" in asked_programs().said
