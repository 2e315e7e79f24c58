"""What the terminal and the doctor say of the recorder, and how its looks of the last minute are counted."""

import io
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from app.cli import render
from app.pace import LooksCounted
from app.recorder_state import recorder_sentence
from core.capture.screen.recorder import Account

NOW = datetime(2026, 9, 20, 16, 30, tzinfo=UTC)
FORM: dict[str, Any] = {
    "state": "paused",
    "reason": "paused",
    "private": False,
    "until": "2026-09-21T05:00:00+00:00",
    "looks": 0,
    "expected": 0,
    "last_look": None,
    "waiting": 0,
}
SAID = [
    ({}, "Paused until 21 Sep 2026 05:00.", (True, "paused until 21 Sep 2026 05:00")),
    (
        {"reason": "outside the recording hours"},
        "Paused until 21 Sep 2026 05:00: outside the recording hours.",
        (True, "paused until 21 Sep 2026 05:00: outside the recording hours"),
    ),
    ({"reason": "private mode", "until": None}, "Paused: private mode.", (True, "paused: private mode")),
    ({"state": "locked", "reason": "locked", "until": None}, "Locked: not recording.", (True, "locked")),
    (
        {"state": "off", "reason": "Recording the screen is switched off."},
        "Not recording: it is switched off.",
        (True, "off: Recording the screen is switched off."),
    ),
    (
        {"state": "off", "reason": "No Mneme is running that records."},
        "Not recording: no Mneme is running that records.",
        (False, "off: No Mneme is running that records."),
    ),
]


@pytest.mark.parametrize(("form", "in_terminal", "by_doctor"), SAID)
def test_the_terminal_and_the_doctor_say_until_when_on_which_day_and_why(
    form: dict[str, Any], in_terminal: str, by_doctor: tuple[bool, str]
) -> None:
    out = io.StringIO()
    render.recorder(cast(Any, SimpleNamespace(out=Console(file=out, width=200))), FORM | form)
    assert out.getvalue().strip() == in_terminal
    assert recorder_sentence(FORM | form) == by_doctor


def account(looks: int, expected: int, slept: int = 0) -> Account:
    return Account(state="recording", reason="", heartbeat=NOW, looks=looks, frames=0, expected=expected, slept=slept)


def test_only_the_looks_of_the_last_minute_are_counted_and_none_that_was_slept_through() -> None:
    counted = LooksCounted(NOW)
    for second in range(0, 100, 5):
        pace = counted.now(NOW + timedelta(seconds=second), account(second // 5, second // 5), 40)
    assert (pace.looks, pace.expected) == (12, 12)
    pace = counted.now(NOW + timedelta(hours=8), account(20, 1000, 979), 40)
    assert (pace.looks, pace.expected) == (0, 0)
    pace = counted.now(NOW - timedelta(hours=1), account(21, 1001, 979), 40)
    assert (pace.looks, pace.expected) == (0, 0), "the clock was set back"


def test_many_may_ask_at_once() -> None:
    counted, wrong = LooksCounted(NOW), list[BaseException]()

    def ask(offset: int) -> None:
        try:
            for n in range(2000):
                counted.now(NOW + timedelta(seconds=61 * n + offset), account(n, n), 40)
        except IndexError as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
