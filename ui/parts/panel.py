"""What every place of the window has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from core.errors import Problem
from core.events import Event, VaultLocked
from core.memory import MemoryId
from core.urgency import Urgency
from ui.bridge import Bridge, Job

if TYPE_CHECKING:
    from ui.bridge import Assistant

T = TypeVar("T")


class Panel(QWidget):
    """A place: told when it is opened, what has happened, and when to drop all it shows."""

    open_memory = Signal(str)
    """A memory that the person wants to see where it belongs."""
    undoable = Signal(object, object)
    """Something was done that can be taken back: the notice, and what takes it back."""
    command = Signal(str)
    """Something the window does: import, export, lock, ..."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bridge = bridge
        bridge.happened.connect(self._happened)

    def run(
        self,
        work: Callable[[Assistant], T],
        then: Callable[[T], None],
        failed: Callable[[Problem], None] | None = None,
        urgency: Urgency = Urgency.QUESTION,
    ) -> Job:
        """Have work done for this place."""
        return self.bridge.run(work, self, then, failed, urgency)

    def opened(self) -> None:
        """The person came here: load what is stale."""

    def heard(self, event: Event) -> None:
        """Something happened while this place exists."""

    def clear(self) -> None:
        """The vault was locked: show and hold nothing of it."""

    def show_memory(self, memory: MemoryId, piece: tuple[int, int] | None = None) -> None:
        """Open one memory, where the place can; `piece`: the characters of its text to mark."""

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.bridge.release(self)
        super().closeEvent(event)

    def _happened(self, event: Event) -> None:
        if isinstance(event, VaultLocked):
            self.bridge.release(self)
            self.clear()
        else:
            self.heard(event)
