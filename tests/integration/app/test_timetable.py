"""The timetable of a host: what it starts and when, whatever the clock does."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.commands.keeping import sleep
from app.commands.request import Reply
from app.host import Host
from app.presence import Watch
from app.timetable import Timetable, kept, presence_now
from core.assistant import finish
from core.memory import SleepRun
from core.paths import RESOURCES
from core.upkeep import Power, Presence
from core.urgency import Urgency
from tests.integration.app.hosts import NOW, hosting

SAMPLE = RESOURCES / "sample" / "conversations.jsonl"
AWAY = Presence(away=timedelta(hours=1))
HERE = Presence(away=timedelta(seconds=3))


def nights(host: Host) -> list[SleepRun]:
    return host.assistant.nights(100)


def settled(host: Host) -> None:
    """Waits until the store's thread has done what it was given."""
    host.work(lambda assistant: iter(()), Urgency.UPKEEP)


def table(host: Host, presence: Callable[[], Presence], **more: object) -> Timetable:
    return Timetable(host, presence, power=Power, **more)  # type: ignore[arg-type]


def test_a_night_is_slept_once_however_often_it_is_looked(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        finish(host.assistant.importing([SAMPLE], NOW))
        timetable = table(host, lambda: AWAY)
        assert "sleep" in timetable.look()
        settled(host)
        assert "sleep" not in timetable.look()
        settled(host)
        assert [(run.night, run.state) for run in nights(host)] == [("2026-09-19", "done")]
        timetable.close()


def test_nobody_is_disturbed_and_what_was_stopped_goes_on_when_they_have_left(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        finish(host.assistant.importing([SAMPLE], NOW))
        there = [AWAY, HERE]
        steady = iter(range(0, 10**6, 15))
        timetable = table(host, lambda: there.pop(0) if len(there) > 1 else there[0], steady_s=lambda: next(steady))
        assert "sleep" in timetable.look()
        settled(host)
        (cut,) = nights(host)
        assert cut.state == "cancelled"
        assert "sleep" not in timetable.look()
        there[:] = [AWAY]
        assert "sleep" in timetable.look()
        settled(host)
        (done,) = nights(host)
        assert (done.id, done.state) == (cut.id, "done")
        timetable.close()


@pytest.mark.parametrize("jump", [timedelta(hours=9), timedelta(days=1), -timedelta(days=1), -timedelta(days=365)])
def test_after_a_jump_of_the_clock_it_looks_again_within_minutes(tmp_path: Path, jump: timedelta) -> None:
    with hosting(tmp_path / "p") as host:
        clock, steady = [NOW], [0.0]
        host.clock = lambda: clock[0]
        timetable = table(host, lambda: HERE, steady_s=lambda: steady[0])
        assert not timetable.pulse()
        clock[0], steady[0] = NOW + timedelta(seconds=30), 30.0
        assert not timetable.pulse()
        clock[0], steady[0] = clock[0] + jump, 60.0
        assert timetable.pulse()
        (heartbeat,) = (one for one in timetable.planned() if one.name == "heartbeat")
        assert heartbeat.next is not None
        assert heartbeat.next <= datetime.now().astimezone() + timedelta(minutes=2)
        assert not timetable.pulse()
        timetable.close()


def test_a_sleep_is_begun_while_the_session_is_locked_and_nothing_else_is(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        finish(host.assistant.importing([SAMPLE], NOW))
        timetable = table(host, lambda: AWAY)
        host.cover()
        assert timetable.look() == ("sleep",)
        host.unlock("correct horse battery staple")
        settled(host)
        assert [run.state for run in nights(host)] == ["done"]
        timetable.close()


def test_the_vault_is_covered_when_nobody_was_there_for_as_long_as_wished(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        timetable = table(host, lambda: AWAY)
        assert "lock" not in timetable.look()
        settled(host)
        host.assistant.set_setting("lock.when_away_minutes", 30)
        assert "lock" in timetable.look()
        assert host.state() == "locked"
        timetable.close()


def test_a_long_export_is_no_time_to_sleep_and_a_locked_screen_is_no_presentation(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        watch = Watch(())
        with host.long_work.going_on():
            assert presence_now(host, watch).busy
        assert not presence_now(host, watch).busy
        host.cover()
        assert not presence_now(host, watch).presenting


def test_a_command_that_goes_on_for_long_has_a_timetable_and_one_of_a_host_that_stays_has_it_already(
    tmp_path: Path,
) -> None:
    def pulses() -> int:
        return sum(thread.name == "pulse" for thread in threading.enumerate())

    with hosting(tmp_path / "p") as host:
        before = pulses()
        with kept(host):
            assert pulses() == before + 1
        assert pulses() == before
    with hosting(tmp_path / "q", stays=True) as host, kept(host):
        assert pulses() == before


def test_sleep_if_due_sleeps_once_and_then_says_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    with hosting(tmp_path / "p") as host:
        finish(host.assistant.importing([SAMPLE], NOW))
        reply = Reply(lambda frame: None)
        asked = {"if_due": True, "no_wait": True}
        by_day = sleep(host, asked, NOW, reply)
        assert by_day == {"slept": False, "why": "It is day, and nothing here tells whether you are away."}
        at_night = NOW.replace(hour=23)
        host.clock = lambda: at_night
        assert sleep(host, asked, at_night, reply)["state"] == "done"
        assert sleep(host, asked, at_night, reply)["why"] == "The night of 2026-09-20 has had its sleep."
