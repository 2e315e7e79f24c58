"""Our own instructions, read once and kept on disk: keys and values of nothing but what this program says to a model.

What holds memories is never written. A file is made for one model, prompt, cache and version of llama.cpp, carries a
code that only this profile can make (BLAKE2b with its key), and is used only when that code is right; otherwise it is
made anew, silently.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from core.inference.llama import Loaded
from core.paths import RESOURCES

_SHORTEST = 32
"""Tokens that are worth a file."""
_CODE_BYTES = 32
_CHUNK = 2**20
_MOST_FILES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where such files are kept: `folder`, the profile's `key` for their codes, `model` as its SHA-256."""

    folder: Path
    key: bytes
    model: str


@cache
def ours() -> frozenset[str]:
    """The texts that are our own: the prompts that come with the program."""
    return frozenset(path.read_text(encoding="utf-8") for path in (RESOURCES / "prompts").glob("*.txt"))


@cache
def for_answers() -> str:
    """What a model is told before it answers."""
    return (RESOURCES / "prompts" / "answer.txt").read_text(encoding="utf-8")


class Instructions:
    """Puts their keys and values into a model's cache, and takes them out of it."""

    def __init__(self, loaded: Loaded, where: Where, *, made_of: str) -> None:
        self._loaded = loaded
        self._where = where
        self._made_of = f"{where.model} {made_of} llama.cpp {loaded.lib.__version__}"

    def has(self, tokens: Sequence[int]) -> bool:
        """Whether there is a file for these, to be believed or not."""
        return self._path(tokens).is_file()

    def restore(self, tokens: Sequence[int]) -> bool:
        """Read a file into the empty cache; False when there is none to be trusted, and the cache is empty still."""
        try:
            descriptor = os.open(self._path(tokens), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return False
        with os.fdopen(descriptor, "rb") as file:
            size = os.fstat(descriptor).st_size - _CODE_BYTES
            if size <= 0:
                return False
            code = self._code(tokens)
            for begin in range(0, size, _CHUNK):
                code.update(file.read(min(_CHUNK, size - begin)))
            if file.read() != code.digest():
                return False
            # The open file, not its path: what was checked is what is read.
            path = f"/proc/self/fd/{descriptor}" if sys.platform == "linux" else os.fspath(self._path(tokens))
            return self._load(path, tokens)

    def save(self, tokens: Sequence[int]) -> None:
        """Write what stands in the cache, which must be these tokens and no other; nothing where it cannot be."""
        if len(tokens) < _SHORTEST:
            return
        folder = self._where.folder
        part = folder / f"{token_hex(8)}.part"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as file:
                written = self._loaded.lib.llama_state_seq_save_file(
                    self._loaded.context, os.fspath(part).encode(), 0, self._array(tokens), len(tokens)
                )
                if not written:
                    raise OSError
                code = self._code(tokens)
                while chunk := file.read(_CHUNK):
                    code.update(chunk)
                file.write(code.digest())
            self._make_room(part)
            part.replace(self._path(tokens))
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _load(self, path: str, tokens: Sequence[int]) -> bool:
        lib = self._loaded.lib
        found, count = (lib.llama_token * len(tokens))(), ctypes.c_size_t()
        read = lib.llama_state_seq_load_file(
            self._loaded.context, path.encode(), 0, found, len(tokens), ctypes.byref(count)
        )
        if read and list(found[: count.value]) == list(tokens):
            return True
        lib.llama_memory_clear(self._loaded.memory, True)
        return False

    def _array(self, tokens: Sequence[int]) -> object:
        return (self._loaded.lib.llama_token * len(tokens))(*tokens)

    def _code(self, tokens: Sequence[int]) -> blake2b:
        code = blake2b(key=self._where.key, digest_size=_CODE_BYTES)
        code.update(f"{self._made_of} {list(tokens)}\n".encode())
        return code

    def _path(self, tokens: Sequence[int]) -> Path:
        return self._where.folder / f"{self._code(tokens).hexdigest()[:32]}.kv"

    def _make_room(self, part: Path) -> None:
        """Keep the newest few, since another model or version needs others, and nothing that was left half done."""
        files = sorted(self._where.folder.glob("*.kv"), key=lambda path: path.stat().st_mtime, reverse=True)
        halves = [path for path in self._where.folder.glob("*.part") if path != part]
        for old in (*files[_MOST_FILES - 1 :], *halves):
            old.unlink(missing_ok=True)
