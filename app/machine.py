"""What this machine has that a model needs: memory, cores, free disk."""

import shutil
from pathlib import Path

import psutil

from core.inference.recommend import Machine
from core.inference.threads import cores


def this_machine(folder: Path) -> Machine:
    """This machine, with the disk that `folder` lies on; what cannot be found out is 0, cores 1."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = 0
    return Machine(memory_bytes=_memory(), cores=cores(), free_disk_bytes=free)


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
