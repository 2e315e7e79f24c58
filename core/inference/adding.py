"""A model file taken into the profile: checked, copied with progress or by shared blocks, for the owner alone."""

import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import Cancelled, DiskFull, ModelProblem
from core.inference.header import GgufFacts, check_gguf
from core.inference.identity import FileIdentity, open_model
from core.inference.seals import Progress, Seal, clock_has_moved, sealed
from core.paths import ProfilePaths

if sys.platform == "linux":
    import fcntl

_INCOMING = "incoming"
_CHUNK = 4 * 2**20
_LONGEST_STEM = 100
_SHARE_BLOCKS = 0x40049409
"""FICLONE of Linux: a copy that shares its blocks with the original until one of the two is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedModel:
    """A model in the profile's folder; its seal is to be kept in the vault's notes."""

    file: str
    seal: Seal
    facts: GgufFacts
    was_here: bool = False
    """The same bytes were in the profile already, under this name; nothing was added."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes."""
        return self.seal.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What an interrupted download or copy left."""

    name: str
    bytes: int


def incoming(paths: ProfilePaths) -> Path:
    """Where downloads lie until they are added; made when missing, for the owner alone."""
    folder = paths.models / _INCOMING
    for one in (paths.models, folder):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def leftovers(paths: ProfilePaths) -> tuple[Leftover, ...]:
    """What interrupted downloads and copies left, by name. A download goes on from it."""
    folder = paths.models / _INCOMING
    if not folder.is_dir():
        return ()
    found = (entry for entry in sorted(folder.iterdir()) if entry.is_file() and not entry.name.startswith("."))
    return tuple(Leftover(name=entry.name, bytes=entry.lstat().st_size) for entry in found)


def throw_away(paths: ProfilePaths, name: str) -> None:
    """Delete one of the leftovers; one that is not there any more is no problem."""
    if name in (one.name for one in leftovers(paths)):
        (paths.models / _INCOMING / name).unlink(missing_ok=True)


def add(
    paths: ProfilePaths,
    source: Path,
    *,
    sha256: str = "",
    trust: bool = False,
    here: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AddedModel:
    """Take a model into the profile: a finished download is moved, any other file copied (never linked).

    Its header is checked first, and its SHA-256 must be `sha256`, or `trust` must be the person's own word that they
    trust this file. `here` has the SHA-256 of the profile's models by name: the same bytes are not kept twice.
    `progress` gets (bytes done, bytes in all). ModelProblem, ModelMissing, DiskFull, Cancelled.
    """
    if not sha256 and not trust:
        raise ModelProblem(
            "Nobody has vouched for this model file.", "Give its published SHA-256, or say that you trust it."
        )
    source = source.resolve()
    check_gguf(source)
    folder = incoming(paths)
    name = safe_name(source.name)
    copy = source if source.parent == folder.resolve() else folder / f"{name.removesuffix('.gguf')}.{os.getpid()}.copy"
    done = False
    try:
        if copy != source:
            _copy(source, copy, _half(progress, 0), cancelled)
        seal = sealed(copy, progress=_half(progress, 1) if copy != source else progress, cancelled=cancelled)
        _compare(seal.sha256, sha256)
        facts = check_gguf(copy)
        twin = next((file for file, known in (here or {}).items() if known == seal.sha256), "")
        if twin and (paths.models / twin).is_file():
            copy.unlink()
            return AddedModel(file=twin, seal=seal, facts=facts, was_here=True)
        target = _free_name(paths.models, name)
        copy.chmod(0o600)
        copy.replace(target)
        done = True
    except OSError as error:
        raise _in_words(error) from error
    finally:
        if copy != source and not done:
            copy.unlink(missing_ok=True)
    return AddedModel(file=target.name, seal=_after_the_move(seal, target), facts=facts)


def safe_name(name: str) -> str:
    """A file name of plain characters that ends in .gguf; nothing of the given one can lead elsewhere."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.removesuffix(".fetched").removesuffix(".gguf"))
    return f"{stem.strip('.-')[:_LONGEST_STEM].strip('.-') or 'model'}.gguf"


def _half(progress: Progress | None, which: int) -> Progress | None:
    """Copying is the first half of the way, reading it again the second."""
    if progress is None:
        return None
    return lambda done, total: progress((which * total + done) // 2, total)


def _after_the_move(seal: Seal, target: Path) -> Seal:
    """The seal with the state the file has in its place: the move changed that, its bytes must not have changed."""
    descriptor = open_model(target)
    try:
        found = FileIdentity.of(descriptor)
        settled = seal.settled and clock_has_moved(target, found) and FileIdentity.of(descriptor) == found
    finally:
        os.close(descriptor)
    same = seal.identity is not None and replace(found, changed_ns=0) == replace(seal.identity, changed_ns=0)
    return replace(seal, identity=found, settled=settled and same)


def _compare(found: str, wanted: str) -> None:
    if wanted and found != wanted.strip().lower():
        raise ModelProblem(
            "This model file is not the one it should be (its SHA-256 differs).",
            "Remove it, and download or add it again.",
        )


def _copy(source: Path, copy: Path, progress: Progress | None, cancelled: Callable[[], bool] | None) -> None:
    """Share the blocks where the file system can (nothing is written twice), else copy them."""
    total = source.stat().st_size
    reading = open_model(source)
    try:
        writing = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            if not _shared(reading, writing):
                if shutil.disk_usage(copy.parent).free < total:
                    raise DiskFull("There is not enough room for this model.", f"It needs {total // 2**20} MB.")
                _read_and_write(reading, writing, total, progress, cancelled)
            os.fsync(writing)
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def _shared(reading: int, writing: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        fcntl.ioctl(writing, _SHARE_BLOCKS, reading)
    except OSError:
        return False
    return True


def _read_and_write(
    reading: int, writing: int, total: int, progress: Progress | None, cancelled: Callable[[], bool] | None
) -> None:
    done = 0
    while data := os.read(reading, _CHUNK):
        if cancelled and cancelled():
            raise Cancelled("Adding the model")
        view = memoryview(data)
        while view:
            view = view[os.write(writing, view) :]
        done += len(data)
        if progress:
            progress(done, total)


def _free_name(folder: Path, name: str) -> Path:
    candidate, number = folder / name, 2
    while candidate.exists() or candidate.is_symlink():
        candidate = folder / f"{name.removesuffix('.gguf')}-{number}.gguf"
        number += 1
    return candidate


def _in_words(error: OSError) -> ModelProblem | DiskFull:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("There is not enough room for this model.", "Free some space and try again.")
    return ModelProblem("The model could not be copied.", "Check the folder's permissions and the disk.")
