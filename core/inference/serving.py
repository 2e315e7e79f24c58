"""The child's side: what a child process gives up, and the loop that answers its host.

A child is a module `..._child` whose `main()` calls `serve({"name": handler}, ready=load)`. A handler is
given the request's header and blob and returns (header, blob), or yields them for a stream; between two of
them it is stopped when the host cancels. One that works long without yielding asks `cancelled()` and raises
Cancelled. What is printed, by native code too, goes to stderr and never into
the pipe.
"""

import ctypes
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Mapping
from typing import BinaryIO, TypeAlias

from core.errors import ModelProblem, Problem
from core.inference.frames import Header, Json, Reply, read_frame, write_frame

if sys.platform != "win32":
    import resource

Handler: TypeAlias = Callable[[Header, bytes], Reply | Generator[Reply, None, None]]
Ready: TypeAlias = Callable[[Header], Header]

_SIGKILL_WITH_THE_PARENT = (1, 9)
"""prctl's PR_SET_PDEATHSIG, SIGKILL."""
_REFUSED = frozenset({"socket.__new__", "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"})
_LOCAL = 1
"""AF_UNIX, which Windows' Python may not name."""


def serve(handlers: Mapping[str, Handler], ready: Ready | None = None, *, local: bool = False) -> None:
    """Answer the host until it closes the pipe. `ready` is given its hello and loads.

    `local`: it may open sockets of this machine's own (AF_UNIX), as a child that asks the desktop must.
    """
    requests, replies = _take_pipes()
    first = read_frame(requests)
    if first is None:
        return
    greeting, _ = first
    _give_up_rights(greeting, local)
    hello = greeting.get("hello")
    try:
        info = ready(hello if isinstance(hello, dict) else {}) if ready else {}
    except Exception as error:  # the host gets a sentence, whatever a model's file did to its library
        write_frame(replies, {"is": "problem", "id": 0, **_in_words(error)})
        return
    write_frame(replies, {"is": "ready", "id": 0, "info": info})
    global _being_served
    _being_served = _Requests(requests)
    _answer(handlers, _being_served, replies)


def cancelled() -> bool:
    """Whether the host wants no more of what is being answered."""
    return _being_served is not None and _being_served.cancelled()


class _Requests:
    """Reads ahead in a thread of its own, so that a cancel arrives while a handler is busy."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._waiting: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._cancelled = 0
        self.current = -1
        threading.Thread(target=self._read, name="requests", daemon=True).start()

    def _read(self) -> None:
        try:
            while (frame := read_frame(self._pipe)) is not None:
                number = frame[0].get("cancel")
                if isinstance(number, int):
                    self._cancelled = number
                else:
                    self._waiting.put(frame)
        finally:
            os._exit(0)  # the host is gone, or talks nonsense: at once, whatever native code is doing

    def next(self) -> Reply:
        """Wait for the next request."""
        return self._waiting.get()

    def cancelled(self) -> bool:
        """Whether the host wants no more of the current one."""
        return self._cancelled == self.current


_being_served: _Requests | None = None


def _answer(handlers: Mapping[str, Handler], requests: _Requests, replies: BinaryIO) -> None:
    while True:
        header, blob = requests.next()
        number = header.get("id")
        if not isinstance(number, int):
            return
        requests.current = number
        try:
            outcome = handlers[str(header.get("do"))](header, blob)
            if isinstance(outcome, Generator):
                cut = False
                for part, data in outcome:
                    write_frame(replies, {"is": "part", "id": number, "body": part}, data)
                    if requests.cancelled():
                        outcome.close()
                        cut = True
                        break
                write_frame(replies, {"is": "done", "id": number, "body": {"cut": cut}})
            else:
                body, data = outcome
                write_frame(replies, {"is": "done", "id": number, "body": body}, data)
        except BrokenPipeError:
            return
        except Exception as error:  # a process border: the host gets a sentence, the child goes on
            write_frame(replies, {"is": "problem", "id": number, **_in_words(error)})


def _in_words(error: Exception) -> Header:
    """Tell of an error without its message, which may hold content."""
    if isinstance(error, Problem):
        return {"class": type(error).__name__, "title": error.title, "remedy": error.remedy}
    if isinstance(error, MemoryError):
        return _in_words(ModelProblem("There is not enough memory for this.", "Give it more in Settings."))
    sys.stderr.write("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n")
    sys.stderr.flush()
    return {
        "class": "Problem",
        "title": f"Something unexpected happened ({type(error).__name__}).",
        "remedy": "",
    }


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for frames: what else reads gets nothing, what else prints goes to stderr."""
    requests = os.fdopen(os.dup(0), "rb", buffering=2**16)
    replies = os.fdopen(os.dup(1), "wb", buffering=2**16)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, replies


def _give_up_rights(greeting: Mapping[str, Json], local: bool) -> None:
    """No sockets, no core dumps, a limit of private memory, lower priority, and dying with the host."""
    sys.addaudithook(_refuse_far_sockets if local else _refuse_sockets)
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory_mb, nice = greeting.get("memory_mb"), greeting.get("nice")
    if isinstance(memory_mb, int) and sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**20, memory_mb * 2**20))
    if isinstance(nice, int) and nice:
        os.nice(nice)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*_SIGKILL_WITH_THE_PARENT, 0, 0, 0)


def _refuse_sockets(event: str, _: tuple[object, ...]) -> None:
    if event in _REFUSED:
        raise PermissionError("A child of Mneme opens no socket.")


def _refuse_far_sockets(event: str, about: tuple[object, ...]) -> None:
    if event not in _REFUSED:
        return
    near = about[1] == _LOCAL if event == "socket.__new__" else getattr(about[0], "family", None) == _LOCAL
    if not near:
        raise PermissionError("This child of Mneme opens sockets of this machine only.")
