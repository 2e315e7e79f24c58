"""What is known of a frame before it is read: goes with it while it waits, and what of it must not be kept by then."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

from core.capture.rect import Rect
from core.capture.rules import Rule, first_match
from core.capture.screen.windows import VisibleWindow

_VERSION = 1
Names = tuple[str, ...]
"""By which a window is judged: application, class, address, title and whatever other titles it has."""
Judged = tuple[int, int, int, int, tuple[Names, ...]]
"""Left, top, width, height of a window; its names, and those of all that it belongs to, holds or may show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is known of a frame before it is read; goes with it through the spool."""

    at: str
    monitor: str
    width: int
    height: int
    app: str = ""
    window: str = ""
    url: str = ""
    windows: tuple[tuple[str, str, str, int, int, int, int], ...] = ()
    """Application, title, URL, left, top, width, height of those that are shown, the lowest first."""
    by_word: tuple[tuple[int, int, int, int], ...] = ()
    """Places of those that were let through for what they told of themselves; kept where they told it again."""
    judged: tuple[Judged, ...] = field(default=(), repr=False)
    """All windows that may be kept, menus too, the lowest first: for rules that come while the frame waits."""
    left_out: tuple[str, ...] = field(default=(), repr=False)
    """Titles of windows that are left out, seen or not: nothing that shows one is kept. They never are themselves."""

    def packed(self) -> bytes:
        """As bytes for the spool."""
        return json.dumps({"v": _VERSION, **asdict(self)}).encode()


def unpacked(label: bytes) -> Label:
    """The label of a frame as the recorder packed it."""
    said = json.loads(label)
    said.pop("v")
    for name in ("windows", "by_word", "left_out"):
        said[name] = tuple(tuple(one) if isinstance(one, list) else one for one in said.get(name, ()))
    said["judged"] = tuple((*place, tuple(map(tuple, names))) for *place, names in said.get("judged", ()))
    return Label(**said)


def judged(allowed: Iterable[VisibleWindow], monitor: Rect) -> tuple[Judged, ...]:
    """The windows of a look that may be kept and lie on a monitor, as a label holds them."""
    found: list[Judged] = []
    for window in sorted(allowed, key=lambda window: window.stacking):
        place = Rect(0, 0, 0, 0) if window.geometry is None else window.geometry.meet(monitor)
        if not place.empty:
            at = place.moved(-monitor.left, -monitor.top)
            names = dict.fromkeys(
                (one.app, one.cls, one.url, one.title, *one.also) for one in (window, *window.tells_of)
            )
            found.append((at.left, at.top, at.width, at.height, tuple(names)))
    return tuple(found)


def now_left_out(label: Label, rules: Sequence[Rule]) -> list[Rect]:
    """The places of windows that a rule of the person's names by now; it may be newer than the frame."""
    own = [rule for rule in rules if not rule.seeded]
    if not own:
        return []
    known: list[tuple[Rect, Names]] = [
        (Rect(*place), (app, "", url, title)) for app, title, url, *place in label.windows
    ]
    known += [(Rect(*place), names) for *place, all_names in label.judged for names in all_names]
    out = {names for names in {names for _, names in known} if first_match(own, _window(names))}
    return list(dict.fromkeys(place for place, names in known if names in out))


def _names(window: VisibleWindow) -> Names:
    return (window.app, window.cls, window.url, window.title, *window.also)


def _window(names: Names) -> VisibleWindow:
    app, cls, url, title, *also = names
    return VisibleWindow(app=app, cls=cls, url=url, title=title, also=tuple(also), geometry=None)


def without(label: Label, places: Sequence[Rect]) -> Label:
    """A frame's label without the names and addresses of the windows that stand in these places."""
    if not places:
        return label
    kept = tuple(window for window in label.windows if Rect(*window[3:]) not in places)
    front = (label.app, label.window, label.url)
    app, window, url = front if front in [one[:3] for one in kept] else ("", "", "")
    return replace(label, app=app, window=window, url=url, windows=kept)
