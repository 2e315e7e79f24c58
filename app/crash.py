"""What happens to a bug that nobody caught: a sentence for the person, frames without values for the log."""

import contextlib
import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Iterator
from types import TracebackType

from core.paths import ProfilePaths

log = logging.getLogger(__name__)
NAME = "crash.txt"


@contextlib.contextmanager
def told(paths: ProfilePaths) -> Iterator[None]:
    """From now on no traceback reaches the terminal; a crash in native code leaves its frames in the profile."""
    before, before_thread = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = unexpected, _thread
    descriptor = -1
    if paths.public.is_file() and not faulthandler.is_enabled():
        with contextlib.suppress(OSError):
            paths.logs.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(paths.logs / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            faulthandler.enable(descriptor)
    try:
        yield
    finally:
        if descriptor >= 0:
            faulthandler.disable()
            os.close(descriptor)
        sys.excepthook, threading.excepthook = before, before_thread


def unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log where a bug came from and say that there was one."""
    log.critical("unexpected", exc_info=(kind, error, trace))
    _say(kind)


def _thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is SystemExit:
        return
    name = args.thread.name if args.thread is not None else "?"
    error = args.exc_value if args.exc_value is not None else args.exc_type()
    log.critical("unexpected in thread %s", name, exc_info=(args.exc_type, error, args.exc_traceback))
    _say(args.exc_type)


def _say(kind: type[BaseException]) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(
            f"Something unexpected went wrong ({kind.__name__}). Nothing that was saved is lost; "
            "logs/mneme.log in the profile says where.\n"
        )
