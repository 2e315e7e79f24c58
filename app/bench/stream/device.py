"""The disk a file lies on: how far the system reads ahead on it, set for a measurement and always put back."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PUTS_BACK = 'cat >/dev/null; echo "$0" >"$1"'
"""A shell that waits until its pipe closes, which it does however this process ends."""
_ENDS_WITHIN_S = 5.0
_SECTOR = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A block device by its folder in sysfs."""

    folder: Path

    @property
    def name(self) -> str:
        """As it is called in /dev."""
        return self.folder.name

    @property
    def read_ahead_kb(self) -> int:
        """How far the system reads ahead of a reader on it, KB."""
        return int(self._setting.read_text())

    @property
    def settable(self) -> bool:
        """Whether we may change that."""
        return os.access(self._setting, os.W_OK)

    def served(self) -> tuple[int, int]:
        """Reads that it has completed, and their bytes, of everybody (Documentation/block/stat.rst)."""
        fields = (self.folder / "stat").read_text().split()
        return int(fields[0]), int(fields[2]) * _SECTOR

    @contextmanager
    def reading_ahead(self, kb: int) -> Iterator[None]:
        """So far ahead within, as before after it: also when this process is killed. OSError."""
        before = self.read_ahead_kb
        with subprocess.Popen(
            ["/bin/sh", "-c", _PUTS_BACK, str(before), str(self._setting)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for us; it has still to put back
        ) as keeper:
            try:
                self._setting.write_text(str(kb))
                yield
            finally:
                assert keeper.stdin is not None
                keeper.stdin.close()
                keeper.wait(_ENDS_WITHIN_S)

    @property
    def _setting(self) -> Path:
        return self.folder / "queue" / "read_ahead_kb"


def device_of(path: Path, system: Path = Path("/sys")) -> Device | None:
    """The device that a file lies on; None where that is no disk of its own (tmpfs, overlay, network)."""
    number = path.stat().st_dev
    link = system / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    if not link.exists():
        return None
    folder = link.resolve()
    if not (folder / "queue").is_dir():  # a partition: its disk is the folder above
        folder = folder.parent
    return Device(folder=folder) if (folder / "queue" / "read_ahead_kb").exists() else None
