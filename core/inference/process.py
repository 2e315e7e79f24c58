"""One run of a child program: its pipes, the thread that reads them, its end."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from core.errors import ChildDied
from core.inference.frames import BrokenFrame, Json, Reply, read_frame, write_frame
from core.inference.memory_end import kills_so_far, lack_of_memory

_CHECKOUT = Path(__file__).resolve().parent.parent.parent
_KEPT_VARIABLES = frozenset(
    {"PATH", "HOME", "USERPROFILE", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP"}
    | {"SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OMP_NUM_THREADS"}
)
_LINES_KEPT = 40
_WIN_IDLE, _WIN_NEW_GROUP, _WIN_NO_WINDOW = 0x40, 0x200, 0x08000000


def command_for(module: str) -> list[str]:
    """The command that runs a child module: the interpreter, or the frozen program itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child", module]
    return [sys.executable, "-m", module]


def clean_environment() -> dict[str, str]:
    """A child's environment: no passphrase, no proxy, nothing it has no use for."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in _KEPT_VARIABLES}
    ours = {"PYTHONPATH": str(_CHECKOUT), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    # Otherwise ggml starts a debugger on its own process before it aborts, which prints what is in memory and may hang
    # for minutes; and numpy's threads wait by spinning beside those of llama.cpp: a prompt took 40 s instead of 6.
    return kept | ours | {"GGML_NO_BACKTRACE": "1", "OPENBLAS_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}


class Process:
    """A running child. One thread starts it, reads it and reaps it.

    The same thread, because on Linux a child that asks to die with its parent dies with the *thread* that
    started it.
    """

    def __init__(
        self, command: Sequence[str], *, name: str, nice: int, ended: Callable[["Process", str], None]
    ) -> None:
        self._command = list(command)
        self._nice = nice
        self._ended = ended
        self._inbox: queue.Queue[Reply | None] = queue.Queue(maxsize=64)
        self._last_lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._writing = threading.Lock()
        self._spawned = threading.Event()
        self._killed = False
        self._kills = kills_so_far()
        self.lacked_memory = ""
        """How it ended, when that was for lack of memory; set before the end is delivered."""
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._live, name=f"{name}-pipe", daemon=True)
        self._thread.start()
        self._spawned.wait()

    @property
    def alive(self) -> bool:
        """Whether it runs and was not told to end."""
        return self._child is not None and not self._killed and self._child.poll() is None

    @property
    def killed(self) -> bool:
        """Whether it was told to end, rather than ended by itself."""
        return self._killed

    @property
    def pid(self) -> int | None:
        """Its process id."""
        return self._child.pid if self._child else None

    def last_lines(self) -> tuple[str, ...]:
        """The last lines of its stderr: for the developer's eyes, never for a log."""
        return tuple(self._last_lines)

    def send(self, header: Mapping[str, Json], blob: bytes, timeout_s: float) -> None:
        """Send a frame; ChildDied when it cannot be taken in time. BrokenFrame when it is too long."""
        pipe = self._child.stdin if self._child else None
        if pipe is None:
            raise ChildDied("The process could not be started.", "Restart Mneme.")
        watchdog = threading.Timer(timeout_s, self.kill) if len(blob) > 2**15 else None
        if watchdog:
            watchdog.start()
        try:
            with self._writing:
                write_frame(pipe, header, blob)
        except (OSError, ValueError) as error:
            raise ChildDied("The process ended.", "It is started again when it is needed.") from error
        finally:
            if watchdog:
                watchdog.cancel()

    def receive(self, timeout_s: float) -> Reply | None:
        """Wait for a frame; None at its end. TimeoutError."""
        try:
            frame = self._inbox.get(timeout=max(timeout_s, 0))
        except queue.Empty:
            raise TimeoutError from None
        if frame is None:
            self._inbox.put(None)
        return frame

    def kill(self) -> None:
        """End it and all it started, now."""
        self._killed = True
        child = self._child
        if child is None or child.poll() is not None:
            return
        if sys.platform == "win32":
            child.kill()
        else:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                child.kill()

    def close(self, wait_s: float = 1.0) -> None:
        """Close its pipe, at which it ends by itself; kill it when it does not. Waits for the thread."""
        self._killed = True
        child = self._child
        if child and child.stdin and self._writing.acquire(timeout=0.1):
            try:
                with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                    child.stdin.close()
                    child.wait(wait_s)
            finally:
                self._writing.release()
        self.kill()
        if threading.current_thread() is not self._thread:
            self._thread.join(5)

    def _live(self) -> None:
        try:
            self._child = self._spawn()
        except OSError:
            self._spawned.set()
            self._inbox.put(None)
            return
        lines = threading.Thread(target=self._drain, args=(self._child.stderr,), daemon=True)
        lines.start()
        self._spawned.set()
        try:
            self._read(self._child.stdout)
        finally:
            how = self._reap(self._child)
            lines.join(5)
            self._deliver(None)
            self._ended(self, how)

    def _spawn(self) -> subprocess.Popen[bytes]:
        flags = 0
        if sys.platform == "win32":
            flags = _WIN_NEW_GROUP | _WIN_NO_WINDOW | (_WIN_IDLE if self._nice else 0)
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(),
            start_new_session=sys.platform != "win32",
            creationflags=flags,
        )

    def _read(self, pipe: IO[bytes] | None) -> None:
        if pipe is None:
            return
        try:
            while (frame := read_frame(pipe)) is not None and self._deliver(frame):
                pass
        except (BrokenFrame, OSError, ValueError):
            self.kill()

    def _deliver(self, frame: Reply | None) -> bool:
        """Put it where the caller takes it; give up when nobody will."""
        while True:
            try:
                self._inbox.put(frame, timeout=0.2)
            except queue.Full:
                if self._killed:
                    if frame is not None:
                        return False
                    self._inbox.get_nowait()
            else:
                return True

    def _drain(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(500):
                self._last_lines.append(line.decode("utf-8", "replace").rstrip())

    def _reap(self, child: subprocess.Popen[bytes]) -> str:
        try:
            code = child.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
            code = child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(OSError):  # what was not flushed has nowhere to go
                    pipe.close()
        if not self._killed and (lacked := lack_of_memory(code, self._kills, kills_so_far())):
            self.lacked_memory = lacked
            return lacked
        if code < 0:
            return f"ended by signal {-code}"
        return "ended" if code == 0 else f"ended with code {code}"
