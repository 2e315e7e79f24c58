"""The windows of an X11 screen, by EWMH where a window manager speaks it and by the tree of windows else."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from Xlib import X, Xatom
from Xlib import error as xerror
from Xlib.display import Display
from Xlib.ext import res, shape
from Xlib.xobject.drawable import Window

from core.capture.rect import Rect
from core.capture.screen import compound_text
from core.capture.screen.windows import VisibleWindow, local_display, uncovered
from core.errors import CaptureProblem

_INTERPRETERS = re.compile(
    r"^(?:python[\d.]*|perl[\d.]*|ruby[\d.]*|node|nodejs|java|javaw|electron[\d.]*|gjs|gjs-console|mono|bash|sh|dash|zsh|bwrap|ld-.*|wine.*)$"
)
_LONGS = 1024
_DEEPEST = 4
_OWN_CLASS = "mneme"
_FURNITURE = ("DOCK", "DESKTOP")
_PASSING = ("MENU", "DROPDOWN_MENU", "POPUP_MENU", "TOOLTIP", "NOTIFICATION", "COMBO", "DND")
"""Of _NET_WM_WINDOW_TYPE."""
_MOST_CORNERS = 64
"""Rectangles of a window's shape; of one with more nothing is taken to hide anything."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What a client says of itself."""

    title: str
    cls: str
    app: str
    pid: int


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
        self._clients: dict[int, int] = {}
        try:
            named = local_display(display)
            _reach(named)
            self._display: Any = Display(named)
        except (xerror.DisplayError, xerror.ConnectionClosedError, xerror.XauthError, OSError) as error:
            raise CaptureProblem(
                "The windows on the screen cannot be listed.", "Check that this session may use the display."
            ) from error
        self._root: Any = self._display.screen().root
        self._atoms: dict[str, int] = {}
        self._has = {
            name: bool(self._display.has_extension(name)) for name in ("MIT-SCREEN-SAVER", "SHAPE", "X-Resource")
        }

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
        active = self._active()
        if not active:
            return 0, ""
        window = self._display.create_resource_object("window", active)
        return active, self._text(window, "_NET_WM_NAME") or self._text(window, "WM_NAME")

    def idle_s(self) -> float | None:
        """Seconds without a key or pointer movement, by the MIT-SCREEN-SAVER extension."""
        if not self._has["MIT-SCREEN-SAVER"]:
            return None
        info = self._asked(lambda: self._root.screensaver_query_info())
        return None if info is None else float(info.idle) / 1000

    def front_state(self, name: str) -> bool:
        """Whether the active window is in a state of `_NET_WM_STATE`, by its name (`_NET_WM_STATE_FULLSCREEN`)."""
        active = self._active()
        if not active:
            return False
        window = self._display.create_resource_object("window", active)
        wanted = self._asked(lambda: self._display.intern_atom(name))
        return wanted is not None and int(wanted) in self._numbers(window, "_NET_WM_STATE")

    def pointer(self) -> tuple[int, int] | None:
        """Where the pointer is, in screen pixels."""
        found = self._asked(lambda: self._root.query_pointer())
        return None if found is None else (int(found.root_x), int(found.root_y))

    def visible(self) -> tuple[VisibleWindow, ...]:
        """The windows that can be seen, lowest first. Raises CaptureProblem when the connection is gone."""
        tree = self._asked(lambda: self._root.query_tree())
        geometry = self._asked(lambda: self._root.get_geometry())
        if tree is None or geometry is None:
            raise self._gone()
        active, composed = self._active(), self._composed()
        screen = Rect(0, 0, int(geometry.width), int(geometry.height))
        found = []
        alive: dict[int, int] = {}
        for place, top in enumerate(tree.children):
            window = self._window(top, place, screen, active, alive)
            if window is not None and composed:
                window = replace(window, opaque=(), likely=window.opaque)
            if window is not None:
                found.append(window)
        self._clients = alive
        return uncovered(found)

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
        return bool(self._asked(lambda: self._display.get_selection_owner(self._atom(name))))

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

    def _window(
        self, top: Window, place: int, screen: Rect, active: int, alive: dict[int, int]
    ) -> VisibleWindow | None:
        attributes = self._asked(top.get_attributes)
        if attributes is None or attributes.map_state != X.IsViewable or attributes.win_class != X.InputOutput:
            return None
        geometry = self._asked(top.get_geometry)
        if geometry is None:
            return None
        border = 2 * int(geometry.border_width)
        rect = Rect(int(geometry.x), int(geometry.y), int(geometry.width) + border, int(geometry.height) + border)
        rect = rect.meet(screen)
        if rect.empty:
            return None
        client = self._client(top)
        alive[top.id] = client.id
        about = self._about(client, top)
        kinds = self._numbers(client, "_NET_WM_WINDOW_TYPE")
        return VisibleWindow(
            app=about.app,
            title=about.title,
            cls=about.cls,
            geometry=rect,
            stacking=place,
            focused=active in (client.id, top.id),
            pid=about.pid,
            own=about.pid in self._own or _OWN_CLASS in about.cls.casefold().split(),
            opaque=self._opaque(top, client, rect, geometry),
            popup=bool(attributes.override_redirect) or self._any_of(kinds, _PASSING),
            furniture=self._any_of(kinds, _FURNITURE),
            handle=int(top.id),
        )

    def _active(self) -> int:
        named = self._numbers(self._root, "_NET_ACTIVE_WINDOW")
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

    def _client(self, top: Window) -> Any:
        """The program's own window inside a manager's frame: the first with WM_STATE, else the frame itself."""
        known = self._clients.get(top.id)
        if known is not None:
            window = self._display.create_resource_object("window", known)
            if known == top.id or self._asked(window.get_geometry) is not None:
                return window
        level: list[Any] = [top]
        for _ in range(_DEEPEST):
            below: list[Any] = []
            for window in level:
                if self._property(window, "WM_STATE") is not None:
                    return window
                tree = self._asked(window.query_tree)
                below += tree.children if tree is not None else []
            level = below[:64]
        return top

    def _about(self, client: Any, top: Any) -> _About:
        names = [part for part in self._text(client, "WM_CLASS").split("\x00") if part]
        title = self._text(client, "_NET_WM_NAME") or self._text(client, "WM_NAME")
        pid = self._pid(client)
        app = _program(pid)
        return _About(
            title=title or (self._text(top, "_NET_WM_NAME") if client.id != top.id else ""),
            cls=" ".join(dict.fromkeys(names)),
            app=app or (names[0].lower() if names else ""),
            pid=pid,
        )

    def _pid(self, window: Any) -> int:
        """The process on this machine: as the server knows it, else as the window says."""
        if self._has["X-Resource"]:
            asked = [{"client": window.id, "mask": res.LocalClientPIDMask}]
            answer = self._asked(lambda: self._display.res_query_client_ids(asked))
            for one in answer.ids if answer is not None else ():
                if one.value:
                    return int(one.value[0])
        said = self._numbers(window, "_NET_WM_PID")
        return int(said[0]) if said else 0

    def _opaque(self, top: Any, client: Any, rect: Rect, geometry: Any) -> tuple[Rect, ...]:
        """What of the window hides what lies behind it: all of its shape, or what it says where it may be glass."""
        for window in {top.id: top, client.id: client}.values():
            opacity = self._numbers(window, "_NET_WM_WINDOW_OPACITY")
            if opacity and opacity[0] < 0xFFFFFFFF:
                return ()
        shaped = self._shaped(top, rect, geometry)
        if geometry.depth != 32:
            return shaped
        region = self._numbers(client, "_NET_WM_OPAQUE_REGION")
        corner = self._asked(lambda: self._root.translate_coords(client, 0, 0))
        if corner is None or shaped != (rect,):
            return ()
        pieces = (region[n : n + 4] for n in range(0, len(region) - 3, 4))
        return tuple(Rect(*piece).moved(int(corner.x), int(corner.y)).meet(rect) for piece in pieces)

    def _shaped(self, top: Any, rect: Rect, geometry: Any) -> tuple[Rect, ...]:
        """The pixels of a window's shape: `rect`, its rectangle, where it has none of its own."""
        if not self._has["SHAPE"]:
            return (rect,)
        extents = self._asked(top.shape_query_extents)
        if extents is None or not extents.bounding_shaped:
            return () if extents is None else (rect,)
        found = self._asked(lambda: top.shape_get_rectangles(shape.SK.Bounding))
        if found is None or len(found.rectangles) > _MOST_CORNERS:
            return ()
        left, up = (int(at) + int(geometry.border_width) for at in (geometry.x, geometry.y))
        pieces = (Rect(int(one.x), int(one.y), int(one.width), int(one.height)) for one in found.rectangles)
        return tuple(piece.moved(left, up).meet(rect) for piece in pieces)

    def _property(self, window: Any, name: str, offset: int = 0) -> Any:
        """Up to `_LONGS` of its 32-bit units from `offset`; None when it is not set or the window is gone."""
        return self._asked(lambda: window.get_property(self._atom(name), X.AnyPropertyType, offset, _LONGS))

    def _any_of(self, kinds: list[int], names: tuple[str, ...]) -> bool:
        return any(self._atom(f"_NET_WM_WINDOW_TYPE_{name}") in kinds for name in names)

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            self._atoms[name] = int(self._display.intern_atom(name))
        return self._atoms[name]

    def _numbers(self, window: Any, name: str) -> list[int]:
        found = self._property(window, name)
        return [int(n) for n in found.value] if found is not None and found.format == 32 else []

    def _text(self, window: Any, name: str) -> str:
        """A text; of a very long one both ends, since it is there that programs and private windows are named."""
        found = self._property(window, name)
        if found is None or found.format != 8:
            return ""
        decode = _latin if found.property_type == Xatom.STRING and name != "WM_CLASS" else _decoded
        left = int(found.bytes_after)
        if not left:
            return decode(_raw(found))
        units = (4 * _LONGS + left + 3) // 4
        end = self._property(window, name, max(_LONGS, units - _LONGS))
        last = _raw(end) if end is not None and end.format == 8 else b""
        return f"{decode(_unbroken(_raw(found)))} … {decode(_unbroken(last))}"


def _raw(found: Any) -> bytes:
    return found.value if isinstance(found.value, bytes) else str(found.value).encode("utf-8", "replace")


def _unbroken(piece: bytes) -> bytes:
    """Without the halves of UTF-8 characters at the ends of a piece that was cut out."""
    begins = next((at for at, byte in enumerate(piece[:4]) if not 0x80 <= byte < 0xC0), 0)
    for back in (1, 2, 3):
        if len(piece) > back and piece[-back] >= 0xC0:
            needed = 2 if piece[-back] < 0xE0 else 3 if piece[-back] < 0xF0 else 4
            return piece[begins:-back] if needed > back else piece[begins:]
    return piece[begins:]


def _latin(raw: bytes) -> str:
    return raw.decode("latin-1").strip("\x00")


def _decoded(raw: bytes) -> str:
    """UTF-8, else compound text, else Latin-1: every title gets some form that rules can look at."""
    if b"\x1b" not in raw:
        try:
            return raw.decode("utf-8").strip("\x00")
        except UnicodeDecodeError:
            return _latin(raw)
    return compound_text.decode(raw).strip("\x00")


def _program(pid: int) -> str:
    """The name of a process's program; empty where it says nothing (an interpreter) or cannot be read."""
    if pid <= 0:
        return ""
    try:
        name = Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
    except OSError:
        try:
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
    return "" if _INTERPRETERS.match(name) else name
