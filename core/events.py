"""What has happened, in the past tense; the only thing the stages tell the outside unasked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock

from core.memory import MemoryId, RunId


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True, slots=True)
class MemoriesSaved(Event):
    """A commit kept these."""

    ids: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True)
class MemoriesForgotten(Event):
    """These are gone; whoever shows or caches one drops it now."""

    ids: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True)
class MemoriesChanged(Event):
    """Edited, pinned, superseded or reverted."""

    ids: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True)
class IndexReady(Event):
    """Chroma answers from now on."""

    vectors: int


@dataclass(frozen=True, slots=True)
class SleepEnded(Event):
    """A sleep is over; `counts` by what it did."""

    run: RunId
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class RecorderChanged(Event):
    """recording | paused | off | locked | problem, with the reason in words."""

    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FrameKept(Event):
    """A changed frame was kept (not yet read)."""

    at: datetime
    app: str


@dataclass(frozen=True, slots=True)
class SettingChanged(Event):
    """The setting `group.field` has another value and is kept."""

    key: str


@dataclass(frozen=True, slots=True)
class AssistantsChanged(Event):
    """Another assistant asks to read, was given or refused something, or the person decided about one."""


@dataclass(frozen=True, slots=True)
class VaultLocked(Event):
    """The key is gone; drop every view and cache."""


@dataclass(frozen=True, slots=True)
class VaultUnlocked(Event):
    """The vault is open."""


READING_FOR_MEANING = "Reading memories for meaning"
"""What `Progressed` says while another embedder reads everything."""


@dataclass(frozen=True, slots=True)
class Progressed(Event):
    """Long work moved on; `total` 0 when it is not known."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Noticed(Event):
    """Something the person should read: a title and a remedy."""

    title: str
    remedy: str = ""
    problem: bool = False


Listener = Callable[[Event], None]


@dataclass(slots=True)
class Events:
    """Hands each event to every listener, on the thread that tells it."""

    _listeners: list[Listener] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; call what is returned to take it away again."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def tell(self, event: Event) -> None:
        """Call every listener. A listener must not block."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(event)
