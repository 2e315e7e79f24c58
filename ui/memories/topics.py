"""Topics: the tree of what the memories are about, to browse in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView

from core.memory import MemoryId, Topic
from ui import words
from ui.words import counted, translate

_ID = Qt.ItemDataRole.UserRole + 1
_ROW = 34
"""A row's height in device-independent pixels."""
_OPEN_UP_TO = 8
"""With no more topics at the top than this their inner ones are shown at once."""


class TopicTree(QTreeView):
    """The tree; `chosen` carries the memory of the topic that the person looks at."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._tree = QStandardItemModel()
        self.setModel(self._tree)
        self.setAccessibleName(translate("Memories", "Topics"))
        self.setHeaderHidden(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setAnimated(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._current)

    def show_topics(self, topics: Sequence[Topic], now: datetime) -> None:
        """Draw the tree anew; what was chosen stays chosen where it still is."""
        before = self.current
        opened = {id for id, index in self._all() if self.isExpanded(index)}
        self._tree.clear()
        for topic in topics:
            self._tree.appendRow(_row(topic, now))
        header = self.header()
        if self._tree.columnCount() > 1:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for id, index in self._all():
            if id in opened or (not opened and len(topics) <= _OPEN_UP_TO and not index.parent().isValid()):
                self.expand(index)
            if id == before:
                self.setCurrentIndex(index)

    @property
    def current(self) -> MemoryId | None:
        """The topic that is chosen."""
        found = self.currentIndex().siblingAtColumn(0).data(_ID)
        return MemoryId(str(found)) if found else None

    def clear(self) -> None:
        """Show and hold nothing."""
        self._tree.clear()

    def _current(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid() and now.row() >= 0 and self.current is not None:
            self.chosen.emit(self.current)

    def _all(self) -> list[tuple[MemoryId, QModelIndex]]:
        found: list[tuple[MemoryId, QModelIndex]] = []
        waiting = [self._tree.index(row, 0) for row in range(self._tree.rowCount())]
        while waiting:
            index = waiting.pop()
            found.append((MemoryId(str(index.data(_ID))), index))
            waiting += [self._tree.index(row, 0, index) for row in range(self._tree.rowCount(index))]
        return found


def _row(topic: Topic, now: datetime) -> list[QStandardItem]:
    name = QStandardItem(topic.memory.text)
    name.setData(topic.memory.id, _ID)
    one, many = translate("Memories", "{n} episode"), translate("Memories", "{n} episodes")
    how_many = counted(topic.members, one, many)
    when = words.short_day(topic.last.date(), now.date())
    name.setToolTip(f"{topic.memory.text}: {how_many}, {when}")
    name.setAccessibleText(f"{topic.memory.text}, {how_many}, {when}")
    name.setSizeHint(QSize(0, _ROW))
    number = QStandardItem(str(topic.members))
    number.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    number.setToolTip(f"{how_many}, {when}")
    for below in topic.below:
        name.appendRow(_row(below, now))
    return [name, number]
