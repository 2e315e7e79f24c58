"""How fast this machine reads and computes: measured once in three seconds and kept in the vault."""

import json
import os
from typing import Any

from core.errors import Problem
from core.inference.recommend import Machine
from core.inference.stream.speed import measure
from core.inference.stream.speeds import USUAL, CpuSpeed, DiskSpeed, Speeds
from core.paths import BUNDLED_EMBEDDER
from core.store import preferences
from core.store.vault import Vault

_NOTE = "machine_speeds"
_BUSY = "machine_speeds_while_busy"


def kept_speeds(vault: Vault, machine: Machine) -> Speeds | None:
    """What was measured on this machine; None when it was not yet, or on another one."""
    with vault.read() as db:
        noted = preferences.noted(db, _NOTE)
    if noted is None:
        return None
    said: dict[str, Any] = json.loads(noted)
    if said["machine"] != _named(machine):
        return None
    disk, cpu = said["disk"], said["cpu"]
    return Speeds(
        disk=DiskSpeed(long_bytes_s=disk["long"], pieces=tuple(map(tuple, disk["pieces"]))), cpu=CpuSpeed(**cpu)
    )


def was_busy(vault: Vault) -> bool:
    """Whether other programs kept the machine busy while it was measured, so that the figures are too careful."""
    with vault.read() as db:
        return bool(preferences.noted(db, _BUSY))


def speeds_of(vault: Vault, machine: Machine) -> Speeds:
    """What was measured on this machine, after measuring it where that was not done yet; a usual one's if it fails.

    What was measured while other programs kept the machine busy is measured again when they no longer do.
    """
    found = kept_speeds(vault, machine)
    if found is not None and not (was_busy(vault) and not _is_busy(machine)):
        return found
    busy = _is_busy(machine)
    try:
        found = measure(BUNDLED_EMBEDDER, threads=machine.cores)
    except Problem:
        return USUAL
    if not vault.read_only:
        cpu = found.cpu
        note = {
            "machine": _named(machine),
            "disk": {"long": found.disk.long_bytes_s, "pieces": found.disk.pieces},
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


def _named(machine: Machine) -> list[int]:
    """What tells one machine from another, as far as a model is concerned; free disk does not."""
    return [machine.memory_bytes, machine.cores]
