"""The only apscheduler: named jobs and a heartbeat that ask what is due and hand it to the store's thread."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psutil

from app.host import Host
from app.wiring import CHECK_OWED
from core import upkeep
from core.errors import Locked, Problem
from core.events import Noticed
from core.store import preferences
from core.store.backup import hold_reserve
from core.urgency import Urgency

log = logging.getLogger(__name__)

HEARTBEAT = timedelta(minutes=5)
_FIRST = timedelta(seconds=20)
"""After the start, so that the window comes first."""
_GRACE_S = 3600
_LAST_CHECK, _LAST_THIN = "last_check", "last_thin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A named job and when it looks next whether it is due."""

    name: str
    next: datetime | None


def power_now() -> upkeep.Power:
    """From psutil; a machine without a battery is on mains."""
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if battery is None:
        return upkeep.Power()
    return upkeep.Power(
        mains=battery.power_plugged is not False, low=battery.percent < 20 and not battery.power_plugged
    )


class Timetable:
    """Looks at fixed times and every five minutes what is due. The truth about runs is in the vault."""

    def __init__(
        self,
        host: Host,
        idle: Callable[[], timedelta],
        *,
        power: Callable[[], upkeep.Power] = power_now,
        heartbeat: timedelta = HEARTBEAT,
    ) -> None:
        self._host, self._idle, self._power = host, idle, power
        self._sleeping = False
        # Imported here: 60 ms that a command that ends at once need not pay.
        from apscheduler.schedulers.background import BackgroundScheduler

        self._scheduler = BackgroundScheduler(
            daemon=True, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _GRACE_S}
        )
        for name, trigger in self._triggers(heartbeat):
            self._scheduler.add_job(self.look, trigger, id=name, name=name)
        # What an unclean end left to be checked does not wait for the first heartbeat.
        self._scheduler.modify_job("heartbeat", next_run_time=datetime.now().astimezone() + min(heartbeat, _FIRST))

    def _triggers(self, heartbeat: timedelta) -> list[tuple[str, Any]]:
        from apscheduler.triggers.cron import CronTrigger
        from apscheduler.triggers.interval import IntervalTrigger

        hour, minute = "22", "0"
        if self._host.state() == "open":
            hour, minute = self._host.assistant.settings.sleep.night_begins.split(":")
        return [
            ("heartbeat", IntervalTrigger(seconds=int(heartbeat.total_seconds()))),
            ("consolidate and fade", CronTrigger(hour=hour, minute=minute)),
            ("back up", CronTrigger(hour="12")),
            ("check", CronTrigger(day_of_week="sun", hour="13")),
            ("thin", CronTrigger(hour="14")),
        ]

    def start(self) -> None:
        """Look from now on."""
        self._scheduler.start()

    def planned(self) -> list[Planned]:
        """The jobs and when each looks next."""
        return [Planned(name=job.name, next=getattr(job, "next_run_time", None)) for job in self._scheduler.get_jobs()]

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
        host, now = self._host, self._host.clock()
        assistant = host.assistant
        settings = assistant.settings
        assistant.rest_model(time.monotonic())
        started: list[str] = []
        night = upkeep.sleep_due(
            assistant.nights(30), now, idle=self._idle(), power=self._power(), settings=settings.sleep
        )
        if night is not None and not self._sleeping:
            self._sleeping = True
            self._submit(lambda a: a.sleeping(now, night_name=night), self._slept)
            started.append("sleep")
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
        return tuple(started)

    def _submit(self, work: Callable[[Any], Any], ended: Callable[[], None] = lambda: None) -> None:
        def failed(problem: Problem) -> None:
            ended()
            self._host.events.tell(Noticed(problem.title, problem.remedy, problem=True))

        self._host.submit(work, Urgency.UPKEEP, lambda _: ended(), failed)

    def _slept(self) -> None:
        self._sleeping = False

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
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
