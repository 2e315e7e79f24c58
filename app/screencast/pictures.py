"""Pictures of one PipeWire stream: GStreamer's own program turns each change into a PNG, the newest is taken.

There is no maintained wheel that reads PipeWire, so the program of the desktop's own GStreamer does it. Its queue
drops what is old, never what is new, and the pipe holds it up: nothing is computed until somebody looks.
"""

import ctypes
import os
import select
import shutil
import struct
import subprocess
import sys
import time
from collections import deque
from functools import partial

from core.errors import CaptureProblem, Missing

_LAUNCH, _INSPECT = "gst-launch-1.0", "gst-inspect-1.0"
_NEEDED = ("pipewiresrc", "videoconvert", "pngenc", "fdsink")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KILLED_WITH_THE_PARENT = (1, 9)
"""prctl's PR_SET_PDEATHSIG, SIGKILL."""
_prctl = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
_LARGEST = 256 * 2**20
_AT_ONCE = 2**20
_QUIET_S = 0.15
_MOST_S = 2.0
_MOST_FRAMES = 3
"""At most two lie between the screen and the reader: the one that holds up the pipe, and the newest in the queue."""


def ready() -> None:
    """Raise Missing unless GStreamer's programs and their ways to PipeWire and PNG are installed."""
    there = shutil.which(_LAUNCH) and shutil.which(_INSPECT)
    # Not by --exists: that asks for version 1.0 at least, and PipeWire's plugin has PipeWire's own, like 0.3.65.
    if not there or any(
        subprocess.run([_INSPECT, one], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        for one in _NEEDED
    ):
        raise Missing(
            "Pictures of a Wayland screen come through GStreamer, of which something is missing here.",
            "Install gstreamer1.0-tools, gstreamer1.0-plugins-base, gstreamer1.0-plugins-good and "
            "gstreamer1.0-pipewire (so named by Debian and Ubuntu), or log in with an X11 session.",
        )


def command(remote: int, node: int) -> list[str]:
    """The pipeline: PipeWire's node by the portal's descriptor, newest first, as PNGs to standard output."""
    source = ("pipewiresrc", f"fd={remote}", f"path={node}", "always-copy=true")
    newest = ("queue", "leaky=downstream", "max-size-buffers=1", "max-size-bytes=0", "max-size-time=0")
    colours = ("videoconvert", "!", "video/x-raw,format=RGB")
    encoded = ("pngenc", "compression-level=1", "snapshot=false")
    return [_LAUNCH, "-q", *source, "!", *newest, "!", *colours, "!", *encoded, "!", "fdsink", "fd=1", "sync=false"]


class Cutter:
    """Bytes in, whole PNGs out. Raises CaptureProblem for what is none."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._at = 0
        """Where the next chunk begins."""

    @property
    def within(self) -> bool:
        """Whether a picture has begun and not ended."""
        return bool(self._bytes)

    def take(self, piece: bytes) -> list[bytes]:
        """The pictures that this piece completes."""
        self._bytes += piece
        whole = []
        while (end := self._end()) is not None:
            whole.append(bytes(self._bytes[:end]))
            del self._bytes[:end]
            self._at = 0
        return whole

    def _end(self) -> int | None:
        """Where the picture at the beginning ends; None while it has not."""
        held = self._bytes
        if len(held) < len(_SIGNATURE):
            return None
        if not held.startswith(_SIGNATURE) or len(held) > _LARGEST:
            raise CaptureProblem("The desktop's pictures cannot be read.", "Recording is started again.")
        self._at = max(self._at, len(_SIGNATURE))
        while len(held) >= self._at + 12:
            (length,) = struct.unpack_from(">I", held, self._at)
            last = held[self._at + 4 : self._at + 8] == b"IEND"
            if len(held) < self._at + 12 + length:
                return None
            self._at += 12 + length
            if last:
                return self._at
        return None


class Pictures:
    """One stream while it goes on; belongs to one thread, with whose end its program ends too."""

    def __init__(self, program: list[str], remote: int | None = None) -> None:
        """Start `program` (see `command`), which writes PNGs; `remote` is handed to it and closed here."""
        die_with_me = partial(_prctl, *_KILLED_WITH_THE_PARENT, 0, 0, 0) if _prctl is not None else None
        try:
            self._process = subprocess.Popen(
                program,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=() if remote is None else (remote,),
                preexec_fn=die_with_me,  # seen: it outlived its helper, and kept the desktop's session
            )
        except OSError as error:
            raise CaptureProblem("GStreamer could not be started.", "Install it again.") from error
        finally:
            if remote is not None:
                os.close(remote)
        assert self._process.stdout is not None
        self._pipe = self._process.stdout.fileno()
        os.set_blocking(self._pipe, False)
        self._cutter = Cutter()
        self._newest: deque[bytes] = deque(maxlen=1)
        self.seen = 0
        """Pictures taken until now."""

    def waiting(self, patience_s: float = 0.0) -> bool:
        """Whether something has changed since the last look, or does so soon."""
        return bool(select.select([self._pipe], [], [], patience_s)[0])

    def newest(self, patience_s: float) -> bytes | None:
        """The newest picture that came since the last call, waited for; None when nothing has changed."""
        taken, ends = 0, time.monotonic() + patience_s
        while taken < _MOST_FRAMES:
            left = ends - time.monotonic()
            quiet = max(0.0, left) if not self._newest else min(_QUIET_S, max(0.0, left))
            if self._cutter.within:
                quiet = max(quiet, _QUIET_S)
            if not select.select([self._pipe], [], [], quiet)[0]:
                if not self._cutter.within or time.monotonic() > ends + _MOST_S:
                    break
                continue
            piece = os.read(self._pipe, _AT_ONCE)
            if not piece:
                raise CaptureProblem("The desktop's picture has ended.", "Recording is started again.")
            whole = self._cutter.take(piece)
            self._newest.extend(whole)
            taken += len(whole)
        self.seen += taken
        return self._newest.pop() if self._newest else None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
