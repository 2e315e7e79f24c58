"""The windows of an X11 screen, by EWMH where a window manager speaks it and by the tree of windows else."""

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from Xlib import X
from Xlib import error as xerror
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from core.capture.rect import Rect
from core.capture.rules import is_one_of, seeds
from core.capture.screen.windows import Stir, VisibleWindow, local_display, uncovered
from core.capture.screen.x11_answers import Answers
from core.capture.screen.x11_kin import Found, Kin
from core.capture.screen.x11_said import Said
from core.capture.screen.x11_stirred import Stirred
from core.errors import CaptureProblem

_DEEPEST = 4
_OWN_CLASS = "mneme"
_FURNITURE = ("DOCK", "DESKTOP")
_PASSING = ("MENU", "DROPDOWN_MENU", "POPUP_MENU", "TOOLTIP", "NOTIFICATION", "COMBO", "DND")
"""Of _NET_WM_WINDOW_TYPE."""
_MOST_CORNERS = 64
"""Rectangles of a window's shape; of one with more nothing is taken to hide anything."""
_T = TypeVar("_T")


def _reach(display: str) -> None:
    """Connect to a display and hang up. OSError when nobody answers: Xlib then leaves its socket open."""
    address = f"/tmp/.X11-unix/X{display.removeprefix('unix/:')}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.connect(address if Path(address).exists() else f"\0{address}")


class X11Windows:
    """One connection to the X server; belongs to one thread."""

    def __init__(self, own_pids: frozenset[int] = frozenset(), display: str | None = None) -> None:
        """Connect (`display` as in DISPLAY). Raises CaptureProblem."""
        self._own = own_pids
        self._places: dict[int, Rect] = {}
        self._seen: frozenset[int] = frozenset()
        self._screen = Rect(0, 0, 0, 0)
        try:
            named = local_display(display)
            _reach(named)
            self._display: Any = Display(named)
        except (xerror.DisplayError, xerror.ConnectionClosedError, xerror.XauthError, OSError) as error:
            raise CaptureProblem(
                "The windows on the screen cannot be listed.", "Check that this session may use the display."
            ) from error
        self._root: Any = self._display.screen().root
        self._has = {name: bool(self._display.has_extension(name)) for name in ("MIT-SCREEN-SAVER", "SHAPE")}
        self._answers = Answers(self._display, self._asked)
        self._said = Said(self._display, self._answers)
        self._kin = Kin(self._display, self._said, self._answers, own_pids)
        self._stirred = Stirred(self._display, self._answers, self._said, self._asked)

    def close(self) -> None:
        """Give the connection back."""
        try:
            self._display.close()
        except (xerror.ConnectionClosedError, OSError):
            pass  # the server was gone already
        finally:
            self._display.display.socket.close()

    def front(self) -> tuple[int, str]:
        """The active window and its title."""
        self._answers.news()
        active = self._active()
        if not active:
            return 0, ""
        window = self._display.create_resource_object("window", active)
        return active, self._said.text(window, "_NET_WM_NAME") or self._said.text(window, "WM_NAME")

    def idle_s(self) -> float | None:
        """Seconds without a key or pointer movement, by the MIT-SCREEN-SAVER extension."""
        if not self._has["MIT-SCREEN-SAVER"]:
            return None
        info = self._asked(lambda: self._root.screensaver_query_info())
        return None if info is None else float(info.idle) / 1000

    def front_state(self, name: str) -> bool:
        """Whether the active window is in a state of `_NET_WM_STATE`, by its name (`_NET_WM_STATE_FULLSCREEN`)."""
        self._answers.up_to_now()
        active = self._active()
        if not active:
            return False
        window = self._display.create_resource_object("window", active)
        wanted = self._asked(lambda: self._display.intern_atom(name))
        return wanted is not None and int(wanted) in self._said.numbers(window, "_NET_WM_STATE")

    def pointer(self) -> tuple[int, int] | None:
        """Where the pointer is, in screen pixels."""
        found = self._asked(lambda: self._root.query_pointer())
        return None if found is None else (int(found.root_x), int(found.root_y))

    def visible(self) -> tuple[VisibleWindow, ...]:
        """The windows that can be seen, lowest first. Raises CaptureProblem when the connection is gone."""
        geometry = self._answers.listing()
        tree = self._answers.tree(self._root)
        if tree is None or geometry is None:
            raise self._gone()
        active, composed = self._active(), self._composed()
        self._screen = screen = Rect(0, 0, int(geometry.width), int(geometry.height))
        found = []
        for place, top in enumerate(tree.children):
            one = self._window(top, place, screen, active)
            if one is not None and composed:
                one = replace(one, window=replace(one.window, opaque=(), likely=one.window.opaque))
            if one is not None:
                found.append(one)
        if not self._places:
            self._places = {one.window.handle: one.window.geometry for one in found if one.window.geometry is not None}
        seen = uncovered(self._kin.related(found))
        handles = {window.handle for window in seen}
        self._seen = frozenset(int(one.client.id) for one in found if one.window.handle in handles)
        return seen

    def others(self) -> tuple[VisibleWindow, ...]:
        """See Windows: those that a manager lists, but for those that the last `visible` told."""
        return tuple(self._kin.hidden(self._seen))

    def watch(self) -> None:
        """See Windows."""
        self._places = {}
        self._stirred.begin()

    def stirred(self) -> tuple[Stir, ...]:
        """See Windows."""
        return self._stirred.end(self._places, self._screen)

    def drawn(self, handle: int, place: Rect) -> NDArray[np.uint8] | None:
        """See Windows: only where a compositor runs, else the server has nothing but the screen itself to give."""
        window = self._display.create_resource_object("window", handle)
        geometry = self._asked(window.get_geometry) if self._composed() else None
        if geometry is None or self._display.display.info.image_byte_order != X.LSBFirst:
            return None
        left, top = (int(at) + int(geometry.border_width) for at in (geometry.x, geometry.y))
        inside = place.moved(-left, -top)
        image = self._asked(
            lambda: window.get_image(inside.left, inside.top, inside.width, inside.height, X.ZPixmap, 0xFFFFFFFF)
        )
        if image is None or image.depth not in (24, 32) or len(image.data) != 4 * place.area:
            return None
        return np.frombuffer(image.data, dtype=np.uint8).reshape(place.height, place.width, 4)[:, :, 2::-1]

    def _composed(self) -> bool:
        """Whether a compositor puts the screen together: it may show any window with what is behind shining through."""
        name = f"_NET_WM_CM_S{self._display.get_default_screen()}"
        return bool(self._asked(lambda: self._display.get_selection_owner(self._said.atom(name))))

    def _gone(self) -> CaptureProblem:
        return CaptureProblem("The connection to the screen has ended.", "Recording starts again when it is back.")

    def _asked(self, ask: Callable[[], _T]) -> _T | None:
        """The answer, or None when the window is gone meanwhile. CaptureProblem when the server is."""
        try:
            return ask()
        except xerror.XError:
            return None
        except (xerror.ConnectionClosedError, OSError) as error:
            raise self._gone() from error

    def _window(self, top: Window, place: int, screen: Rect, active: int) -> Found | None:
        attributes = self._answers.attributes(top)
        if attributes is None or attributes.map_state != X.IsViewable or attributes.win_class != X.InputOutput:
            return None
        geometry = self._answers.geometry(top)
        if geometry is None:
            return None
        border = 2 * int(geometry.border_width)
        rect = Rect(int(geometry.x), int(geometry.y), int(geometry.width) + border, int(geometry.height) + border)
        rect = rect.meet(screen)
        if rect.empty:
            return None
        client, inside = self._kin.held(top)
        about = self._said.about(client, top)
        kinds = self._said.numbers(client, "_NET_WM_WINDOW_TYPE")
        window = VisibleWindow(
            app=about.app,
            title=about.title,
            also=about.also,
            cls=about.cls,
            geometry=rect,
            stacking=place,
            focused=active in (client.id, top.id),
            pid=about.pid,
            own=about.pid in self._own or _OWN_CLASS in about.cls.casefold().split(),
            opaque=self._opaque(top, client, rect, geometry),
            popup=bool(attributes.override_redirect) or self._said.any_of(kinds, _PASSING),
            furniture=self._said.any_of(kinds, _FURNITURE),
            handle=int(top.id),
            browser=self._kin.browser(client),
            notice=self._said.any_of(kinds, ("NOTIFICATION",)),
            renamed=self._said.renamed(client),
        )
        window = replace(window, notice=window.notice or is_one_of(window, seeds().notices))
        frame = top if self._kin.foreign(client, top) else None
        return Found(window=window, client=client, inside=inside, frame=frame)

    def _active(self) -> int:
        named = self._said.numbers(self._root, "_NET_ACTIVE_WINDOW")
        if named and named[0]:
            return int(named[0])
        focus = self._asked(self._display.get_input_focus)
        window: Any = getattr(focus, "focus", None)
        for _ in range(_DEEPEST * 2):
            if window is None or isinstance(window, int):
                return 0
            tree = self._asked(window.query_tree)
            if tree is None:
                return 0
            if tree.parent == self._root:
                return int(window.id)
            window = tree.parent
        return 0

    def _opaque(self, top: Any, client: Any, rect: Rect, geometry: Any) -> tuple[Rect, ...]:
        """What of the window hides what lies behind it: all of its shape, or what it says where it may be glass."""
        for window in {top.id: top, client.id: client}.values():
            opacity = self._said.numbers(window, "_NET_WM_WINDOW_OPACITY")
            if opacity and opacity[0] < 0xFFFFFFFF:
                return ()
        shaped = self._shaped(top, rect, geometry)
        if geometry.depth != 32:
            return shaped
        region = self._said.numbers(client, "_NET_WM_OPAQUE_REGION")
        corner = self._asked(lambda: self._root.translate_coords(client, 0, 0))
        if corner is None or shaped != (rect,):
            return ()
        pieces = (region[n : n + 4] for n in range(0, len(region) - 3, 4))
        return tuple(Rect(*piece).moved(int(corner.x), int(corner.y)).meet(rect) for piece in pieces)

    def _shaped(self, top: Any, rect: Rect, geometry: Any) -> tuple[Rect, ...]:
        """The pixels of a window's shape: `rect`, its rectangle, where it has none of its own."""
        if not self._has["SHAPE"]:
            return (rect,)
        extents = self._answers.extents(top)
        if extents is None or not extents.bounding_shaped:
            return () if extents is None else (rect,)
        found = self._answers.shape(top)
        if found is None or len(found.rectangles) > _MOST_CORNERS:
            return ()
        left, up = (int(at) + int(geometry.border_width) for at in (geometry.x, geometry.y))
        pieces = (Rect(int(one.x), int(one.y), int(one.width), int(one.height)) for one in found.rectangles)
        return tuple(piece.moved(left, up).meet(rect) for piece in pieces)
