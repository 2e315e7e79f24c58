"""What is kept of a checked model file, so that the next start need not read twenty gigabytes to trust it again."""

import contextlib
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.errors import Cancelled, ModelProblem
from core.inference.identity import FileIdentity, open_model

_CHUNK = 4 * 2**20
_HEAD = 2**20
_BLOCK = 2**16
_BLOCKS = 64
_PATIENCE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A file's SHA-256, and by what it is known again without reading all of it."""

    sha256: str
    identity: FileIdentity | None = None
    """Which file it was and in what state; None where an earlier version did not keep that."""
    settled: bool = False
    """A later write would show in that state; else the next start reads everything."""
    sample: str = ""
    """SHA-256 of its header and of 64 blocks spread over it."""

    def as_json(self) -> dict[str, Any]:
        """For a note in the vault."""
        numbers = None if self.identity is None else self.identity.as_list()
        return {"sha256": self.sha256, "identity": numbers, "settled": self.settled, "sample": self.sample}

    @classmethod
    def from_json(cls, noted: dict[str, Any]) -> Self:
        """What `as_json` wrote."""
        numbers = noted.get("identity")
        identity = None if numbers is None else FileIdentity.from_list(numbers)
        settled = noted.get("settled", False)
        return cls(sha256=noted["sha256"], identity=identity, settled=settled, sample=noted.get("sample", ""))


Progress = Callable[[int, int], None]
"""Bytes done, bytes in all."""


def sealed(path: Path, *, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None) -> Seal:
    """Read a whole file, about a second a gigabyte, and say what it is. ModelMissing, ModelProblem, Cancelled."""
    descriptor = open_model(path)
    try:
        before = FileIdentity.of(descriptor)
        known = clock_has_moved(path, before)
        digest = hashlib.sha256()
        done = 0
        while data := os.read(descriptor, _CHUNK):
            if cancelled and cancelled():
                raise Cancelled("Reading the model")
            digest.update(data)
            done += len(data)
            if progress:
                progress(done, before.bytes)
        sample = _sample(descriptor, before.bytes)
        if FileIdentity.of(descriptor) != before:
            raise ModelProblem("The model's file is being written.", "Wait until that is done, then try again.")
    except OSError as error:
        raise ModelProblem("The model's file cannot be read.", "Check the disk, or add it again.") from error
    finally:
        os.close(descriptor)
    return Seal(sha256=digest.hexdigest(), identity=before, settled=known, sample=sample)


def is_unbroken(path: Path, seal: Seal) -> bool:
    """Whether this is certainly the file that was sealed, from its state and a sample of 5 MB. ModelProblem."""
    if not seal.settled or not seal.sample:
        return False
    descriptor = open_model(path)
    try:
        found = FileIdentity.of(descriptor)
        return found == seal.identity and _sample(descriptor, found.bytes) == seal.sample
    except OSError as error:
        raise ModelProblem("The model's file cannot be read.", "Check the disk, or add it again.") from error
    finally:
        os.close(descriptor)


def _sample(descriptor: int, size: int) -> str:
    digest = hashlib.sha256()
    begins = [0, *(_HEAD + place * max(size - _HEAD - _BLOCK, 0) // (_BLOCKS - 1) for place in range(_BLOCKS))]
    for place, begin in enumerate(begins):
        os.lseek(descriptor, begin, os.SEEK_SET)
        digest.update(os.read(descriptor, _BLOCK if place else _HEAD))
    return digest.hexdigest()


def clock_has_moved(path: Path, found: FileIdentity) -> bool:
    """Whether a write from now on would leave another time than the file has: its file system's own clock decides.

    A file written twice within one tick (4 ms, or 2 s on some file systems) has the same times both times.
    """
    probe = path.with_name(f".{path.name}.clock")
    until = time.monotonic() + _PATIENCE_S
    try:
        while True:
            probe.touch(mode=0o600)
            if probe.stat().st_ctime_ns > found.changed_ns:
                return True
            if time.monotonic() > until:
                return False
            time.sleep(0.001)
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
