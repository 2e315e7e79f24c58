"""A profile's folder: private to its owner, written in whole files, one host at a time."""

import os
import stat
import sys
from pathlib import Path

from core.errors import Missing, UnsafeProfile, VaultProblem
from core.paths import ProfilePaths
from core.store import faults

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl
    import resource


def no_core_dumps() -> None:
    """A crash of this process (and its children) writes no memory to disk."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def private_umask() -> None:
    """Files made from now on are for their owner alone."""
    os.umask(0o077)


class ProfileLock:
    """Held by the profile's host; the system gives it back when the process ends, however it ends."""

    def __init__(self, paths: ProfilePaths) -> None:
        self._path = paths.lock
        self._file: int | None = None

    def acquire(self) -> bool:
        """True when this process is the host now; never waits. Raises VaultProblem when no file can be made."""
        if self._file is not None:
            return True
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise VaultProblem("The profile cannot be locked.", "Check its folder and its disk.") from error
        try:
            if sys.platform == "win32":
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Lets another process be the host. The file stays: removing it would let two hold it."""
        if self._file is None:
            return
        if sys.platform == "win32":
            os.lseek(self._file, 0, os.SEEK_SET)
            msvcrt.locking(self._file, msvcrt.LK_UNLCK, 1)
        os.close(self._file)
        self._file = None

    @property
    def held(self) -> bool:
        """Whether this process is the host."""
        return self._file is not None


def check_folder(paths: ProfilePaths) -> None:
    """Raises Missing when there is no profile, UnsafeProfile when others could read or replace it."""
    if not paths.root.is_dir():
        raise Missing("There is no profile here.", f"Start Mneme once, or name another folder than {paths.root}.")
    _check_private(paths.root, paths.root.stat(), paths.root)
    names = (paths.vault, paths.public, paths.counter, paths.lock)
    logs = tuple(paths.vault.with_name(paths.vault.name + end) for end in ("-wal", "-shm"))
    for path in (*names, *logs):
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(found.st_mode):
            raise UnsafeProfile(
                f"{path.name} is a link or no file at all.", f"Put the file itself in its place: {path}."
            )
        _check_private(path, found, paths.root)


def _check_private(path: Path, found: os.stat_result, root: Path) -> None:
    if sys.platform == "win32":
        return  # the folder lies in the person's own AppData, whose ACL keeps others out
    if found.st_uid != os.geteuid():
        raise UnsafeProfile(f"{path.name} belongs to another user.", "Run Mneme as the one who owns the profile.")
    if found.st_mode & 0o077:
        raise UnsafeProfile(f"Others can read {path.name}.", f"Close it to them: chmod -R go-rwx '{root}'.")


def write_atomically(path: Path, data: bytes) -> None:
    """Replaces a private file in one step, durable when it returns. Raises VaultProblem."""
    part = path.with_name(path.name + ".part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        faults.at(f"before rename {path.name}")
        part.replace(path)
        if sys.platform != "win32":
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise VaultProblem(f"{path.name} cannot be written.", "Check the disk: is it full?") from error
    faults.at(f"after rename {path.name}")
