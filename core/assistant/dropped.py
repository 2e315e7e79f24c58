"""What is dropped into a watched folder: which files are finished being written, and were not looked at before."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.assistant.files import is_conversation
from core.errors import BadInput

MOST_REMEMBERED = 20_000
"""Files; the oldest is forgotten first, and would be looked at again without anything being kept twice."""
_MOST_FILES = 10_000
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".tmp", ".temp", ".!ut", "~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look found ready."""

    conversations: tuple[Path, ...] = ()
    """To be imported, each by itself."""
    others: tuple[Path, ...] = ()
    """Left alone: no format of a conversation is sure of them."""


@dataclass(slots=True)
class Dropped:
    """Looks into one folder again and again. A file is ready when two looks found it of the same size and time."""

    known: dict[str, None] = field(default_factory=dict)
    """Fingerprints of what was settled, in order."""
    _before: dict[str, str] = field(default_factory=dict)

    def look(self, folder: Path) -> Look:
        """What is new and finished. Folders inside are not looked into. Raises BadInput when it cannot be read."""
        now: dict[str, str] = {}
        conversations: list[Path] = []
        others: list[Path] = []
        for path in _files(folder):
            try:
                mark = _fingerprint(path)
            except OSError:
                continue  # gone again, or not ours to see
            if mark is None or mark in self.known:
                continue
            now[path.name] = mark
            if self._before.get(path.name) == mark:
                (conversations if is_conversation(path) else others).append(path)
        self._before = now
        return Look(conversations=tuple(conversations), others=tuple(others))

    def settle(self, paths: Iterable[Path]) -> None:
        """Do not find these again as they were when they were looked at."""
        for path in paths:
            if mark := self._before.get(path.name):
                self.known.pop(mark, None)
                self.known[mark] = None
        while len(self.known) > MOST_REMEMBERED:
            del self.known[next(iter(self.known))]


def _files(folder: Path) -> list[Path]:
    try:
        names = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise BadInput("The watched folder cannot be read.", "Check it under Settings, Recording.") from error
    if len(names) > _MOST_FILES:
        raise BadInput("There are too many files in the watched folder.", "Choose one of its own for exports.")
    there = {path.name for path in names}
    return [path for path in names if path.is_file() and not path.is_symlink() and not _is_unfinished(path, there)]


def _is_unfinished(path: Path, there: set[str]) -> bool:
    """Whether its name says that a program still writes it; browsers put a file like that beside it."""
    beside = any(path.name + ending in there for ending in _UNFINISHED)
    return beside or path.name.lower().endswith(_UNFINISHED) or path.name.startswith("~$")


def _fingerprint(path: Path) -> str | None:
    """Of name, size and time; None for an empty file, which is about to be written."""
    stat = path.stat()
    if stat.st_size == 0:
        return None
    told = f"{path.name}\x1f{stat.st_size}\x1f{stat.st_mtime_ns}"
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:24]
