"""The global hotkey: what was wished for as keys, and the platform's own way to listen for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.errors import BadInput, Missing
from ui.words import translate

if sys.platform == "linux":
    from ui import x11

MODIFIERS = ("ctrl", "alt", "shift", "super")


@dataclass(frozen=True, slots=True)
class Keys:
    """A key with its modifiers, by X11's key names."""

    modifiers: frozenset[str]
    key: str


class Hotkey(Protocol):
    """Listens until it is closed; calls back on its own thread."""

    def close(self) -> None:
        """Let the key go and end the thread."""
        ...


def parse(text: str) -> Keys:
    """Read `ctrl+alt+space`. Raises BadInput."""
    parts = [part.strip().casefold() for part in text.split("+") if part.strip()]
    names = {"control": "ctrl", "meta": "super", "win": "super", "option": "alt"}
    parts = [names.get(part, part) for part in parts]
    keys = [part for part in parts if part not in MODIFIERS]
    modifiers = frozenset(part for part in parts if part in MODIFIERS)
    if len(keys) != 1 or not modifiers:
        raise BadInput(
            translate("Hotkey", "{keys} is no key combination.").format(keys=repr(text)),
            translate("Hotkey", "Write it like ctrl+alt+space."),
        )
    return Keys(modifiers, keys[0])


def listen(text: str, pressed: Callable[[], None]) -> Hotkey:
    """Listen for the keys on this desktop. Raises BadInput, Missing where there is no way."""
    keys = parse(text)
    if sys.platform == "linux":
        if os.environ.get("XDG_SESSION_TYPE") == "wayland" or not os.environ.get("DISPLAY"):
            raise Missing(
                translate("Hotkey", "This desktop lets no program listen for a key."),
                translate("Hotkey", "Bind `mneme recall` to a key in the system's keyboard settings."),
            )
        return x11.X11Hotkey(keys.modifiers, keys.key, pressed)
    raise Missing(
        translate("Hotkey", "A global key is not available on this system."),
        translate("Hotkey", "Quick recall is in the tray and on Ctrl+K in the window."),
    )
