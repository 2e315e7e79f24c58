"""A copy of the vault to try a sleep on: under a key that is only in RAM, and gone when it is closed."""

import shutil
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex

from core.errors import DiskFull, Interrupted, Problem, VaultProblem
from core.paths import ProfilePaths
from core.store.vault import KEY_BYTES, Vault

_TICK_S = 0.02
_TRIES = 5


class Rehearsal:
    """Made in `opening`; whoever makes it closes it. A kill leaves a file that nobody can open: `sweep` removes it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._folder = vault.paths.rehearsal / token_hex(8)
        self._stop = threading.Event()
        self._copying: threading.Thread | None = None
        self._copy: Vault | None = None
        self._failed: BaseException | None = None

    def opening(self, clock: Callable[[], float]) -> Generator[None, None, Vault]:
        """The copy, opened; while it is made in a thread of its own, others pass. `clock`: POSIX seconds.

        Raises DiskFull, VaultProblem, Interrupted when forgets kept it from being made.
        """
        paths, key = ProfilePaths(self._folder), token_bytes(KEY_BYTES)
        for _ in range(_TRIES):
            self._make_folder()
            self._failed = None
            self._copying = threading.Thread(
                target=self._copied, args=(paths.vault, key), name="rehearsal", daemon=True
            )
            self._copying.start()
            while self._copying.is_alive():
                self._copying.join(_TICK_S)
                yield
            if not isinstance(self._failed, Interrupted):
                break
        if self._failed is not None:
            raise self._failed
        self._copy = Vault.open(paths, key, clock=clock, trusting=True)
        return self._copy

    def close(self) -> None:
        """Closes the copy and removes it."""
        self._stop.set()
        if self._copying is not None:
            self._copying.join()
        if self._copy is not None:
            with suppress(Problem):
                self._copy.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):
            self._vault.paths.rehearsal.rmdir()

    def _make_folder(self) -> None:
        vault = self._vault.paths.vault
        try:
            if shutil.disk_usage(vault.parent).free < 2 * vault.stat().st_size:
                raise DiskFull("There is no room for a copy of the vault to try a sleep on.", "Free some space.")
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.parent.mkdir(mode=0o700, exist_ok=True)
            self._folder.mkdir(mode=0o700)
        except OSError as error:
            raise VaultProblem("No copy can be made to try a sleep on.", "Check the disk: is it full?") from error

    def _copied(self, path: Path, key: bytes) -> None:
        try:
            self._vault.copy_under(path, key, stop=self._stop.is_set)
        # The border of the thread: it is raised where the copy is waited for.
        except BaseException as error:
            self._failed = error


def sweep(paths: ProfilePaths) -> None:
    """Removes what a kill left behind."""
    shutil.rmtree(paths.rehearsal, ignore_errors=True)
