"""Where a profile's files lie, and where the program's own data is."""

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

RESOURCES = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent.parent)) / "resources"
"""The program's own data files; inside a frozen build PyInstaller's unpacked folder."""
BUNDLED_EMBEDDER = RESOURCES / "models" / "all-MiniLM-L6-v2-Q8_0.gguf"

_LONGEST_SOCKET_PATH = 100


def default_profile() -> Path:
    """The profile used when none is named: `MNEME_PROFILE`, else the platform's data folder."""
    named = os.environ.get("MNEME_PROFILE")
    return Path(named) if named else Path(platformdirs.user_data_dir("mneme", appauthor=False))


@dataclass(frozen=True, slots=True)
class ProfilePaths:
    """The files of one profile; nothing is created here."""

    root: Path

    @property
    def vault(self) -> Path:
        """The encrypted database."""
        return self.root / "vault.db"

    @property
    def public(self) -> Path:
        """Version, key slots, theme: all that is in clear."""
        return self.root / "profile.json"

    @property
    def counter(self) -> Path:
        """The authenticated commit counter outside the vault's log."""
        return self.root / "commits.bin"

    @property
    def lock(self) -> Path:
        """Held by the host."""
        return self.root / "host.lock"

    @property
    def media(self) -> Path:
        """Encrypted pictures, one file each."""
        return self.root / "media"

    @property
    def spool(self) -> Path:
        """Frames that wait for their reading, under a key that is only in RAM."""
        return self.root / "spool"

    @property
    def index(self) -> Path:
        """The vector index when it is kept on disk."""
        return self.root / "index"

    @property
    def models(self) -> Path:
        """Models that were added or downloaded."""
        return self.root / "models"

    @property
    def instructions(self) -> Path:
        """What the engine has read of our own instructions to a model; nothing of anybody's memories."""
        return self.root / "instructions"

    @property
    def backups(self) -> Path:
        """Encrypted copies of the vault."""
        return self.root / "backups"

    @property
    def rehearsal(self) -> Path:
        """Copies of the vault that sleeps are tried on, under keys that are only in RAM."""
        return self.root / "rehearsal"

    @property
    def reserve(self) -> Path:
        """64 MB that are given back when the disk is full, so that forgetting still works."""
        return self.root / "reserve.bin"

    @property
    def logs(self) -> Path:
        """Logs without content."""
        return self.root / "logs"

    @property
    def socket(self) -> Path:
        """The host's local endpoint; in the runtime folder when the profile's path is too long."""
        near = self.root / "host.sock"
        if len(os.fsencode(near)) <= _LONGEST_SOCKET_PATH:
            return near
        name = hashlib.sha256(os.fsencode(self.root.resolve())).hexdigest()[:24]
        folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(folder) / f"mneme-{os.getuid() if hasattr(os, 'getuid') else 'x'}" / f"{name}.sock"
