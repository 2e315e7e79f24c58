"""Nights in words: what each changed, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.memory import Conflict, Entry, Facet, Memory, MemoryId, Operation, RunId, SleepRun
from ui import words
from ui.words import counted, translate

if TYPE_CHECKING:
    from ui.bridge import Assistant


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of the journal for the screen."""

    entry: Entry
    title: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A conflict with the memories it is about."""

    conflict: Conflict
    memories: tuple[Memory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the place shows."""

    nights: tuple[SleepRun, ...]
    conflicts: tuple[Choice, ...]
    coming_up: tuple[Memory, ...]


def load_overview(assistant: Assistant, now: datetime) -> Overview:
    """Everything at once. Runs on a worker."""
    choices = tuple(
        Choice(conflict=conflict, memories=tuple(assistant.many([conflict.memory, conflict.against])))
        for conflict in assistant.conflicts()
    )
    return Overview(
        nights=tuple(assistant.nights()),
        conflicts=choices,
        coming_up=tuple(assistant.coming_up(now)),
    )


@dataclass(frozen=True, slots=True)
class Night:
    """A sleep with its journal and what the memories it names say now."""

    run: SleepRun
    texts: Mapping[MemoryId, str]


def load_night(assistant: Assistant, id: RunId) -> Night:
    """One night with its lines. Runs on a worker. Raises BadInput."""
    return with_texts(assistant, assistant.night(id))


def with_texts(assistant: Assistant, run: SleepRun) -> Night:
    """A run and the present texts of what its entries name. Runs on a worker."""
    wanted = list(dict.fromkeys(entry.memory for entry in run.entries))
    return Night(run, {memory.id: memory.text for memory in assistant.many(wanted)})


def due_words(memory: Memory) -> str:
    """When something coming up is due: a promise by its end, an appointment at its beginning."""
    if memory.facet is Facet.PROMISE and memory.valid_to is not None:
        return translate("Sleep", "by {date}").format(date=words.full_date(memory.valid_to.date()))
    when = memory.valid_from or memory.valid_to
    return words.full_date(when.date()) if when is not None else ""


def night_title(run: SleepRun, today: date) -> str:
    """Which night it was."""
    night = date.fromisoformat(run.night)
    if (today - night).days <= 1:
        return translate("Sleep", "Last night")
    return translate("Sleep", "Night of {day}").format(day=words.day(night, today))


_COUNTS = (
    ("episodes", "{n} episode", "{n} episodes"),
    ("folded", "{n} folded", "{n} folded"),
    ("facts", "{n} fact found", "{n} facts found"),
    ("superseded", "{n} fact superseded", "{n} facts superseded"),
    ("promises", "{n} promise", "{n} promises"),
    ("appointments", "{n} appointment", "{n} appointments"),
    ("summaries", "{n} summary", "{n} summaries"),
    ("digests", "{n} day", "{n} days"),
    ("profile", "{n} line about you", "{n} lines about you"),
    ("faded", "{n} faded", "{n} faded"),
    ("conflicts", "{n} conflict", "{n} conflicts"),
)


def summary(counts: Mapping[str, int]) -> str:
    """Like "12 folded · 3 facts superseded · 1 conflict"."""
    parts = [
        counted(counts[name], translate("Sleep", one), translate("Sleep", many))
        for name, one, many in _COUNTS
        if counts.get(name)
    ]
    return " · ".join(parts) or translate("Sleep", "Nothing had to change.")


def state_words(run: SleepRun) -> str:
    """How it ended, empty when it just ended."""
    return {
        "running": translate("Sleep", "Under way"),
        "cancelled": translate("Sleep", "Stopped before the end"),
        "reverted": translate("Sleep", "Taken back"),
    }.get(run.state, "")


def line(entry: Entry, texts: Mapping[MemoryId, str]) -> Line:
    """An entry in words: its title, what was before, what is after."""
    now = texts.get(entry.memory, "")
    titles = {
        Operation.ADD: translate("Sleep", "New"),
        Operation.UPDATE: translate("Sleep", "Changed"),
        Operation.DELETE: translate("Sleep", "Taken away"),
        Operation.NOOP: translate("Sleep", "Left as it was"),
    }
    title = titles[entry.operation]
    if entry.after.get("state") == "superseded":
        title = translate("Sleep", "Superseded")
    elif entry.after.get("folded_into"):
        title = translate("Sleep", "Folded")
    elif entry.after.get("state") == "faded":
        title = translate("Sleep", "Faded")
    if entry.forgotten:
        return Line(
            entry=entry,
            title=title,
            before="",
            after="",
            reason=translate("Sleep", "Forgotten, cannot be reverted."),
        )
    before = _said(entry.before)
    after = _said(entry.after)
    if not before and not after:
        after = now
    elif "text" not in entry.before and "text" not in entry.after and now:
        before, after = "", now
    return Line(entry=entry, title=title, before=before, after=after or now, reason=entry.reason)


def _said(fields: Mapping[str, object]) -> str:
    text = fields.get("text")
    return str(text) if text else ""
