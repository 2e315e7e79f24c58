"""One effective sleep a night through heartbeats, kills, suspends, ends of the budget and clocks that jump."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import upkeep
from core.consolidate.task import Pen, Stage
from core.memory import SleepRun
from core.settings import Sleep
from core.store import memories, runs
from core.store.vault import Vault
from tests.integration.consolidate.nights import night
from tests.made import NOON, note, open_vault

BERLIN = ZoneInfo("Europe/Berlin")
SETTINGS = Sleep()
STEPS = 4


def counting(pen: Pen, cursor: str) -> str | None:
    """A stage of four steps, each counted."""
    done = int(cursor or 0) + 1
    pen.count("steps")
    return str(done) if done < STEPS else None


STAGES = (Stage("count", counting),)


class Machine:
    """A computer with a true time, a clock that may be wrong, and a vault."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.true = datetime(2026, 3, 27, 12, tzinfo=UTC)
        self.wrong = timedelta()

    @property
    def clock(self) -> datetime:
        return (self.true + self.wrong).astimezone(BERLIN)

    def due(self, away: timedelta = timedelta(hours=1)) -> str | None:
        now = self.clock
        with self.vault.read() as db:
            found = runs.from_night(db, upkeep.night_of(now, SETTINGS))
        presence = upkeep.Presence(away=away)
        return upkeep.sleep_due(found, now, presence=presence, power=upkeep.Power(), settings=SETTINGS).night

    def heartbeat(self, *, killed_after: int | None = None, out_of_time_after: int | None = None) -> None:
        label = self.due()
        if label is None:
            return
        taken = 0
        limit = None if out_of_time_after is None else timedelta(minutes=1)
        sleep = night(
            self.vault,
            self.clock,
            label=label,
            take_over=True,
            stages=STAGES,
            budget=limit,
            elapsed=lambda: timedelta(minutes=limit is not None and taken >= (out_of_time_after or 0)),
        )
        steps = sleep.steps()
        for _ in steps:
            taken += 1
            if killed_after is not None and taken > killed_after:
                steps.close()  # type: ignore[attr-defined]
                return

    def runs(self) -> list[SleepRun]:
        with self.vault.read() as db:
            return runs.runs(db, 10_000)


events = st.one_of(
    st.tuples(st.just("beats"), st.integers(1, 40)),
    st.tuples(st.just("killed"), st.integers(0, STEPS)),
    st.tuples(st.just("out of time"), st.integers(0, STEPS)),
    st.tuples(st.just("suspended"), st.sampled_from([9, 30, 80])),
    st.tuples(st.just("clock"), st.sampled_from([-365, -1, 1, 365])),
    st.tuples(st.just("clock right"), st.just(0)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(events, max_size=14))
def test_whatever_happens_no_night_takes_effect_twice_and_the_last_one_does(happened: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = open_vault(Path(folder) / "p")
        memories.save(vault, [note("The lamp is green.")], NOON)
        machine = Machine(vault)
        for what, how in happened:
            machine.true += timedelta(minutes=45)
            if what == "beats":
                for _ in range(how):
                    machine.true += timedelta(minutes=30)
                    machine.heartbeat()
            elif what == "killed":
                machine.heartbeat(killed_after=how)
            elif what == "out of time":
                machine.heartbeat(out_of_time_after=how)
            elif what == "suspended":
                machine.true += timedelta(hours=how)
            else:
                machine.wrong = timedelta(days=how)
            made = machine.runs()
            effective = [run.night for run in made if run.state == "done"]
            assert len(effective) == len(set(effective)), "a night took effect twice"
            assert sum(run.state in ("running", "paused", "cancelled") for run in made) <= 1, "two are begun at once"
        machine.wrong = timedelta()
        machine.true += timedelta(days=1)
        machine.heartbeat()
        assert machine.due() is None, "the night is over after an undisturbed heartbeat"
        assert all(run.counts == {"steps": STEPS} for run in machine.runs() if run.state == "done")
        vault.close()


def test_a_week_with_daylight_saving_and_nine_hours_of_suspend_a_night(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "p")
    machine = Machine(vault)
    for _ in range(7):
        machine.true += timedelta(hours=9)
        for _ in range(15 * 12):
            machine.true += timedelta(minutes=5)
            machine.heartbeat()
    slept = sorted(run.night for run in machine.runs())
    assert len(slept) == len(set(slept))
    assert len(slept) in (7, 8)
    assert {run.state for run in machine.runs()} == {"done"}
    vault.close()
