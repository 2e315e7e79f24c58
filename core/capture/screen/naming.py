"""Which windows of a look may be named, and where each is. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.capture.rect import Rect
from core.capture.redact import redact
from core.capture.rules import Rule
from core.capture.screen.windows import VisibleWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a look's frames are kept by."""

    windows: tuple[VisibleWindow, ...]
    allowed: tuple[VisibleWindow, ...]
    rules: Sequence[Rule]
    left_out: Callable[[], tuple[str, ...]]
    """The titles of windows that are left out; asked for where a frame is kept."""


def named(before: Sequence[VisibleWindow], after: Sequence[VisibleWindow], monitor: Rect) -> tuple[VisibleWindow, ...]:
    """The windows on a monitor that may be named by both judgements, the menus left out."""
    known = {(window.pid, window.cls, window.title) for window in before}
    return tuple(
        window
        for window in after
        if (window.pid, window.cls, window.title) in known
        and not window.popup
        and (window.geometry is None or not window.geometry.meet(monitor).empty)
    )


def placed(shown: Sequence[VisibleWindow], monitor: Rect) -> tuple[tuple[str, str, str, int, int, int, int], ...]:
    """Where on the monitor each window is, without the secrets in its title."""
    placed = []
    for window in sorted(shown, key=lambda window: window.stacking):
        if window.geometry is not None:
            where = window.geometry.meet(monitor).moved(-monitor.left, -monitor.top)
            title, url = redact(window.title).text, redact(window.url).text
            placed.append((window.app, title, url, where.left, where.top, where.width, where.height))
    return tuple(placed)
