"""The encrypted container: 64 KiB chunks under an AEAD that notices any change, cut, swap or doubling."""

import hashlib
import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Self

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.errors import ArchiveProblem, Missing

MAGIC = b"MNEMEARC"
VERSION = 1
CHUNK = 65_536
"""Plain bytes in each chunk but the last."""
TAG = 16
LARGEST_MEMORY_KIB = 1_048_576
LARGEST_PASSES = 64
LARGEST_LANES = 16
LARGEST_WORK_KIB = 8 * 1_048_576
"""Memory times passes: about half a minute on a slow laptop."""

_LAYOUT = struct.Struct(">8sHBBIIII16s")
HEADER_SIZE = _LAYOUT.size
_AES_256_GCM = 1
_ARGON2ID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands in clear before the first chunk: how the passphrase becomes the key."""

    memory_kib: int = 65_536
    passes: int = 10
    lanes: int = 4
    salt: bytes

    @classmethod
    def fresh(cls) -> Self:
        """With a new random salt, so that no two archives share a key."""
        return cls(salt=os.urandom(16))

    def to_bytes(self) -> bytes:
        """The header as written, `HEADER_SIZE` bytes."""
        return _LAYOUT.pack(
            *(MAGIC, VERSION, _AES_256_GCM, _ARGON2ID),
            *(self.memory_kib, self.passes, self.lanes, CHUNK, self.salt),
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read and bound a header before any of its cost is paid; ArchiveProblem when it is not ours."""
        if len(raw) != HEADER_SIZE or not raw.startswith(MAGIC):
            raise not_an_archive()
        _, version, cipher, kdf, memory_kib, passes, lanes, chunk, salt = _LAYOUT.unpack(raw)
        if version > VERSION:
            raise ArchiveProblem(
                f"This archive has format {version}; this Mneme reads up to {VERSION}.", "Update Mneme first."
            )
        if (version, cipher, kdf, chunk) != (VERSION, _AES_256_GCM, _ARGON2ID, CHUNK):
            raise not_an_archive()
        sane = (
            8 * lanes <= memory_kib <= LARGEST_MEMORY_KIB
            and 1 <= passes <= LARGEST_PASSES
            and 1 <= lanes <= LARGEST_LANES
            and memory_kib * passes <= LARGEST_WORK_KIB
        )
        if not sane:
            raise ArchiveProblem(
                "This archive asks for an absurd amount of work to open it.", "It was not made by Mneme."
            )
        return cls(memory_kib=memory_kib, passes=passes, lanes=lanes, salt=salt)

    def key(self, passphrase: str) -> bytes:
        """The archive's 32-byte key by Argon2id (RFC 9106); Missing where the library cannot do it."""
        try:
            stretch = Argon2id(
                salt=self.salt,
                length=32,
                iterations=self.passes,
                lanes=self.lanes,
                memory_cost=self.memory_kib,
            )
            return stretch.derive(passphrase.encode("utf-8", "surrogatepass"))
        except UnsupportedAlgorithm as error:
            raise Missing(
                "The installed 'cryptography' has no Argon2id.", "Install it from the pinned versions."
            ) from error


def _nonce(index: int, final: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([final])


class ChunkWriter(io.RawIOBase):
    """A writable stream that encrypts into `out`; nothing is complete before `finish`."""

    def __init__(self, out: IO[bytes], header: Header, key: bytes) -> None:
        super().__init__()
        self._out = out
        self._cipher = AESGCM(key)
        raw = header.to_bytes()
        self._bound = hashlib.sha256(raw).digest()
        self._pending = bytearray()
        self._index = 0
        out.write(raw)

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Take plain bytes; full chunks go out encrypted, the last one stays until `finish`."""
        view = memoryview(data)  # type: ignore[arg-type]  # any buffer, as RawIOBase says
        self._pending += view
        while len(self._pending) > CHUNK:
            self._seal(bytes(self._pending[:CHUNK]), final=False)
            del self._pending[:CHUNK]
        return view.nbytes

    def finish(self) -> None:
        """Write the last chunk with its flag: a file without it is refused as cut."""
        self._seal(bytes(self._pending), final=True)
        self._pending.clear()

    def _seal(self, plain: bytes, *, final: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._index, final), plain, self._bound))
        self._index += 1


class ChunkReader(io.RawIOBase):
    """A readable, seekable stream over an encrypted container; ArchiveProblem at the first changed byte."""

    def __init__(self, source: IO[bytes], key_of: Callable[[Header], bytes]) -> None:
        super().__init__()
        self._source = source
        size = source.seek(0, io.SEEK_END)
        source.seek(0)
        raw = source.read(HEADER_SIZE)
        header = Header.from_bytes(raw)
        body = size - HEADER_SIZE
        self.chunks = max(1, -(-body // (CHUNK + TAG)))
        last = body - (self.chunks - 1) * (CHUNK + TAG)
        if last < TAG or (last == TAG and self.chunks > 1):
            raise _damaged()
        self.size = (self.chunks - 1) * CHUNK + last - TAG
        self._bound = hashlib.sha256(raw).digest()
        self._cipher = AESGCM(key_of(header))
        self._at = 0
        self._held = (-1, b"")
        try:
            self._chunk(0)
        except ArchiveProblem:
            raise ArchiveProblem(
                "The passphrase is wrong, or the archive is damaged.", "Try again, or use another copy of it."
            ) from None

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The position in plain bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position in plain bytes."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._at = base + offset
        return self._at

    def read(self, count: int | None = -1) -> bytes:
        """Up to `count` plain bytes, all that are left when it is negative."""
        left = max(0, self.size - self._at)
        wanted = left if count is None or count < 0 else min(count, left)
        parts = []
        while wanted:
            index, offset = divmod(self._at, CHUNK)
            part = self._chunk(index)[offset : offset + wanted]
            parts.append(part)
            self._at += len(part)
            wanted -= len(part)
        return b"".join(parts)

    def readinto(self, buffer: object) -> int:
        """Fill a buffer, as RawIOBase asks."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def check(self, step: Callable[[], None]) -> None:
        """Authenticate every chunk, calling `step` after each; ArchiveProblem when one is not as written."""
        for index in range(self.chunks):
            self._chunk(index)
            step()

    def _chunk(self, index: int) -> bytes:
        if self._held[0] == index:
            return self._held[1]
        self._source.seek(HEADER_SIZE + index * (CHUNK + TAG))
        sealed = self._source.read(CHUNK + TAG)
        try:
            plain = self._cipher.decrypt(_nonce(index, index == self.chunks - 1), sealed, self._bound)
        except (InvalidTag, ValueError) as error:
            raise _damaged() from error
        self._held = (index, plain)
        return plain


def not_an_archive() -> ArchiveProblem:
    """What to raise for a file of another kind."""
    return ArchiveProblem("This is not a Mneme archive.", "Choose a file that Mneme exported.")


def _damaged() -> ArchiveProblem:
    return ArchiveProblem("This archive was changed or is not whole.", "Use another copy of it.")
