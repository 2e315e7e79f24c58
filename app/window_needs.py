"""The system libraries a window needs on a bare machine: which is missing, and the command that installs it."""

import ctypes
import shutil
import sys
from dataclasses import dataclass

from core.errors import Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A shared library and the packages that carry it."""

    name: str
    debian: str
    fedora: str
    arch: str


NEEDED = (
    Library(name="libEGL.so.1", debian="libegl1", fedora="mesa-libEGL", arch="libglvnd"),
    Library(name="libGL.so.1", debian="libgl1", fedora="mesa-libGL", arch="libglvnd"),
    Library(name="libfontconfig.so.1", debian="libfontconfig1", fedora="fontconfig", arch="fontconfig"),
    Library(name="libglib-2.0.so.0", debian="libglib2.0-0", fedora="glib2", arch="glib2"),
    Library(name="libdbus-1.so.3", debian="libdbus-1-3", fedora="dbus-libs", arch="dbus"),
    Library(name="libxkbcommon.so.0", debian="libxkbcommon0", fedora="libxkbcommon", arch="libxkbcommon"),
    Library(
        name="libxkbcommon-x11.so.0",
        debian="libxkbcommon-x11-0",
        fedora="libxkbcommon-x11",
        arch="libxkbcommon-x11",
    ),
    Library(name="libxcb-cursor.so.0", debian="libxcb-cursor0", fedora="xcb-util-cursor", arch="xcb-util-cursor"),
    Library(name="libxcb-icccm.so.4", debian="libxcb-icccm4", fedora="xcb-util-wm", arch="xcb-util-wm"),
    Library(name="libxcb-keysyms.so.1", debian="libxcb-keysyms1", fedora="xcb-util-keysyms", arch="xcb-util-keysyms"),
    Library(name="libxcb-shape.so.0", debian="libxcb-shape0", fedora="libxcb", arch="libxcb"),
    Library(name="libxcb-image.so.0", debian="libxcb-image0", fedora="xcb-util-image", arch="xcb-util-image"),
    Library(
        name="libxcb-render-util.so.0",
        debian="libxcb-render-util0",
        fedora="xcb-util-renderutil",
        arch="xcb-util-renderutil",
    ),
)
"""What PySide6-Essentials' X11 platform plugin links to and does not carry itself."""


def missing_libraries() -> tuple[Library, ...]:
    """Those that cannot be loaded here; none on Windows and macOS, where Qt carries all it needs."""
    return tuple(one for one in NEEDED if not _loads(one.name)) if sys.platform == "linux" else ()


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def install_command(libraries: tuple[Library, ...]) -> str:
    """The command of this system's package manager that installs them."""
    for tool, words, field in (
        ("apt-get", "sudo apt-get install", "debian"),
        ("dnf", "sudo dnf install", "fedora"),
        ("pacman", "sudo pacman -S", "arch"),
    ):
        if shutil.which(tool):
            return f"{words} {' '.join(dict.fromkeys(getattr(one, field) for one in libraries))}"
    return f"install {', '.join(one.name for one in libraries)} with your package manager"


def check_window_libraries() -> None:
    """Raises Missing with the names and the command when a window cannot be shown."""
    found = missing_libraries()
    if found:
        names = ", ".join(one.name for one in found)
        raise Missing(f"The window needs {names}.", f"Install it: {install_command(found)}")
