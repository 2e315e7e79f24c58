"""What an open profile holds of a made session, looked for in all of the decrypted store and in its pictures."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.bench.capture.program import MARKS
from app.bench.capture.session import Planted
from app.bench.capture.words import pairs, sentences, stands_in, traces
from app.bench.outside import Outside
from app.wiring import Opened
from core.store.media import Media
from core.store.vault import Vault

_NEAR = 48
"""How far each channel may be from a mark's colour: lossy pictures change it."""
_NEVER_SHOWN = 53
"""A seed that no part of the session draws from."""
_MARKED = 64
"""Pixels of such a colour from which on it is the mark; a canary's window has thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaked:
    """Of what was to be left out, how much is there."""

    texts: int
    """Canaries of which a piece stands in any field of any table."""
    pictures: int
    """Pictures and thumbnails with a mark's colour."""
    looked_at: int
    """Pictures and thumbnails that were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One kept observation of the screen."""

    at: float
    text: str
    pairs: frozenset[tuple[str, str]]
    """Its words two by two."""


def fields(vault: Vault) -> Iterator[str]:
    """Every value of every table, shadow tables of the indexes too, as text."""
    with vault.read() as db:
        for table in db.table_names():
            for row in db.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, str):
                        yield value
                    elif isinstance(value, bytes):
                        yield value.decode("latin-1")


def leaked(opened: Opened) -> Leaked:
    """Canaries and marks in the whole store."""
    texts: set[str] = set()
    for value in fields(opened.vault):
        texts |= traces(value)
    marked = looked = 0
    for pixels in _pictures(opened.vault, opened.media):
        looked += 1
        marked += _marked(pixels)
    return Leaked(texts=len(texts), pictures=marked, looked_at=looked)


def _pictures(vault: Vault, media: Media) -> Iterator[NDArray[np.uint8]]:
    with vault.read() as db:
        for facts in media.every(db):
            for small in (False, True):
                with Image.open(io.BytesIO(media.get(db, facts.id, small)), formats=["WEBP"]) as image:
                    yield np.asarray(image.convert("RGB"))


def _marked(pixels: NDArray[np.uint8]) -> bool:
    return any(
        cv2.countNonZero(cv2.inRange(pixels, np.subtract(mark, _NEAR), np.add(mark, _NEAR))) >= _MARKED
        for mark in MARKS
    )


def frames(vault: Vault) -> list[Frame]:
    """The observations of the screen, oldest first."""
    with vault.read() as db:
        rows = db.execute("SELECT at, text FROM memory WHERE facet = 'frame' ORDER BY at").fetchall()
    return [Frame(at=float(at), text=text, pairs=pairs(text)) for at, text in rows]


def kept(planted: Sequence[Planted], begins: float, seen: Sequence[Frame]) -> list[float | None]:
    """For each planted change the seconds until the first frame that shows it; None where none does."""
    found: list[float | None] = []
    for one in planted:
        later = (
            frame.at - begins - one.at
            for frame in seen
            if frame.at - begins >= one.at - 1 and stands_in(one.text, frame.pairs)
        )
        found.append(next(later, None))
    return found


def never_shown(count: int, words: int, seen: Sequence[Frame]) -> int:
    """A control: of so many sentences that nobody has shown, those that would be taken for found."""
    return sum(any(stands_in(text, one.pairs) for one in seen) for text in sentences(count, _NEVER_SHOWN, words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """Of a profile's files, those with something in clear."""

    files: int
    looked_at: int


def readable_on_disk(place: Outside, texts: Sequence[str]) -> Readable:
    """Files of the profile with three words in a row of a text, a canary or a picture's head in clear.

    Three words: a reader errs in one, and what it read is what would be written.
    """
    wanted = [b"WEBPVP8", *dict.fromkeys(piece.encode() for text in texts for piece in _pieces(text))]
    files = [file for file in place.paths.root.rglob("*") if file.is_file() and not file.is_symlink()]
    readable = sum(any(piece in data for piece in wanted) for data in (file.read_bytes() for file in files))
    return Readable(files=readable, looked_at=len(files))


def _pieces(text: str, words: int = 3) -> Iterator[str]:
    """The words of a text so many at a time, as they stand one behind the other."""
    said = text.rstrip(".").split()
    for at in range(max(1, len(said) - words + 1)):
        yield " ".join(said[at : at + words])


def disk_bytes(place: Outside) -> int:
    """What the vault, its log and the pictures take."""
    files = [*place.paths.root.glob(f"{place.paths.vault.name}*"), *place.paths.media.rglob("*")]
    return sum(file.stat().st_size for file in files if file.is_file())
