"""One profile of the trial: made on its first command, held open between the commands, closed at the end."""

from collections.abc import Callable
from pathlib import Path

from app import commands
from app.commands.request import JSON, Reply, Request
from app.host import Host
from core.errors import ProfileBusy
from core.paths import ProfilePaths


class Place:
    """Runs the same commands as the terminal, on one host that stays."""

    def __init__(self, root: Path, passphrase: str, now: str) -> None:
        self.paths = ProfilePaths(root)
        self.on_frame: Callable[[JSON], None] = lambda frame: None
        self._passphrase, self._now = passphrase, now
        self._host: Host | None = None

    @property
    def host(self) -> Host:
        """The open host. Raises Problem."""
        if self._host is None:
            host = Host.become(self.paths, make=True, stays=True)
            if host is None:
                raise ProfileBusy("The trial's profile is in use.", "Run `mneme try` again.")
            self._host = host
            host.create(self._passphrase, use_keyring=False, recovery=False)
        return self._host

    def run(self, command: str, arguments: JSON | None = None, *, now: str | None = None) -> JSON:
        """The command's result. Raises Problem."""
        request = Request(command=command, arguments=arguments or {}, now=now or self._now)
        return commands.run(self.host, request, Reply(lambda frame: self.on_frame(frame)))

    def files(self) -> list[Path]:
        """Every file of the profile as it lies on the disk now."""
        return sorted(path for path in self.paths.root.rglob("*") if path.is_file())

    def close(self) -> None:
        """Stop the host and drop the key."""
        if self._host is not None:
            self._host.close()
            self._host = None
