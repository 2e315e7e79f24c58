"""What this machine has that a model needs: memory, cores, free disk."""

import os
import shutil
from pathlib import Path

import psutil

from core.inference.recommend import Machine


def this_machine(folder: Path) -> Machine:
    """This machine, with the disk that `folder` lies on; what cannot be found out is 0, cores 1."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = 0
    return Machine(memory_bytes=_memory(), cores=_cores(), free_disk_bytes=free)


def _memory() -> int:
    """All of the machine's memory, or what this process's cgroup may have of it."""
    found = int(psutil.virtual_memory().total)
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(limit).read_text("ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            return min(found, int(text))
    return found


def _cores() -> int:
    """Physical cores that this process may use: two threads of one core share what a model needs most."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, psutil.cpu_count(logical=False) or usable))
