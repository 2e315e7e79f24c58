"""How late the window's thread is: a timer due every few milliseconds, for `mneme bench load` alone."""

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer

_EVERY_MS = 10


class Pulse(QObject):
    """Beats on the thread that made it; `late_ms` holds how much later than due each beat came."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.late_ms: list[float] = []
        self._last = perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(_EVERY_MS)

    def _beat(self) -> None:
        now = perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - _EVERY_MS))
        self._last = now
