"""A row that goes on in the next line where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem
from typing_extensions import override


class Flow(QLayout):
    """Lays items out from left to right, line by line; with `right` each line ends at the right."""

    def __init__(self, gap: int, *, right: bool = False) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap, self._right = gap, right
        self.setContentsMargins(0, 0, 0, 0)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._lay_out(QRect(0, 0, width, 0), move=False)

    @override
    def sizeHint(self) -> QSize:
        wide = sum(item.sizeHint().width() + self._gap for item in self._items)
        return QSize(wide, self.minimumSize().height())

    @override
    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    @override
    def setGeometry(self, room: QRect) -> None:
        super().setGeometry(room)
        self._lay_out(room, move=True)

    def _lay_out(self, room: QRect, *, move: bool) -> int:
        y = room.y()
        for line in self._lines(room.width()):
            sizes = [item.sizeHint().boundedTo(QSize(room.width(), 1 << 20)) for item in line]
            high = max(size.height() for size in sizes)
            spare = room.width() - sum(size.width() + self._gap for size in sizes) + self._gap
            x = room.x() + (max(0, spare) if self._right else 0)
            for item, size in zip(line, sizes, strict=True):
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (high - size.height()) // 2), size))
                x += size.width() + self._gap
            y += high + self._gap
        return max(0, y - self._gap - room.y())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """The items line by line; one that is wider than the room has a line of its own."""
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            wide = item.sizeHint().width()
            if lines and wide <= left:
                lines[-1].append(item)
            else:
                lines.append([item])
                left = width
            left -= wide + self._gap
        return lines
