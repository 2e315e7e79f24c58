"""What is named for an import, sorted into archives, pictures, conversations, and what a folder holds besides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.capture.conversation import formats
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


def is_picture(head: bytes, name: str) -> bool:
    """Whether a file that begins so is a picture that can be read."""
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith(_BEGINNINGS) or (head[:2] == b"BM" and name.lower().endswith(".bmp"))


def found(paths: Sequence[Path]) -> Found:
    """Sort files, and what lies in folders. Raises BadInput for a folder with nothing to take."""
    archives, pictures, conversations = list[Path](), list[Path](), list[Path]()
    left: list[Skipped] = []
    for path in paths:
        if not path.is_dir():
            _sort(path, archives, pictures, conversations)
            continue
        taken = 0
        for file in _inside(path):
            head = _head(file)
            zipped = head[:4] == b"PK\x03\x04"
            known = None if zipped else formats.known(head, file.name)
            if is_picture(head, file.name) or wrapping_of(file) is not None or (known and known[1] >= _SURE):
                _sort(file, archives, pictures, conversations)
                taken += 1
            elif file.name != SCREENS:
                left.append(Skipped(line=0, reason=f"{file.name}: not recognised for sure; name it to import it"))
        if not taken:
            raise BadInput(
                f"There is nothing in {path.name} that Mneme is sure of.", "Name the files themselves to import them."
            )
    return Found(
        archives=tuple(archives), pictures=tuple(pictures), conversations=tuple(conversations), left=tuple(left)
    )


def _sort(path: Path, archives: list[Path], pictures: list[Path], conversations: list[Path]) -> None:
    if path.exists() and not path.is_file():
        raise BadInput(f"{path.name} is neither a file nor a folder.", "Save it as a file first.")
    if path.is_file() and wrapping_of(path) is not None:
        archives.append(path)
    elif is_picture(_head(path), path.name):
        pictures.append(path)
    else:
        conversations.append(path)


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and not path.is_symlink():
            yield path


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""  # whoever reads it next says why it cannot be read
