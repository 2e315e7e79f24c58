"""A sleep carried out, or tried on a copy of the vault that nobody else sees."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from core.assistant.keeping import Asked, Told
from core.consolidate.night import Done, Night
from core.errors import BadInput, Interrupted
from core.events import Events, Progressed
from core.memory import Entry, EntryId, Memory, Operation, SleepRun
from core.store import memories, runs
from core.store.rehearsal import Rehearsal
from core.store.vault import Vault

DRY_RUN = "dry run"
Staged = Callable[[str, float], None]
"""Told the stage and how far the whole night is, 0-1."""


def carried_out(night: Night, events: Events, told: Told, staged: Staged) -> Generator[None, None, SleepRun]:
    """The sleep, in steps; the result is its run with the journal. Raises AlreadyAsleep, BadInput."""
    for done in night.steps():
        if not done.thinking:
            _tell(done, events, told, staged)
        yield
    if night.result is None:
        raise BadInput("There was nothing to sleep on.", "Import or remember something first.")
    return night.result


def tried(
    vault: Vault, night: Callable[[Vault], Night], events: Events, told: Told, staged: Staged, spoiled: Asked
) -> Generator[None, None, SleepRun]:
    """What the sleep would do now, done on a copy; the vault goes on being read and written, and does not change.

    `spoiled`: whether something was forgotten meanwhile; the copy, which still holds it, is then thrown away at
    once and Interrupted raised. Raises DiskFull, VaultProblem, BadInput, Locked when the vault is covered meanwhile.
    """
    rehearsal = Rehearsal(vault)
    try:
        copy = yield from rehearsal.opening(lambda: 0.0)
        known = {run.id: dict(run.counts) for run in _runs(copy)}
        last = _last_entry(copy)
        one = night(copy)
        for done in one.steps():
            if not done.thinking:
                _tell(done, events, told, staged)
            if spoiled():
                raise Interrupted
            vault.cover.check()
            yield
        if one.result is None:
            raise BadInput("There was nothing to sleep on.", "Import or remember something first.")
        new = tuple(entry for entry in one.result.entries if entry.id > last)
        before = known.get(one.result.id, {})
        counts = {name: count - before.get(name, 0) for name, count in one.result.counts.items()}
        return replace(
            one.result,
            state=DRY_RUN,
            counts={name: count for name, count in counts.items() if count},
            entries=new,
            made=_made(copy, new),
        )
    finally:
        rehearsal.close()


def _tell(done: Done, events: Events, told: Told, staged: Staged) -> None:
    percent = round(100 * done.share)
    staged(done.stage, done.share)
    told(percent, 100)
    events.tell(Progressed(f"Sleep: {done.stage}", percent, 100))


def _made(vault: Vault, entries: Sequence[Entry]) -> tuple[Memory, ...]:
    with vault.read() as db:
        added = [entry.memory for entry in entries if entry.operation is Operation.ADD]
        return tuple(memories.many(db, added))


def _runs(vault: Vault) -> list[SleepRun]:
    with vault.read() as db:
        return runs.unfinished(db)


def _last_entry(vault: Vault) -> EntryId:
    with vault.read() as db:
        return runs.last_entry(db)
