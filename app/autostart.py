"""Start with the session: an XDG autostart entry. Written for Linux; elsewhere it refuses with a sentence."""

import os
import sys
from pathlib import Path

from core.errors import Problem
from core.paths import ProfilePaths, default_profile

_ENTRY = """[Desktop Entry]
Type=Application
Name=Mneme
Comment=Your memory, on this machine only
Exec={command}
X-GNOME-Autostart-enabled=true
"""


def entry_path() -> Path:
    """Where the entry lies (freedesktop.org, Desktop Application Autostart Specification)."""
    config = os.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "autostart" / "mneme.desktop"


def start_command(paths: ProfilePaths) -> str:
    """How this Mneme is started again, without its window coming to the front."""
    if getattr(sys, "frozen", False):
        words = [sys.executable]
    else:
        words = [str(Path(__file__).resolve().parent.parent / "mneme")]
    if paths.root != default_profile():
        words += ["--profile", str(paths.root)]
    return " ".join(quoted(word) for word in words)


def quoted(word: str) -> str:
    """A word as the Exec key wants it (Desktop Entry Specification, "The Exec key")."""
    escaped = "".join(f"\\{c}" if c in '"`$\\' else c for c in word).replace("%", "%%")
    return f'"{escaped}"'.replace("\\", "\\\\")  # the file's own string escapes come on top


def set_autostart(on: bool, paths: ProfilePaths) -> None:
    """Make or remove the entry. Raises Problem on other systems, or when it cannot be written."""
    if not sys.platform.startswith("linux"):
        raise Problem("Starting with the computer has not been built for this system yet.", "Add Mneme by hand.")
    path = entry_path()
    try:
        if on:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_ENTRY.format(command=start_command(paths)), encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise Problem("The autostart entry cannot be written.", f"Check the folder {path.parent}.") from error
