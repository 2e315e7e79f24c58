"""What the doctor says of recording the screen: which desktop this is, what can be told of it, why not."""

import os
import sys
from dataclasses import dataclass

from app.accessible import atspi
from app.screencast import pictures
from core.capture.screen.grab import Grabber
from core.capture.screen.windows import NEVER_RUN, desktop, open_windows
from core.capture.screen.x11 import X11Windows
from core.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Whether the screen can be recorded as far as its desktop goes, in words."""

    ok: bool
    said: str
    remedy: str = ""


def looked_at() -> Seen:
    """Looks without keeping anything: windows and monitors are counted, no title is told."""
    kind = desktop()
    if kind == "x11":
        return _x11()
    if kind == "wayland":
        off = "Wayland: off, never run on a desktop in use (capture.untried_systems)"
        try:
            pictures.ready()
        except Problem as problem:
            return Seen(ok=True, said=f"{off}; it would lack GStreamer with PipeWire. {problem.remedy}")
        return Seen(ok=True, said=f"{off}; GStreamer with PipeWire is there")
    name = NEVER_RUN.get(kind, sys.platform)
    return Seen(ok=True, said=f"{name}: off, never run on a desktop in use (capture.untried_systems)")


def asked_programs() -> Seen:
    """Whether programs can be asked for their words, and how many tell."""
    if desktop() != "x11" or not os.environ.get("DISPLAY"):
        return Seen(ok=True, said="not asked here: words are read from the picture")
    try:
        programs, on = atspi.looked_at()
    except Problem:
        return Seen(ok=True, said="no accessibility bus (AT-SPI) here, so words are read from the picture")
    told = f"AT-SPI: {_of(programs, 'program')} {'tells' if programs == 1 else 'tell'} what they show"
    if on:
        return Seen(ok=True, said=told)
    return Seen(
        ok=True,
        said=f"{told}; accessibility is not switched on in this desktop, so others do not",
        remedy="gsettings set org.gnome.desktop.interface toolkit-accessibility true, then start them again.",
    )


def _x11() -> Seen:
    if not os.environ.get("DISPLAY"):
        return Seen(ok=True, said="no display, so nothing to record")
    try:
        windows = open_windows(frozenset(), {"x11": X11Windows})
        try:
            listed, idle = len(windows.visible()), windows.idle_s()
        finally:
            windows.close()
        with Grabber() as grabber:
            monitors = len(grabber.monitors())
    except Problem as problem:
        return Seen(ok=False, said=problem.title, remedy=problem.remedy or "Start Mneme in your own session.")
    watched = "" if idle is not None else "; the server does not tell when you are away"
    return Seen(ok=True, said=f"X11: {_of(monitors, 'monitor')}, {_of(listed, 'window')} can be told apart{watched}")


def _of(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
