"""The steps that gather: a summary for each episode, a digest for each day, the lines of the core profile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from core.consolidate.facts import ME
from core.consolidate.journal import SOURCES
from core.consolidate.learning import STALE, derived_provenance, without_stale
from core.consolidate.profile import revise
from core.consolidate.summaries import Summary, summarise
from core.consolidate.task import Pen
from core.memory import Draft, EpisodeId, Facet, Kind, Memory, Provenance, Sensitivity
from core.store import memories, runs, tonight

EPISODES, DAYS = 20, 5
MEMBERS, OF_A_DAY = 400, 1500
_BUSY_DAY = 6


def summaries(pen: Pen, cursor: str) -> str | None:
    """Summarise the next episodes that something was added to; an older summary becomes a new version."""
    touched = tonight.episodes_touched(pen.db, cursor, pen.task.upto, EPISODES)
    for episode in touched:
        found = tonight.members(pen.db, episode, MEMBERS)
        _put(pen, found, summarise(found), tonight.derived_in(pen.db, episode, Facet.SUMMARY), episode)
    return touched[-1] if touched else None


def digests(pen: Pen, cursor: str) -> str | None:
    """The same for days of several episodes."""
    touched = tonight.days_touched(pen.db, cursor, pen.task.upto, DAYS)
    for day in touched:
        found = tonight.of_day(pen.db, day, pen.task.upto, OF_A_DAY)
        busy = len(found) >= _BUSY_DAY and len({memory.episode for memory in found}) > 1
        made = summarise(found, sentences=6, characters=1000) if busy else None
        _put(pen, found, made, tonight.digest_of(pen.db, day), None)
    return touched[-1] if touched else None


def _put(
    pen: Pen, members: Sequence[Memory], made: Summary | None, old: Sequence[Memory], episode: EpisodeId | None
) -> None:
    kept = list(old)
    if any(_by_hand(pen, one) for one in kept):
        return
    if made is None:
        for one in kept:
            pen.delete(one.id, "Too little is left of what it summed up.")
        return
    by_id = {memory.id: memory for memory in members}
    draft = _draft(pen, members, [by_id[id] for id in made.sources], made, episode)
    if not kept:
        fields = {"episode": episode} if episode else {}
        if pen.add(draft, draft.reason, **fields) is not None:
            pen.count("summaries" if episode else "digests")
        return
    if (kept[0].text, kept[0].sources) != (draft.text, draft.sources) or STALE in kept[0].tags:
        changed: dict[str, object] = {
            "text": draft.text,
            SOURCES: list(draft.sources),
            "trust": int(draft.trust),
            "sensitivity": draft.sensitivity,
            "valid_to": draft.valid_to,
            "tags": without_stale(kept[0]),
        }
        pen.update(kept[0].id, changed, "More was said.", draft.sources)
        pen.count("rebuilt")


def _by_hand(pen: Pen, one: Memory) -> bool:
    """Whether the person has pinned it or changed its words: then it stays as they made it."""
    written = [entry.after["text"] for entry in runs.entries_of(pen.db, one.id) if "text" in entry.after]
    return one.pinned or (bool(written) and written[-1] != one.text)


def _draft(
    pen: Pen, members: Sequence[Memory], chosen: Sequence[Memory], made: Summary, episode: EpisodeId | None
) -> Draft:
    first, last = members[0], members[-1]
    begins = first.at if episode else datetime.combine(first.at.date(), time(), tzinfo=first.at.tzinfo)
    draft = Draft(
        text=made.text,
        at=last.at,
        at_given=last.at_given,
        facet=Facet.SUMMARY if episode else Facet.DIGEST,
        kind=Kind.EPISODIC,
        provenance=_provenance(members),
        language=chosen[0].language,
        trust=min(memory.trust for memory in chosen),
        sensitivity=next((m.sensitivity for m in chosen if m.sensitivity is not Sensitivity.NONE), Sensitivity.NONE),
        sources=made.sources,
        valid_from=begins,
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


def profile(pen: Pen, cursor: str) -> str | None:
    """Bring the lines about who the person is up to date."""
    facts = tonight.facts_of(pen.db, ME, 500)
    revision = revise(facts, tonight.lines_of_profile(pen.db), pen.task.now)
    for line in revision.out:
        pen.delete(line.id, "It no longer holds, or others say more.")
        pen.count("profile")
    for fact in revision.add:
        sources = memories.many(pen.db, fact.sources)
        if not sources:
            continue
        draft = Draft(
            text=fact.text,
            at=fact.at,
            facet=Facet.PROFILE,
            kind=Kind.CORE,
            provenance=fact.provenance,
            language=fact.language,
            importance=2.0,
            trust=min(fact.trust, *(source.trust for source in sources)),
            sensitivity=fact.sensitivity,
            sources=fact.sources,
            fact=fact.fact,
            valid_from=fact.valid_from,
            reason="Said of yourself, often or as who you are.",
        )
        if pen.add(replace(draft, stability_days=pen.task.hold(draft)), draft.reason) is not None:
            pen.count("profile")
    return None
