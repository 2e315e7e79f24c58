"""Work goes to worker threads and comes back on the window's, in order, to those who are still there."""

import threading
from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from core.errors import BadInput, Cancelled
from core.events import Event, IndexReady, Noticed
from tests.desk import NOW, ScriptedDesk
from ui.bridge import Bridge


def test_results_come_back_in_order_on_the_windows_thread(qtbot: QtBot, bridge: Bridge) -> None:
    owner, got, threads = QObject(), list[int](), set[str]()

    def work(number: int) -> int:
        threads.add(threading.current_thread().name)
        return number

    def then(number: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        got.append(number)

    for number in range(20):
        bridge.run(lambda _, number=number: work(number), owner, then)
    qtbot.waitUntil(lambda: len(got) == 20)
    assert got == list(range(20))
    assert threading.main_thread().name not in threads


def test_a_destroyed_owner_receives_nothing(qtbot: QtBot, bridge: Bridge) -> None:
    go, got = threading.Event(), list[int]()
    owner, witness = QObject(), QObject()
    bridge.run(lambda _: go.wait(5), owner, lambda _: got.append(1))
    bridge.run(lambda _: None, witness, lambda _: got.append(2))
    owner.deleteLater()
    del owner
    qtbot.wait(20)
    go.set()
    qtbot.waitUntil(lambda: 2 in got)
    assert got == [2]


def test_a_released_owner_receives_neither_results_nor_streamed_words(qtbot: QtBot, bridge: Bridge) -> None:
    go, got = threading.Event(), list[str]()
    owner, witness = QObject(), QObject()
    say = bridge.carrier(owner, got.append)

    def work(_: Any) -> str:
        go.wait(5)
        say("words")
        return "result"

    bridge.run(work, owner, got.append)
    bridge.run(lambda _: "witness", witness, got.append)
    bridge.release(owner)
    go.set()
    qtbot.waitUntil(lambda: "witness" in got)
    assert got == ["witness"]


def test_a_cancelled_job_stops_its_work_and_delivers_nothing(qtbot: QtBot, bridge: Bridge) -> None:
    stop, began, got = threading.Event(), threading.Event(), list[str]()
    owner = QObject()

    def work(_: Any) -> str:
        began.set()
        assert stop.wait(5)
        return "late"

    job = bridge.run(work, owner, got.append, stop=stop)
    began.wait(5)
    job.cancel()
    bridge.run(lambda _: "next", owner, got.append)
    qtbot.waitUntil(lambda: "next" in got)
    assert got == ["next"]


def test_a_problem_without_a_taker_becomes_a_notice(qtbot: QtBot, bridge: Bridge) -> None:
    heard: list[Event] = []
    bridge.happened.connect(heard.append)

    def work(_: Any) -> None:
        raise BadInput("That is nothing.", "Give something.")

    owner = QObject()
    bridge.run(work, owner, lambda _: None)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [Noticed("That is nothing.", "Give something.", problem=True)]


def test_what_the_person_cancelled_is_no_notice(qtbot: QtBot, bridge: Bridge) -> None:
    heard, ended = list[Event](), list[bool]()
    bridge.happened.connect(heard.append)

    def work(_: Any) -> None:
        raise Cancelled

    owner = QObject()
    bridge.run(work, owner, lambda _: None)
    bridge.run(lambda _: True, owner, ended.append)
    qtbot.waitUntil(lambda: bool(ended))
    assert heard == []


def test_events_told_on_any_thread_arrive_on_the_windows(qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk) -> None:
    heard: list[tuple[Event, bool]] = []
    bridge.happened.connect(lambda event: heard.append((event, threading.current_thread() is threading.main_thread())))
    told = threading.Thread(target=lambda: desk.events.tell(IndexReady(3)))
    told.start()
    told.join()
    assert heard == []
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(IndexReady(3), True)]


def test_work_in_steps_gives_back_what_it_returns(qtbot: QtBot, bridge: Bridge) -> None:
    got: list[int] = []

    def steps(_: Any) -> Any:
        yield
        yield
        return 7

    owner = QObject()
    bridge.run_steps(steps, owner, got.append)
    qtbot.waitUntil(lambda: got == [7])


def test_a_closed_bridge_hears_no_more_events(qtbot: QtBot, desk: ScriptedDesk) -> None:
    bridge, heard = Bridge(desk, lambda: NOW), list[Event]()
    bridge.happened.connect(heard.append)
    bridge.close()
    desk.events.tell(IndexReady(1))
    qtbot.wait(30)
    assert heard == []


def test_a_closed_bridge_begins_nothing(qtbot: QtBot, desk: ScriptedDesk) -> None:
    bridge, begun, owner = Bridge(desk, lambda: NOW), list[int](), QObject()
    bridge.close()
    bridge.run(lambda _: begun.append(1), owner, lambda _: None)
    bridge.off_thread(lambda _: begun.append(2), owner, lambda _: None)
    qtbot.wait(30)
    assert begun == []
