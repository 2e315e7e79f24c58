"""The journal: every change a sleep makes goes through `apply`, and can be taken back or played again exactly."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlite_utils import Database

from core.consolidate.labels import most_private
from core.errors import BadInput
from core.memory import Draft, Entry, EntryId, MemoryId, Operation, RunId, Sensitivity, State
from core.store import memories, runs, tonight, undo
from core.store.envelope import ContentKeys

LINK, UNLINK, SOURCES, CONFLICT, EPISODE = "+link", "+unlink", "+sources", "+conflict", "+episode"
"""What a change may do beside columns: [other, relation, reason] twice, [ids], other id, the episode's row."""

_NAMED = 5
"""So many of what builds on a change are named."""

BOOKKEEPING = frozenset({"episodes", "settle"})
"""Steps whose entries touch every observation and tell nothing new; a night's diff leaves them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to do to one memory. `fields` are columns of `memory`, or the keys above."""

    operation: Operation
    reason: str
    memory: MemoryId | None = None
    """None for ADD: the id is made."""
    draft: Draft | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    sources: tuple[MemoryId, ...] = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand writes the journal: the run, its step, the moment, the vault's fingerprints."""

    run: RunId
    step: str
    now: datetime
    keys: ContentKeys


def apply(db: Database, hand: Hand, change: Change) -> MemoryId | None:
    """Make a change and write it down, in the caller's transaction. Returns the memory's id.

    None when nothing changed: the fields were so already, or the same thing was forgotten by the person,
    which never comes back. Reasons never hold content.
    """
    if change.operation is Operation.ADD:
        return _add(db, hand, change)
    if change.memory is None:
        raise BadInput("A change without a memory reached the journal.", "This is a mistake in Mneme.")
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if change.operation is Operation.UPDATE:
        before, after = _update(db, hand, change.memory, change.fields)
        if not after:
            return None
    elif change.operation is Operation.DELETE:
        before = undo.row(db, change.memory) or {}
        if not before:
            return None
        undo.take_out(db, change.memory)
    runs.record(db, hand.run, hand.step, change.operation, change.memory, before, after, change.sources, change.reason)
    return change.memory


def _add(db: Database, hand: Hand, change: Change) -> MemoryId | None:
    draft = change.draft
    if draft is None:
        raise BadInput("An addition without a draft reached the journal.", "This is a mistake in Mneme.")
    draft = replace(draft, sensitivity=_label(db, draft.sensitivity, draft.sources))
    if memories.is_forgotten(db, hand.keys.of(draft)):
        return None
    added = memories.insert(db, draft, hand.now, keys=hand.keys, state=State.ACTIVE)
    fields = {name: _plain(value) for name, value in change.fields.items()}
    if fields:
        undo.restore(db, added.id, fields, hand.now)
    taken = undo.row(db, added.id) or {}
    runs.record(db, hand.run, hand.step, Operation.ADD, added.id, {}, taken, draft.sources, change.reason)
    return added.id


def _label(db: Database, label: Sensitivity, sources: Sequence[MemoryId]) -> Sensitivity:
    """As private as this, or as the most private of the sources."""
    return most_private([label, *(memory.sensitivity for memory in memories.many(db, list(sources)))])


def _update(db: Database, hand: Hand, id: MemoryId, fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if EPISODE in fields:
        before[EPISODE] = undo.episode_row(db, id)
        undo.put_episode_row(db, id, fields[EPISODE])
        return before, {EPISODE: fields[EPISODE]}
    if LINK in fields:
        other, relation, reason = fields[LINK]
        if all((link.a, link.b, link.relation) != (id, other, relation) for link in memories.links(db, id)):
            memories.link(db, id, other, relation, reason)
            before[LINK], after[LINK] = None, fields[LINK]
    if UNLINK in fields:
        other, relation, _ = fields[UNLINK]
        if any((link.a, link.b, link.relation) == (id, other, relation) for link in memories.links(db, id)):
            undo.unlink(db, id, other, relation)
            before[UNLINK], after[UNLINK] = None, fields[UNLINK]
    if SOURCES in fields:
        had = memories.sources(db, id)
        if list(fields[SOURCES]) != had:
            undo.set_sources(db, id, fields[SOURCES])
            before[SOURCES], after[SOURCES] = had, list(fields[SOURCES])
            told = fields.get("sensitivity", (undo.row(db, id) or {}).get("sensitivity", Sensitivity.NONE))
            fields = fields | {"sensitivity": _label(db, Sensitivity(told), fields[SOURCES])}
    if CONFLICT in fields:
        runs.open_conflict(db, id, fields[CONFLICT])
        before[CONFLICT], after[CONFLICT] = None, fields[CONFLICT]
    columns = {name: _plain(value) for name, value in fields.items() if not name.startswith("+")}
    if columns:
        old = undo.row(db, id)
        if old is None:
            return {}, {}
        columns = {name: value for name, value in columns.items() if old[name] != value}
        if columns:
            memories.change(db, id, columns, hand.now)
            if {"text", "caption"} & set(columns):
                columns["version"] = old["version"] + 1
            before |= {name: old[name] for name in columns}
            after |= columns
    return before, after


def revert(db: Database, id: EntryId, now: datetime, *, with_later: bool = False) -> int:
    """Take one entry back; returns how many entries were. Raises BadInput with a sentence when it cannot be.

    Entries that build on it must go first: they are taken back too, newest first, only `with_later`.
    """
    entry = runs.entry(db, id)
    if entry is None:
        raise BadInput("There is no such entry in the journal.", "`mneme sleep --log` lists them.")
    if entry.forgotten:
        raise BadInput("What this entry was about has been forgotten.", "It cannot be reverted.")
    if entry.reverted:
        return 0
    later = [EntryId(int(row["id"])) for row in undo.dependents(db, entry.id, entry.memory)]
    if later and not with_later:
        named = ", ".join(str(id) for id in later[:_NAMED]) + (", ..." if len(later) > _NAMED else "")
        many = "1 later change builds" if len(later) == 1 else f"{len(later)} later changes build"
        raise BadInput(f"{many} on this one: {named}.", "Take them back too (`--with-later`), or the whole night.")
    done = 0
    for each in [*reversed(later), entry.id]:
        one = runs.entry(db, each)
        if one is not None and not one.reverted and not one.forgotten:
            done += _take_back(db, one, now)
            runs.mark_reverted(db, [one.id])
    return done


def revert_run(db: Database, run: RunId, now: datetime) -> int:
    """Take a whole night back, newest entry first; returns how many entries were.

    What the person changed since stays as they made it. Raises BadInput when a later night built on it.
    """
    night = runs.run(db, run)
    if night is None:
        raise BadInput("There is no such night.", "`mneme sleep --log` lists them.")
    entries = [entry for entry in night.entries if not entry.reverted and not entry.forgotten]
    others = undo.nights_after(db, run, entries[0].id) if entries else set()
    if others:
        many = "1 later night" if len(others) == 1 else f"{len(others)} later nights"
        raise BadInput(
            f"{many} built on what this one did ({', '.join(sorted(others))}).",
            "Take those back first, or with this one: `--with-later`.",
        )
    done = 0
    for entry in reversed(entries):
        done += _take_back(db, entry, now)
    runs.mark_reverted(db, [entry.id for entry in entries])
    runs.finish(db, run, now, "reverted", night.counts)
    return done


def replay(db: Database, entries: Sequence[Entry], now: datetime) -> int:
    """Do these entries over on a store as it was before them; the content hash is then the same as after them."""
    done = 0
    for entry in entries:
        if entry.forgotten or entry.reverted:
            continue
        done += 1
        if entry.operation is Operation.ADD:
            undo.put_back(db, entry.after)
        elif entry.operation is Operation.DELETE:
            undo.take_out(db, entry.memory)
        elif entry.operation is Operation.UPDATE:
            _put(db, entry.memory, entry.after, now)
    return done


def _take_back(db: Database, entry: Entry, now: datetime) -> int:
    if entry.operation is Operation.NOOP:
        return 0
    if entry.operation is Operation.DELETE:
        undo.put_back(db, entry.before)
        return 1
    if EPISODE in entry.after:
        undo.put_episode_row(db, entry.memory, _row_or_none(entry.before[EPISODE]))
        return 1
    present = undo.row(db, entry.memory)
    if present is None:
        return 0
    if entry.operation is Operation.ADD:
        if _by_hand(entry.after, present) or tonight.decided(db, [entry.memory]):
            return 0
        undo.take_out(db, entry.memory)
        return 1
    kept = {
        name: value
        for name, value in entry.before.items()
        if name.startswith("+") or name == "version" or present[name] == entry.after.get(name)
    }
    if "version" in kept and present["version"] != entry.after.get("version"):
        kept = {name: value for name, value in kept.items() if name not in ("version", "text", "caption")}
    _put(db, entry.memory, kept, now, gone=entry.after)
    return 1


def _by_hand(after: dict[str, Any], present: dict[str, Any]) -> bool:
    """Whether the person has edited, pinned or confirmed it since."""
    return any(present[name] != after[name] for name in ("text", "pinned", "uses"))


def _put(db: Database, id: MemoryId, values: dict[str, Any], now: datetime, gone: dict[str, Any] | None = None) -> None:
    """Write fields as a journal holds them; a None beside a `+` key takes away what `gone` says was added."""
    columns = {name: value for name, value in values.items() if not name.startswith("+")}
    if columns:
        undo.restore(db, id, columns, now)
    if EPISODE in values:
        undo.put_episode_row(db, id, _row_or_none(values[EPISODE]))
    if SOURCES in values:
        undo.set_sources(db, id, [MemoryId(source) for source in values[SOURCES]])
    if LINK in values:
        other, relation, reason = values[LINK] or (gone or {})[LINK]
        if values[LINK] is None:
            undo.unlink(db, id, MemoryId(other), relation)
        else:
            memories.link(db, id, MemoryId(other), relation, reason)
    if UNLINK in values:
        other, relation, reason = values[UNLINK] or (gone or {})[UNLINK]
        if values[UNLINK] is None:
            memories.link(db, id, MemoryId(other), relation, reason)
        else:
            undo.unlink(db, id, MemoryId(other), relation)
    if CONFLICT in values:
        if values[CONFLICT] is None:
            undo.drop_conflict(db, id, MemoryId((gone or {})[CONFLICT]))
        else:
            runs.open_conflict(db, id, MemoryId(values[CONFLICT]))


def _row_or_none(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return json.dumps(list(value))
    return value
