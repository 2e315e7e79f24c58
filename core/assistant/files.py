"""What is named for an import, sorted into archives, pictures, conversations, and what a folder holds besides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.capture.conversation import formats, parts
from core.capture.conversation.bundle import folder
from core.capture.conversation.report import Skipped
from core.errors import BadInput
from core.store.archive import wrapping_of

SCREENS = "screens.jsonl"
"""Beside pictures: one line each, {"file", "at"?, "app"?, "window"?, "url"?}."""

_SURE = 0.9
"""In a folder only what a format is this sure of is taken; a file named by itself is always tried."""
_HEAD = 2**16
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files of an import, each in its order."""

    archives: tuple[Path, ...] = ()
    pictures: tuple[Path, ...] = ()
    conversations: tuple[Path, ...] = ()
    left: tuple[Skipped, ...] = ()
    """What lay in a folder and was not recognised."""
    notices: tuple[str, ...] = ()


def is_picture(head: bytes, name: str) -> bool:
    """Whether a file that begins so is a picture that can be read."""
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith(_BEGINNINGS) or (head[:2] == b"BM" and name.lower().endswith(".bmp"))


def found(paths: Sequence[Path]) -> Found:
    """Sort files, and what lies in folders. Raises BadInput for a folder with nothing to take."""
    sorting = _Sorting()
    for path in paths:
        if not path.is_dir():
            sorting.named(path, apart=len(paths) > 1)
        elif not sorting.folder(path):
            raise BadInput(
                f"There is nothing in {path.name} that Mneme is sure of.", "Name the files themselves to import them."
            )
    return sorting.found()


def is_conversation(path: Path) -> bool:
    """Whether a format of conversations is sure of this file, or of something in this zip."""
    return _is_sure(path, _head(path))


@dataclass(slots=True)
class _Sorting:
    archives: list[Path] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)
    conversations: list[Path] = field(default_factory=list)
    left: list[Skipped] = field(default_factory=list)
    seen: list[Path] = field(default_factory=list)

    def named(self, path: Path, *, apart: bool) -> None:
        """A file that was named. One part of a download may hold no conversations where others are named too."""
        if path.exists() and not path.is_file():
            raise BadInput(f"{path.name} is neither a file nor a folder.", "Save it as a file first.")
        self.seen.append(path)
        if path.is_file() and wrapping_of(path) is not None:
            self.archives.append(path)
        elif is_picture(_head(path), path.name):
            self.pictures.append(path)
        elif apart and parts.part_of(path) and not _is_known(path):
            self.left.append(Skipped(line=0, reason="a part without conversations", file=path.name))
        else:
            self.conversations.append(path)

    def folder(self, path: Path) -> int:
        """What a folder holds of which a format is sure; how many files are taken."""
        bundle = folder(path)
        together = formats.together(bundle)
        if together:
            self.conversations.append(path)
        taken = len(together)
        for name in (entry.name for entry in bundle.entries if entry.name not in together):
            file = path / name
            head = _head(file)
            if is_picture(head, file.name) and together:
                self.left.append(Skipped(line=0, reason="a picture beside an export", file=name))
            elif is_picture(head, file.name) or wrapping_of(file) is not None or _is_sure(file, head):
                self.named(file, apart=True)
                taken += 1
            elif file.name != SCREENS:
                self.left.append(Skipped(line=0, reason="not recognised for sure; name it to import it", file=name))
        return taken

    def found(self) -> Found:
        """What there is, with the parts of downloads that are missing."""
        return Found(
            archives=tuple(self.archives),
            pictures=tuple(self.pictures),
            conversations=tuple(self.conversations),
            left=tuple(self.left),
            notices=parts.missing(self.seen),
        )


def _is_sure(file: Path, head: bytes) -> bool:
    if formats.is_packed(head):
        return _is_known(file)
    known = formats.known(head, file.name)
    return known is not None and known[1] >= _SURE


def _is_known(path: Path) -> bool:
    try:
        return bool(formats.recognise(path))
    except BadInput:
        return False


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""  # whoever reads it next says why it cannot be read
