"""What would be recorded now: the windows by name, why others are left out, and the picture."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from app.accessible.listening import Listening
from app.host import Host
from app.kept_rules import as_rule
from app.screens import Screens
from core.capture.gate import Excluded, GateState, Verdict, judge
from core.capture.gate import preview as gate_preview
from core.capture.screen.blackout import blackout
from core.capture.screen.grab import Frame, Grabber, Pixels
from core.capture.screen.picture import fill, png
from core.capture.screen.recorder import Screen
from core.capture.screen.terminals import AT_WORK, at_work_in_secret
from core.capture.screen.windows import VisibleWindow, Windows, desktop
from core.settings import Capture

_ANSWERED_WITHIN_S = 90.0
"""How long a preview waits for the desktop's own question, where there is one."""
_TOLD_WITHIN_S = 5.0


def look_once(host: Host) -> tuple[list[tuple[str, str, str]], bytes, tuple[str, ...]]:
    """What would be captured now: (app, title, why not) of each window, a PNG of it, the gate's sentences.

    Nothing is kept. Raises CaptureProblem.
    """
    screens = Screens(host)
    try:
        return _looked_once(host, *screens.open_within(_ANSWERED_WITHIN_S))
    finally:
        screens.close()


def _looked_once(
    host: Host, screen: Screen, windows: Windows
) -> tuple[list[tuple[str, str, str]], bytes, tuple[str, ...]]:
    try:
        now, settings = host.clock(), host.assistant.settings.capture
        rules = [as_rule(row) for row in host.rules()]
        state = host.recording.recorder.gate_state if host.recording else GateState()
        seen = _with_what_they_tell(windows, lambda seen: judge(seen, rules, settings, now, state), settings)
        frames = list(screen.grab(now, None))
        verdict = judge(seen, rules, settings, now, state)
        black = blackout((verdict,), windows, frames)
        secret = at_work_in_secret(verdict.allowed, rules)
        verdict = replace(
            verdict,
            allowed=tuple(one for one in verdict.allowed if one not in secret),
            excluded=(*verdict.excluded, *(Excluded(app=one.app, reason=AT_WORK) for one in secret)),
        )
        black = (*black, *(one.geometry for one in secret if one.geometry is not None))
        for frame in frames:
            origin = frame.geometry
            fill(frame.pixels, (rect.moved(-origin.left, -origin.top) for rect in black))
    finally:
        windows.close()
        screen.close()
    listed = [(window.app, window.title, "") for window in verdict.allowed if not window.popup]
    listed += [(one.app, "", one.reason) for one in verdict.excluded]
    shown = png(_side_by_side(frames)) if verdict.keep and frames else b""
    return listed, shown, gate_preview(verdict)


def _with_what_they_tell(
    windows: Windows, judged: Callable[[Sequence[VisibleWindow]], Verdict], settings: Capture
) -> tuple[VisibleWindow, ...]:
    """The windows, after those that are left out for want of knowledge were asked what they show."""
    seen = windows.visible()
    untold = judged(seen).untold
    if not untold or desktop() != "x11":
        return seen
    telling = Listening(on=lambda: settings.accessibility, again=Grabber)
    telling.start()
    try:
        telling.wonder(untold)
        telling.settled(_TOLD_WITHIN_S)
        return telling.known(windows.visible())
    finally:
        telling.close()


def _side_by_side(frames: Sequence[Frame]) -> Pixels:
    """All monitors as they lie."""
    places = [frame.geometry for frame in frames]
    left, top = min(place.left for place in places), min(place.top for place in places)
    width, height = max(place.right for place in places) - left, max(place.bottom for place in places) - top
    whole = np.zeros((height, width, 3), dtype=np.uint8)
    for frame, place in zip(frames, places, strict=True):
        whole[place.top - top : place.bottom - top, place.left - left : place.right - left] = frame.pixels
    return whole
