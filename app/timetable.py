"""The only apscheduler: named jobs and a heartbeat that ask what is due and hand it to the store's thread."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psutil

from app.host import Host
from app.presence import Watch
from app.wiring import CHECK_OWED
from core import upkeep
from core.assistant import Assistant
from core.errors import Locked, Problem
from core.events import Noticed
from core.store import preferences
from core.store.backup import hold_reserve
from core.urgency import Urgency
from core.wall import zone_again

log = logging.getLogger(__name__)

HEARTBEAT = timedelta(minutes=5)
_FIRST = timedelta(seconds=20)
"""After the start, so that the window comes first."""
_PULSE_S = 30.0
_AFTER_A_JUMP = timedelta(minutes=2)
"""After a suspend: whoever opened the lid has touched a key by then."""
_LOOKS_UP_S = 20.0
"""How often a sleep at work looks whether somebody came back."""
_LAST_CHECK, _LAST_THIN = "last_check", "last_thin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A named job and when it looks next whether it is due."""

    name: str
    next: datetime | None


def power_now() -> upkeep.Power:
    """From psutil; a machine without a battery is on mains."""
    try:
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    except (OSError, ValueError, TypeError):  # it came or went while it was looked at
        battery = None
    if battery is None:
        return upkeep.Power()
    return upkeep.Power(
        mains=battery.power_plugged is not False, low=battery.percent < 20 and not battery.power_plugged
    )


def presence_now(host: Host, watch: Watch) -> upkeep.Presence:
    """Whether somebody is there; while the session is locked nothing is presented."""
    unused = host.clock() - host.last_used if host.stays else timedelta(days=1)  # a single command is no use of it
    found = watch.presence(unused=unused, busy=host.long_work.under_way)
    return replace(found, presenting=False) if host.covered else found


class Timetable:
    """Looks at fixed times and every five minutes what is due. The truth about runs is in the vault."""

    def __init__(
        self,
        host: Host,
        presence: Callable[[], upkeep.Presence] | None = None,
        *,
        power: Callable[[], upkeep.Power] = power_now,
        heartbeat: timedelta = HEARTBEAT,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self._power, self._heartbeat, self._steady_s = host, power, heartbeat, steady_s
        self._watch = Watch()
        self._presence = presence or (lambda: presence_now(host, self._watch))
        self._sleeping = False
        self._looked_up = (0.0, False)
        # Imported here: 60 ms that a command that ends at once need not pay.
        from apscheduler.schedulers.background import BackgroundScheduler

        # However late: after a suspend every job is hours behind.
        self._scheduler = BackgroundScheduler(
            daemon=True, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for name, trigger in self._triggers():
            self._scheduler.add_job(self.look, trigger, id=name, name=name)
        # What an unclean end left to be checked does not wait for the first heartbeat.
        self._scheduler.modify_job("heartbeat", next_run_time=datetime.now().astimezone() + min(heartbeat, _FIRST))
        self._ending = threading.Event()
        self._pulse = threading.Thread(target=self._keep_pulse, name="pulse", daemon=True)
        self._seen = host.clock(), steady_s()

    def _triggers(self) -> list[tuple[str, Any]]:
        from apscheduler.triggers.cron import CronTrigger
        from apscheduler.triggers.interval import IntervalTrigger

        hour, minute = "22", "0"
        if self._host.state() == "open":
            hour, minute = self._host.assistant.settings.sleep.night_begins.split(":")
        return [
            ("heartbeat", IntervalTrigger(seconds=int(self._heartbeat.total_seconds()))),
            ("consolidate and fade", CronTrigger(hour=hour, minute=minute)),
            ("back up", CronTrigger(hour="12")),
            ("check", CronTrigger(day_of_week="sun", hour="13")),
            ("thin", CronTrigger(hour="14")),
        ]

    def start(self) -> None:
        """Look from now on."""
        self._scheduler.start()
        self._pulse.start()

    def planned(self) -> list[Planned]:
        """The jobs and when each looks next."""
        return [Planned(name=job.name, next=getattr(job, "next_run_time", None)) for job in self._scheduler.get_jobs()]

    # -- clocks that jump

    def due(self) -> upkeep.Due:
        """Whether a sleep is due now, or why none is. Raises Locked."""
        return self._host.assistant.sleep_due(self._host.clock(), self._presence(), self._power())

    def _keep_pulse(self) -> None:
        while not self._ending.wait(_PULSE_S):
            self.pulse()

    def pulse(self) -> bool:
        """Whether the clock was set, or the machine suspended, since the last pulse: then everything is planned anew.

        The scheduler waits by the wall clock: put back by a year it would look again in a year.
        """
        zone_again()
        (wall, steady), self._seen = self._seen, (self._host.clock(), self._steady_s())
        if not upkeep.clock_jumped(self._seen[0] - wall, timedelta(seconds=self._seen[1] - steady)):
            return False
        log.info("the clock has jumped: the timetable is planned anew")
        for name, trigger in self._triggers():
            self._scheduler.reschedule_job(name, trigger=trigger)
        soon = datetime.now().astimezone() + min(self._heartbeat, _AFTER_A_JUMP)
        self._scheduler.modify_job("heartbeat", next_run_time=soon)
        return True

    # -- what is due

    def look(self) -> tuple[str, ...]:
        """Start whatever is due now; the names of what was started. Never raises."""
        try:
            return self._look()
        except Locked:
            return ()
        except Problem as problem:
            self._host.events.tell(Noticed(problem.title, problem.remedy, problem=True))
            return ()

    def _look(self) -> tuple[str, ...]:
        host, now, presence = self._host, self._host.clock(), self._presence()
        started: list[str] = []
        with host.leased() as assistant:
            due = assistant.sleep_due(now, presence, self._power())
            away = timedelta(minutes=assistant.settings.lock.when_away_minutes)
        if due.night is not None and not self._sleeping:
            self._begin_sleep(now, due.night)
            started.append("sleep")
        if host.covered:
            return tuple(started)
        assistant = host.assistant
        assistant.rest_model(time.monotonic())
        started += self._look_after(assistant, now)
        if away and presence.away is not None and presence.away >= away and not presence.busy:
            host.cover()
            started.append("lock")
        return tuple(started)

    def _look_after(self, assistant: Assistant, now: datetime) -> list[str]:
        """Everything but the sleep; the names of what was started."""
        host, settings = self._host, assistant.settings
        started: list[str] = []
        kept = assistant.list_backups()
        if settings.store.backups and upkeep.backup_due(kept[0].at if kept else None, now):
            self._submit(lambda a: a.back_up(now))
            started.append("back up")
        with host.opened.vault.read() as db:
            clean = preferences.noted(db, CHECK_OWED) is None
        if upkeep.check_due(self._last(_LAST_CHECK), now, clean=clean):
            self._submit(lambda a: self._checked(now))
            started.append("check")
        if upkeep.check_due(self._last(_LAST_THIN), now, every=timedelta(days=1)):
            self._submit(lambda a: a.thinning(now))
            self._note(_LAST_THIN, now)
            started.append("thin")
        if not host.paths.reserve.exists():
            self._submit(lambda a: hold_reserve(a.paths))
            started.append("reserve")
        return started

    def _begin_sleep(self, now: datetime, night: str) -> None:
        def failed(problem: Problem) -> None:
            self._sleeping = False
            if not isinstance(problem, Locked):  # it goes on after the next unlock
                self._host.events.tell(Noticed(problem.title, problem.remedy, problem=True))

        def done(_: object) -> None:
            self._sleeping = False

        self._sleeping = True
        self._host.submit_leased(
            lambda assistant: assistant.sleeping(
                now, night_name=night, cancelled=lambda: self._disturbed(assistant), monotonic_s=self._steady_s
            ),
            done,
            failed,
        )

    def _disturbed(self, assistant: Assistant) -> bool:
        """Whether the sleep at work is to stop here and go on later."""
        at, told = self._looked_up
        if self._steady_s() - at >= _LOOKS_UP_S:
            told = upkeep.disturbed(self._presence(), self._power(), assistant.settings.sleep)
            self._looked_up = self._steady_s(), told
        return told

    def _submit(self, work: Callable[[Assistant], Any]) -> None:
        def failed(problem: Problem) -> None:
            self._host.events.tell(Noticed(problem.title, problem.remedy, problem=True))

        self._host.submit(work, Urgency.UPKEEP, lambda _: None, failed)

    def _checked(self, now: datetime) -> None:
        vault = self._host.opened.vault
        wrong = vault.check()
        with vault.write() as db:
            preferences.note(db, _LAST_CHECK, now.isoformat())
            preferences.note(db, CHECK_OWED, None)
        if wrong:
            title = "The vault's integrity check found damage."
            self._host.events.tell(Noticed(title, "Restore the last backup: `mneme backup list`.", problem=True))

    def _last(self, key: str) -> datetime | None:
        with self._host.opened.vault.read() as db:
            noted = preferences.noted(db, key)
        return None if noted is None else datetime.fromisoformat(noted)

    def _note(self, key: str, now: datetime) -> None:
        with self._host.opened.vault.write() as db:
            preferences.note(db, key, now.isoformat())

    def close(self) -> None:
        """Look no more; waits for a look that is under way."""
        self._ending.set()
        if self._pulse.is_alive() and threading.current_thread() is not self._pulse:
            self._pulse.join()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._watch.close()


@contextmanager
def kept(host: Host) -> Iterator[None]:
    """A timetable beside a command that goes on for long; a host that stays has its own."""
    if host.stays:
        yield
        return
    timetable = Timetable(host)
    timetable.start()
    try:
        yield
    finally:
        timetable.close()
