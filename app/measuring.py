"""How fast this machine reads and computes: measured once in three seconds, where models lie, and kept in the vault."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import Problem
from core.inference.adding import incoming
from core.inference.recommend import Machine
from core.inference.stream.speed import measure
from core.inference.stream.speeds import USUAL, CpuSpeed, DiskSpeed, Speeds
from core.inference.threads import threads
from core.paths import BUNDLED_EMBEDDER, ProfilePaths
from core.store import preferences
from core.store.vault import Vault

_NOTE = "machine_speeds"
_BUSY = "machine_speeds_while_busy"
_ENOUGH = 8 * 2**20
"""Bytes of a file that a disk can be measured with."""
_TRIAL = "disk-speed.trial"
_TRIAL_BYTES, _ROOM = 32 * 2**20, 2**30


def kept_speeds(vault: Vault, machine: Machine, paths: ProfilePaths) -> Speeds | None:
    """What was measured on this machine with the profile in its place; None when it was not, or on another one."""
    with vault.read() as db:
        noted = preferences.noted(db, _NOTE)
    if noted is None:
        return None
    said: dict[str, Any] = json.loads(noted)
    if said["machine"] != _named(machine, paths):
        return None
    disk = said["disk"]
    pieces = tuple(map(tuple, disk["pieces"]))
    return Speeds(
        disk=DiskSpeed(long_bytes_s=disk["long"], pieces=pieces, direct=disk["direct"]), cpu=CpuSpeed(**said["cpu"])
    )


def was_busy(vault: Vault) -> bool:
    """Whether other programs kept the machine busy while it was measured, so that the figures are too careful."""
    with vault.read() as db:
        return bool(preferences.noted(db, _BUSY))


def speeds_of(vault: Vault, machine: Machine, paths: ProfilePaths) -> Speeds:
    """What was measured on this machine, after measuring it where that was not done yet; a usual one's if it fails.

    What was measured while other programs kept the machine busy is measured again when they no longer do.
    """
    found = kept_speeds(vault, machine, paths)
    if found is not None and not (was_busy(vault) and not _is_busy(machine)):
        return found
    busy = _is_busy(machine)
    try:
        with beside(paths, may_write=not vault.read_only) as file:
            found = measure(file, threads=threads())
    except Problem:
        return USUAL
    if not vault.read_only:
        cpu = found.cpu
        note = {
            "machine": _named(machine, paths),
            "disk": {
                "long": found.disk.long_bytes_s,
                "pieces": found.disk.pieces,
                "direct": found.disk.direct,
            },
            "cpu": {
                "one_bytes_s": cpu.one_bytes_s,
                "batch_bytes_s": cpu.batch_bytes_s,
                "repacked_bytes_s": cpu.repacked_bytes_s,
            },
        }
        with vault.write() as db:
            preferences.note(db, _NOTE, json.dumps(note))
            preferences.note(db, _BUSY, 1 if busy else None)
    return found


def _is_busy(machine: Machine) -> bool:
    """Whether other programs keep more than half of the processors at work; not known: no."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > machine.cores / 2


@contextmanager
def beside(paths: ProfilePaths, *, may_write: bool) -> Iterator[Path]:
    """A file to measure the disk with that models lie on.

    The largest model that is there; or the embedder that comes with Mneme, where that lies on the same disk; or noise,
    which is deleted again. Where nothing may be written, the embedder, wherever it lies.
    """
    there = [one for one in paths.models.glob("*.gguf") if one.is_file() and not one.is_symlink()]
    largest = max(there, key=lambda one: one.stat().st_size, default=BUNDLED_EMBEDDER)
    if largest.stat().st_size >= _ENOUGH and (there or not may_write or _is_on_the_disk_of(paths.models)):
        yield largest
        return
    trial = _noise(paths) if may_write else None
    try:
        yield trial or BUNDLED_EMBEDDER
    finally:
        if trial is not None:
            trial.unlink(missing_ok=True)


def _noise(paths: ProfilePaths) -> Path | None:
    """A file of noise where models lie, wholly on the disk; None where there is no room for it."""
    try:
        folder = incoming(paths)
        if shutil.disk_usage(folder).free < _ROOM:
            return None
        trial = folder / _TRIAL
        with trial.open("wb") as file:
            file.write(os.urandom(_TRIAL_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return None
    return trial


def _is_on_the_disk_of(folder: Path) -> bool:
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return there.stat().st_dev == BUNDLED_EMBEDDER.stat().st_dev


def _named(machine: Machine, paths: ProfilePaths) -> list[int | str]:
    """What tells one machine, and one place for models, from another; free disk does not."""
    return [machine.memory_bytes, machine.cores, str(paths.models)]
