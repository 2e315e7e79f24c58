"""A lock in the middle of a query, an export, a sleep, an import: nothing is read after it, nothing is lost by it."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.host import Host
from core.assistant import Assistant, finish
from core.errors import Locked, Problem
from core.memory import Saved, Selection
from core.paths import RESOURCES
from core.store import runs
from core.store.vault import Vault
from core.urgency import Urgency
from tests.integration.app.hosts import NOW, PASSPHRASE, hosting

SAMPLE = RESOURCES / "sample" / "conversations.jsonl"


def imported(host: Host) -> None:
    finish(host.assistant.importing([SAMPLE], NOW))


def ends_in_a_problem(host: Host, work: Callable[[Assistant], object]) -> Problem:
    """Has the host's worker do it and waits: it must fail with a sentence."""
    with pytest.raises(Problem) as caught:
        host.work(work, Urgency.UPKEEP)
    return caught.value


def all_refused(assistant: Assistant, vault: Vault) -> None:
    """Nothing can be read or saved, whoever still holds the open profile's parts."""
    with pytest.raises(Locked), vault.read():
        pass
    with pytest.raises(Locked), vault.write():
        pass
    for ask in (
        lambda: assistant.recall("Where does Dana live?", NOW),
        lambda: assistant.memories(Selection()),
        lambda: assistant.remember("too late", NOW),
    ):
        with pytest.raises(Problem):
            ask()
    assert vault._key == vault._secret == b""


def test_no_question_is_answered_after_a_lock_in_the_middle_of_many(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        imported(host)
        assistant, vault = host.assistant, host.opened.vault
        locked, some, end = threading.Event(), threading.Event(), threading.Event()
        before: list[int] = []
        after: list[object] = []
        strange: list[BaseException] = []

        def ask() -> None:
            while not end.is_set():
                late = locked.is_set()
                try:
                    found = assistant.recall("Where does Dana live now?", NOW)
                except Problem:
                    continue
                except BaseException as error:
                    strange.append(error)
                    return
                (after if late else before).append(len(found.hits))
                some.set()

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        assert some.wait(60)
        host.lock()
        locked.set()
        all_refused(assistant, vault)
        end.wait(0.5)
        end.set()
        for thread in threads:
            thread.join(60)
        assert before, "nobody asked before the lock: the test shows nothing"
        assert max(before) > 0
        assert (after, strange) == ([], [])
        host.unlock(PASSPHRASE)
        assert host.assistant.recall("Where does Dana live now?", NOW).hits


def test_an_export_that_a_lock_cuts_off_fails_and_leaves_no_file(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        imported(host)
        assistant, vault = host.assistant, host.opened.vault
        target = tmp_path / "out.mneme"
        told: list[int] = []

        def lock_at_once(done: int, total: int) -> None:
            if not told:
                host.lock()
            told.append(done)

        with pytest.raises(Problem):
            assistant.export(target, NOW, passphrase="for the archive", told=lock_at_once)
        assert told
        all_refused(assistant, vault)
        assert list(tmp_path.glob("out*")) == []
        host.unlock(PASSPHRASE)
        assert host.assistant.export(target, NOW, passphrase="for the archive").memories == 178


def test_an_import_that_a_lock_cuts_off_keeps_what_it_called_saved_and_can_be_done_again(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        imported(host)
        assistant, vault = host.assistant, host.opened.vault
        about = {"conversation": "more", "at": "2026-09-01T09:00:00Z", "speaker": "I"}
        turns = [json.dumps(about | {"id": f"m{n}", "text": f"Line {n}."}) for n in range(900)]
        more = tmp_path / "more.jsonl"
        more.write_text("\n".join(turns), "utf-8")
        acknowledged: list[str] = []

        def lock_after_the_first(saved: Saved) -> None:
            acknowledged.extend(saved.ids)
            host.lock()

        problem = ends_in_a_problem(host, lambda a: a.importing([more], NOW, on_saved=lock_after_the_first))
        assert isinstance(problem, Locked)
        all_refused(assistant, vault)
        assert 0 < len(acknowledged) < 900
        host.unlock(PASSPHRASE)
        found = {memory.id for memory in host.assistant.memories(Selection(limit=5000))}
        assert set(acknowledged) <= found
        assert len(found) == 178 + len(acknowledged)
        report = host.work(lambda a: a.importing([more], NOW), Urgency.CAPTURE)
        assert (report.known, report.new) == (len(acknowledged), 900 - len(acknowledged))


def test_a_sleep_that_a_lock_cuts_off_goes_on_after_the_unlock(tmp_path: Path) -> None:
    def facts(host: Host) -> set[tuple[str, str]]:
        return {(m.facet.value, m.text) for m in host.assistant.memories(Selection(limit=5000))}

    with hosting(tmp_path / "undisturbed") as host:
        imported(host)
        host.work(lambda a: a.sleeping(NOW), Urgency.UPKEEP)
        wanted = facts(host)
    with hosting(tmp_path / "p") as host:
        imported(host)
        assistant, vault = host.assistant, host.opened.vault
        steps: list[int] = []

        def lock_in_the_middle(done: int, total: int) -> None:
            steps.append(done)
            if done >= 50:
                host.lock()

        problem = ends_in_a_problem(host, lambda a: a.sleeping(NOW, told=lock_in_the_middle))
        assert isinstance(problem, Locked)
        assert steps[-1] >= 50
        all_refused(assistant, vault)
        host.unlock(PASSPHRASE)
        assert facts(host) != wanted
        run = host.work(lambda a: a.sleeping(NOW), Urgency.UPKEEP)
        assert run.state == "done"
        with host.opened.vault.read() as db:
            assert [one.id for one in runs.runs(db)] == [run.id], "one run, taken up again"
        assert facts(host) == wanted
