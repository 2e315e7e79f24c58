"""A compositor of a test's own: a real screen put together out of its windows, with a part of what is behind them."""

from typing import Any, Self

import numpy as np
from Xlib import X
from Xlib.display import Display
from Xlib.ext import composite

_ROWS = 40


class Compositor:
    """All windows as opaque as `solid` (1: nothing shows through), drawn once at each `paint`."""

    def __init__(self, display: str, solid: float = 1.0) -> None:
        self._display: Any = Display(display)
        self._root: Any = self._display.screen().root
        self._solid = solid
        self._root.composite_redirect_subwindows(composite.RedirectManual)
        owner = self._root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        owner.set_selection_owner(self._display.intern_atom("_NET_WM_CM_S0"), X.CurrentTime)
        self._pen = self._root.create_gc(subwindow_mode=X.IncludeInferiors)
        self._display.sync()

    def paint(self) -> None:
        """Put the screen together as its windows are now."""
        size = self._root.get_geometry()
        screen = np.zeros((size.height, size.width, 4), dtype=np.float64)
        for window in self._root.query_tree().children:
            attributes, at = window.get_attributes(), window.get_geometry()
            if attributes.map_state != X.IsViewable or attributes.win_class != X.InputOutput:
                continue
            image = window.get_image(0, 0, at.width, at.height, X.ZPixmap, 0xFFFFFFFF)
            own = np.frombuffer(image.data, dtype=np.uint8).reshape(at.height, at.width, 4)
            there = screen[at.y : at.y + at.height, at.x : at.x + at.width]
            there[:] = self._solid * own + (1 - self._solid) * there
        pixels = np.ascontiguousarray(screen.round().astype(np.uint8))
        for top in range(0, size.height, _ROWS):
            rows = pixels[top : top + _ROWS]
            self._root.put_image(
                self._pen, 0, top, size.width, rows.shape[0], X.ZPixmap, 24, 0, rows.tobytes()
            )  # fmt: skip
        self._display.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._display.close()
        self._display.display.socket.close()
