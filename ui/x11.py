"""What only X11 can tell or do: the global hotkey on a thread of its own, and whether there is a compositor."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from Xlib import XK, X, error
from Xlib.display import Display

from core.errors import Missing
from ui.words import translate

_MASKS = {"ctrl": X.ControlMask, "alt": X.Mod1Mask, "shift": X.ShiftMask, "super": X.Mod4Mask}
_LOCKS = (0, X.LockMask, X.Mod2Mask, X.LockMask | X.Mod2Mask)
"""Caps lock and num lock must not hide the key."""
_NAMES = {"space": "space", "enter": "Return", "tab": "Tab", "esc": "Escape"}


def has_compositor() -> bool:
    """Whether someone composites this screen (the owner of _NET_WM_CM_Sn, EWMH)."""
    try:
        display = Display()
    except (error.DisplayError, OSError):
        return False
    name = display.intern_atom(f"_NET_WM_CM_S{display.get_default_screen()}")
    owner = display.get_selection_owner(name)
    display.close()
    return bool(owner != X.NONE)


class X11Hotkey:
    """Grabs the key on the root window; `pressed` is called on its thread."""

    def __init__(self, modifiers: frozenset[str], key: str, pressed: Callable[[], None]) -> None:
        self._pressed = pressed
        try:
            self._display = Display()
        except (error.DisplayError, OSError) as problem:
            raise Missing(
                translate("Hotkey", "The display cannot be asked for a key."),
                translate("Hotkey", "Bind `mneme recall` to a key in the system's keyboard settings."),
            ) from problem
        self._stop, self._stopped = socket.socketpair()
        symbol = XK.string_to_keysym(_NAMES.get(key, key)) or XK.string_to_keysym(key.upper())
        self._code = self._display.keysym_to_keycode(symbol)
        self._mask = 0
        for modifier in modifiers:
            self._mask |= _MASKS[modifier]
        self._grab("+".join((*sorted(modifiers), key)))
        self._thread = threading.Thread(target=self._listen, name="mneme-hotkey", daemon=True)
        self._thread.start()

    def _grab(self, named: str) -> None:
        root = self._display.screen().root
        failed = error.CatchError(error.BadAccess)
        for lock in _LOCKS:
            root.grab_key(self._code, self._mask | lock, True, X.GrabModeAsync, X.GrabModeAsync, onerror=failed)
        self._display.sync()
        if not self._code or failed.get_error():
            self._free()
            raise Missing(
                translate("Hotkey", "The key {keys} is taken by another program.").format(keys=named),
                translate("Hotkey", "Choose another in Settings; until then quick recall is in the tray."),
            )

    def _listen(self) -> None:
        try:
            while True:
                ready, _, _ = select.select([self._display, self._stopped], [], [])
                if self._stopped in ready:
                    return
                while self._display.pending_events():
                    event = self._display.next_event()
                    if event.type == X.KeyPress and event.detail == self._code:
                        self._pressed()
        except (error.ConnectionClosedError, OSError):
            return

    def close(self) -> None:
        """Let the key go, end the thread, close the connection."""
        self._stop.send(b"x")
        self._thread.join(timeout=5)
        with suppress(error.ConnectionClosedError, OSError):
            self._display.screen().root.ungrab_key(self._code, X.AnyModifier)
            self._display.sync()
        self._free()

    def _free(self) -> None:
        with suppress(error.ConnectionClosedError, OSError):  # the display may be gone, as after a log-out
            self._display.close()
        self._stop.close()
        self._stopped.close()
