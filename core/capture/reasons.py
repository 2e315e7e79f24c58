"""Why each window is left out, found once: windows stay what they are from look to look, and there are many rules."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from core.capture.screen.windows import VisibleWindow

_MOST = 1_000


@dataclass(slots=True)
class Reasons:
    """For one thread. Holds names of windows, so that it is to be dropped at a lock."""

    _under: object = None
    _known: dict[VisibleWindow, str] = field(default_factory=dict)

    def under(self, held: object) -> None:
        """What the reasons hang on beside the window; where it is another than before, nothing is known."""
        if held != self._under or len(self._known) > _MOST:
            self._known.clear()
        self._under = held

    def of(self, window: VisibleWindow, find: Callable[[VisibleWindow], str]) -> str:
        """The reason, by `find` where this window was not judged before, wherever it lay."""
        alone = replace(
            window, geometry=None, stacking=0, focused=False, opaque=(), likely=(), handle=0, pid=0, tells_of=()
        )
        reason = self._known.get(alone)
        if reason is None:
            reason = self._known[alone] = find(alone)
        return reason

    def forget(self) -> None:
        """Drop all of it."""
        self._under = None
        self._known.clear()
