"""The first start and the door: steps, what makes a passphrase good enough, opening."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QObject, Signal

from core.errors import Problem
from ui.bridge import Bridge
from ui.words import translate

SHORTEST = 8


class Step(IntEnum):
    """The pages of the first start, in order."""

    WHAT = 0
    KEY = 1
    RECOVERY = 2
    MODEL = 3
    READY = 4


def judge(passphrase: str, again: str) -> str:
    """What is wrong with a chosen passphrase, empty when nothing is."""
    if len(passphrase) < SHORTEST:
        return translate("Welcome", "Eight characters at least; a few words are best.")
    if len(set(passphrase)) < 4:
        return translate("Welcome", "Too easy to guess: use more different characters.")
    if passphrase != again:
        return translate("Welcome", "The two are not the same.")
    return ""


class Door(QObject):
    """Makes a profile or opens it; what comes of it is told as a signal."""

    made = Signal(str)
    """The profile is there and open; the recovery key."""
    opened = Signal()
    refused = Signal(object)
    busy = Signal(bool)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge

    def create(self, passphrase: str | None, use_keyring: bool) -> None:
        """Make the profile."""
        self.busy.emit(True)
        self._bridge.off_thread(lambda desk: desk.create(passphrase, use_keyring), self, self._made, self._refused)

    def unlock(self, passphrase: str | None) -> None:
        """Open it."""
        self.busy.emit(True)
        self._bridge.off_thread(lambda desk: desk.unlock(passphrase), self, lambda _: self._opened(), self._refused)

    def _made(self, key: str) -> None:
        self.busy.emit(False)
        self.made.emit(key)

    def _opened(self) -> None:
        self.busy.emit(False)
        self.opened.emit()

    def _refused(self, problem: Problem) -> None:
        self.busy.emit(False)
        self.refused.emit(problem)
