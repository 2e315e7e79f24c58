"""Whether a process ended for lack of memory: by its own watch, or killed by the system."""

import signal
from pathlib import Path

OUT_OF_MEMORY = 77
"""A child's exit code when it ended because it held more than it was given."""
ITS_OWN = "ended because it needed more memory than it is given"
THE_SYSTEMS = "was ended by the system for lack of memory"
_COUNTERS = Path("/proc/vmstat")
_KILLS = "oom_kill"


def kills_so_far(counters: Path = _COUNTERS) -> int | None:
    """How many processes the system has killed for lack of memory, those in memory groups too; None: not told."""
    try:
        lines = counters.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{_KILLS} ")), None)


def lack_of_memory(code: int, kills_before: int | None, kills_after: int | None) -> str | None:
    """How a process ended, in words, when it was for lack of memory. `code` as Popen has it; counts as above."""
    if code == OUT_OF_MEMORY:
        return ITS_OWN
    more = kills_before is not None and kills_after is not None and kills_after > kills_before
    return THE_SYSTEMS if more and code == -getattr(signal, "SIGKILL", 9) else None
