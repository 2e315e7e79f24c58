"""Mneme from outside: its command line as processes, its host at the door, its process tree in figures."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from app.bench.row import Row
from app.commands.request import JSON, Request
from app.endpoint import Call
from core.errors import Problem
from core.paths import ProfilePaths

_PROGRAM = Path(__file__).resolve().parents[2]
_COMPILES_EACH_TIME = "PYTHONDONTWRITEBYTECODE"
"""With it every start reads its sources anew: a third of a launch that nobody's Mneme has."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A profile of the bench's own and the ways to it."""

    folder: Path
    passphrase: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    @property
    def paths(self) -> ProfilePaths:
        """The profile."""
        return ProfilePaths(self.folder / "profile")

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a command."""
        kept = {name: value for name, value in os.environ.items() if name != _COMPILES_EACH_TIME}
        return {**kept, "PYTHONPATH": str(_PROGRAM), "MNEME_PASSPHRASE": self.passphrase, **more}

    def words(self, *arguments: str) -> list[str]:
        """The command line of a command."""
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
        return [*program, "--profile", str(self.paths.root), *arguments]

    def lines(self, *arguments: str) -> Iterator[tuple[float, JSON]]:
        """Run a command; (seconds since its start, object) as each line of its stdout arrives. Raises Problem."""
        begun = time.perf_counter()
        said: JSON = {}
        with subprocess.Popen(
            self.words(*arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment()
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    said = json.loads(line)
                    yield time.perf_counter() - begun, said
            except BaseException:  # Ctrl-C, or nobody wants the rest: it must not go on by itself
                process.terminate()
                raise
        if process.returncode:
            why = said.get("error") or {"title": f"It ended with {process.returncode}.", "remedy": "Run it by hand."}
            raise Problem(f"`mneme {arguments[0]}` failed: {why['title']}", why["remedy"])

    def seconds(self, *arguments: str) -> float:
        """Wall seconds of a whole command. Raises Problem."""
        begun = time.perf_counter()
        for _ in self.lines(*arguments):
            pass
        return time.perf_counter() - begun

    @contextmanager
    def staying(self, *arguments: str, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A process that stays, ended at the end."""
        process = subprocess.Popen(
            self.words(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(**environment),
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()

    def ask(self, command: str, arguments: JSON, now: datetime | None = None) -> JSON | None:
        """One request at the host's door, as if asked at `now`; None while there is no host or it is locked."""
        request = Request(command=command, arguments=arguments, now=None if now is None else now.isoformat())
        with suppress(OSError, Problem), Call(self.paths.socket) as call:
            for frame in call.ask(request.as_frame()):
                if "result" in frame:
                    return dict(frame["result"])
        return None

    def until(self, command: str, arguments: JSON, wanted: Any, patience_s: float) -> JSON:
        """Ask until `wanted(result)`. Raises Problem when that takes too long."""
        ends = time.perf_counter() + patience_s
        while time.perf_counter() < ends:
            found = self.ask(command, arguments)
            if found is not None and wanted(found):
                return found
            time.sleep(0.01)
        raise Problem("Mneme was not ready in time.", "Close other programs and measure again.")


@contextmanager
def outside() -> Iterator[Outside]:
    """A bench's folder, removed at the end, also when it is told to end."""
    folder = Path(tempfile.mkdtemp(prefix="mneme-bench-"))
    before = signal.signal(signal.SIGTERM, _stopped)
    try:
        yield Outside(folder)
    finally:
        signal.signal(signal.SIGTERM, before)
        shutil.rmtree(folder, ignore_errors=True)


def _stopped(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def tree(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def memory_mb(pid: int) -> float:
    """What a process tree holds, in MB of 2^20 bytes; shared pages are counted once (PSS) where that is known."""
    total = 0
    for process in tree(pid):
        with suppress(psutil.Error):
            held = process.memory_full_info()
            total += getattr(held, "pss", held.rss)
    return total / 2**20


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process tree has used."""
    total = 0.0
    for process in tree(pid):
        with suppress(psutil.Error):
            used = process.cpu_times()
            total += used.user + used.system
    return total


def busy() -> Row:
    """How much else the machine had to do: runnable processes a minute before, on how many cores."""
    name = f"load average at the beginning, {psutil.cpu_count()} cores"
    return Row(name=name, value=psutil.getloadavg()[0], unit="processes", n=1)


def option(arguments: Sequence[str], name: str, default: str = "") -> str:
    """The value after `--name` in a bench's own arguments."""
    for place, argument in enumerate(arguments):
        if argument == name and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return default
