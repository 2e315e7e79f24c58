"""One host a profile: the only process with the key; everyone else hands their request to its door."""

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from app.clocks import Clock as Clock
from app.clocks import local_now as local_now
from app.endpoint import Door, Frame, Guest
from app.kept_rules import as_rule
from app.long_work import LongWork
from app.shelf import Shelf
from app.wiring import Opened, open_profile
from core.assistant import Assistant
from core.capture.gate import left_out
from core.capture.rules import Field, Rule, checked, explain
from core.errors import BadInput, DamagedVault, Locked, NewerVault, Problem, VaultProblem
from core.events import Event, Events, Noticed, SettingChanged, VaultLocked, VaultUnlocked
from core.memory import Gap
from core.paths import ProfilePaths
from core.store import preferences, timeline
from core.store.backup import drop_all
from core.store.folder import ProfileLock, no_core_dumps, private_umask
from core.store.keys import SystemKeyring, system_keyring
from core.store.preferences import RuleRow
from core.store.profile import Profile
from core.urgency import Urgency
from core.worker import Worker

if TYPE_CHECKING:
    from app.recording import Recording

log = logging.getLogger(__name__)

T = TypeVar("T")
LEASE_S = 30 * 60.0
"""How long the key may stay in this process for a sleep while the session is locked."""


class Host:
    """Holds a profile's lock, its key while unlocked, its threads and its door."""

    def __init__(
        self, paths: ProfilePaths, lock: ProfileLock, *, clock: Clock = local_now, stays: bool = False
    ) -> None:
        self.paths = paths
        self.clock = clock
        self.events = Events()
        self.stays = stays
        self.notices: list[Noticed] = []
        self.last_used = clock()
        """When somebody last asked or told something, here or at the door."""
        self.long_work = LongWork()
        self.recording: Recording | None = None
        """The screen's recorder, while there is one."""
        self.owed_gaps: list[Gap] = []
        """Gaps that could not be written while locked."""
        self.on_show: Callable[[str, str], None] | None = None
        """Set by the window."""
        self.only_read: Problem | None = None
        """Why the open vault can only be read; for a single command, never for a host that stays."""
        self._lock = lock
        self._opened: Opened | None = None
        self._changing = threading.RLock()
        self._lease: threading.Timer | None = None
        """Runs while the vault is covered; at its end the key is dropped."""
        self._worker = Worker("store")
        self._questions = ThreadPoolExecutor(max_workers=4, thread_name_prefix="question")
        self._door: Door | None = None
        self.events.listen(self._heard)

    @classmethod
    def become(cls, paths: ProfilePaths, *, make: bool, clock: Clock = local_now, stays: bool = False) -> "Host | None":
        """The host of this profile, or None when another process is. `make`: the folder may be made.

        Raises VaultProblem, UnsafeProfile, Missing.
        """
        no_core_dumps()
        private_umask()
        if make:
            try:
                paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise VaultProblem("The profile's folder cannot be made.", "Choose another folder.") from error
        lock = ProfileLock(paths)
        return cls(paths, lock, clock=clock, stays=stays) if lock.acquire() else None

    @property
    def profile(self) -> Path:
        """The profile's folder."""
        return self.paths.root

    @cached_property
    def _system(self) -> SystemKeyring | None:
        return system_keyring()

    # -- the vault's door

    def state(self) -> str:
        """`new` without a vault, else `locked` (covered too) or `open`."""
        if self._opened is not None and not self.covered:
            return "open"
        return "locked" if Profile.exists(self.paths) else "new"

    def keyring(self) -> str:
        """The name of the keyring that can hold the key, empty when there is none."""
        return self._system.title if self._system is not None else ""

    def create(self, passphrase: str | None, use_keyring: bool, *, recovery: bool = True) -> str:
        """Make the profile and open it; its recovery key, to be printed and never kept. Raises Problem."""
        with self._changing:
            profile, words = Profile.create(
                self.paths, passphrase=passphrase, system=self._system, in_keyring=use_keyring, recovery=recovery
            )
            self._open(profile)
        return words or ""

    def unlock(self, passphrase: str | None) -> None:
        """Open with a passphrase or recovery key, or with None by the keyring. Raises WrongKey and other Problems."""
        with self._changing:
            if self._opened is not None:
                if passphrase is not None:
                    self._opened.profile.verify(passphrase)
                elif self.covered:
                    Profile(self.paths, self._system).unlock(None)
                self._uncover()
                return
            profile = Profile(self.paths, self._system)
            profile.unlock(passphrase)
            self._open(profile)

    def _uncover(self) -> None:
        """The person is back: everything can be read again; nothing where it was not covered."""
        lease, self._lease = self._lease, None
        if lease is not None and self._opened is not None:
            lease.cancel()
            self._opened.vault.cover.take_off()
            self.events.tell(VaultUnlocked())

    def _open(self, profile: Profile) -> None:
        try:
            self._opened = open_profile(profile, self.events, self.clock, stays=self.stays)
        except (NewerVault, DamagedVault) as problem:
            if self.stays:
                raise
            self._opened = open_profile(profile, self.events, self.clock, stays=False, read_only=True)
            self.only_read = problem
            self.events.tell(Noticed(problem.title, problem.remedy, problem=True))
        for sentence in (*profile.notices, *self._opened.vault.notices):
            self.events.tell(Noticed(sentence, problem=True))
        if self.owed_gaps:
            with self._opened.vault.write() as db:
                for gap in self.owed_gaps:
                    timeline.add_gap(db, gap)
            self.owed_gaps.clear()
        self.events.tell(VaultUnlocked())

    def lock(self) -> None:
        """Drop the key, every cache and the children; nothing can be read until the next unlock."""
        with self._changing:
            self._stop_recording("locked")
            lease, self._lease = self._lease, None
            if lease is not None:
                lease.cancel()
            opened, self._opened = self._opened, None
            self.only_read = None
            if opened is not None:
                self.events.tell(VaultLocked())
                opened.vault.interrupt_readers()
                opened.close()

    def cover(self, lease_s: float = LEASE_S) -> None:
        """The session was locked: nothing can be read or written until the next unlock, as after `lock`.

        Only a sleep that is due may go on: for `lease_s` seconds the key stays in this process, then it is
        dropped; and pictures taken before may be read and kept (`Recording.leave`). Without a lease (0, or as
        the settings want it) the key is dropped at once.
        """
        with self._changing:
            if self._opened is None or self.covered:
                return
            if lease_s <= 0 or not self._opened.assistant.settings.sleep.while_locked:
                self.lock()
                return
            if self.recording is not None and not self.recording.leave():
                self._stop_recording("the session was locked")
            self._opened.vault.cover.put_on()
            self._lease = threading.Timer(lease_s, self.lock)
            self._lease.daemon = True
            self._lease.start()
            self.events.tell(VaultLocked())
            self._opened.vault.interrupt_readers()
            self._opened.assistant.stop_model()

    def recording_left(self, recording: "Recording") -> None:
        """Under the cover: nothing of it waits for its reading any more, or the time for that is over."""
        with self._changing:
            if self.recording is recording and self.covered:
                self._stop_recording("the session was locked")

    def _stop_recording(self, reason: str) -> None:
        recording, self.recording = self.recording, None
        if recording is not None:
            recording.stop(reason)

    @property
    def covered(self) -> bool:
        """Whether the key is still here for a sleep that is due, and for nothing else."""
        return self._lease is not None

    @contextmanager
    def leased(self) -> Iterator[Assistant]:
        """For a sleep that is due: inside, this thread reads and writes though the vault is covered. Raises Locked."""
        opened = self._opened
        if opened is None:
            raise Locked
        with opened.vault.cover.lease():
            yield opened.assistant

    @property
    def opened(self) -> Opened:
        """The unlocked profile. Raises Locked."""
        opened = self._opened
        if opened is None or self.covered:
            raise Locked
        return opened

    @property
    def assistant(self) -> Assistant:
        """The way to everything remembered. Raises Locked."""
        return self.opened.assistant

    def erase(self) -> int:
        """Make what was forgotten unrecoverable from old disk blocks: a new key, no own copies; how many went."""
        opened = self.opened
        opened.profile.renew_key(opened.vault)
        gone = drop_all(self.paths)
        if opened.vectors is not None:
            opened.vectors.rebuild()
        return gone

    def models(self) -> Shelf:
        """The models of the open profile."""
        return Shelf(self.paths, self.opened.vault, self.opened.assistant)

    # -- rules of what is never captured

    def rules(self) -> list[RuleRow]:
        """All rules, the seeded ones first."""
        with self.opened.vault.read() as db:
            return preferences.rules(db)

    def add_rule(self, by: str, pattern: str) -> None:
        """Never capture windows by app, class, title, regex or url. Raises BadInput."""
        checked(Rule(field=cast(Field, by), pattern=pattern))
        with self.opened.vault.write() as db:
            preferences.add_rule(db, by, pattern, "exclude")
        self.rules_changed()

    def remove_rule(self, rule: int) -> None:
        """Take one rule away. Raises BadInput."""
        with self.opened.vault.write() as db:
            if not preferences.remove_rule(db, rule):
                raise BadInput(f"There is no rule {rule}.", "`mneme rules list` shows them.")
        self.rules_changed()

    def rules_changed(self) -> None:
        """They hold from the next look on."""
        if self.recording is not None:
            self.recording.rules_changed()

    def test_rule(self, title: str) -> tuple[RuleRow | None, str]:
        """The first rule that a window with this title (or application) meets, and why it is left out, if it is."""
        kept = {as_rule(row): row for row in reversed(self.rules())}
        found = explain(title, reversed(kept))
        why = left_out(title, tuple(kept), self.assistant.settings.capture)
        return (None if found is None else kept[found]), why

    # -- work

    def submit(
        self,
        work: Callable[[Assistant], T],
        urgency: Urgency,
        done: Callable[[T], None],
        failed: Callable[[Problem], None],
    ) -> Callable[[], None]:
        """Run `work` on a worker's thread: questions side by side, the rest one by one in order of urgency.

        Work that returns an iterator is run in steps and gives way between them. What is raised that is no
        Problem is a bug: told as one, and raised for the log.
        """

        def refused(error: BaseException) -> None:
            if isinstance(error, Problem):
                failed(error)
                return
            failed(Problem("Something unexpected went wrong.", "The log in Health says where; nothing was lost."))
            raise error

        if urgency is Urgency.QUESTION:
            self.last_used = self.clock()

            def question() -> None:
                try:
                    result = work(self.assistant)
                except BaseException as error:
                    refused(error)
                else:
                    done(result)

            future = self._questions.submit(question)

            def take_back() -> None:
                future.cancel()

            return take_back
        return self._worker.submit(lambda: work(self.assistant), urgency, done, refused).cancel

    def submit_leased(
        self, work: Callable[[Assistant], Iterator[Any]], done: Callable[[Any], None], failed: Callable[[Problem], None]
    ) -> Callable[[], None]:
        """Run a sleep on the store's thread, step by step, also while the vault is covered."""

        def steps() -> Generator[Any, None, Any]:
            with self.leased() as assistant:
                made = work(assistant)
            try:
                while True:
                    with self.leased():
                        try:
                            step = next(made)
                        except StopIteration as end:
                            return end.value
                    yield step
            finally:
                close = getattr(made, "close", None)
                with suppress(Locked), self.leased():
                    if close is not None:
                        close()

        def refused(error: BaseException) -> None:
            if not isinstance(error, Problem):
                failed(Problem("Something unexpected went wrong.", "The log in Health says where; nothing was lost."))
                raise error
            failed(error)

        return self._worker.submit(steps, Urgency.UPKEEP, done, refused).cancel

    def work(self, work: Callable[[Assistant], Any], urgency: Urgency) -> Any:
        """Run `work` on the store's thread and wait; an iterator is run in steps and its return value is the result."""
        return self._worker.call(lambda: work(self.assistant), urgency)

    def _setting_changed(self, key: str) -> None:
        # Only what must follow at once; everything else reads the settings at its next turn.
        if key.startswith("store.vectors") and self.opened.vectors is not None:
            self.opened.vectors.use(self.assistant.settings.store)

    def show(self, what: str, text: str) -> bool:
        """Ask the window to come to the front; False when this host has none."""
        if self.on_show is None:
            return False
        self.on_show(what, text)
        return True

    # -- other processes

    def open_door(self, serve: Callable[["Host", Frame, Guest], None]) -> None:
        """Serve other commands of the same person from now on."""
        self._door = Door(self.paths.socket, lambda frame, guest: serve(self, frame, guest))

    def _heard(self, event: Event) -> None:
        if isinstance(event, SettingChanged):
            self._setting_changed(event.key)
        elif isinstance(event, Noticed):
            self.notices.append(event)
            del self.notices[:-50]

    def close(self) -> None:
        """Everything stopped in reverse order: door, work, vault, lock.

        A step that does not end in time (a large picture being read) does not hold up the end: what it would
        still commit finds the vault shut.
        """
        if self._door is not None:
            self._door.close(hurry=self.stays)
        self._questions.shutdown(wait=True, cancel_futures=True)
        try:
            self._worker.close()
        except Problem:
            log.warning("a step of work was still running at the end")
        self.lock()
        self._lock.release()
