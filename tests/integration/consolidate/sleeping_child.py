"""Sleeps the second night of a made evening until it is killed: ROOT POINT, the number of the commit's edge."""

import os
import signal
import sys
from pathlib import Path

from core.store import faults
from tests.integration.consolidate.evening import opened, tonight

EDGES = ("before begin", "before commit", "after commit")


def main(root: str, last: str) -> None:
    vault = opened(Path(root))
    passed = 0

    def at(point: str) -> None:
        nonlocal passed
        if point not in EDGES:
            return
        if passed == int(last):
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    night = tonight(vault)
    faults.at = at
    for _ in night.steps():
        pass
    sys.stdout.write(str(passed))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
