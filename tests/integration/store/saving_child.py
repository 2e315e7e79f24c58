"""Works on a profile until it is killed: ROOT POINT OCCURRENCE WORK, with WORK save, renew, backup, restore, make."""

import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from core.paths import ProfilePaths
from core.store import faults
from core.store.backup import back_up, backups
from core.store.vault import Vault
from tests.integration.store.stores import made, save_rows, unlocked


def die_at(point: str, occurrence: int) -> None:
    seen: Counter[str] = Counter()

    def at(here: str) -> None:
        seen[here] += 1
        if here == point and seen[here] == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    faults.at = at


def save(vault: Vault, first: int, count: int) -> None:
    for number in range(first, first + count):
        save_rows(vault, 1, number)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        if number % 7 == 6:
            vault.checkpoint()


def main(root: str, point: str, occurrence: str, work: str) -> None:
    paths = ProfilePaths(Path(root))
    if work == "make":
        die_at(point, int(occurrence))
        save(made(paths.root).open_vault(), 0, 3)
        return
    profile = unlocked(paths.root)
    with_rows = profile.open_vault()
    first = with_rows.commits
    if work == "save":
        die_at(point, int(occurrence))
        save(with_rows, first, 10_000 if point == "never" else 30)
        with_rows.close()
        return
    save(with_rows, first, 20)
    if work == "restore":
        back_up(with_rows, datetime(2026, 11, 21, 8, tzinfo=UTC), keep=3)
        with_rows.close()
        die_at(point, int(occurrence))
        profile.restore(backups(paths)[0].name)
        return
    die_at(point, int(occurrence))
    if work == "renew":
        profile.renew_key(with_rows)
    else:
        back_up(with_rows, datetime(2026, 11, 21, 8, tzinfo=UTC), keep=3)
    save(with_rows, first + 20, 3)
    with_rows.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
