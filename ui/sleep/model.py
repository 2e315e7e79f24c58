"""Nights in words: what each changed, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from core.memory import Conflict, Entry, Facet, Memory, MemoryId, Operation, RunId, SleepRun
from core.nights import COUNTS, TITLES, Sort, by_sort, sort_of
from ui import words
from ui.desk import SleepPlan
from ui.parts.quote import span_of, without_span
from ui.words import counted, translate

if TYPE_CHECKING:
    from ui.bridge import Assistant


SOURCES = 2
"""How many sources stand below a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of the journal for the screen."""

    entry: Entry
    before: str
    after: str
    sources: tuple[Memory, ...]
    reason: str
    span: tuple[int, int] | None = None
    """The characters of the first source that it was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One value of a contradiction: the memory that holds it, and who said so."""

    value: str
    memory: Memory
    sources: tuple[Memory, ...]

    def span_in(self, source: Memory) -> tuple[int, int] | None:
        """The characters of a source that the value was read from, where that is known."""
        first = bool(self.sources) and source.id == self.sources[0].id
        return span_of(self.memory.reason) if first else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A contradiction with both its sides."""

    conflict: int
    subject: str
    attribute: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A memory that will be forgotten unless it is kept."""

    memory: Memory
    until: datetime | None
    """None: it waits for the person's own word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the place shows."""

    nights: tuple[SleepRun, ...]
    conflicts: tuple[Choice, ...]
    coming_up: tuple[Memory, ...]
    leaving: tuple[Leaving, ...]
    fading: int
    """How many are no longer offered within two weeks."""


def load_overview(assistant: Assistant, now: datetime) -> Overview:
    """Everything at once. Runs on a worker."""
    return Overview(
        nights=tuple(assistant.nights()),
        conflicts=tuple(_choice(assistant, conflict) for conflict in assistant.conflicts()),
        coming_up=tuple(assistant.coming_up(now)),
        leaving=tuple(Leaving(memory=one.memory, until=one.until) for one in assistant.proposed()),
        fading=len(assistant.fading(now)),
    )


def _choice(assistant: Assistant, conflict: Conflict) -> Choice:
    found = {memory.id: memory for memory in assistant.many([conflict.memory, conflict.against])}
    values = {conflict.memory: conflict.fact.value, conflict.against: conflict.other.value}
    sides = tuple(
        Side(value=value, memory=found[id], sources=tuple(assistant.sources(id)))
        for id, value in values.items()
        if id in found
    )
    return Choice(conflict=conflict.id, subject=conflict.fact.subject, attribute=conflict.fact.attribute, sides=sides)


@dataclass(frozen=True, slots=True)
class Night:
    """A sleep with its journal and the memories that it names, as they are now."""

    run: SleepRun
    memories: Mapping[MemoryId, Memory]


def load_night(assistant: Assistant, id: RunId) -> Night:
    """One night with its lines. Runs on a worker. Raises BadInput."""
    return with_memories(assistant, assistant.night(id))


def with_memories(assistant: Assistant, run: SleepRun) -> Night:
    """A run and what its entries name. Runs on a worker."""
    wanted: dict[MemoryId, None] = {}
    for entry in run.entries:
        wanted |= dict.fromkeys((entry.memory, *entry.sources[:SOURCES]))
        if newer := entry.after.get("superseded_by"):
            wanted[MemoryId(str(newer))] = None
    return Night(run, {memory.id: memory for memory in (*run.made, *assistant.many(list(wanted)))})


def plan_words(plan: SleepPlan, now: datetime) -> str:
    """When it sleeps next by itself, and what is in the way."""
    if not plan.by_itself:
        return translate("Sleep", "It does not sleep by itself: that is switched off in Settings.")
    if plan.due:
        said = translate("Sleep", "The next sleep is due: it begins when nobody was here for {n} minutes.")
        return " ".join(part for part in (said.format(n=plan.away_minutes), plan.hindrance) if part)
    when = words.day(plan.begins.date(), now.date())
    said = translate("Sleep", "The next sleep: {day} from {clock} on, when nobody was here for {n} minutes.")
    return said.format(day=when.lower(), clock=words.clock(plan.begins), n=plan.away_minutes)


def due_words(memory: Memory) -> str:
    """When something coming up is due, in few words: a promise by its end, an appointment at its beginning."""
    if memory.facet is Facet.PROMISE and memory.valid_to is not None:
        return translate("Sleep", "by {date}").format(date=words.weekday_and_day(memory.valid_to.date()))
    when = memory.valid_from or memory.valid_to
    if when is None:
        return ""
    day = words.weekday_and_day(when.date())
    return day if when.time() == time() else f"{day}, {words.clock(when)}"


def in_how_long(memory: Memory, now: datetime) -> str:
    """How far away it is: today, tomorrow, in so many days."""
    end = memory.valid_to if memory.facet is Facet.PROMISE else memory.valid_from or memory.valid_to
    if end is None:
        return ""
    days = (end.astimezone(now.tzinfo).date() - now.date()).days
    if days < 0:
        return translate("Sleep", "going on")
    if days < 2:
        return translate("Sleep", "tomorrow") if days else translate("Sleep", "today")
    return translate("Sleep", "in {n} days").format(n=days)


def night_title(run: SleepRun, today: date) -> str:
    """Which night it was."""
    night = date.fromisoformat(run.night)
    if (today - night).days <= 1:
        return translate("Sleep", "Last night")
    return translate("Sleep", "Night of {day}").format(day=words.day(night, today))


def summary(counts: Mapping[str, int]) -> str:
    """Like "12 folded · 3 facts superseded · 1 conflict"."""
    parts = [
        counted(counts[name], translate("Nights", one), translate("Nights", many))
        for name, one, many in COUNTS
        if counts.get(name)
    ]
    return " · ".join(parts) or translate("Sleep", "Nothing had to change.")


def state_words(run: SleepRun) -> str:
    """How it ended, empty when it just ended."""
    return {
        "running": translate("Sleep", "Under way"),
        "cancelled": translate("Sleep", "Stopped before the end"),
        "paused": translate("Sleep", "Its time was up: it goes on the next night"),
        "reverted": translate("Sleep", "Taken back"),
    }.get(run.state, "")


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one sort."""

    title: str
    entries: tuple[Entry, ...]


def sections(run: SleepRun) -> list[Section]:
    """The journal by what its lines are about, most telling first."""
    return [Section(translate("Nights", TITLES[sort]), tuple(found)) for sort, found in by_sort(run.entries).items()]


def line(entry: Entry, memories: Mapping[MemoryId, Memory]) -> Line:
    """An entry in words: what was before, what is after, what it rests on."""
    if entry.forgotten:
        gone = translate("Sleep", "Forgotten, cannot be reverted.")
        return Line(entry=entry, before="", after="", sources=(), reason=gone)
    now = memories[entry.memory].text if entry.memory in memories else ""
    before, after = str(entry.before.get("text") or ""), str(entry.after.get("text") or "")
    sort = sort_of(entry)
    if sort is Sort.SUPERSEDED:
        newer = memories.get(MemoryId(str(entry.after.get("superseded_by"))))
        before, after = now, newer.text if newer else ""
    elif entry.operation is Operation.DELETE:
        before, after = before or now, ""
    elif not before and not after:
        after = now
    found = tuple(memories[one] for one in entry.sources[:SOURCES] if one in memories)
    span = span_of(entry.reason) if entry.sources and found and found[0].id == entry.sources[0] else None
    reason = without_span(entry.reason)
    return Line(entry=entry, before=before, after=after, sources=found, reason=reason, span=span)
