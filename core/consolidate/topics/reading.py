"""Episodes and topics as the tree knows them, read out of the store a few at a time."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import numpy as np

from core.consolidate.filter import learnable
from core.consolidate.importance import importance
from core.consolidate.learning import STALE
from core.consolidate.subjects import Stems, people_of, subjects
from core.consolidate.task import Pen
from core.consolidate.topics.tree import LEAF, Floats, Item, Node, Tree
from core.memory import EpisodeId, Memory, MemoryId
from core.store import gathered, memories, tonight, topics

SOURCES = 3
"""Observations that stand for an episode."""
_READ = 12
_FEWEST_WORDS = 4
_PRIOR = 20
"""Episodes of nothing in common that are thought beside those there are: the first few are not centred away."""


class Reader:
    """Reads for one step; what it has read it keeps."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._spread = lru_cache(maxsize=None)(partial(gathered.spread, pen.db))
        self._stems = Stems()
        self._of = gathered.size(pen.db)
        self._words: dict[EpisodeId, frozenset[str]] = {}
        self._centre: Floats | None = None

    def _standing_for(self, episodes: Sequence[EpisodeId]) -> dict[EpisodeId, Sequence[MemoryId]]:
        """Episodes in which something was said: their summary's sources stand for them, else their weightiest."""
        summed_up = gathered.summaries_in(self._pen.db, episodes)
        chosen: dict[EpisodeId, Sequence[MemoryId]] = {}
        for id in episodes:
            if id in summed_up:
                chosen[id] = summed_up[id].sources[:SOURCES]
                self._words[id] = _about(summed_up[id])
                continue
            telling = _telling(tonight.members(self._pen.db, id, _READ))
            if telling:
                chosen[id] = [memory.id for memory in telling]
                self._words[id] = self._subjects(telling)
        return chosen

    def tree(self, loose: Sequence[EpisodeId], tonight: Sequence[EpisodeId]) -> tuple[Tree, dict[EpisodeId, Item]]:
        """The tree as it is, its top read, with the loose ones beside it; and tonight's episodes, to be put into it."""
        ids = topics.tops(self._pen.db)
        members = topics.members(self._pen.db, ids)
        chosen = self._standing_for([*loose, *tonight])
        self._centre = self._usual([*(one for found in members.values() for one in found.values()), *chosen.values()])
        items = {item.episode: item for item in self._made(chosen)}
        tops = self._nodes(ids, None)
        tree = Tree(
            {node.id: node for node in tops},
            [node.id for node in tops],
            self._below,
            [items[id] for id in loose if id in items],
        )
        return tree, {id: items[id] for id in tonight if id in items}

    def _usual(self, found: Sequence[Sequence[MemoryId]]) -> Floats | None:
        """What all episodes have in common, so that only what is their own makes them alike."""
        vectors = self._vectors([id for ids in found for id in ids])
        means = [mean for ids in found if (mean := _mean([vectors[id] for id in ids])) is not None]
        if not means:
            return None
        centre: Floats = np.sum(means, axis=0) / (len(means) + _PRIOR)
        return centre

    def _below(self, id: str) -> list[Node]:
        return self._nodes(topics.below(self._pen.db, [MemoryId(id)])[MemoryId(id)], id)

    def _nodes(self, ids: Sequence[MemoryId], parent: str | None) -> list[Node]:
        members = topics.members(self._pen.db, ids)
        below = topics.below(self._pen.db, ids)
        self._learn(members)
        shared = {topic.id: _about(topic) for topic in memories.many(self._pen.db, ids)}
        nodes = []
        for id in ids:
            node = Node(id=id, parent=parent, below=[str(one) for one in below[id]], shared=shared[id])
            node.put(self._made(members[id]))
            nodes.append(node)
        return nodes

    def _learn(self, members: Mapping[MemoryId, Mapping[EpisodeId, Sequence[MemoryId]]]) -> None:
        """What episodes that were sorted before are about, as far as their summaries say.

        The others are not read again each time: their topic's tags say what they share. Only where a topic is full
        and there are no vectors to part it by, are they.
        """
        known = gathered.summaries_in(self._pen.db, [one for found in members.values() for one in found])
        for found in members.values():
            full = self._pen.task.vectors is None and len(found) >= LEAF
            for id, sources in found.items():
                if id in self._words:
                    continue
                if id in known:
                    self._words[id] = _about(known[id])
                else:
                    self._words[id] = self._subjects(memories.many(self._pen.db, sources)) if full else frozenset()

    def _subjects(self, found: Sequence[Memory]) -> frozenset[str]:
        told = subjects(found, spread=self._spread, of=self._of, people=people_of(found), stems=self._stems)
        return frozenset(word.casefold() for word in told)

    def _made(self, chosen: dict[EpisodeId, Sequence[MemoryId]] | dict[EpisodeId, list[MemoryId]]) -> list[Item]:
        vectors = self._vectors([id for ids in chosen.values() for id in ids])
        return [
            Item(
                episode=id,
                sources=tuple(ids),
                vector=self._own(_mean([vectors[one] for one in ids])),
                words=self._words[id],
            )
            for id, ids in chosen.items()
        ]

    def _own(self, vector: Floats | None) -> Floats | None:
        return vector if vector is None or self._centre is None else _unit(vector - self._centre)

    def _vectors(self, ids: Sequence[MemoryId]) -> dict[MemoryId, Floats | None]:
        if self._pen.task.vectors is None:
            return dict.fromkeys(ids)
        rows = self._pen.task.vectors.of(ids)
        return {id: row.astype(np.float64) if row.any() else None for id, row in zip(ids, rows, strict=True)}


def _about(told: Memory) -> frozenset[str]:
    return frozenset(tag.casefold() for tag in told.tags if tag != STALE)


def _telling(found: Sequence[Memory]) -> list[Memory]:
    worth = [
        memory
        for memory in found
        if learnable(memory) and memory.folded_into is None and len(memory.text.split()) >= _FEWEST_WORDS
    ]
    return sorted(worth, key=lambda memory: (-importance(memory), memory.seq))[:SOURCES]


def _mean(rows: Sequence[Floats | None]) -> Floats | None:
    known = [row for row in rows if row is not None]
    if not known:
        return None
    return _unit(np.mean(known, axis=0))


def _unit(vector: Floats) -> Floats | None:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else None
