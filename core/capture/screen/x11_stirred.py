"""Windows of an X11 screen that come, go or move while its picture is taken, as the server reports it."""

from typing import Any

from Xlib import X

from core.capture.rect import Rect
from core.capture.screen.windows import Stir
from core.capture.screen.x11_answers import Answers, Asked

_STIRS = (X.MapNotify, X.UnmapNotify, X.ConfigureNotify, X.ReparentNotify, X.CirculateNotify, X.DestroyNotify)
_MOST = 2000
"""Reports that are looked through; where there are more everything may be anywhere."""


class Stirred:
    """Belongs to the thread of its display. Reports count only between `begin` and `end`."""

    def __init__(self, display: Any, answers: Answers, asked: Asked) -> None:
        self._display, self._answers, self._asked = display, answers, asked
        self._root = display.screen().root
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
        made: dict[int, Rect] = {}
        places: dict[int, list[Rect]] = {}
        for told in heard:
            id = getattr(getattr(told, "window", None), "id", None)
            if id is None or int(id) == int(self._root.id):
                continue
            if told.type in (X.CreateNotify, X.ConfigureNotify):
                edge = 2 * int(told.border_width)
                made[id] = Rect(int(told.x), int(told.y), int(told.width) + edge, int(told.height) + edge)
            if told.type in _STIRS:
                places.setdefault(id, [])
                if told.type != X.DestroyNotify or id in before:
                    places[id] += [place for place in (made.get(id), before.get(id)) if place is not None]
        if len(heard) > _MOST:
            return ((0, (screen,)),)
        return tuple(
            (id, tuple(dict.fromkeys(place.meet(screen) for place in had or (self._place(id, screen),))))
            for id, had in places.items()
            if had or id in before or self._shown(id)
        )

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
