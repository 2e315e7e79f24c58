"""The authenticated commit counter beside the vault: tells lost saves and older copies put back."""

import os
import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from core.store import faults

_NONCE = 12
_FACTS = struct.Struct(">QQd")
_SLOT = _NONCE + _FACTS.size + 16
_SECOND = 4096
"""The two slots are written in turn and lie in different sectors, so that one survives a torn write."""
_SIZE = _SECOND + _SLOT
_AAD = b"mneme commit counter 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far the vault had come: commits, those surely in its main file, POSIX time of the last one."""

    commits: int
    settled: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the counter file says; `whole` is False when it was missing or any byte of it was foreign."""

    mark: Mark | None
    whole: bool
    missing: bool = False


class Witness(Protocol):
    """A second place for the newest mark, outside the profile's folder (the OS keyring). Never raises."""

    def recall(self) -> bytes | None:
        """What was last kept, or None."""

    def keep(self, sealed: bytes) -> None:
        """Keeps it if it can."""


def seal(key: bytes, mark: Mark) -> bytes:
    """One encrypted and authenticated mark, 52 bytes; `key` has 32."""
    nonce = token_bytes(_NONCE)
    facts = _FACTS.pack(mark.commits, mark.settled, mark.at)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, facts, _AAD)


def unseal(key: bytes, sealed: bytes) -> Mark | None:
    """The mark, or None when these bytes were not sealed under `key`."""
    if len(sealed) != _SLOT:
        return None
    try:
        facts = ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _AAD)
    except InvalidTag:
        return None
    commits, settled, at = _FACTS.unpack(facts)
    return Mark(commits=commits, settled=settled, at=at)


def compare(here: Mark, reading: Reading, witnessed: Mark | None, clock: float) -> tuple[str | None, Mark]:
    """What the marks outside say of a vault that stands at `here`: a sentence, and the mark to go on from.

    One commit ahead of the file is what a crash between commit and counter leaves, and is no news. `clock` is
    now, in POSIX seconds, for telling today from earlier days.
    """
    outside = [mark for mark in (reading.mark, witnessed) if mark is not None]
    newest = max(outside, key=lambda mark: mark.commits, default=None)
    settled = min(max((mark.settled for mark in outside), default=0), here.commits)
    return _sentence(here, reading, newest, clock), replace(here, settled=settled)


def _sentence(here: Mark, reading: Reading, newest: Mark | None, clock: float) -> str | None:
    if newest is not None and newest.commits > here.commits:
        if here.commits >= newest.settled:
            return f"Saves after {_said(here.at, clock)} are missing."
        missing = newest.commits - here.commits
        return (
            f"An older copy of the vault was put back: it ends {_said(here.at, clock)}, and"
            f" {missing} later {'save is' if missing == 1 else 'saves are'} missing."
        )
    if reading.missing:
        return "The commit counter was missing; it has been made anew."
    if not reading.whole:
        return "The commit counter was damaged; it has been made anew."
    if reading.mark is not None and here.commits - reading.mark.commits > 1:
        return "The commit counter was older than the vault; it has been made anew."
    return None


def _said(at: float, clock: float) -> str:
    """A moment in the machine's local time, with its date when that is not today."""
    then = datetime.fromtimestamp(at, UTC).astimezone()
    today = datetime.fromtimestamp(clock, UTC).astimezone().date()
    return f"{then:%H:%M}" if then.date() == today else f"{then:%H:%M} on {then:%Y-%m-%d}"


class Counter:
    """The file `commits.bin`. OSError comes out as it is: the vault decides what it means."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._turn = 0
        self._file: int | None = None

    def read(self) -> Reading:
        """What is written there now."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return Reading(mark=None, whole=False, missing=True)
        slots = [unseal(self._key, data[at : at + _SLOT]) for at in (0, _SECOND)]
        marks = [slot for slot in slots if slot is not None]
        whole = len(data) == _SIZE and len(marks) == 2 and not any(data[_SLOT:_SECOND])
        newest = max(marks, key=lambda mark: mark.commits, default=None)
        self._turn = 1 if newest is not None and newest == slots[0] else 0
        return Reading(mark=newest, whole=whole)

    def write(self, mark: Mark) -> None:
        """Durable when it returns; takes the slot that does not hold the newest mark."""
        faults.at("before counter")
        if self._file is None:
            self._file = self._open()
        self._put(self._turn * _SECOND, seal(self._key, mark))
        os.fsync(self._file)
        self._turn = 1 - self._turn
        faults.at("after counter")

    def renew(self, mark: Mark) -> None:
        """Both slots anew, after the file was missing, foreign or overtaken."""
        self.close()
        self._path.unlink(missing_ok=True)
        self._file = self._open()
        self._put(0, seal(self._key, mark) + bytes(_SECOND - _SLOT) + seal(self._key, mark))
        os.fsync(self._file)

    def close(self) -> None:
        """Gives the file back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        return os.open(self._path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)

    def _put(self, offset: int, data: bytes) -> None:
        assert self._file is not None
        os.lseek(self._file, offset, os.SEEK_SET)
        os.write(self._file, data)
