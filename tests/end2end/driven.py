"""The real Mneme on a real display of its own, driven by keys and mouse, and asked about through the command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from Xlib import X
from Xlib.display import Display

from app.commands.request import Request
from app.endpoint import Call
from core.capture.screen.reader import Reader
from core.errors import ProfileBusy
from core.paths import ProfilePaths
from core.store.keys import Cost
from core.store.profile import Profile
from tests.xserver import Desk, desk

PROJECT = Path(__file__).resolve().parents[2]
SHOTS = PROJECT / "tests" / "end2end" / "shots"
"""Pictures of every place, kept to be looked at; not in the repository."""
SAMPLE = PROJECT / "resources" / "sample"
PASSPHRASE = "correct horse battery"
TITLE = "^Mneme$"
QUICK = "^Mneme: quick recall$"
PATIENCE_S = 40.0
"""Generous: the machine may be busy with anything else."""

T = dict[str, Any]


def needs_display() -> None:
    """Skip where programs are missing; on a CI machine their absence is a failure."""
    lacking = [name for name in ("Xvfb", "openbox", "trayer", "xdotool", "xterm", "xprop") if not shutil.which(name)]
    if lacking and os.environ.get("CI") == "true":
        pytest.fail(f"the display tests need {', '.join(lacking)}")
    if lacking:
        pytest.skip(f"needs {', '.join(lacking)}")


def until(look: Callable[[], Any], otherwise: str, patience: float = PATIENCE_S) -> Any:
    """Look again and again until something true comes of it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    pytest.fail(otherwise)


@dataclass(frozen=True, slots=True)
class Said:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> T:
        """Its one JSON object."""
        return dict(json.loads(self.out.splitlines()[-1]))


@dataclass
class Driven:
    """One profile, the display it is shown on, and the processes started for it."""

    screen: Desk
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    variables: dict[str, str] = field(default_factory=dict)
    _seen: dict[int, str] = field(default_factory=dict)
    _read: tuple[bytes, str] = (b"", "")

    @property
    def profile(self) -> Path:
        """Where this person's profile is."""
        return self.folder / "profile"

    @property
    def socket(self) -> Path:
        """Where the running Mneme listens."""
        return self.profile / "host.sock"

    @property
    def environment(self) -> dict[str, str]:
        """A home, a session and a temporary folder of their own; no keyring of the person who runs this."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "QT_", "MNEME_"))}
        kept.pop("WAYLAND_DISPLAY", None)
        places = {
            "HOME": "home",
            "TMPDIR": "tmp",
            "XDG_RUNTIME_DIR": "run",
            "XDG_CONFIG_HOME": "home/.config",
            "XDG_DATA_HOME": "home/.local/share",
            "XDG_CACHE_HOME": "home/.cache",
            "XDG_STATE_HOME": "home/.local/state",
        }
        for place in places.values():
            (self.folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            **kept,
            **{name: str(self.folder / place) for name, place in places.items()},
            "DISPLAY": self.screen.display,
            "XDG_SESSION_TYPE": "x11",
            "QT_QPA_PLATFORM": "xcb",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONPATH": str(PROJECT),
            "LANG": "C.UTF-8",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            **self.variables,
        }

    def make_profile(self) -> None:
        """An empty profile, its passphrase cheap to check."""
        quick = Cost(memory_kib=1024, passes=1, lanes=1)
        profile, _ = Profile.create(ProfilePaths(self.profile), passphrase=PASSPHRASE, cost=quick)
        profile.open_vault(clock=time.time).close()

    # -- the process

    def start(self, *, passphrase: str | None = None, shown: bool = True, now: str = "") -> float:
        """Start Mneme and wait for its window; seconds it took."""
        secret = {"MNEME_PASSPHRASE": passphrase} if passphrase else {}
        began = time.monotonic()
        with (self.folder / "mneme.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "--profile", str(self.profile), *(["--now", now] if now else [])],
                env=self.environment | secret,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        if shown:
            until(lambda: self.window() or self.process.poll() is not None, "no window")
            assert self.process.poll() is None, (self.folder / "mneme.out").read_text()
        return time.monotonic() - began

    def family(self) -> list[int]:
        """The process and all that descends from it, alive; what was once seen is looked for again."""
        assert self.process is not None
        alive: dict[int, tuple[int, str]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                after = stat.read_text().rpartition(")")[2].split()
                if after[0] != "Z":
                    alive[int(stat.parent.name)] = (int(after[1]), after[19])
        if self.process.pid in alive:
            self._seen[self.process.pid] = alive[self.process.pid][1]
        grew = True
        while grew:
            mine = self._seen.keys()
            more = {pid: born for pid, (parent, born) in alive.items() if parent in mine and pid not in mine}
            self._seen |= more
            grew = bool(more)
        return [pid for pid, born in self._seen.items() if pid in alive and alive[pid][1] == born]

    def memory(self) -> dict[int, int]:
        """Resident MiB of each process of the family."""
        sizes = {}
        for pid in self.family():
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            sizes[pid] = pages * os.sysconf("SC_PAGE_SIZE") // 2**20
        return sizes

    def ended(self) -> int:
        """Wait for the end of the whole family; the exit code."""
        assert self.process is not None
        self.family()
        code = self.process.wait(PATIENCE_S)
        until(lambda: not self.family(), f"still running: {self.family()}")
        return code

    def kill(self) -> None:
        """kill -9 on the process; its children see that it is gone and end by themselves."""
        assert self.process is not None
        self.family()
        self.process.kill()
        self.process.wait(PATIENCE_S)
        until(lambda: not self.family(), f"children without their host: {self.family()}")

    # -- the screen

    def xdotool(self, *words: str) -> str:
        """One xdotool command; empty when it found nothing. Once more where a window went while it looked at it."""
        for _ in range(3):
            done = subprocess.run(
                ["xdotool", *words],
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
                check=False,
            )
            if "X Error" not in done.stderr:
                break
        return done.stdout

    def window(self, title: str = TITLE) -> int:
        """The visible window of this process with this title, 0 when there is none."""
        assert self.process is not None
        mine = ("--all", "--onlyvisible", "--pid", str(self.process.pid))
        found = self.xdotool("search", *mine, "--name", title).split()
        return int(found[0]) if found else 0

    def active(self) -> str:
        """The title of the window that gets the keys."""
        return self.xdotool("getactivewindow", "getwindowname").strip()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, as a person would."""
        self.xdotool("key", "--delay", "40", *keys)

    def type(self, text: str) -> None:
        """Type a text into whatever has the focus."""
        self.xdotool("type", "--delay", "15", text)

    def click(self, x: int, y: int, title: str = TITLE, button: int = 1) -> None:
        """Click inside a window."""
        self.xdotool("mousemove", "--window", str(self.window(title)), str(x), str(y), "click", str(button))

    def picture(self, title: str = "") -> Image.Image:
        """What is on the display, or in one window of it."""
        display = Display(self.screen.display)
        try:
            root = display.screen().root
            which = display.create_resource_object("window", self.window(title)) if title else root
            size = which.get_geometry()
            corner = root.translate_coords(which, 0, 0)
            raw = root.get_image(corner.x, corner.y, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
            return Image.frombytes("RGB", (size.width, size.height), raw.data, "raw", "BGRX")
        finally:
            display.close()

    def settled(self, title: str = "") -> Image.Image:
        """A picture once two in a row are the same, or the last after some seconds (a cursor blinks)."""
        before = self.picture(title)
        for _ in range(12):
            time.sleep(0.2)
            now = self.picture(title)
            if now.tobytes() == before.tobytes():
                break
            before = now
        return before

    def words(self, reader: Reader, title: str = "") -> str:
        """What a person can read there, by Mneme's own reader, on one line."""
        pixels = np.asarray(self.settled(title))
        seen = pixels.tobytes()
        if seen != self._read[0]:
            self._read = (seen, " ".join(reader.read(pixels).text.split()))
        return self._read[1]

    # -- the command line

    def mneme(self, *words: str, passphrase: str | None = None, code: int | None = 0, typed: str = "") -> Said:
        """Run a command beside the window, with --json."""
        secret = {"MNEME_PASSPHRASE": passphrase} if passphrase else {}
        done = subprocess.run(
            [sys.executable, "-m", "app", "--profile", str(self.profile), "--json", *words],
            env=self.environment | secret, cwd=self.folder, input=typed, capture_output=True, text=True,
            timeout=PATIENCE_S * 3, check=False,
        )  # fmt: skip
        if code is not None:
            assert done.returncode == code, (words, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        return Said(done.returncode, done.stdout, done.stderr)

    def door(self, command: str, **arguments: Any) -> T:
        """A request at the running window's door, as a command's process makes it; its last frame."""
        with Call(self.socket) as knock:
            return list(knock.ask(Request(command=command, arguments=arguments).as_frame()))[-1]

    def status(self) -> T:
        """What the running window says of itself; empty while it is locked."""
        return dict(self.door("status").get("result", {}))

    def texts(self, **arguments: Any) -> list[str]:
        """The texts of the memories that the running window lists."""
        return [one["text"] for one in self.door("memories", limit=1000, **arguments)["result"]["memories"]]

    def close(self) -> None:
        """End what is left."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.terminate()
                try:
                    self.process.wait(20)
                except subprocess.TimeoutExpired:
                    self.process.kill()
            for pid in self.family():
                os.kill(pid, signal.SIGKILL)


def opened(person: Driven) -> bool:
    """Whether the window's vault is open."""
    with suppress(OSError, ProfileBusy):
        return not person.status().get("locked", True)
    return False


@contextmanager
def display(home: Path, *, screen: str = "1400x900x24") -> Iterator[Desk]:
    """Xvfb with openbox and trayer."""
    home.mkdir(parents=True, exist_ok=True)
    with desk(home, screen=screen) as made:
        made.start("trayer", "--edge", "bottom", "--height", "24", "--widthtype", "request")
        yield made


@contextmanager
def driven(screen: Desk, folder: Path, **variables: str) -> Iterator[Driven]:
    """A person with an empty profile on this display."""
    folder.mkdir(parents=True, exist_ok=True)
    person = Driven(screen, folder, variables=variables)
    try:
        yield person
    finally:
        person.close()
