"""Looking around without a question: the tree of topics, what belongs to one, and who the person is."""

from collections.abc import Iterable

from sqlite_utils import Database

from core.consolidate.profile import CHARACTERS, LINES
from core.memory import EpisodeId, Facet, Kind, Memory, MemoryId, Selection, State, Topic
from core.store import gathered, memories, tonight
from core.store import topics as tree

_OFFERED = (State.CAPTURED, State.ACTIVE)


def topics(db: Database, *, faded: bool = False) -> list[Topic]:
    """The tree, the latest first at every level; what has faded only on demand, unless something below is offered."""
    every = {memory.id: memory for memory in tree.every(db)}
    above = tree.above(db)
    below: dict[MemoryId | None, list[MemoryId]] = {}
    for id in every:
        below.setdefault(above.get(id), []).append(id)
    members = tree.members(db, [id for id in every if id not in below])

    def grown(id: MemoryId) -> tuple[Topic, set[EpisodeId]] | None:
        under = [found for one in below.get(id, ()) if (found := grown(one)) is not None]
        episodes = {episode for _, found in under for episode in found} | set(members.get(id, ()))
        memory = every[id]
        if not episodes or not (faded or under or memory.state in _OFFERED):
            return None
        last = max([memory.valid_to or memory.at, *(topic.last for topic, _ in under)])
        return Topic(memory=memory, members=len(episodes), last=last, below=_latest(t for t, _ in under)), episodes

    return list(_latest(found[0] for id in below.get(None, ()) if (found := grown(id)) is not None))


def _latest(found: Iterable[Topic]) -> tuple[Topic, ...]:
    return tuple(sorted(found, key=lambda topic: (topic.last, topic.memory.seq), reverse=True))


def in_topic(db: Database, id: MemoryId) -> list[Memory]:
    """What belongs to a topic and to those below it, an episode each, the latest first.

    An episode is shown by its summary, or by the observation that tells most where it is too short for one.
    """
    leaves, open_ones = [], [id]
    while open_ones:
        found = tree.below(db, open_ones)
        leaves += [one for one in open_ones if not found[one]]
        open_ones = [one for below in found.values() for one in below]
    chosen: dict[EpisodeId, MemoryId] = {}
    for members in tree.members(db, leaves).values():
        chosen |= {episode: sources[0] for episode, sources in members.items()}
    summaries = gathered.summaries_in(db, list(chosen))
    plain = memories.many(db, [source for episode, source in chosen.items() if episode not in summaries])
    return sorted([*summaries.values(), *plain], key=lambda memory: (memory.at, memory.seq), reverse=True)


def profile(db: Database) -> list[Memory]:
    """Who the person is: lines a sleep made and notes of kind `core` by the person's hand, theirs first, bounded."""
    written = Selection(kinds=(Kind.CORE,), facets=(Facet.NOTE,), states=_OFFERED)
    mine = [memory for memory in memories.find(db, written) if memory.provenance.mine]
    made = sorted(
        tonight.lines_of_profile(db), key=lambda memory: (not memory.pinned, -len(memory.sources), memory.seq)
    )
    chosen: list[Memory] = []
    used = 0
    for memory in [*mine, *made]:
        if len(chosen) == LINES or used + len(memory.text) > CHARACTERS:
            break
        chosen.append(memory)
        used += len(memory.text)
    return chosen
