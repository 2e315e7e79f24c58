"""What the window needs of its host: work done elsewhere, the vault's door, the recorder, the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from core.errors import Problem
from core.events import Events
from core.memory import MemoryId, Saved
from core.urgency import Urgency
from ui.other_assistants import OtherAssistants
from ui.preparing_desk import PreparingDesk

if TYPE_CHECKING:
    from core.assistant import Assistant

T = TypeVar("T")

DeskState = Literal["new", "locked", "open"]
RecorderState = Literal["recording", "paused", "off", "locked", "problem"]
Cancel = Callable[[], None]
"""Takes back what was submitted; what has begun is stopped by its own `cancelled`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderStatus:
    """Whether the screen is being recorded, counted and not assumed."""

    state: RecorderState
    reason: str = ""
    frames: int = 0
    """Looks taken in the last minute."""
    expected: int = 0
    """Looks that the preset asks for in a minute."""
    until: datetime | None = None
    """When recording goes on by itself, where it is paused or outside its hours."""
    can_resume: bool = False
    last_look: datetime | None = None
    """When a look at the screen last worked."""
    waiting: int = 0
    """Pictures that wait to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWindow:
    """One visible window and what the gate says about it; `title` is empty when it is excluded."""

    app: str
    title: str = ""
    reason: str = ""
    """Why it is left out; empty when it would be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturePreview:
    """What would be captured now. Nothing of it is kept."""

    allowed: tuple[SeenWindow, ...] = ()
    excluded: tuple[SeenWindow, ...] = ()
    picture: bytes = b""
    """PNG of all monitors with the excluded windows blacked out; empty when nothing would be kept."""
    closed: str = ""
    """Why nothing at all would be kept now, as sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing the doctor looked at."""

    name: str
    ok: bool
    said: str
    remedy: str = ""


class RuleLine(Protocol):
    """One exclusion rule. `field` is app, class, title, regex, url or any."""

    @property
    def id(self) -> int: ...  # noqa: D102

    @property
    def field(self) -> str: ...  # noqa: D102

    @property
    def pattern(self) -> str: ...  # noqa: D102

    @property
    def seeded(self) -> bool:
        """Came with a new profile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedTitle:
    """What would become of a window with a title: the rule it meets, and why it is left out; both empty: it is kept."""

    rule: RuleLine | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """A model in the profile, or one that can be fetched (`offered`), and what it would do here."""

    name: str
    bytes: int
    title: str = ""
    """What the file calls itself."""
    used_for: str = ""
    """`answering`, `draft`, `embedder` or nothing."""
    offered: bool = False
    licence: str = ""
    note: str = ""
    hashed: bool = True
    """Its publisher's hash is known, so that the file can be checked."""
    fit: Literal["", "fits", "streams", "slow", "cannot"] = ""
    tokens_per_s: float = 0.0
    first_word_s: float | None = None
    needed_mb: int = 0
    """What the engine would hold at most; with `cannot`, the least that must be given."""
    measured: bool = False
    """The figures are those of its last answer, not an estimate."""
    preparable: bool = False
    """It could be written anew so that only the neurons that a token needs are read."""
    by_choice: bool = False
    """That would change its answers, by as much as somebody chooses."""
    differs: str = ""
    """By how much its answers differ from those of the model that it was made of, as a sentence."""
    drafts: bool = False
    """It may draft beside the one that answers: small enough, with the same vocabulary."""
    no_draft: str = ""
    """Why the one that was chosen to draft for this one does not, as a sentence."""
    spent: str = ""
    """What its last answer took of memory and disk, as a sentence."""
    problem: str = ""
    """Why the file cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftFile:
    """What an interrupted download or copy left."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShelf:
    """The models here and on offer, judged for this machine and the memory given to the model."""

    models: tuple[ModelLine, ...]
    memory_mb: int
    machine_mb: int
    """All memory of this machine; 0: not known."""
    busy: bool = False
    """It was measured while other programs kept it busy; it is measured again when they no longer do."""
    best: ModelLine | None = None
    """The one offer for this machine."""
    best_memory_mb: int = 0
    """The memory it is to be given."""
    why_none: str = ""
    left: tuple[LeftFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedModel:
    """What a host says of a file that nobody else vouched for."""

    name: str
    file: str
    url: str
    bytes: int
    sha256: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningModel:
    """The embedder that finds by meaning now."""

    here: bool = True
    """False: none can be used, words alone are looked for."""
    file: str = ""
    """Its file in the profile; empty: the bundled one."""
    knows: tuple[str, ...] = ()
    """ISO 639-1 codes of the languages in which it passed the check of languages."""
    fails: tuple[str, ...] = ()
    """Those in which it did not; both empty when it was never checked."""
    coming: bool = False
    """Another one is reading all memories and will take its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepPlan:
    """When Mneme sleeps next by itself."""

    by_itself: bool
    """Whether it does at all."""
    due: bool
    """The night has begun and has had no sleep yet."""
    begins: datetime
    """When the next night begins."""
    away_minutes: int
    """How long nobody must have been there."""
    hindrance: str = ""
    """What else is in the way now, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLook:
    """The little that is kept outside the vault, without content: needed before it is open."""

    theme: Literal["system", "light", "dark"] = "system"
    window: str = ""
    """Size and place of the window, base64."""


class Desk(PreparingDesk, Protocol):
    """The host as the window sees it. What may block is called through `Bridge.off_thread`."""

    events: Events
    profile: Path
    desktop: str
    """The kind it is: x11, wayland, windows or macos; empty where that is not known."""

    def submit(
        self,
        work: Callable[[Assistant], T],
        urgency: Urgency,
        done: Callable[[T], None],
        failed: Callable[[Problem], None],
    ) -> Cancel:
        """Run `work` on a worker thread; `done` or `failed` is called there, once.

        Questions run side by side, the rest one by one in order of urgency. Work that is no question and
        returns an iterator is run in steps and gives way between them; `done` then gets what the iterator
        returns at its end.
        """
        ...

    def importing(
        self,
        assistant: Assistant,
        paths: Sequence[Path],
        now: datetime,
        *,
        told: Callable[[int, int], None],
        on_saved: Callable[[Saved], None],
        cancelled: Callable[[], bool],
    ) -> Iterator[object]:
        """Take in conversations, folders and pictures, in steps. Raises BadInput."""
        ...

    def state(self) -> DeskState:
        """Whether there is a vault and whether it is open. Does not block."""
        ...

    def keyring(self) -> str:
        """The name of the keyring that can hold the key, empty when there is none. May block."""
        ...

    def create(self, passphrase: str | None, use_keyring: bool) -> str:
        """Make the vault and open it; the recovery key to print. Blocks. Raises Problem."""
        ...

    def unlock(self, passphrase: str | None) -> None:
        """Open with a passphrase, a recovery key, or None for the keyring. Blocks. Raises WrongKey."""
        ...

    def lock(self) -> None:
        """Drop the key; `VaultLocked` is told. Blocks for as long as the last commit."""
        ...

    def verify(self, passphrase: str | None) -> None:
        """Pass whoever knows the passphrase or recovery key, or None where there is no passphrase.

        Blocks. Raises WrongKey.
        """
        ...

    def change_passphrase(self, old: str | None, new: str) -> None:
        """Set the passphrase slot; `old` None: there was none. Blocks. Raises WrongKey."""
        ...

    def new_recovery_key(self, passphrase: str | None) -> str:
        """Replace the recovery key; the old one opens nothing from then on. Blocks. Raises WrongKey as `verify`."""
        ...

    def recorder(self) -> RecorderStatus:
        """The state of the recorder. Does not block."""
        ...

    def pause(self, until: datetime | None) -> None:
        """Look at the screen no more until then (aware); None: until it is resumed."""
        ...

    def resume(self) -> None:
        """End a pause."""
        ...

    def preview(self) -> CapturePreview:
        """What would be captured now. Blocks for a second. Raises CaptureProblem."""
        ...

    def rules(self) -> Sequence[RuleLine]:
        """The exclusion rules. May block."""
        ...

    def add_rule(self, by: str, pattern: str) -> Sequence[MemoryId]:
        """Never record windows by app, class, title, regex or url; what was kept of such before. Raises BadInput."""
        ...

    def remove_rule(self, rule: int) -> None:
        """Take one rule away."""
        ...

    def test_rule(self, title: str) -> TestedTitle:
        """What would become of a window with this title or application."""
        ...

    def models(self, measuring: bool = False) -> ModelShelf:
        """Models here and models on offer. May block; `measuring` the machine first takes about three seconds."""
        ...

    def add_model(self, file: Path, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> str:
        """Copy a GGUF file that the person trusts into the profile; its name there. Blocks. Raises ModelProblem."""
        ...

    def published_model(self, name: str) -> PublishedModel:
        """Ask the host of an offer or of an address what it says of the file. Blocks. Raises Problem."""
        ...

    def download_model(
        self,
        name: str,
        promised: PublishedModel | None,
        told: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> str:
        """Fetch one on offer, or what its host `promised` and the person trusts; its name in the profile.

        The only thing beside `published_model` that opens a connection. Blocks. Raises Problem.
        """
        ...

    def throw_away_model(self, name: str) -> None:
        """Delete what an interrupted download left."""
        ...

    def use_model(self, name: str) -> None:
        """Choose a model by its file's name; `none`: answer without. Raises ModelProblem."""
        ...

    def draft_with(self, name: str) -> None:
        """Let a small model draft beside the one that answers; `none`: no more. Raises ModelProblem."""
        ...

    def meaning(self) -> MeaningModel:
        """The model that finds by meaning. May block."""
        ...

    def embed_with(self, name: str) -> None:
        """Find by meaning with this one: a file's path or name, empty for the bundled one. Raises ModelProblem.

        It reads all memories first; choosing the one that is in use ends that.
        """
        ...

    def remove_model(self, name: str) -> None:
        """Delete a model's file. Raises ModelMissing."""
        ...

    def doctor(self) -> list[Check]:
        """Look at everything Mneme needs. Blocks for seconds."""
        ...

    def sleep_plan(self) -> SleepPlan | None:
        """When it sleeps next; None while the vault is shut. May block for a moment."""
        ...

    def others(self) -> OtherAssistants:
        """Who else may read in this memory, and did. Does not block."""
        ...

    def autostart(self, on: bool) -> None:
        """Start with the session, or no longer. Raises Problem where the platform has no way."""
        ...

    def look(self) -> PublicLook:
        """What is known about the window before the vault is open. Does not block."""
        ...

    def keep_look(self, look: PublicLook) -> None:
        """Remember it. Raises Problem."""
        ...
