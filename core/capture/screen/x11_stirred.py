"""What comes, goes, moves or changes its name twice while a picture of an X11 screen is taken, as it is reported."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from Xlib import X

from core.capture.rect import Rect
from core.capture.screen.windows import Stir
from core.capture.screen.x11_answers import Answers, Asked, about, parent
from core.capture.screen.x11_said import NAMES, Said

_STIRS = (X.MapNotify, X.UnmapNotify, X.ConfigureNotify, X.ReparentNotify, X.CirculateNotify, X.DestroyNotify)
_COMES = (X.CreateNotify, X.MapNotify, X.UnmapNotify, X.ReparentNotify, X.DestroyNotify)
_SAYS = (*NAMES, "WM_CLASS", "WM_TRANSIENT_FOR", "WM_WINDOW_ROLE", "_NET_WM_WINDOW_TYPE")
"""Properties by which a window is judged."""
_MOST = 2000
"""Reports that are looked through; where there are more everything may be anywhere."""
_DEEPEST = 16
_ANYWHERE = Rect(0, 0, 32_768, 32_768)


class Stirred:
    """Belongs to the thread of its display. Reports count only between `begin` and `end`."""

    def __init__(self, display: Any, answers: Answers, said: Said, asked: Asked) -> None:
        self._display, self._answers, self._said, self._asked = display, answers, said, asked
        self._root = display.screen().root
        self._connection = ~int(display.display.info.resource_id_mask)
        self._on = False

    def begin(self) -> None:
        """Report from now on; what was reported before is dropped."""
        self._on = True
        self._answers.listen()

    def end(self, before: dict[int, Rect], screen: Rect) -> tuple[Stir, ...]:
        """What stirred, and where; `before`: the places of the windows at the last listing."""
        if not self._on:
            return ()
        self._asked(lambda: self._root.get_geometry())  # all that happened until now is reported before the answer
        self._on = False
        heard = self._answers.heard()
        root = int(self._root.id)
        outer = [told for told in heard if parent(told) == root != about(told)]
        resized = any(about(told) == root and told.type == X.ConfigureNotify for told in heard)
        if resized or len(outer) > _MOST:
            return tuple((id, (_ANYWHERE,)) for id in before or (0,))
        places = self._moved(outer, before)
        stirred = [
            (id, tuple(dict.fromkeys(place.meet(screen) for place in had or (self._place(id, screen),))))
            for id, had in places.items()
            if had or id in before or self._shown(id)
        ]
        for id, at in self._within(heard):
            top = self._top(at)
            if at not in places and top not in places:
                stirred.append((id, (before.get(top, screen),)))
        return tuple(stirred)

    def _moved(self, heard: Sequence[Any], before: dict[int, Rect]) -> dict[int, list[Rect]]:
        """The windows on the screen that came, went or moved, each with the places that are known."""
        made: dict[int, Rect] = {}
        places: dict[int, list[Rect]] = {}
        for told in heard:
            id = about(told)
            if not id:
                continue
            if told.type in (X.CreateNotify, X.ConfigureNotify):
                edge = 2 * int(told.border_width)
                made[id] = Rect(int(told.x), int(told.y), int(told.width) + edge, int(told.height) + edge)
            if told.type in _STIRS:
                places.setdefault(id, [])
                if told.type != X.DestroyNotify or id in before:
                    places[id] += [place for place in (made.get(id), before.get(id)) if place is not None]
        return places

    def _within(self, heard: Sequence[Any]) -> list[tuple[int, int]]:
        """What may have been otherwise for a moment within a window: a number of no window that was there all the time,
        and where it was.

        A name or a shape that changes once is known from before and from after. Another program's window that comes or
        goes in one is looked for again.
        """
        names = {self._said.atom(name) for name in _SAYS}
        changed: Counter[tuple[int, int]] = Counter()
        came: dict[int, int] = {}
        for told in heard:
            id, at = about(told), parent(told)
            if told.type == X.PropertyNotify and int(told.atom) in names:
                changed[id, int(told.atom)] += 1
            elif hasattr(told, "affected_window"):
                changed[id, 0] += 1
            elif told.type in _COMES and at not in (0, id, int(self._root.id)) and (id ^ at) & self._connection:
                came[id] = at
        twice = dict.fromkeys(id for (id, _), times in changed.items() if times > 1)
        return [*((0, id) for id in twice if id != int(self._root.id)), *came.items()]

    def _top(self, id: int) -> int:
        """The window on the screen that holds this one; 0 where that cannot be told any more."""
        for _ in range(_DEEPEST):
            tree = self._answers.tree(self._display.create_resource_object("window", id))
            if tree is None or isinstance(tree.parent, int):
                return 0
            if tree.parent == self._root:
                return id
            id = int(tree.parent.id)
        return 0

    def _shown(self, id: int) -> bool:
        window = self._display.create_resource_object("window", id)
        found = self._asked(window.get_attributes)
        return found is None or bool(found.map_state == X.IsViewable)

    def _place(self, id: int, screen: Rect) -> Rect:
        """Where it is; anywhere, when it is gone."""
        window = self._display.create_resource_object("window", id)
        found = self._asked(window.get_geometry)
        if found is None:
            return screen
        edge = 2 * int(found.border_width)
        return Rect(int(found.x), int(found.y), int(found.width) + edge, int(found.height) + edge)
