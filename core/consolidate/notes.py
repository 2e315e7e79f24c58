"""The step that keeps notes in touch (A-MEM): a new summary is linked to older ones, whose keywords grow with it."""

from collections import Counter

from core.consolidate.gathering import by_hand
from core.consolidate.journal import LINK
from core.consolidate.placing import STALE
from core.consolidate.task import Pen
from core.memory import QUARANTINED, EpisodeId, Memory, MemoryId
from core.store import gathered, memories, tonight, topics

EPISODES = 20
MEMBERS = 200
LINKED = 3
"""Older notes that a new one is linked to at the most: those that most of its observations bear on."""
GROWS_BY, MOST = 2, 12
"""Keywords that an older note takes over from a newer one, and how many it holds at the most."""


def note(pen: Pen, cursor: str) -> str | None:
    """Link the summaries of the next episodes that something was added to; the older ones' keywords grow."""
    touched = topics.touched(pen.db, topics.after(cursor), pen.task.upto, EPISODES)
    for _, _, episode in touched:
        summary = gathered.summaries_in(pen.db, [episode]).get(episode)
        if summary is not None:
            _keep_in_touch(pen, summary, episode)
    return topics.cursor(touched[-1]) if touched else None


def _keep_in_touch(pen: Pen, summary: Memory, episode: EpisodeId) -> None:
    times = Counter(_borne_on(pen, episode))
    older = gathered.summaries_in(pen.db, list(times))
    by_weight = sorted(older.items(), key=lambda pair: (-times[pair[0]], pair[1].at, pair[1].seq))
    for other, known in by_weight[:LINKED]:
        reason = f"What it sums up bears on the other one: {times[other]} links."
        pen.update(summary.id, {LINK: [known.id, "bears on", reason]}, reason, [known.id])
        grown = _grown(known, summary)
        if grown != known.tags and not by_hand(pen, known):
            pen.update(known.id, {"tags": grown}, "A newer memory bears on it: its keywords grow.", [summary.id])
            pen.count("notes")


def _borne_on(pen: Pen, episode: EpisodeId) -> list[EpisodeId]:
    """The older episode behind every link of this one's observations."""
    found: list[EpisodeId] = []
    for member in tonight.members(pen.db, episode, MEMBERS):
        links = memories.links(pen.db, member.id)
        ids = [link.b for link in links if link.a == member.id and link.relation == "bears on"]
        found += _episodes(pen, ids, episode)
    return found


def _episodes(pen: Pen, ids: list[MemoryId], own: EpisodeId) -> list[EpisodeId]:
    others = memories.many(pen.db, ids)
    return [other.episode for other in others if other.observed and other.episode not in (None, own) and other.episode]


def _grown(known: Memory, newer: Memory) -> tuple[str, ...]:
    held = {tag.casefold() for tag in known.tags}
    telling = [tag for tag in newer.tags if tag not in (QUARANTINED, STALE)][:GROWS_BY]
    new = [tag for tag in telling if tag.casefold() not in held]
    return (*known.tags, *new)[: max(MOST, len(known.tags))]
