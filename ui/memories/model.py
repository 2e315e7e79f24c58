"""What the list of memories shows, and everything about one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from core.memory import OWN_OUTPUT, Entry, Facet, Kind, Life, Link, Memory, MemoryId, Selection, SleepRun, State, Topic
from ui import words
from ui.words import translate

if TYPE_CHECKING:
    from ui.bridge import Assistant

PAGE = 200
Index = QModelIndex | QPersistentModelIndex

SHOWN_STATES = (State.CAPTURED, State.ACTIVE, State.FADED, State.SUPERSEDED, State.TO_BE_FORGOTTEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the person narrowed the list to."""

    text: str = ""
    kind: Kind | None = None
    state: State | None = None
    pinned: bool = False
    asked: bool = False
    """Only what was asked and answered here; otherwise that is left out."""
    fading: bool = False
    """Only what will fade within two weeks."""

    def selection(self, offset: int = 0) -> Selection:
        """The same for the store, one page at a time; `with:Dana` and `app:Mail` in the text are filters."""
        pieces = self.text.split()
        named = {key: value for key, _, value in (piece.partition(":") for piece in pieces) if value}
        return Selection(
            kinds=(self.kind,) if self.kind else (),
            facets=tuple(facet for facet in Facet if (facet in OWN_OUTPUT) is self.asked),
            states=(self.state,) if self.state else SHOWN_STATES,
            words=tuple(piece for piece in pieces if not piece.startswith(("with:", "app:"))),
            person=named.get("with", ""),
            app=named.get("app", ""),
            pinned=True if self.pinned else None,
            limit=PAGE,
            offset=offset,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A memory with its strength at the moment of looking."""

    memory: Memory
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """Everything about one memory."""

    memory: Memory
    strength: float
    life: Life
    """Its curve."""
    fades_on: datetime | None
    history: tuple[tuple[int, str, datetime], ...]
    """Earlier texts: (version, text, replaced at), oldest first."""
    sources: tuple[Memory, ...]
    links: tuple[tuple[Link, Memory], ...]
    nights: tuple[tuple[SleepRun, Entry], ...] = ()
    """What the sleeps did with it, oldest first."""
    members: tuple[Memory, ...] = ()
    """What belongs to a topic, newest first."""


def load_page(assistant: Assistant, chosen: Filter, offset: int, now: datetime) -> list[Held]:
    """One page of the list. Runs on a worker."""
    found = assistant.fading(now, limit=PAGE - 1) if chosen.fading else assistant.memories(chosen.selection(offset))
    return [Held(memory, assistant.strength(memory, now)) for memory in found]


def load_topics(assistant: Assistant) -> tuple[list[Topic], bool]:
    """The topics, and whether all that there are have faded. Runs on a worker."""
    found = assistant.topics()
    return (found, False) if found else (assistant.topics(faded=True), True)


def load_detail(assistant: Assistant, id: MemoryId, now: datetime) -> Detail:
    """Everything about one memory. Runs on a worker. Raises BadInput when it is gone."""
    memory = assistant.memory(id)
    found = assistant.links(id)
    others = {other.id: other for other in assistant.many([link.b if link.a == id else link.a for link in found])}
    ends = [(link, others.get(link.b if link.a == id else link.a)) for link in found]
    links = [(link, other) for link, other in ends if other is not None]
    return Detail(
        memory=memory,
        strength=assistant.strength(memory, now),
        life=assistant.life(memory, now),
        fades_on=assistant.fades_on(memory),
        history=tuple(assistant.history(id)),
        sources=tuple(assistant.sources(id)),
        links=tuple(links),
        nights=tuple(assistant.nights_of(id)),
        members=tuple(assistant.in_topic(id)) if memory.facet is Facet.TOPIC else (),
    )


def holds_words(memory: Memory, now: datetime) -> str:
    """When what it says is true; empty for what has no such time."""
    if memory.fact is None or memory.valid_from is None or memory.facet is not Facet.FACT:
        return ""
    begins = words.full_date(memory.valid_from.date())
    if memory.valid_to is None:
        return translate("Memories", "True since {date}, as far as is known.").format(date=begins)
    ends = words.full_date(memory.valid_to.date())
    return translate("Memories", "True from {first} to {last}.").format(first=begins, last=ends)


def fading_words(detail: Detail, now: datetime) -> str:
    """When it will no longer be offered, and why then."""
    memory = detail.memory
    if memory.pinned:
        return translate("Memories", "Pinned: it does not fade.")
    if memory.state is State.SUPERSEDED:
        return translate("Memories", "A newer value has taken its place. It is found when you ask about the past.")
    if detail.fades_on is None:
        return translate("Memories", "It does not fade.")
    date = words.full_date(detail.fades_on.date())
    if detail.fades_on <= now:
        return translate("Memories", "Faded since {date}: no longer offered, still found when you ask.").format(
            date=date
        )
    return translate("Memories", "Will fade on {date}. It is still found after that.").format(date=date)


def holding_words(memory: Memory, now: datetime) -> str:
    """Why it is held as firmly as it is."""
    days = round(memory.stability_days)
    parts = [translate("Memories", "Held for about {n} days after each use").format(n=days)]
    if memory.uses:
        one, many = translate("Memories", "used once"), translate("Memories", "used {n} times")
        parts.append(words.counted(memory.uses, one, many))
    if memory.last_used:
        parts.append(translate("Memories", "last used {when}").format(when=words.moment(memory.last_used, now)))
    if memory.importance > 1.05:
        parts.append(translate("Memories", "rated as important"))
    elif memory.importance < 0.95:
        parts.append(translate("Memories", "rated as unimportant"))
    return ", ".join(parts) + "."


class MemoryRows(QAbstractListModel):
    """The memories of the list, a page at a time."""

    HELD = Qt.ItemDataRole.UserRole + 1

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Held] = []
        self.complete = True

    def put(self, page: list[Held], offset: int) -> None:
        """Replace everything (offset 0) or add a page at the end."""
        if offset == 0:
            self.beginResetModel()
            self._rows = list(page)
            self.endResetModel()
        else:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(page) - 1)
            self._rows += page
            self.endInsertRows()
        self.complete = len(page) < PAGE

    def row_of(self, id: MemoryId) -> int:
        """Where a memory stands, -1 when it is not in the list."""
        return next((at for at, held in enumerate(self._rows) if held.memory.id == id), -1)

    def held(self, at: int) -> Held:
        """The row's memory."""
        return self._rows[at]

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        held = self._rows[index.row()]
        if role == self.HELD:
            return held
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            memory = held.memory
            if memory.kind is Kind.SECRET:
                return translate("Memories", "A secret")
            return f"{words.who(memory)}: {memory.text}"
        return None
