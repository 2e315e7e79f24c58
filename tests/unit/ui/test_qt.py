"""What we must be able to rely on in the binding itself."""

import sys

from PySide6.QtCore import QObject, Signal


class Teller(QObject):
    told = Signal(object)


def test_telling_a_signal_loses_no_reference() -> None:
    """PySide6 6.12.0 does on Python 3.11: after some hundred signals the process dies."""
    teller = Teller()
    teller.told.connect(lambda _: None)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(100):
        teller.told.emit(1)
    lost = before[0] - sys.getrefcount(True), before[1] - sys.getrefcount(None)
    assert max(lost) < 50
