"""Memories: the list with its filters, and one memory beside it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QListView, QSizePolicy, QSplitter, QStackedWidget, QWidget
from typing_extensions import override

from core.events import Event, MemoriesChanged, MemoriesForgotten, MemoriesSaved, Noticed, SleepEnded
from core.memory import EntryId, Kind, Memory, MemoryId, Selection, State, Topic
from ui.bridge import Bridge, Job
from ui.forgetting import ask_to_forget
from ui.look import SPACE
from ui.memories.detail import DetailView
from ui.memories.model import PAGE, Detail, Filter, Held, MemoryRows, load_detail, load_page, load_topics
from ui.memories.rows import RowPainter
from ui.memories.topics import TopicTree
from ui.parts.boxes import column, row
from ui.parts.buttons import Button
from ui.parts.empty import nothing_yet
from ui.parts.panel import Panel
from ui.parts.text import label
from ui.passphrase import ask_again
from ui.taking_back import take_back
from ui.words import kind_name, state_name, translate

_PAUSE_MS = 150
_NARROWEST, _BESIDE = 270, 350


class MemoriesPanel(Panel):
    """What is kept: filter, look, keep, pin, correct, forget."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._shown: MemoryId | None = None
        self._edit_next = False
        self._piece: tuple[int, int] | None = None
        self._follow = False
        self._loading: Job | None = None
        self._stale = True
        self.rows = MemoryRows()
        self.filter_text = QLineEdit()
        self.filter_text.setPlaceholderText(translate("Memories", "Find words in your memories"))
        self.filter_text.setAccessibleName(translate("Memories", "Find words"))
        self.filter_text.setToolTip(translate("Memories", "with:Dana and app:Mail narrow it to a person or a program"))
        self.filter_text.setClearButtonEnabled(True)
        self._kind = QComboBox()
        self._kind.setAccessibleName(translate("Memories", "Kind"))
        self._kind.addItem(translate("Memories", "All kinds"), None)
        for kind in Kind:
            self._kind.addItem(kind_name(kind), kind)
        self._state = QComboBox()
        self._state.setAccessibleName(translate("Memories", "State"))
        self._state.addItem(translate("Memories", "Any state"), None)
        self._state.addItem(translate("Memories", "Pinned"), "pinned")
        self._state.addItem(translate("Memories", "Fading soon"), "fading")
        self._state.addItem(translate("Memories", "Asked here"), "asked")
        for state in (State.ACTIVE, State.FADED, State.SUPERSEDED, State.TO_BE_FORGOTTEN):
            self._state.addItem(state_name(state), state)
        self._tabs = [
            Button(name, look="tab") for name in (translate("Memories", "List"), translate("Memories", "Topics"))
        ]
        for place, tab in enumerate(self._tabs):
            tab.setCheckable(True)
            tab.setChecked(place == 0)
            tab.clicked.connect(partial(self.browse, bool(place)))
        self._no_topics = translate(
            "Memories", "Topics come with the sleeps: after the first night they stand here as a tree."
        )
        self._all_faded = translate("Memories", "All of these have faded: they are long ago, and still found.")
        self._topics_said = label(self._no_topics, "muted", wrap=True)
        self.list = QListView()
        self.list.setModel(self.rows)
        self.list.setItemDelegate(RowPainter(self.list, bridge.now))
        self.list.setAccessibleName(translate("Memories", "Memories"))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.topics = TopicTree()
        self.detail = DetailView()
        self._build()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.load)
        self._connect()

    def _build(self) -> None:
        left = QFrame()
        filters = row(self._kind, self._state)
        listed, by_topic = QWidget(), QWidget()
        listed.setLayout(column(self.filter_text, filters, self.list, gap=SPACE))
        by_topic.setLayout(column(self.topics, self._topics_said, gap=SPACE))
        self._ways = QStackedWidget()
        for way in (listed, by_topic):
            self._ways.addWidget(way)
        left.setLayout(column(row(*self._tabs, None, gap=SPACE // 2), self._ways, gap=SPACE))
        layout = left.layout()
        if layout is not None:
            layout.setContentsMargins(2 * SPACE, 3 * SPACE, 2 * SPACE, SPACE)
        left.setMinimumWidth(_NARROWEST)
        for box in (self._kind, self._state):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(7)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._beside = QStackedWidget()
        self._beside.addWidget(self._nothing_chosen())
        self._beside.addWidget(self.detail)
        self._beside.setMinimumWidth(_BESIDE)
        split = QSplitter()
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._beside)
        split.setStretchFactor(1, 1)
        split.setSizes([380, 620])
        self._all = QStackedWidget()
        self._all.addWidget(split)
        self._all.addWidget(self._nothing_kept())
        self.setLayout(column(self._all))
        self.setFocusProxy(self.filter_text)

    def _connect(self) -> None:
        self.filter_text.textChanged.connect(self._narrowed)
        self.filter_text.textChanged.connect(lambda: self._pause.start())
        for key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            down = QShortcut(QKeySequence(key), self.filter_text, self._into_list)
            down.setContext(Qt.ShortcutContext.WidgetShortcut)
        for box in (self._kind, self._state):
            box.currentIndexChanged.connect(self._narrowed)
            box.currentIndexChanged.connect(lambda: self.load())
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.topics.chosen.connect(self.show_memory)
        self.detail.opened.connect(self.open_memory.emit)
        self.detail.kept.connect(self._keep)
        self.detail.pinned.connect(self._pin)
        self.detail.edited.connect(self._save)
        self.detail.forget.connect(self._forget)
        self.detail.reveal.connect(self._reveal)
        self.detail.reverted.connect(lambda entry: take_back(self, EntryId(entry), self.load))
        self.detail.place.connect(lambda: self.command.emit(f"picture:{self._shown}"))

    def show_fading(self) -> None:
        """Narrow the list to what is no longer offered soon."""
        self.browse(False)
        self.filter_text.clear()
        self._kind.setCurrentIndex(0)
        self._state.setCurrentIndex(self._state.findData("fading"))

    def browse(self, by_topic: bool) -> None:
        """Show the tree of topics on the left, or the list."""
        for place, tab in enumerate(self._tabs):
            tab.setChecked(bool(place) is by_topic)
        self._ways.setCurrentIndex(int(by_topic))
        if by_topic:
            self._load_topics()

    def _load_topics(self) -> None:
        now = self.bridge.now()

        def done(found: tuple[list[Topic], bool]) -> None:
            topics, faded = found
            self.topics.show_topics(topics, now)
            self.topics.setVisible(bool(topics))
            self._topics_said.setText(self._all_faded if topics and faded else "" if topics else self._no_topics)
            self._topics_said.setVisible(bool(self._topics_said.text()))

        self.run(load_topics, done)

    def filter(self) -> Filter:
        """What the filters say."""
        state = self._state.currentData()
        return Filter(
            text=self.filter_text.text(),
            kind=self._kind.currentData(),
            state=state if isinstance(state, State) else None,
            pinned=state == "pinned",
            fading=state == "fading",
            asked=state == "asked",
        )

    def load(self, offset: int = 0) -> None:
        """Fill the list from the store, and the tree where it is looked at."""
        if self._ways.currentIndex() and offset == 0:
            self._load_topics()
        if self._loading:
            self._loading.cancel()
        self._stale = False
        chosen, now = self.filter(), self.bridge.now()

        def done(page: list[Held]) -> None:
            self._loading = None
            self.rows.put(page, offset)
            if offset == 0:
                self._follow_list()
            nothing = not page and offset == 0 and chosen == Filter()
            self._all.setCurrentIndex(1 if nothing else 0)
            self._mark_shown()

        self._loading = self.run(lambda assistant: load_page(assistant, chosen, offset, now), done)

    @override
    def opened(self) -> None:
        if self._stale:
            self.load()

    @override
    def heard(self, event: Event) -> None:
        if isinstance(event, MemoriesForgotten) and self._shown in event.ids:
            self._close_detail()
        if isinstance(event, MemoriesChanged) and self._shown in event.ids:
            self._load_detail()
        if isinstance(event, MemoriesSaved | MemoriesForgotten | MemoriesChanged | SleepEnded):
            if self.isVisible():
                self._pause.start()
            else:
                self._stale = True

    @override
    def clear(self) -> None:
        self._close_detail()
        self.filter_text.clear()
        self._pause.stop()
        self._loading = None
        self.rows.put([], 0)
        self.topics.clear()
        self.browse(False)
        self._stale = True

    @override
    def show_memory(self, memory: MemoryId, piece: tuple[int, int] | None = None) -> None:
        self._shown, self._piece, self._follow = memory, piece, False
        if self._stale:
            self.load()
        self._mark_shown()
        self._load_detail()

    def correct(self, memory: MemoryId) -> None:
        """Open a memory with its text ready to be corrected."""
        self._edit_next = True
        self.show_memory(memory)

    def _load_detail(self) -> None:
        memory, now = self._shown, self.bridge.now()
        if memory is None:
            return

        def done(detail: Detail) -> None:
            if self._shown == detail.memory.id:
                self.detail.show_detail(detail, now, editing=self._edit_next, piece=self._piece)
                self._edit_next = False
                self._beside.setCurrentIndex(1)

        self.run(lambda assistant: load_detail(assistant, memory, now), done)

    def _narrowed(self) -> None:
        self._follow = True

    def _follow_list(self) -> None:
        """After another search nothing stays beside the list that is not in it, but for what is being corrected."""
        follow, self._follow = self._follow, False
        if follow and self._shown and not self.detail.editing and self.rows.row_of(self._shown) < 0:
            self._close_detail()

    def _mark_shown(self) -> None:
        at = self.rows.row_of(self._shown) if self._shown else -1
        if at >= 0:
            index = self.rows.index(at)
            self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.list.scrollTo(index)

    def _into_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.list.currentIndex().isValid() and self.rows.rowCount():
            self.list.setCurrentIndex(self.rows.index(0))

    def _chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        # Coming in by Tab makes a row current without selecting it.
        self.list.selectionModel().select(now, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if now.isValid() and (memory := self.rows.held(now.row()).memory.id) != self._shown:
            self._shown, self._piece = memory, None
            self._load_detail()

    def _scrolled(self, value: int) -> None:
        bar = self.list.verticalScrollBar()
        if not self.rows.complete and self._loading is None and value > bar.maximum() - 400:
            self.load(self.rows.rowCount() // PAGE * PAGE)

    def _close_detail(self) -> None:
        self._shown = self._piece = None
        self.detail.clear()
        self._beside.setCurrentIndex(0)

    def _keep(self) -> None:
        memory, now = self._shown, self.bridge.now()
        if memory is None:
            return

        def done(_: object) -> None:
            self.bridge.tell(translate("Memories", "Kept."), translate("Memories", "It is held longer now."))
            self._load_detail()

        self.run(lambda assistant: assistant.confirm(memory, now), done)

    def _pin(self, on: bool) -> None:
        memory, now = self._shown, self.bridge.now()
        if memory is not None:
            self.run(lambda assistant: assistant.pin(memory, on, now), lambda _: self._load_detail())

    def _save(self, text: str) -> None:
        before = self.detail.memory
        if before is None or not text.strip() or text.strip() == before.text:
            return
        self._piece = None

        def saved(_: Memory) -> None:
            told = translate("Memories", "Saved."), translate("Memories", "The text before is in its history.")
            self.undoable.emit(Noticed(*told), lambda: self._put_back(before))
            self._load_detail()

        now = self.bridge.now()
        self.run(lambda assistant: assistant.edit(before.id, text.strip(), now), saved)

    def _put_back(self, before: Memory) -> None:
        now = self.bridge.now()
        self.run(lambda assistant: assistant.edit(before.id, before.text, now), lambda _: self._load_detail())

    def _reveal(self, editing: bool) -> None:
        shown = self._shown
        if shown is not None:
            why = translate("Memories", "A secret is shown only to you.")
            ask_again(self.bridge, self, why, self.window(), lambda _: self.detail.reveal_now(shown, editing))

    def _forget(self) -> None:
        if self._shown is not None:
            chosen = Selection(ids=(self._shown,), kinds=tuple(Kind))
            ask_to_forget(self.bridge, self, chosen, self.window())

    @staticmethod
    def _nothing_chosen() -> QWidget:
        return nothing_yet(
            "memories",
            translate("Memories", "Choose a memory"),
            translate("Memories", "See how firmly it is held, where it came from, and what it said before."),
        )

    def _nothing_kept(self) -> QWidget:
        bring = Button(
            translate("Memories", "Import a conversation …"),
            lambda: self.command.emit("import"),
            icon="import",
        )
        note = Button(translate("Memories", "Write a note …"), lambda: self.command.emit("note"), icon="note")
        return nothing_yet(
            "memories",
            translate("Memories", "Nothing is kept yet"),
            translate("Memories", "Import a conversation, write a note, or switch on recording in Settings."),
            bring,
            note,
        )
