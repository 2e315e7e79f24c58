"""What the person does to what is kept: edit, pin, settle, take back, forget, export, merge, back up."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from core.assistant import conflicts, whose
from core.assistant.reading import Reading
from core.consolidate import journal
from core.consolidate.learning import STALE
from core.consolidate.night import AlreadyAsleep, at_work
from core.decay import curve as decay
from core.errors import BadInput, Cancelled
from core.events import Events, MemoriesChanged, MemoriesForgotten, MemoriesSaved, Noticed, SettingChanged
from core.languages.detect import language_of
from core.memory import (
    Entry,
    EntryId,
    ExportReport,
    Forgotten,
    Kind,
    Memory,
    MemoryId,
    MergeReport,
    RunId,
    Selection,
    SleepRun,
    State,
)
from core.paths import ProfilePaths
from core.settings import Settings
from core.store import archive, memories, preferences, runs, undo, uses
from core.store.backup import Backup, back_up, backups, set_aside
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import Vault
from core.store.vectors import Vectors

_ALL_NIGHTS = 100_000

Asked = Callable[[], bool]
Told = Callable[[int, int], None]


def never() -> bool:
    """Nobody can call it off."""
    return False


def unheard(done: int, total: int) -> None:
    """Nobody asks how far it is."""


def stoppable(told: Told, cancelled: Asked) -> Told:
    """`told`, which raises Cancelled once it was called off: also where long nothing is kept."""

    def tell(done: int, total: int) -> None:
        told(done, total)
        if cancelled():
            raise Cancelled

    return tell


class Keeping(Reading):
    """Changes by the person's own hand. Safe to use from any thread."""

    def __init__(
        self,
        paths: ProfilePaths,
        vault: Vault,
        media: Media,
        vectors: Vectors | None,
        settings: Settings,
        events: Events,
    ) -> None:
        super().__init__(vault, media, vectors, settings)
        self.paths = paths
        self.events = events

    # -- by the person's hand

    def edit(self, id: MemoryId, text: str, now: datetime) -> Memory:
        """Another text for a memory; the old one stays as a version, what was derived is read anew."""
        if not text.strip():
            raise BadInput("A memory cannot be empty.", "Forget it instead.")
        with self._vault.write() as db:
            old = memories.get(db, id)
            language = language_of(text, old.language if old else "")
            changed = memories.change(db, id, {"text": text.strip(), "language": language}, now)
            for stale in memories.many(db, memories.derived_from(db, [id])):
                memories.change(db, stale.id, {"tags": sorted({*stale.tags, STALE})}, now)
        self._changed([id])
        return changed

    def pin(self, id: MemoryId, on: bool, now: datetime) -> Memory:
        """Hold a memory for good, or let it fade again."""
        with self._vault.write() as db:
            changed = memories.change(db, id, {"pinned": on}, now)
        self._changed([id])
        return changed

    def confirm(self, id: MemoryId, now: datetime) -> Memory:
        """A confirmed use: opened, cited and kept, or marked right. Strengthens by the spacing effect.

        Several within a short time are one. What had faded or was proposed for forgetting is offered again.
        """
        with self._vault.write() as db:
            memory = memories.get(db, id)
            if memory is None:
                raise BadInput("There is no such memory.", "It may have been forgotten.")
            changed = memories.change(db, id, self._use(db, memory, now), now)
        self._changed([id])
        return changed

    def _use(self, db: Database, memory: Memory, now: datetime) -> dict[str, object]:
        fields: dict[str, object] = {}
        if memory.state in (State.FADED, State.TO_BE_FORGOTTEN):
            fields["state"] = State.ACTIVE
        used = decay.used(memory, now, self.settings.decay)
        if used is not None:
            uses.note(db, memory, now)
            fields |= {"stability_days": used[0], "last_used": used[1], "uses": memory.uses + 1}
        return fields

    def keep_proposed(self, now: datetime) -> int:
        """Keep all that is proposed for forgetting; how many."""
        found = [one.memory.id for one in self.proposed()]
        for id in found:
            self.confirm(id, now)
        return len(found)

    def settle(self, conflict: int, keep: MemoryId | None, now: datetime) -> None:
        """Decide a contradiction: `keep` holds and supersedes the other side; None: both hold. Raises BadInput."""
        with self._vault.write() as db:
            changed = conflicts.settle(db, conflict, keep, now)
        self._changed(changed)

    def reopen(self, conflict: int, now: datetime) -> None:
        """Take the decision about a contradiction back. Raises BadInput."""
        with self._vault.write() as db:
            changed = conflicts.reopen(db, conflict, now)
        self._changed(changed)

    def set_setting(self, key: str, value: object) -> Settings:
        """Change one setting and keep it; the person's names count for what is there already. Raises BadInput."""
        changed = self.settings.replaced(key, value)
        touched: list[MemoryId] = []
        with self._vault.write() as db:
            preferences.save_setting(db, changed, key)
            if key == "person.names":
                touched = whose.named(db, changed.person.names)
        self.settings = changed
        if touched:
            self._changed(touched)
        self.events.tell(SettingChanged(key))
        return changed

    def _changed(self, ids: Sequence[MemoryId]) -> None:
        self.events.tell(MemoriesChanged(tuple(ids)))

    def revert(self, what: RunId | EntryId, now: datetime, *, with_later: bool = False) -> int:
        """Take back one sleep or one entry of its journal; how many entries were. Raises BadInput.

        What builds on it (`building_on`, `nights_on`) has to go first: it goes too, newest first, `with_later`.
        Raises AlreadyAsleep while a sleep is at work: what it has not read yet would count as slept on.
        """
        if at_work(self._vault):
            raise AlreadyAsleep
        with self._vault.write() as db:
            if isinstance(what, int):
                touched = [entry.memory] if (entry := runs.entry(db, what)) is not None else []
                done = journal.revert(db, what, now, with_later=with_later)
            else:
                nights = [*(night.id for night in self._nights_on(db, what) if with_later), what]
                touched = [entry.memory for night in nights for entry in runs.entries(db, night)]
                done = sum(journal.revert_run(db, night, now) for night in nights)
        self._changed(touched)
        return done

    def building_on(self, id: EntryId) -> list[Entry]:
        """The later entries of any night that build on this one and have to go with it, oldest first."""
        with self._vault.read() as db:
            entry = runs.entry(db, id)
            later = [] if entry is None else undo.dependents(db, entry.id, entry.memory)
            found = [runs.entry(db, EntryId(int(row["id"]))) for row in later]
            return [one for one in found if one is not None]

    def nights_on(self, id: RunId) -> list[SleepRun]:
        """The later nights that have to go with this one, newest first; none when nothing builds on it."""
        with self._vault.read() as db:
            return self._nights_on(db, id)

    def _nights_on(self, db: Database, id: RunId) -> list[SleepRun]:
        entries = [entry for entry in runs.entries(db, id) if not entry.reverted and not entry.forgotten]
        if not entries or not undo.nights_after(db, id, entries[0].id):
            return []
        found = runs.runs(db, limit=_ALL_NIGHTS)
        later = found[: [night.id for night in found].index(id)]
        return [night for night in later if night.state != "reverted"]

    # -- away

    def preview_forget(self, selection: Selection) -> list[Memory]:
        """What a forget of this selection would take, secrets only where they are named."""
        return self.memories(selection)

    def forget(self, ids: Sequence[MemoryId], *, told: Told = unheard, cancelled: Asked = never) -> Forgotten:
        """Forget these memories and what was derived from them, with the proof. There is no undo.

        Called off before its end it raises Cancelled, and nothing is forgotten.
        """
        reserved = self.paths.reserve.exists()
        gone = forget(self._vault, self._media, self._vectors, ids, told=told, cancelled=cancelled)
        if reserved and not self.paths.reserve.exists():
            title = "The disk is full: the room that Mneme keeps for forgetting was used."
            self.events.tell(Noticed(title, "Free some space; then that room is kept again.", problem=True))
        if gone.forgotten:
            self.events.tell(MemoriesForgotten((*gone.forgotten, *gone.derived)))
        if gone.cut:
            self._changed(gone.cut)
        remaining = (*gone.proof.remaining, *self.kept_exports())
        return replace(gone, proof=replace(gone.proof, remaining=remaining))

    def export(
        self,
        path: Path,
        now: datetime,
        *,
        passphrase: str | None,
        selection: Selection | None = None,
        plain: bool = False,
        replace_file: bool = False,
        told: Told = unheard,
        cancelled: Asked = never,
    ) -> ExportReport:
        """Write an archive: encrypted under `passphrase`, or readable by anyone when `plain`."""
        what = archive.What()
        if selection is not None:
            with self._vault.read() as db:
                what = archive.What(ids=memories.find_ids(db, selection), secrets=Kind.SECRET in selection.kinds)
        report = archive.export(
            self._vault,
            self._media,
            path,
            now=now,
            passphrase=passphrase,
            what=what,
            plain=plain,
            replace=replace_file,
            progress=told,
            cancelled=cancelled,
        )
        if self._vault.read_only:
            return report
        others = [line for line in self.kept_exports() if not line.startswith(f"{path} (")]
        lines = [*others, f"{path} ({now:%Y-%m-%d %H:%M})"]
        with self._vault.write() as db:
            preferences.note(db, "exports", "\n".join(lines[-100:]))
        return report

    def import_archive(
        self,
        path: Path,
        now: datetime,
        *,
        passphrase: str | None,
        told: Told = unheard,
        cancelled: Asked = never,
    ) -> MergeReport:
        """Merge an archive into this vault, all of it or nothing."""
        report = archive.merge(
            self._vault, self._media, path, now=now, passphrase=passphrase, progress=told, cancelled=cancelled
        )
        if report.added or report.versions:
            self.events.tell(MemoriesSaved(()))
            self.own_up()
        return report

    def own_up(self) -> None:
        """Let the person's names count for what came in meanwhile."""
        with self._vault.write() as db:
            touched = whose.named(db, self.settings.person.names)
        if touched:
            self._changed(touched)

    def back_up(self, now: datetime) -> Backup:
        """An encrypted copy of the vault, read back before it counts; older ones beyond the setting go."""
        return back_up(self._vault, now, keep=self.settings.store.backups)

    def list_backups(self) -> list[Backup]:
        """The copies there are, newest first."""
        return backups(self.paths)

    def list_set_aside(self) -> list[Backup]:
        """The vaults that a restore has set aside, newest first."""
        return set_aside(self.paths)
