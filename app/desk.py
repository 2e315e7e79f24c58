"""The host as the window sees it: `ui.desk.Desk` over a host that stays."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from app.autostart import set_autostart
from app.doctor import Chosen, checks
from app.host import Host
from app.importing import importing
from app.kept_rules import kept_under
from app.other_assistants import HostsAssistants
from app.pausing import pause, resume
from app.preview import look_once
from app.recorder_state import recorder_form, recorder_state
from app.recording import Recording, left_behind
from app.session import Happened, SessionWatch, session_watch
from app.shown_models import promise, shown_costs, shown_shelf
from app.timetable import Timetable
from app.watched import WatchedFolder
from core import upkeep
from core.assistant import Assistant
from core.assistant.exchange import ITS_FILE, languages_of
from core.capture.screen.windows import desktop
from core.errors import Locked, Problem, WrongKey
from core.events import Event, RecorderChanged, SettingChanged, VaultLocked, VaultUnlocked
from core.memory import MemoryId, Saved
from core.recall.language_check import known
from core.store import preferences, timeline
from core.store.profile import Profile
from core.urgency import Urgency
from ui.desk import (
    CapturePreview,
    Check,
    DeskState,
    MeaningModel,
    ModelShelf,
    PublicLook,
    PublishedModel,
    RecorderStatus,
    RuleLine,
    SeenWindow,
    SleepPlan,
    TestedTitle,
)
from ui.other_assistants import OtherAssistants
from ui.preparing_desk import ModelCosts

T = TypeVar("T")
_WINDOW = "window_geometry"
_FINISH_S = 5.0
"""How long an end waits for pictures that were taken and not yet read; a session's end leaves little more."""


class HostDesk:
    """Everything the window needs of its host. Blocking calls come from the bridge's own threads."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.events = host.events
        self.profile = host.paths.root
        self.desktop: str = desktop()
        self._timetable: Timetable | None = None
        self._watched: WatchedFolder | None = None
        self._session: SessionWatch | None = None
        self._shut_by_session = False
        self._stop_listening = host.events.listen(self._heard)
        if host.state() == "open":  # by the keyring or a passphrase that was given, before there was a window
            self._awake()

    # -- work

    def submit(
        self,
        work: Callable[[Assistant], T],
        urgency: Urgency,
        done: Callable[[T], None],
        failed: Callable[[Problem], None],
    ) -> Callable[[], None]:
        """Run `work` on a worker's thread; `done` or `failed` is called there, once."""
        return self.host.submit(work, urgency, done, failed)

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
        """Conversations, folders and pictures taken in, in steps."""
        return importing(assistant, paths, now, told=told, on_saved=on_saved, cancelled=cancelled)

    # -- the vault's door

    def state(self) -> DeskState:
        """Whether there is a vault and whether it is open."""
        return cast(DeskState, self.host.state())

    def keyring(self) -> str:
        """The keyring that can hold the key, empty when there is none."""
        return self.host.keyring()

    def create(self, passphrase: str | None, use_keyring: bool) -> str:
        """Make the vault and open it; the recovery key to print."""
        return self.host.create(passphrase, use_keyring)

    def unlock(self, passphrase: str | None) -> None:
        """Open with a passphrase, a recovery key, or None for the keyring."""
        self.host.unlock(passphrase)

    def lock(self) -> None:
        """Drop the key and stop recording."""
        self.host.lock()

    def verify(self, passphrase: str | None) -> None:
        """Pass whoever knows the passphrase or recovery key, or None where there is no passphrase."""
        profile = self.host.opened.profile
        if passphrase is not None:
            profile.verify(passphrase)
        elif any(slot.kind == "passphrase" for slot in profile.slots):
            raise WrongKey("This asks for the passphrase.", "Type the one that opens this profile.")

    def change_passphrase(self, old: str | None, new: str) -> None:
        """Set the passphrase slot."""
        self.verify(old)
        self.host.opened.profile.change_passphrase(new)

    def new_recovery_key(self, passphrase: str | None) -> str:
        """Replace the recovery key."""
        self.verify(passphrase)
        return self.host.opened.profile.add_recovery()

    def _heard(self, event: Event) -> None:
        if isinstance(event, VaultUnlocked):
            self._awake()
        elif isinstance(event, VaultLocked) and not self.host.covered:
            self._asleep()
        elif isinstance(event, SettingChanged) and event.key == "capture.screen":
            self._follow_setting()

    def _awake(self) -> None:
        self._shut_by_session = False
        if self._timetable is None:
            self._timetable = Timetable(self.host)
            self._timetable.start()
            self._watched = WatchedFolder(self.host)
            self._watched.start()
        if self._session is None:
            self._session = session_watch(self.session_told)
        if self.host.opened.assistant.settings.capture.screen:
            self._record()
        elif (lost := left_behind(self.host)) is not None:
            with self.host.opened.vault.write() as db:
                timeline.add_gap(db, lost)

    def _asleep(self) -> None:
        timetable, self._timetable = self._timetable, None
        watched, self._watched = self._watched, None
        if watched is not None:
            watched.close()
        if timetable is not None:
            timetable.close()

    def session_told(self, happened: Happened) -> None:
        """Shut the vault with the session and before the machine sleeps; open it again where a keyring can."""
        if self.host.state() == "open":
            wanted = self.host.assistant.settings.lock
            if happened is Happened.LOCKED and wanted.with_session:
                self._shut_by_session = True
                self.host.cover()
            elif happened is Happened.SUSPENDING and wanted.before_suspend:
                self._shut_by_session = True
                self.host.lock()
        elif happened is Happened.SUSPENDING and self.host.covered:
            self.host.lock()
        elif happened in (Happened.UNLOCKED, Happened.RESUMED) and self._shut_by_session:
            with suppress(Problem):
                self.host.unlock(None)

    def close(self) -> None:
        """Stop the timetable and the recorder, before the host closes."""
        self._stop_listening()
        if self._session is not None:
            self._session.close()
        self._stop_recording("Mneme was not running")
        self._asleep()

    # -- the recorder

    def _record(self) -> None:
        if self.host.recording is not None:
            self.host.recording.go_on()
        else:
            self.host.recording = Recording(self.host)
            self.host.recording.start()

    def _stop_recording(self, reason: str = "recording was switched off") -> None:
        recording, self.host.recording = self.host.recording, None
        if recording is not None:
            recording.stop(reason, finish_s=_FINISH_S)

    def _follow_setting(self) -> None:
        if self.host.assistant.settings.capture.screen:
            self._record()
        else:
            self._stop_recording()
            self.events.tell(RecorderChanged("off"))

    def recorder(self) -> RecorderStatus:
        """The state of the recorder, by its own heartbeat."""
        return recorder_state(self.host)

    def pause(self, until: datetime | None) -> None:
        """Look no more until then; None: until it is resumed."""
        pause(self.host, until)

    def resume(self) -> None:
        """End a pause."""
        resume(self.host)

    def preview(self) -> CapturePreview:
        """What would be captured now."""
        listed, png, sentences = look_once(self.host)
        return CapturePreview(
            closed="" if png else " ".join(sentences),
            allowed=tuple(SeenWindow(app=app, title=title) for app, title, why in listed if not why),
            excluded=tuple(SeenWindow(app=app, reason=why) for app, _, why in listed if why),
            picture=png,
        )

    # -- rules

    def rules(self) -> list[RuleLine]:
        """The exclusion rules."""
        return list(self.host.rules())

    def add_rule(self, by: str, pattern: str) -> Sequence[MemoryId]:
        """Exclude windows; what was kept of such before."""
        self.host.add_rule(by, pattern)
        return kept_under(self.host.assistant, by, pattern)

    def remove_rule(self, rule: int) -> None:
        """Take one rule away."""
        self.host.remove_rule(rule)

    def test_rule(self, title: str) -> TestedTitle:
        """What would become of a window with this title or application."""
        rule, why = self.host.test_rule(title)
        return TestedTitle(rule=rule, reason=why)

    # -- models

    def models(self, measuring: bool = False) -> ModelShelf:
        """Models here and models on offer."""
        return shown_shelf(self.host.models().listed(measuring=measuring))

    def add_model(self, file: Path, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> str:
        """Copy a GGUF file that the person chose, and so trusts, into the profile."""
        return self.host.models().add(file, trust=True, told=told, cancelled=cancelled)

    def published_model(self, name: str) -> PublishedModel:
        """What the host of an offer or of an address says of the file."""
        return PublishedModel(name=name, **asdict(self.host.models().published(name)))

    def download_model(
        self,
        name: str,
        promised: PublishedModel | None,
        told: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> str:
        """Fetch one on offer, or what its host promised, and check it."""
        said = None if promised is None else promise(promised)
        return self.host.models().download(name, trust=said is not None, told=told, cancelled=cancelled, promised=said)

    def model_costs(self, name: str, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> ModelCosts:
        """What leaving neurons of a model out would cost."""
        return shown_costs(name, self.host.models().costs(name, told, cancelled))

    def prepare_model(
        self,
        name: str,
        told: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        keep: float | None = None,
    ) -> str:
        """Write another file of a model, of which less is read."""
        return self.host.models().prepare(name, told, cancelled, keep=keep)

    def throw_away_model(self, name: str) -> None:
        """Delete what an interrupted download left."""
        self.host.models().throw_away(name)

    def use_model(self, name: str) -> None:
        """Choose a model; `none`: answer without."""
        self.host.models().use(name)

    def draft_with(self, name: str) -> None:
        """Choose the small model that drafts; `none`: no model does."""
        self.host.models().draft_with(name)

    def meaning(self) -> MeaningModel:
        """The model that finds by meaning."""
        opened = self.host.opened
        embedder = opened.embedder
        if embedder is None:
            return MeaningModel(here=False)
        with opened.vault.read() as db:
            file = str(preferences.noted(db, ITS_FILE) or "")
        found = languages_of(opened.vault, embedder.id)
        known_here = known(found)
        return MeaningModel(
            file=file,
            knows=tuple(language for language in found if known_here(language)),
            fails=tuple(language for language in found if not known_here(language)),
            coming=opened.assistant.settings.model.embedder != file,
        )

    def embed_with(self, name: str) -> None:
        """Find by meaning with this one: a file's path or name, empty for the bundled one."""
        self.host.models().embed_with(name)

    def remove_model(self, name: str) -> None:
        """Delete a model's file."""
        self.host.models().remove(name)

    # -- the machine

    def doctor(self) -> list[Check]:
        """Look at everything Mneme needs."""
        try:
            model = self.host.assistant.settings.model
            spent = self.host.models().spent(model.answering)
        except Problem:
            return list(checks(self.host.paths))
        chosen = Chosen(file=model.answering, memory_mb=model.memory_mb, draft=model.draft)
        took = None if spent is None else spent.as_json()
        return list(checks(self.host.paths, chosen, took, recorder_form(self.host)))

    def sleep_plan(self) -> SleepPlan | None:
        """When it sleeps next by itself; None while the vault is shut."""
        timetable = self._timetable
        try:
            settings, now = self.host.assistant.settings.sleep, self.host.clock()
            found = None if timetable is None else timetable.due()
        except Locked:
            return None
        if found is None:
            return None
        night = upkeep.night_of(now, settings)
        had = upkeep.had_its_sleep(self.host.assistant.nights(30), night)
        return SleepPlan(
            by_itself=settings.enabled,
            due=settings.enabled and not had,
            begins=upkeep.next_night(now, settings),
            away_minutes=settings.after_idle_minutes,
            hindrance="" if had or found.night else found.why,
        )

    def others(self) -> OtherAssistants:
        """Who else may read in this memory, and did."""
        return HostsAssistants(self.host)

    def autostart(self, on: bool) -> None:
        """Start with the session, or no longer."""
        set_autostart(on, self.host.paths)

    def look(self) -> PublicLook:
        """The theme, and the window's place once the vault is open."""
        theme = "system"
        if Profile.exists(self.host.paths):
            try:
                theme = Profile(self.host.paths).theme
            except Problem:
                theme = "system"  # the door says what is wrong with the profile
        window = ""
        if self.host.state() == "open":
            with self.host.opened.vault.read() as db:
                window = str(preferences.noted(db, _WINDOW) or "")
        return PublicLook(theme=cast(Any, theme), window=window)

    def keep_look(self, look: PublicLook) -> None:
        """Remember it; nothing while locked."""
        try:
            opened = self.host.opened
        except Locked:
            return
        opened.profile.set_theme(look.theme)
        with opened.vault.write() as db:
            preferences.note(db, _WINDOW, look.window)
