"""The authenticated commit counter beside the vault: tells lost saves and older copies put back."""

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

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
