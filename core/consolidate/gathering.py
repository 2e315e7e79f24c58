"""The steps that gather: a summary for each episode, a digest for each day and each week."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from core.consolidate.filter import learnable
from core.consolidate.journal import SOURCES
from core.consolidate.labels import most_private
from core.consolidate.learning import STALE, derived_provenance
from core.consolidate.subjects import people_of, subjects
from core.consolidate.summaries import CHARACTERS, SENTENCES, Summary, summarise
from core.consolidate.task import Pen
from core.consolidate.weeks import of_a_week
from core.memory import Draft, EpisodeId, Facet, Kind, Memory, MemoryId, Provenance
from core.store import gathered, memories, runs, tonight, topics
from core.store.envelope import offset_of

EPISODES, DAYS, WEEKS = 20, 5, 2
MEMBERS, OF_A_DAY, OF_A_WEEK = 400, 1500, 300
_BUSY_DAY = 6
_PER_SENTENCE, _MOST_SENTENCES = 25, 4
"""A long episode gets one more sentence for each so many observations, and at most so many more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """What is summed up."""

    facet: Facet
    members: Sequence[Memory]
    begins: datetime
    episode: EpisodeId | None = None
    read: Sequence[Memory] | None = None
    """What of the members was read for it; None: all."""


def summaries(pen: Pen, cursor: str) -> str | None:
    """Summarise the next episodes that something was added to; an older summary becomes a new version."""
    touched = topics.touched(pen.db, topics.after(cursor), pen.task.upto, EPISODES)
    for _, _, episode in touched:
        found = tonight.members(pen.db, episode, MEMBERS)
        more = min(len(found) // _PER_SENTENCE, _MOST_SENTENCES)
        made = summarise(found, sentences=SENTENCES + more, characters=CHARACTERS + 150 * more)
        span = _Span(facet=Facet.SUMMARY, members=found, begins=found[0].at, episode=episode)
        _put(pen, span, made, tonight.derived_in(pen.db, episode, Facet.SUMMARY))
    return topics.cursor(touched[-1]) if touched else None


def digests(pen: Pen, cursor: str) -> str | None:
    """The same for days of several episodes."""
    touched = tonight.days_touched(pen.db, cursor, pen.task.upto, DAYS)
    for day in touched:
        found = tonight.of_day(pen.db, day, pen.task.upto, OF_A_DAY)
        busy = len(found) >= _BUSY_DAY and len({memory.episode for memory in found}) > 1
        read = _quoted(pen, found)
        made = summarise(read, sentences=6, characters=1000, part=_episode) if busy else None
        begins = datetime.combine(date.fromisoformat(day), time(), tzinfo=found[0].at.tzinfo)
        span = _Span(facet=Facet.DIGEST, members=found, begins=begins, read=read)
        _put(pen, span, made, tonight.digest_of(pen.db, day))
    return touched[-1] if touched else None


def _quoted(pen: Pen, found: Sequence[Memory]) -> list[Memory]:
    """Of each episode that was summed up only what its summary quotes; the short ones whole."""
    episodes = dict.fromkeys(memory.episode for memory in found if memory.episode is not None)
    summed_up = gathered.summaries_in(pen.db, list(episodes))
    quoted = {source for summary in summed_up.values() for source in summary.sources}
    return [memory for memory in found if memory.id in quoted or memory.episode not in summed_up]


def _episode(memory: Memory) -> str:
    return memory.episode or memory.id


def weeks(pen: Pen, cursor: str) -> str | None:
    """The same for weeks of several days: out of what days and episodes were summed up with."""
    touched = gathered.weeks_touched(pen.db, cursor, pen.task.upto, WEEKS)
    for week in touched:
        monday = date.fromisoformat(week)
        derived = gathered.of_week(pen.db, week, (Facet.SUMMARY, Facet.DIGEST), OF_A_WEEK)
        quoted = dict.fromkeys(source for memory in derived for source in memory.sources)
        found = sorted(
            (one for one in memories.many(pen.db, list(quoted)) if _in_week(one, monday)),
            key=lambda memory: (memory.at, memory.seq),
        )
        begins = datetime.combine(monday, time(), tzinfo=found[0].at.tzinfo if found else pen.task.now.tzinfo)
        span = _Span(facet=Facet.WEEK, members=found, begins=begins)
        _put(pen, span, of_a_week(found), gathered.of_week(pen.db, week, (Facet.WEEK,), OF_A_WEEK))
    return touched[-1] if touched else None


def _in_week(memory: Memory, monday: date) -> bool:
    return monday <= memory.at.date() < monday + timedelta(days=7)


def _put(pen: Pen, span: _Span, made: Summary | None, old: Sequence[Memory]) -> None:
    kept = list(old)
    if any(by_hand(pen, one) for one in kept):
        return
    if made is None:
        for one in kept:
            pen.delete(one.id, "Too little is left of what it summed up.")
        return
    draft = _draft(pen, span, made)
    tags = _about(pen, span.members if span.read is None else span.read)
    if not kept:
        fields: dict[str, object] = {"episode": span.episode} if span.episode else {}
        if pen.add(draft, draft.reason, **fields, tags=tags) is not None:
            pen.count(_NAMES[span.facet])
        return
    if (kept[0].text, kept[0].sources) != (draft.text, draft.sources) or STALE in kept[0].tags:
        changed: dict[str, object] = {
            "text": draft.text,
            SOURCES: list(draft.sources),
            "at": draft.at,
            "at_offset": offset_of(draft.at),
            "trust": int(draft.trust),
            "sensitivity": draft.sensitivity,
            "valid_to": draft.valid_to,
            "tags": tags,
        }
        pen.update(kept[0].id, changed, "More was said.", draft.sources)
        pen.count("rebuilt")


_NAMES = {Facet.SUMMARY: "summaries", Facet.DIGEST: "digests", Facet.WEEK: "weeks"}


def _about(pen: Pen, members: Sequence[Memory]) -> tuple[str, ...]:
    """What it is about, as its tags; nothing set apart has a word in it."""
    worth = [memory for memory in members if learnable(memory) and memory.folded_into is None]
    spread = partial(gathered.spread, pen.db)
    return subjects(worth, spread=spread, of=gathered.size(pen.db), people=people_of(members))


def by_hand(pen: Pen, one: Memory) -> bool:
    """Whether the person has pinned it or changed its words: then it stays as they made it."""
    told = [entry for entry in runs.entries_of(pen.db, one.id) if not entry.reverted]
    written = [entry.after["text"] for entry in told if "text" in entry.after]
    return one.pinned or (bool(written) and written[-1] != one.text)


def _draft(pen: Pen, span: _Span, made: Summary) -> Draft:
    members = span.members
    by_id: dict[MemoryId, Memory] = {memory.id: memory for memory in members}
    chosen = [by_id[id] for id in made.sources]
    last = members[-1]
    draft = Draft(
        text=made.text,
        at=last.at,
        at_given=last.at_given,
        facet=span.facet,
        kind=Kind.EPISODIC,
        provenance=_provenance(members),
        language=chosen[0].language,
        trust=min(memory.trust for memory in chosen),
        sensitivity=most_private(memory.sensitivity for memory in chosen),
        sources=made.sources,
        valid_from=span.begins,
        valid_to=last.at,
        reason=f"The telling sentences of {len(members)} observations.",
    )
    return replace(draft, stability_days=pen.task.hold(draft))


def _provenance(members: Sequence[Memory]) -> Provenance:
    """The place all members share; no speaker, for several may have spoken."""
    first = derived_provenance(members[0])
    conversations = {memory.provenance.conversation for memory in members}
    apps = {memory.provenance.app for memory in members}
    return Provenance(
        channel=first.channel,
        app=first.app if len(apps) == 1 else "",
        conversation=first.conversation if len(conversations) == 1 else "",
    )
