"""The vault's pages as they are on disk, decrypted: the only honest place to look for traces."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from core.errors import DamagedVault

PAGE = 4096
_SALT, _IV, _MAC = 16, 16, 64
_WAL_HEADER, _FRAME_HEADER = 32, 24
_FEW = 24
"""Needles that are looked for one by one in the time that many together take."""
_BEGIN = 4


def decrypted(path: Path, key: bytes) -> Iterator[bytes]:
    """Every page of a SQLCipher 4 file with a raw key, free ones too: 4,016 bytes each.

    Format: https://www.zetetic.net/sqlcipher/design/ - AES-256-CBC, a random IV and HMAC-SHA512 at the
    end of each page. Raises DamagedVault for a page whose MAC does not agree.
    """
    with path.open("rb") as file:
        salt = file.read(_SALT)
        mac_key = _mac_key(key, salt)
        file.seek(0)
        number = 0
        while len(page := file.read(PAGE)) == PAGE:
            number += 1
            yield _open(page, number, key, mac_key)


def decrypted_wal(vault: Path, key: bytes) -> Iterator[bytes]:
    """Every page in the vault's write-ahead log, those no longer in use too."""
    wal = vault.with_name(vault.name + "-wal")
    if not wal.exists():
        return
    with vault.open("rb") as file:
        mac_key = _mac_key(key, file.read(_SALT))
    with wal.open("rb") as file:
        file.seek(_WAL_HEADER)
        while len(head := file.read(_FRAME_HEADER)) == _FRAME_HEADER and len(page := file.read(PAGE)) == PAGE:
            yield _open(page, int.from_bytes(head[:4], "big"), key, mac_key)


def _mac_key(key: bytes, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)


def _open(page: bytes, number: int, key: bytes, mac_key: bytes) -> bytes:
    start = _SALT if number == 1 else 0
    body, iv, mac = page[start : -_IV - _MAC], page[-_IV - _MAC : -_MAC], page[-_MAC:]
    if not any(page):
        return page[: -_IV - _MAC]  # never written: a hole SQLite left when it grew the file
    made = hmac.new(mac_key, body + iv + number.to_bytes(4, "little"), hashlib.sha512).digest()
    if not hmac.compare_digest(made, mac):
        raise DamagedVault("A page of the vault has changed.", "Restore the last backup: `mneme backup list`.")
    plain = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor().update(body)
    return bytes(start) + plain if start else plain


def count(needles: list[bytes], pages: Iterator[bytes]) -> int:
    """How many of `needles` occur in at least one page."""
    left = set(needles)
    together = _Beginnings({needle for needle in left if len(needle) >= _BEGIN} if len(left) > _FEW else ())
    alone = left - together.all
    for page in pages:
        found = together.within(page) | {needle for needle in alone if needle in page}
        left -= found
        alone -= found
        if not left:
            break
    return len(set(needles)) - len(left)


class _Beginnings:
    """Many needles looked for at once: only where four bytes may begin one of them is a page compared."""

    def __init__(self, needles: Iterable[bytes]) -> None:
        self.all = frozenset(needles)
        self._by_begin: dict[bytes, list[bytes]] = {}
        for needle in self.all:
            self._by_begin.setdefault(needle[:_BEGIN], []).append(needle)
        self._may_begin = np.zeros(1 << 16, dtype=np.bool_)
        self._may_begin[_marks(b"".join(self._by_begin))[::_BEGIN]] = True

    def within(self, page: bytes) -> set[bytes]:
        """Those of them that this page holds."""
        if not self.all:
            return set()
        places = np.flatnonzero(self._may_begin[_marks(page)]).tolist()
        return {
            needle
            for at in places
            for needle in self._by_begin.get(page[at : at + _BEGIN], ())
            if page.startswith(needle, at)
        }


def _marks(data: bytes) -> NDArray[np.uint32]:
    """(len(data) - 3,) a number below 2**16 for the four bytes at each place, equal for equal ones; none for fewer."""
    if len(data) < _BEGIN:
        return np.empty(0, dtype=np.uint32)
    there = np.frombuffer(data, dtype=np.uint8).astype(np.uint32)
    four = there[:-3] | there[1:-2] << 8 | there[2:-1] << 16 | there[3:] << 24
    return np.asarray((four * np.uint32(2654435761)) >> np.uint32(16), dtype=np.uint32)
