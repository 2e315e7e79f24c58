"""The model files a person has, and those that can be downloaded when they ask for one."""

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import Cancelled, DiskFull, ModelMissing, ModelProblem
from core.inference.header import GgufFacts, check_gguf
from core.paths import RESOURCES, ProfilePaths

OFFERS = RESOURCES / "models" / "catalog.json"
_INCOMING = "incoming"
_CHUNK = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model that can be downloaded. `sha256` is empty where no published hash was read."""

    name: str
    file: str
    url: str
    bytes: int
    sha256: str
    hash_from: str
    licence: str
    memory_mb: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedModel:
    """A model in the profile's folder; its hash is to be kept in the vault's settings."""

    file: str
    sha256: str
    facts: GgufFacts


def offers(path: Path = OFFERS) -> tuple[Offer, ...]:
    """The models of the bundled catalogue."""
    return tuple(Offer(**entry) for entry in json.loads(path.read_text("utf-8"))["models"])


def describe(path: Path) -> GgufFacts:
    """What a model file says of itself. ModelMissing, ModelProblem."""
    return check_gguf(path)


def listed(paths: ProfilePaths) -> tuple[str, ...]:
    """The names of the profile's model files, sorted."""
    if not paths.models.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in paths.models.glob("*.gguf") if entry.is_file()))


def incoming(paths: ProfilePaths) -> Path:
    """Where downloads lie until they are added; made when missing, for the owner alone."""
    folder = paths.models / _INCOMING
    for one in (paths.models, folder):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def add(
    paths: ProfilePaths,
    source: Path,
    *,
    sha256: str = "",
    trust: bool = False,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AddedModel:
    """Copy a model into the profile (a finished download is moved), for the owner alone.

    Its header is checked, and its SHA-256 must be `sha256`, or `trust` must be the person's own word that they
    trust this file. `progress` gets (bytes done, bytes in all). ModelProblem, ModelMissing, DiskFull, Cancelled.
    """
    if not sha256 and not trust:
        raise ModelProblem(
            "Nobody has vouched for this model file.", "Give its published SHA-256, or say that you trust it."
        )
    source = source.resolve()
    check_gguf(source)
    folder = incoming(paths)
    copy = source if source.parent == folder.resolve() else folder / f"{_safe_name(source)}.copy"
    try:
        found = _copied(source, copy, progress, cancelled)
        _compare(found, sha256)
        facts = check_gguf(copy)
        copy.chmod(0o600)
        target = _free_name(paths.models, _safe_name(source))
        copy.replace(target)
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise _in_words(error) from error
    except (ModelProblem, Cancelled):
        if copy != source:
            copy.unlink(missing_ok=True)
        raise
    return AddedModel(file=target.name, sha256=found, facts=facts)


def remove(paths: ProfilePaths, file: str) -> None:
    """Delete one of the profile's models. ModelMissing."""
    if file not in listed(paths):
        raise ModelMissing("There is no such model in this profile.", "See the list in Settings.")
    (paths.models / file).unlink()


def located(paths: ProfilePaths, file: str, sha256: str) -> Path:
    """The path of an added model, once its bytes are seen to be those that were added.

    Reads the whole file (about a second a gigabyte): call it before each start of the engine, not for each
    answer. ModelMissing, ModelProblem.
    """
    if file not in listed(paths):
        raise ModelMissing("The chosen model is not in this profile any more.", "Add it again in Settings.")
    path = paths.models / file
    if path.is_symlink():
        raise ModelProblem("The chosen model has been replaced by a link.", "Remove it and add it again.")
    _compare(file_hash(path), sha256)
    return path


def file_hash(path: Path) -> str:
    """A file's SHA-256, in hexadecimal. ModelMissing."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelMissing("The model's file cannot be read.", "Add it again in Settings.") from error


def _compare(found: str, wanted: str) -> None:
    if wanted and found != wanted.strip().lower():
        raise ModelProblem(
            "This model file is not the one it should be (its SHA-256 differs).",
            "Remove it, and download or add it again.",
        )


def _copied(
    source: Path,
    copy: Path,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> str:
    """Copy unless it is in its place already; returns the SHA-256 of what was read."""
    digest = hashlib.sha256()
    total, done = source.stat().st_size, 0
    stay = copy == source
    if not stay and shutil.disk_usage(copy.parent).free < total:
        raise DiskFull("There is not enough room for this model.", f"It needs {total // 2**20} MB.")
    descriptor = -1 if stay else os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with source.open("rb") as file:
            while data := file.read(_CHUNK):
                if cancelled and cancelled():
                    raise Cancelled("Adding the model")
                digest.update(data)
                done += len(data)
                if not stay:
                    _write_all(descriptor, data)
                if progress:
                    progress(done, total)
        if not stay:
            os.fsync(descriptor)
    finally:
        if not stay:
            os.close(descriptor)
    return digest.hexdigest()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _safe_name(source: Path) -> str:
    """A file name of plain characters; nothing of the source's name can lead elsewhere."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", source.name.removesuffix(".fetched").removesuffix(".gguf"))
    return f"{stem.strip('.-')[:100] or 'model'}.gguf"


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
