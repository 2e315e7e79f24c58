"""The host's local door: length-prefixed JSON on an owner-only socket (a pipe on Windows), bounded, no pickle."""

import contextlib
import hashlib
import json
import os
import socket
import stat
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, Literal

from core.errors import Problem, ProfileBusy, UnsafeProfile

Frame = dict[str, Any]
LARGEST = 64 * 2**20
"""Bytes of one frame; a larger one ends the connection."""
_MOST_GUESTS = 64
_HURRY_S = 10.0
_FAMILY: Literal["AF_PIPE", "AF_UNIX"] = "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"


class Door:
    """Serves requests of other processes of the same user until it is closed."""

    def __init__(self, address: Path, serve: Callable[[Frame, "Guest"], None]) -> None:
        self._address = address
        self._serve = serve
        self._places = threading.BoundedSemaphore(_MOST_GUESTS)
        self._guests: dict[threading.Thread, Guest] = {}
        self._closing = threading.Event()
        self._listener = _listen(address)
        self._thread = threading.Thread(target=self._accept, name="door", daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._listener.accept()
            except OSError:
                continue
            if self._closing.is_set() or not _same_person(connection) or not self._places.acquire(blocking=False):
                connection.close()
                continue
            guest = Guest(connection)
            hosting = threading.Thread(target=self._host, args=(connection, guest), name="guest", daemon=True)
            self._guests[hosting] = guest
            hosting.start()

    def _host(self, connection: "Connection[Any, Any]", guest: "Guest") -> None:
        try:
            self._serve(guest.read(), guest)
        except (OSError, EOFError, ValueError):
            pass  # the guest went away or sent what is no request: nothing to answer to
        finally:
            connection.close()
            self._places.release()
            self._guests.pop(threading.current_thread(), None)

    def close(self, *, hurry: bool = False) -> None:
        """Let nobody in any more, wait for who is inside, take the address away.

        `hurry`: their work is stopped at its next step, and what does not stop is not waited for.
        """
        self._closing.set()
        with contextlib.suppress(OSError):
            Client(_address(self._address), family=_FAMILY).close()  # wakes accept()
        self._thread.join(5)
        inside = tuple(self._guests.items())
        for _, guest in inside:
            if hurry:
                guest.stop()
        for hosting, guest in inside:
            hosting.join(_HURRY_S if hurry or not guest.asked else None)
        self._listener.close()


class Guest:
    """One connection, from the host's side."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._writing = threading.Lock()
        self._gone = False
        self.asked = False
        """Whether a request has come."""

    def read(self) -> Frame:
        """The next frame. Raises EOFError, OSError, ValueError."""
        frame = _frame(self._connection.recv_bytes(LARGEST))
        self.asked = True
        return frame

    def send(self, frame: Frame) -> None:
        """Send a frame; one that left is not an error for the work, only a reason to stop it."""
        with self._writing:
            try:
                self._connection.send_bytes(json.dumps(frame).encode())
            except (OSError, ValueError):
                self._gone = True

    def stop(self) -> None:
        """Have the guest's work stop as if the guest had asked for it."""
        self._gone = True

    def cancelled(self) -> bool:
        """Whether the guest asked to stop or went away, or is to stop."""
        if not self._gone:
            try:
                if self._connection.poll(0):
                    self._gone = bool(self.read().get("cancel", True))
            except (OSError, EOFError, ValueError):
                self._gone = True
        return self._gone


class Call:
    """One request to a host, from the other side. Use as a context manager."""

    def __init__(self, address: Path) -> None:
        self._connection = Client(_address(address), family=_FAMILY)
        if not _same_person(self._connection):
            self._connection.close()
            raise UnsafeProfile("Somebody else answers at this profile's door.", "Find out who, before you go on.")

    def __enter__(self) -> "Call":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, frame: Frame) -> Iterator[Frame]:
        """Send a request and yield the host's frames until it hangs up. Raises ProfileBusy if that is at once."""
        answered = False
        try:
            self._connection.send_bytes(json.dumps(frame).encode())
            while True:
                received = _frame(self._connection.recv_bytes(LARGEST))
                answered = True
                yield received
        except (EOFError, OSError) as error:
            if not answered:
                raise ProfileBusy("The running Mneme did not answer.", "Try again, or restart it.") from error

    def cancel(self) -> None:
        """Ask the host to stop; frames go on until it has."""
        with contextlib.suppress(OSError):
            self._connection.send_bytes(json.dumps({"cancel": True}).encode())


def _frame(data: bytes) -> Frame:
    frame = json.loads(data)
    if not isinstance(frame, dict):
        raise ValueError("a frame is a JSON object")
    return frame


def _address(path: Path) -> str:
    if sys.platform != "win32":
        return str(path)
    return rf"\\.\pipe\mneme-{hashlib.sha256(os.fsencode(path)).hexdigest()[:32]}"


def _listen(path: Path) -> Listener:
    if sys.platform != "win32":
        private_folder(path.parent)
    before = os.umask(0o177)
    try:
        if sys.platform != "win32":
            path.unlink(missing_ok=True)  # the lock is ours, so whoever left it is gone
        return Listener(_address(path), family=_FAMILY, backlog=_MOST_GUESTS)
    except OSError as error:
        raise Problem("The profile's local endpoint cannot be opened.", "Move the profile to a local disk.") from error
    finally:
        os.umask(before)


def _same_person(connection: "Connection[Any, Any]") -> bool:
    if sys.platform == "win32":
        return True  # the pipe's default rights are the owner's alone
    with socket.socket(fileno=os.dup(connection.fileno())) as peer:
        if hasattr(socket, "SO_PEERCRED"):
            _, uid, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return bool(uid == os.getuid())
        version, uid = struct.unpack("Ii", peer.getsockopt(0, 1, 76)[:8])  # macOS: LOCAL_PEERCRED
        return bool(version == 0 and uid == os.getuid())


def private_folder(folder: Path) -> None:
    """Make the door's folder for the owner alone; refuse one that another could have made. Raises UnsafeProfile."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid == os.getuid() and stat.S_ISDIR(found.st_mode):
        folder.chmod(0o700)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise UnsafeProfile(
            f"Others could replace the door in {folder}.", f"Remove that folder, or close it: chmod 700 '{folder}'."
        )
