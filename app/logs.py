"""The log: small, rotating, private, and without content: what was done and what went wrong, never what was said."""

import contextlib
import logging
import logging.handlers
import os
import traceback
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from core.paths import ProfilePaths

NAME = "mneme.log"
_BYTES = 512 * 1024
_KEPT = 3
_OURS = ("app", "core", "ui", "mneme")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _PrivateFile(logging.handlers.RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        # pathlib's open() takes no opener, and the file must never be readable to others
        return open(self.baseFilename, "a", encoding="utf-8", opener=private)


class WithoutContent(logging.Formatter):
    """Writes where an error came from, but no value: neither its message nor what a library has to say."""

    def format(self, record: logging.LogRecord) -> str:
        """A line, and the frames of an error below it."""
        if record.name.split(".")[0] not in _OURS:
            record = logging.makeLogRecord(record.__dict__ | {"msg": "(said something)", "args": None})
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802
        """Type and frames."""
        return described(ei[0], ei[2])


def described(kind: type[BaseException] | None, trace: TracebackType | None) -> str:
    """An error without its words: its type, then `file:line function`, innermost last."""
    lines = [f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
    return "\n".join([kind.__name__ if kind is not None else "?", *lines])


@contextlib.contextmanager
def logging_to(paths: ProfilePaths) -> Iterator[None]:
    """Log into the profile for as long as this lasts; a profile that is not there yet gets no log."""
    root = logging.getLogger()
    before = root.level
    handler: logging.Handler = logging.NullHandler()
    if paths.public.is_file():
        with contextlib.suppress(OSError):
            paths.logs.mkdir(mode=0o700, exist_ok=True)
            handler = _PrivateFile(paths.logs / NAME, maxBytes=_BYTES, backupCount=_KEPT, delay=True)
    handler.setFormatter(WithoutContent("%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()
