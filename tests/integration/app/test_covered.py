"""The session is locked: nothing can be read, a due sleep may finish under its lease, then the key is dropped."""

import threading
from pathlib import Path

import pytest

from app.desk import HostDesk
from app.host import Host
from app.session import Happened
from core.assistant import finish
from core.errors import Locked, Problem, WrongKey
from core.events import Event, VaultLocked, VaultUnlocked
from core.memory import Selection, SleepRun
from core.paths import RESOURCES
from core.store import runs
from core.urgency import Urgency
from tests.integration.app.hosts import NOW, PASSPHRASE, hosting

SAMPLE = RESOURCES / "sample" / "conversations.jsonl"
PATIENCE_S = 120.0


def imported(host: Host) -> None:
    finish(host.assistant.importing([SAMPLE], NOW))


class Slept:
    """Waits for the end of a sleep handed to the store's thread."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.run: SleepRun | None = None
        self.problem: Problem | None = None

    def done(self, run: SleepRun) -> None:
        self.run = run
        self.ended.set()

    def failed(self, problem: Problem) -> None:
        self.problem = problem
        self.ended.set()


def nothing_is_read(host: Host) -> None:
    assistant, vault = host._opened.assistant, host._opened.vault  # type: ignore[union-attr]
    assert host.state() == "locked"
    with pytest.raises(Locked):
        _ = host.assistant
    with pytest.raises(Locked), vault.read():
        pass
    with pytest.raises(Locked), vault.write():
        pass
    for ask in (
        lambda: assistant.recall("Where does Dana live now?", NOW),
        lambda: assistant.memories(Selection()),
        lambda: assistant.remember("too late", NOW),
    ):
        with pytest.raises(Problem):
            ask()


def test_nothing_is_read_under_the_cover_and_all_of_it_after_the_unlock(tmp_path: Path) -> None:
    told: list[Event] = []
    with hosting(tmp_path / "p", stays=True) as host:
        imported(host)
        assert host.assistant.recall("Where does Dana live now?", NOW).hits
        stop = host.events.listen(told.append)
        host.cover()
        assert host.covered
        nothing_is_read(host)
        with pytest.raises(WrongKey):
            host.unlock("not the passphrase")
        nothing_is_read(host)
        with pytest.raises(Problem):
            host.unlock(None)
        nothing_is_read(host)
        host.unlock(PASSPHRASE)
        assert not host.covered
        assert host.assistant.recall("Where does Dana live now?", NOW).hits
        assert [type(event) for event in told if isinstance(event, VaultLocked | VaultUnlocked)] == [
            VaultLocked,
            VaultUnlocked,
        ]
        stop()


def test_a_sleep_goes_on_under_the_cover_and_nothing_else_does(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        imported(host)
        slept = Slept()

        def cover_in_the_middle(done: int, total: int) -> None:
            if not host.covered:
                threading.Thread(target=host.cover).start()

        host.submit_leased(lambda a: a.sleeping(NOW, told=cover_in_the_middle), slept.done, slept.failed)
        assert slept.ended.wait(PATIENCE_S)
        assert slept.problem is None
        assert slept.run is not None
        assert slept.run.state == "done"
        nothing_is_read(host)
        host.unlock(PASSPHRASE)
        with host.opened.vault.read() as db:
            assert [run.state for run in runs.runs(db)] == ["done"]


def test_other_work_under_way_ends_with_the_cover(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        imported(host)

        def cover_at_once(done: int, total: int) -> None:
            host.cover()

        with pytest.raises(Problem):
            host.assistant.export(tmp_path / "out.mneme", NOW, passphrase="for the archive", told=cover_at_once)
        assert list(tmp_path.glob("out*")) == []
        host.unlock(PASSPHRASE)
        with pytest.raises(Locked):
            host.work(lambda a: a.sleeping(NOW, told=cover_at_once), Urgency.UPKEEP)


def test_when_the_lease_is_over_the_key_is_gone_and_the_sleep_goes_on_after_the_unlock(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        imported(host)
        vault = host.opened.vault
        slept = Slept()
        at = threading.Event()

        def lease_over(done: int, total: int) -> None:
            if not at.is_set():
                at.set()
                host.cover(0.01)
                while vault._key:
                    threading.Event().wait(0.01)

        host.submit_leased(lambda a: a.sleeping(NOW, told=lease_over), slept.done, slept.failed)
        assert slept.ended.wait(PATIENCE_S)
        assert isinstance(slept.problem, Locked)
        assert vault._key == vault._secret == b""
        assert not host.covered
        with pytest.raises(Locked), host.leased():
            pass
        host.unlock(PASSPHRASE)
        run = host.work(lambda a: a.sleeping(NOW), Urgency.UPKEEP)
        assert run.state == "done"
        with host.opened.vault.read() as db:
            assert [one.id for one in runs.runs(db)] == [run.id], "one run, taken up again"


def test_without_a_lease_the_key_is_dropped_at_once(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        vault = host.opened.vault
        host.assistant.set_setting("sleep.while_locked", False)
        host.cover()
        assert vault._key == b""
        assert not host.covered


def test_the_desk_shuts_with_the_session_and_before_a_suspend_as_the_settings_want_it(tmp_path: Path) -> None:
    with hosting(tmp_path / "p", stays=True) as host:
        desk = HostDesk(host)
        try:
            desk.session_told(Happened.LOCKED)
            assert (desk.state(), host.covered) == ("locked", True)
            desk.session_told(Happened.UNLOCKED)
            assert desk.state() == "locked", "no keyring: the person opens it"
            desk.session_told(Happened.SUSPENDING)
            assert not host.covered, "the key is not left in the memory of a machine that sleeps"
            desk.unlock(PASSPHRASE)
            host.assistant.set_setting("lock.with_session", False)
            host.assistant.set_setting("lock.before_suspend", False)
            desk.session_told(Happened.LOCKED)
            desk.session_told(Happened.SUSPENDING)
            assert desk.state() == "open"
        finally:
            desk.close()


def test_a_desk_over_an_open_vault_has_its_timetable_and_knows_when_it_sleeps_next(tmp_path: Path) -> None:
    with hosting(tmp_path / "p", stays=True) as host:
        desk = HostDesk(host)
        try:
            plan = desk.sleep_plan()
            assert plan is not None
            assert plan.by_itself
            host.lock()
            assert desk.sleep_plan() is None
            host.unlock(PASSPHRASE)
            assert desk.sleep_plan() is not None
        finally:
            desk.close()
