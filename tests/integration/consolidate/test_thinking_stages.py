"""Stages that think before they write: outside of any write, cancellable and within the night's time."""

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from core.consolidate.night import STAGES
from core.consolidate.task import Looking, Pen, Stage, Thought
from core.memory import Selection
from core.paths import ProfilePaths
from core.store import memories, tonight
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import Vault
from tests.integration.consolidate.nights import NIGHT, all_of, night, slept
from tests.made import NOON, note

PIECES = 5


class Thinker:
    """Tags the next two observations after as many tokens as it is told, and notes what became of its thoughts."""

    def __init__(self) -> None:
        self.begun = self.ended = self.let_go = 0

    def think(self, looking: Looking, cursor: str) -> Generator[None, None, Thought]:
        self.begun += 1
        with looking.read() as db:
            found = tonight.captured(db, int(cursor or 0), looking.task.upto, 2)
        try:
            for _ in range(PIECES):
                yield
            self.ended += 1
        finally:
            self.let_go += 1

        def write(pen: Pen) -> str | None:
            for memory in found:
                pen.update(memory.id, {"tags": (*memory.tags, "thought of")}, "Thought of.")
                pen.count("thought of")
            return str(found[-1].seq) if found else None

        return Thought(write=write, read=tuple(found))

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (*STAGES[:2], Stage("think", think=self.think), *STAGES[2:])


@pytest.fixture
def thinker() -> Thinker:
    return Thinker()


@pytest.fixture
def notes(vault: Vault) -> Vault:
    memories.save(vault, [note(f"The lamp number {n} is green and old.") for n in range(5)], NOON)
    return vault


def thought_of(vault: Vault) -> int:
    return sum("thought of" in memory.tags for memory in all_of(vault))


def test_a_thought_is_written_and_others_may_write_while_it_is_thought(notes: Vault, thinker: Thinker) -> None:
    pauses = 0
    for done in night(notes, stages=thinker.stages).steps():
        if done.thinking:
            pauses += 1
            memories.save(notes, [note(f"Saved during thought {pauses}, on a heap of papers.")], NOON)
    assert pauses == PIECES * 4
    assert thought_of(notes) == 5
    assert thinker.begun == thinker.ended == thinker.let_go == 4


def test_what_rests_on_something_changed_meanwhile_is_thought_again(notes: Vault, thinker: Thinker) -> None:
    first = min(all_of(notes, Selection(observed=True)), key=lambda memory: memory.seq)
    steps = night(notes, stages=thinker.stages).steps()
    for done in steps:
        if done.thinking:
            break
    with notes.write() as db:
        memories.change(db, first.id, {"text": "Another text altogether."}, NIGHT)
    for _ in steps:
        pass
    assert thinker.ended == 5, "one of the four thoughts was thought again"
    assert thought_of(notes) == 5


def test_a_thought_about_something_forgotten_meanwhile_is_never_written(
    notes: Vault, thinker: Thinker, tmp_path: Path
) -> None:
    first = min(all_of(notes, Selection(observed=True)), key=lambda memory: memory.seq)
    forgotten = False
    for done in night(notes, stages=thinker.stages).steps():
        if done.thinking and not forgotten:
            forgotten = True
            forget(notes, Media(ProfilePaths(tmp_path / "profile")), None, [first.id])
    assert forgotten
    assert thinker.ended == 4, "one of the three thoughts was thought again"
    assert first.id not in {memory.id for memory in all_of(notes)}
    assert thought_of(notes) == 4


def test_cancelling_lets_the_thought_go_and_the_next_sleep_thinks_it_again(notes: Vault, thinker: Thinker) -> None:
    stop = False
    one = night(notes, stages=thinker.stages, cancelled=lambda: stop)
    for done in one.steps():
        stop = stop or done.thinking
    assert one.result is not None
    assert one.result.state == "cancelled"
    assert (thinker.begun, thinker.ended, thinker.let_go) == (1, 0, 1)
    assert slept(notes, stages=thinker.stages).id == one.result.id
    assert thought_of(notes) == 5


def test_a_closed_sleep_lets_its_thought_go(notes: Vault, thinker: Thinker) -> None:
    steps = night(notes, stages=thinker.stages).steps()
    for done in steps:
        if done.thinking:
            break
    steps.close()  # type: ignore[attr-defined]
    assert (thinker.begun, thinker.let_go) == (1, 1)


def test_time_that_is_up_stops_a_thought_and_the_next_night_goes_on(notes: Vault, thinker: Thinker) -> None:
    clock = iter(range(100_000))
    first = slept(
        notes, stages=thinker.stages, budget=timedelta(seconds=30), elapsed=lambda: timedelta(seconds=next(clock))
    )
    assert first.state == "paused"
    assert thinker.let_go == thinker.begun > thinker.ended
    assert slept(notes, stages=thinker.stages, budget=timedelta(minutes=1)).state == "paused", "this night is over"
    second = slept(
        notes, NIGHT + timedelta(days=1), stages=thinker.stages, label="2026-09-02", budget=timedelta(minutes=1)
    )
    assert (second.id, second.state, second.night) == (first.id, "done", "2026-09-02")
    assert thought_of(notes) == 5


def test_a_stage_either_steps_or_thinks() -> None:
    with pytest.raises(ValueError, match="either"):
        Stage("neither")
