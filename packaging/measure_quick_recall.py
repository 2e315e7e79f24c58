"""Measures quick recall from outside, under Xvfb: from the hotkey to its window, from the last key to its hits.

usage: measure_quick_recall.py [PROFILE]    a profile opened by MNEME_PASSPHRASE; without one the sample is used
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app.trial.steps import NOW  # noqa: E402 - the project is not installed
from tests.end2end.driven import PASSPHRASE, QUICK, SAMPLE, Driven, display, driven, opened, until  # noqa: E402

TIMES = 20
QUESTIONS = ("spare key flower pot", "how much was the kiln repair", "where does dana live", "invoice of the printer")
_LINE = 64
"""Pixels of the question's line."""
_KEY_S = 0.06
"""Between two keys: a quick typist."""


class Keys:
    """Keys pressed through XTest, and what the window manager and the window then do."""

    def __init__(self, person: Driven) -> None:
        self._person = person
        self._display = Display(person.screen.display)
        self._root = self._display.screen().root
        self._root.change_attributes(event_mask=X.PropertyChangeMask)
        self._active = self._display.intern_atom("_NET_ACTIVE_WINDOW")

    def press(self, *names: str) -> float:
        """Press these together; when the last went down."""
        codes = [self._display.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        self._display.sync()
        at = time.perf_counter()
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()
        return at

    def type(self, text: str) -> float:
        """Type it as a quick typist does; when the last key went down."""
        for letter in text[:-1]:
            self.press("space" if letter == " " else letter)
            time.sleep(_KEY_S)
        return self.press(text[-1])

    def active(self) -> int:
        """The window that has the keys."""
        value = self._root.get_full_property(self._active, X.AnyPropertyType)
        return int(value.value[0]) if value else 0

    def pixels(self, window: int) -> bytes:
        """A window below the question's line (a cursor blinks in it)."""
        it = self._display.create_resource_object("window", window)
        size = it.get_geometry()
        if size.height <= _LINE:
            return b""
        corner = self._root.translate_coords(it, 0, 0)
        high = size.height - _LINE
        return bytes(self._root.get_image(corner.x, corner.y + _LINE, size.width, high, X.ZPixmap, 0xFFFFFFFF).data)

    def last_change(self, window: int) -> float:
        """When the picture changed for the last time within a second."""
        before, changed = self.pixels(window), 0.0
        end = time.perf_counter() + 1.0
        while time.perf_counter() < end:
            now = self.pixels(window)
            if now != before:
                before, changed = now, time.perf_counter()
        return changed

    def new_active(self, before: int) -> float:
        """When another window than this one gets the keys."""
        end = time.perf_counter() + 5.0
        while time.perf_counter() < end:
            if self.active() not in (before, 0):
                return time.perf_counter()
            time.sleep(0.001)
        sys.exit("It did not come.")

    def close(self) -> None:
        """Let the display go."""
        self._display.close()


def measure(person: Driven) -> tuple[list[float], list[float]]:
    """Milliseconds from the hotkey to the window with the keys, and from the last key to the picture of its hits."""
    keys = Keys(person)
    shown, found = [], []
    for turn in range(TIMES):
        before = keys.active()
        at = keys.press("Control_L", "Alt_L", "space")
        shown.append((keys.new_active(before) - at) * 1000)
        quick = until(lambda: person.window(QUICK), "no quick recall")
        time.sleep(0.5)
        at = keys.type(QUESTIONS[turn % len(QUESTIONS)])
        found.append((keys.last_change(quick) - at) * 1000)
        keys.press("Escape")
        until(lambda: not person.window(QUICK), "quick recall stays")
        time.sleep(0.3)
    keys.close()
    return shown, found


def told(name: str, figures: list[float]) -> None:
    """Median, 95th percentile and the longest."""
    figures = sorted(figures)
    p95 = figures[min(len(figures) - 1, round(0.95 * len(figures)))]
    print(f"{name}: p50 {statistics.median(figures):.0f} ms, p95 {p95:.0f} ms, n = {len(figures)}")


def main() -> None:
    """Print both figures and the load beside them."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        with display(root / "display") as screen, driven(screen, root / "person") as person:
            passphrase = PASSPHRASE
            if len(sys.argv) > 1:
                shutil.copytree(sys.argv[1], person.profile, ignore=shutil.ignore_patterns("*.sock", "*.lock"))
                passphrase = os.environ["MNEME_PASSPHRASE"]
            else:
                person.make_profile()
                person.mneme("--now", NOW, "import", str(SAMPLE), passphrase=passphrase)
            person.start(passphrase=passphrase, now=NOW)
            until(lambda: opened(person), "not open")
            time.sleep(8)
            shown, found = measure(person)
            told("hotkey to window", shown)
            told("last key to hits", found)
            print(f"load {os.getloadavg()[0]:.1f}, {person.status()['memories']} memories")


if __name__ == "__main__":
    main()
