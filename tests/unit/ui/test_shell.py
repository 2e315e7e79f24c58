"""Window, tray, quick recall and hotkey put together over a desk."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.errors import Problem
from core.events import VaultLocked
from core.memory import MemoryId
from tests.desk import NOW, ScriptedDesk, said
from ui.bridge import Bridge
from ui.forgetting import ForgetDialog
from ui.long_work import LongWork
from ui.look import DARK, tokens
from ui.parts.working import Working
from ui.shell import Shell

RECENT = MemoryId("01J" + "77".zfill(23))


@pytest.fixture
def shell(qtbot: QtBot, qapp: QApplication, desk: ScriptedDesk) -> Iterator[Shell]:
    desk.assistant.set_setting("look.hotkey", "")
    made = Shell(qapp, desk, lambda: NOW)
    qtbot.addWidget(made.window)
    qtbot.addWidget(made.quick)
    made.show()
    qtbot.waitUntil(made.window.isVisible)
    yield made
    made.close()
    made.setParent(None)


def test_without_a_tray_closing_the_window_ends_the_application(qtbot: QtBot, shell: Shell) -> None:
    assert not shell.tray.there
    with qtbot.waitSignal(shell.quit_wanted):
        shell.window.close()


def test_with_a_tray_closing_only_hides_and_a_second_start_shows_it_again(
    qtbot: QtBot, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(shell.tray), "there", property(lambda _: True))
    left: list[bool] = []
    shell.quit_wanted.connect(lambda: left.append(True))
    shell.window.close()
    assert not shell.window.isVisible()
    shell.come_forward()
    qtbot.waitUntil(shell.window.isVisible)
    assert left == []


def test_pausing_until_tomorrow_ends_in_the_morning(qtbot: QtBot, shell: Shell, desk: ScriptedDesk) -> None:
    desk.resume()
    qtbot.waitUntil(shell.actions.pause_day.isEnabled)
    shell.actions.pause_day.trigger()
    qtbot.waitUntil(lambda: desk.recorder().state == "paused")
    until = desk.recorder().until
    assert until is not None
    assert (until.date() - NOW.date(), until.hour, until.minute) == (timedelta(days=1), 5, 0)


def test_private_mode_has_no_end_and_resuming_ends_it(qtbot: QtBot, shell: Shell, desk: ScriptedDesk) -> None:
    desk.resume()
    qtbot.waitUntil(shell.actions.private.isEnabled)
    shell.actions.private.trigger()
    qtbot.waitUntil(lambda: desk.recorder().state == "paused")
    assert desk.recorder().until is None
    qtbot.waitUntil(shell.actions.resume.isEnabled)
    assert shell.actions.pause_hour.isEnabled()
    shell.actions.resume.trigger()
    qtbot.waitUntil(lambda: desk.recorder().state == "recording")


def test_forgetting_the_last_quarter_of_an_hour_names_what_it_would_take(
    qtbot: QtBot, shell: Shell, desk: ScriptedDesk
) -> None:
    desk.assistant.put(said(77, "Just now", "me", "Dana", timedelta(minutes=3)))
    shell.actions.forget.trigger()
    qtbot.waitUntil(lambda: bool(shell.window.findChildren(ForgetDialog)))
    shell.window.findChildren(ForgetDialog)[0].accept()
    qtbot.waitUntil(lambda: desk.assistant.memories_of(RECENT) == [])
    assert len(desk.assistant.every()) == 13


def test_the_chosen_theme_is_worn_at_once_and_kept_for_the_next_start(
    qtbot: QtBot, shell: Shell, desk: ScriptedDesk
) -> None:
    shell.window.settings.changed.emit("look.theme", "dark")
    assert tokens() == DARK
    qtbot.waitUntil(lambda: desk.look().theme == "dark")


def test_an_import_shows_its_progress_and_says_what_came_of_it(
    qtbot: QtBot, shell: Shell, desk: ScriptedDesk, tmp_path: Path
) -> None:
    begun: list[Working] = []
    shell.work.begun.connect(begun.append)
    shell.work.import_files([tmp_path / "chat.jsonl"])
    assert len(begun) == 1
    qtbot.waitUntil(lambda: bool(shell.window.notices.shown))
    said = shell.window.notices.shown[0].said
    assert said.title == "1 memory was imported."
    assert said.remedy == "They can be found now. 2 were there already. 1 place was not taken: not a JSON object."
    assert desk.assistant.imported == [tmp_path / "chat.jsonl"]


def test_quick_recall_does_not_open_before_a_shut_door(qtbot: QtBot, shell: Shell, desk: ScriptedDesk) -> None:
    desk.lock()
    shell.recall("anything")
    assert not shell.quick.isVisible()
    assert shell.window.isVisible()


def test_cancelling_long_work_stops_it_at_its_next_step(qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk) -> None:
    work, cards, steps, ended = LongWork(bridge), list[Working](), list[int](), list[str]()
    work.begun.connect(cards.append)

    def endless(_: Any, progress: Any, stopped: Any) -> Any:
        while not stopped():
            steps.append(1)
            progress(len(steps), 0)
            yield
        return "stopped"

    work.begin_steps("Counting", endless, ended.append)
    qtbot.waitUntil(lambda: len(steps) > 3)
    cards[0].stop.click()
    qtbot.waitUntil(lambda: ended == ["stopped"])


def test_a_problem_in_long_work_takes_its_card_away_and_is_said(qtbot: QtBot, bridge: Bridge) -> None:
    work, gone, heard = LongWork(bridge), list[QObject](), list[Any]()
    work.ended.connect(gone.append)
    bridge.happened.connect(heard.append)

    def fails(*_: Any) -> Any:
        raise Problem("The disk is full.", "Make room.")

    work.begin("Exporting", fails, lambda _: None)
    qtbot.waitUntil(lambda: bool(gone))
    assert [event.title for event in heard] == ["The disk is full."]


def test_after_its_end_no_thread_is_left(qtbot: QtBot, qapp: QApplication) -> None:
    before = {thread.name for thread in threading.enumerate()}
    desk = ScriptedDesk()
    made = Shell(qapp, desk, lambda: NOW)
    made.show()
    made.bridge.off_thread(lambda one: one.doctor(), made, lambda _: None)
    desk.events.tell(VaultLocked())
    made.close()
    desk.close()
    left = {thread.name for thread in threading.enumerate()} - before
    assert not {name for name in left if name.startswith(("mneme", "scripted"))}
