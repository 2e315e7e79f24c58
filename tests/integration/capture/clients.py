"""Windows of a test's own on a real X server: with whatever titles, classes, sizes and frames a program may set."""

from contextlib import suppress
from typing import Any

from Xlib import X, Xatom, Xutil
from Xlib.display import Display
from Xlib.error import ConnectionClosedError

_PIECE = 200_000


class Client:
    """One connection; its windows go with it."""

    def __init__(self, display: str) -> None:
        self.display = Display(display)
        self._screen = self.display.screen()
        self.root = self._screen.root

    def window(
        self,
        title: bytes = b"",
        *,
        place: tuple[int, int, int, int] = (10, 10, 200, 100),
        cls: bytes = b"page\x00Page\x00",
        override: bool = False,
        parent: Any = None,
        shade: int = 0xFFFFFF,
    ) -> Any:
        """A mapped window with these bytes as its `_NET_WM_NAME`; nothing is set where they are empty."""
        made = (parent or self.root).create_window(
            *place, 0, self._screen.root_depth, X.InputOutput, override_redirect=override, background_pixel=shade
        )
        if cls:
            made.change_property(Xatom.WM_CLASS, Xatom.STRING, 8, cls)
        if title:
            self.name(made, title)
        made.map()
        self.display.sync()
        return made

    def name(self, window: Any, title: bytes, *, atom: str = "_NET_WM_NAME", kind: str = "UTF8_STRING") -> None:
        """Set a title of any length, in pieces as large as one request may be."""
        name, sort = self.display.intern_atom(atom), self.display.intern_atom(kind)
        window.change_property(name, sort, 8, title[:_PIECE])
        for at in range(_PIECE, len(title), _PIECE):
            window.change_property(name, sort, 8, title[at : at + _PIECE], mode=X.PropModeAppend)
        self.display.sync()

    def framed(self, title: bytes, place: tuple[int, int, int, int]) -> tuple[Any, Any]:
        """As an old window manager does it: a frame of its own, the program's window in it with WM_STATE, no EWMH."""
        left, top, width, height = place
        frame = self.window(place=(left, top, width + 8, height + 28), cls=b"", override=True, shade=0x808080)
        inside = self.window(title=b"", place=(0, 0, width, height), parent=frame)
        self.name(inside, title, atom="WM_NAME", kind="STRING")
        inside.reparent(frame, 4, 24)
        inside.map()
        state = self.display.intern_atom("WM_STATE")
        inside.change_property(state, state, 32, [Xutil.NormalState, 0])
        inside.set_input_focus(X.RevertToParent, X.CurrentTime)
        self.display.sync()
        return frame, inside

    def glass(self, place: tuple[int, int, int, int]) -> Any:
        """A window whose pixels have an alpha of their own (32 bits), and that says of none that it is opaque."""
        visual = next(
            one.visual_id
            for depth in self._screen.allowed_depths
            if depth.depth == 32
            for one in depth.visuals
            if one.visual_class == X.TrueColor
        )
        colours = self.root.create_colormap(visual, X.AllocNone)
        made = self.root.create_window(
            *place, 0, 32, X.InputOutput, visual, background_pixel=0x80808080, border_pixel=0, colormap=colours
        )
        made.map()
        self.display.sync()
        return made

    def close(self) -> None:
        with suppress(ConnectionClosedError):  # the server may be gone
            self.display.close()
        self.display.display.socket.close()
