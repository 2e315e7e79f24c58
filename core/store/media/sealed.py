"""One sealed file: written whole or not at all, its owner's alone, and any changed byte is noticed."""

import contextlib
import errno
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import DamagedVault, DiskFull, VaultProblem

PART = ".part"
"""How a file's name ends while it is being written."""
_MAGIC = b"MNP1"
_NONCE = 12
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
LARGEST = 256 * 2**20
"""More than any picture of a screen: a bigger file is not ours and is not read."""


def new_key() -> bytes:
    """32 random bytes, for one file only."""
    return secrets.token_bytes(32)


def write_sealed(path: Path, plain: bytes, key: bytes, name: str) -> None:
    """Encrypt (AES-256-GCM, `name` bound to it) and write durably; DiskFull, or VaultProblem when refused."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _MAGIC + nonce + AESGCM(key).encrypt(nonce, plain, name.encode())
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(part, _NEW_FILE, 0o600), "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise _unwritten(error) from error


def read_sealed(path: Path, key: bytes, name: str) -> bytes:
    """The plain bytes; DamagedVault when the file is gone or a byte of it is not as written."""
    try:
        if path.stat().st_size > LARGEST:
            raise _damaged()
        raw = path.read_bytes()
        if not raw.startswith(_MAGIC):
            raise _damaged()
        start = len(_MAGIC) + _NONCE
        return AESGCM(key).decrypt(raw[len(_MAGIC) : start], raw[start:], name.encode())
    except (OSError, InvalidTag, ValueError) as error:
        raise _damaged() from error


def unlink(path: Path) -> bool:
    """Remove a file if it is there; whether it was."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise VaultProblem(
            "A picture's file could not be removed.", "Check that the profile's folder is writable."
        ) from error
    return True


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritten(error: OSError) -> VaultProblem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("The disk is full: a picture could not be kept.", "Free some space.")
    return VaultProblem("A picture could not be kept.", "Check that the profile's folder is writable.")


def _damaged() -> DamagedVault:
    return DamagedVault("A picture's file is gone or was changed.", "The text read from it is not affected.")
