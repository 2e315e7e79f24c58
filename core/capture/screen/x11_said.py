"""What an X11 window says of itself: its title, class, process and kinds. All of it was written by its program."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Xlib import Xatom

from core.capture.screen import compound_text
from core.capture.screen.x11_answers import Answers

_INTERPRETERS = re.compile(
    r"^(?:python[\d.]*|perl[\d.]*|ruby[\d.]*|node|nodejs|java|javaw|electron[\d.]*|gjs|gjs-console|mono|bash|sh|dash|zsh|bwrap|ld-.*|wine.*)$"
)
_LONGS = 1024
_NEW_MS, _AHEAD_MS = 400, 100
NAMES = ("_NET_WM_NAME", "WM_NAME", "_NET_WM_VISIBLE_NAME", "_NET_WM_ICON_NAME", "WM_ICON_NAME")
"""Properties in which a window has its title, the one that is shown first; managers and panels show any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a client says of itself."""

    title: str
    cls: str
    app: str
    pid: int
    also: tuple[str, ...] = ()
    """Other titles that it has."""


class Said:
    """Reads properties; belongs to the thread of its display."""

    def __init__(self, display: Any, answers: Answers) -> None:
        self._display, self._answers = display, answers
        self._atoms: dict[str, int] = {}
        self._knows_processes = bool(display.has_extension("X-Resource"))

    def about(self, client: Any, top: Any) -> About:
        """Its names; a title also of the frame `top` that a manager put around it."""
        names = [part for part in self.text(client, "WM_CLASS").split("\x00") if part]
        titles = [self.text(client, name) for name in NAMES]
        pid = self.pid(client)
        app = _program(pid)
        title = titles[0] or titles[1] or (self.text(top, "_NET_WM_NAME") if client.id != top.id else "")
        return About(
            title=title,
            also=tuple(other for other in dict.fromkeys(titles) if other and other != title),
            cls=" ".join(dict.fromkeys(names)),
            app=app or (names[0].lower() if names else ""),
            pid=pid,
        )

    def renamed(self, window: Any) -> bool:
        """Whether one of its titles was changed within the last moment."""
        now = int(1000 * time.monotonic())  # as the server's own clock is where both are on one Linux
        told = (self._answers.changed(window, self.atom(name)) for name in NAMES)
        return any(at is not None and (now - at + _AHEAD_MS) % 2**32 < _NEW_MS + _AHEAD_MS for at in told)

    def pid(self, window: Any) -> int:
        """The process on this machine: as the server knows it, else as the window says."""
        if self._knows_processes:
            answer = self._answers.process(window)
            for one in answer.ids if answer is not None else ():
                if one.value:
                    return int(one.value[0])
        said = self.numbers(window, "_NET_WM_PID")
        return int(said[0]) if said else 0

    def property(self, window: Any, name: str, offset: int = 0) -> Any:
        """Up to `_LONGS` of its 32-bit units from `offset`; None when it is not set or the window is gone."""
        return self._answers.property(window, self.atom(name), offset, _LONGS)

    def any_of(self, kinds: list[int], names: tuple[str, ...]) -> bool:
        """Whether one of the kinds in `_NET_WM_WINDOW_TYPE` is one of these names."""
        return any(self.atom(f"_NET_WM_WINDOW_TYPE_{name}") in kinds for name in names)

    def atom(self, name: str) -> int:
        """The server's number of a name."""
        if name not in self._atoms:
            self._atoms[name] = int(self._display.intern_atom(name))
        return self._atoms[name]

    def numbers(self, window: Any, name: str) -> list[int]:
        """A list of 32-bit numbers; empty where it is something else."""
        found = self.property(window, name)
        return [int(n) for n in found.value] if found is not None and found.format == 32 else []

    def text(self, window: Any, name: str) -> str:
        """A text; of a very long one both ends, since it is there that programs and private windows are named."""
        found = self.property(window, name)
        if found is None or found.format != 8:
            return ""
        decode = _latin if found.property_type == Xatom.STRING and name != "WM_CLASS" else _decoded
        left = int(found.bytes_after)
        if not left:
            return decode(_raw(found))
        units = (4 * _LONGS + left + 3) // 4
        end = self.property(window, name, max(_LONGS, units - _LONGS))
        last = _raw(end) if end is not None and end.format == 8 else b""
        return f"{decode(_unbroken(_raw(found)))} … {decode(_unbroken(last))}"


def _raw(found: Any) -> bytes:
    return found.value if isinstance(found.value, bytes) else str(found.value).encode("utf-8", "replace")


def _unbroken(piece: bytes) -> bytes:
    """Without the halves of UTF-8 characters at the ends of a piece that was cut out."""
    begins = next((at for at, byte in enumerate(piece[:4]) if not 0x80 <= byte < 0xC0), 0)
    for back in (1, 2, 3):
        if len(piece) > back and piece[-back] >= 0xC0:
            needed = 2 if piece[-back] < 0xE0 else 3 if piece[-back] < 0xF0 else 4
            return piece[begins:-back] if needed > back else piece[begins:]
    return piece[begins:]


def _latin(raw: bytes) -> str:
    return raw.decode("latin-1").strip("\x00")


def _decoded(raw: bytes) -> str:
    """UTF-8, else compound text, else Latin-1: every title gets some form that rules can look at."""
    if b"\x1b" not in raw:
        try:
            return raw.decode("utf-8").strip("\x00")
        except UnicodeDecodeError:
            return _latin(raw)
    return compound_text.decode(raw).strip("\x00")


def _program(pid: int) -> str:
    """The name of a process's program; empty where it says nothing (an interpreter) or cannot be read."""
    if pid <= 0:
        return ""
    try:
        name = Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
    except OSError:
        try:
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
    return "" if _INTERPRETERS.match(name) else name
