"""A real host of a real profile in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.host import Host
from core.paths import ProfilePaths
from core.store.profile import Profile

PASSPHRASE = "correct horse battery staple"
NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


@contextmanager
def hosting(root: Path, *, stays: bool = False) -> Iterator[Host]:
    """The host of the profile, made when there is none yet, unlocked; closed at the end."""
    paths = ProfilePaths(root)
    host = Host.become(paths, make=True, clock=lambda: NOW, stays=stays)
    assert host is not None
    try:
        if Profile.exists(paths):
            host.unlock(PASSPHRASE)
        else:
            host.create(PASSPHRASE, False, recovery=False)
        yield host
    finally:
        host.close()
