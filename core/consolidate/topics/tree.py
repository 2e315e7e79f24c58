"""The tree itself: where an episode belongs, and what happens where there is no room. Pure; same input, same tree."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.memory import EpisodeId, MemoryId

TOPS, FAN_OUT, DEPTH = 24, 8, 3
"""Topics on top, below one, and one below the other."""
LEAF, SAMPLE = 16, 16
"""Episodes of a topic that has none below it; of one that has, how many of them it is known by."""
NEAR, NEAR_BY_WORDS = 0.25, 0.25
"""Likeness from which an episode belongs to a topic, with vectors and by words alone (two of eight)."""
PAIR = 0.3
"""Likeness of two episodes that make a topic."""
JOIN = 0.1
"""Likeness of two topics that are put under one when there are too many."""
WORDS = 0.5
"""What shared words count beside the cosine of meaning."""
_ROUNDS = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """An episode as the tree knows it."""

    episode: EpisodeId
    sources: tuple[MemoryId, ...]
    """The observations that stand for it, the most telling first."""
    vector: Floats | None = None
    """(d,) of unit length; None without vectors."""
    words: frozenset[str] = frozenset()
    """What it is about."""


@dataclass(slots=True, kw_only=True, eq=False)
class Node:
    """A topic: a leaf with its episodes, or one with topics below it, known by a sample of what is under it."""

    id: str
    parent: str | None = None
    below: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    shared: frozenset[str] = frozenset()
    """Words that several of its episodes had when it was last written down."""
    _mean: Floats | None = None
    _words: Counter[str] | None = None

    @property
    def leaf(self) -> bool:
        """Whether it has no topics below it."""
        return not self.below

    def put(self, items: Sequence[Item]) -> None:
        """Be known by these."""
        self.items = list(items)
        self._mean = self._words = None

    def likeness(self, item: Item) -> float:
        """How much an episode is like those it has: the mean of their cosines, and the share of words they share."""
        if not self.items:
            return 0.0
        if self._words is None:
            self._words = Counter(dict.fromkeys(self.shared, 2))
            self._words.update(word for one in self.items for word in one.words)
            vectors = [one.vector for one in self.items if one.vector is not None]
            self._mean = np.mean(vectors, axis=0) if vectors else None
        least = 2 if len(self.items) > 3 else 1
        shared = sum(self._words[word] >= least for word in item.words) / max(len(item.words), 2)
        if item.vector is None or self._mean is None:
            return shared * NEAR / NEAR_BY_WORDS
        return float(self._mean @ item.vector) + WORDS * shared


@dataclass(slots=True)
class Tree:
    """Nodes by id; those below a topic are fetched when somebody goes there."""

    nodes: dict[str, Node]
    tops: list[str]
    fetch: Callable[[str], list[Node]] = lambda id: []
    """The topics below one, which the caller holds elsewhere."""
    loose: list[Item] = field(default_factory=list)
    """Episodes of no topic yet, the latest last."""
    changed: set[str] = field(default_factory=set)
    """Nodes whose members or place are another than they were."""
    gone: set[str] = field(default_factory=set)
    compared: int = 0
    """How many topics and episodes were looked at, for whoever measures."""
    _fetched: set[str] = field(default_factory=set)
    _made: int = 0

    def insert(self, item: Item) -> str | None:
        """Put an episode where it belongs and return its topic; None while it is like nothing that is there.

        One path is gone down: the cost is the number of topics beside it, whatever the size of the tree.
        """
        at = self._nearest(self.tops, item)
        if at is None or self._likeness(at, item) < NEAR:
            return self._pair(item)
        path = [at]
        while not at.leaf:
            below = self._nearest(self._below(at), item)
            assert below is not None
            at = below
            path.append(at)
        at.put([*at.items, item])
        for node in path:
            self.changed.add(node.id)
        for node in path[:-1]:
            node.put([*node.items[: SAMPLE - 1], item])
        if len(at.items) > LEAF:
            self._split(at, len(path))
        elif at.leaf and at.parent is None:
            self._gather(at)
        return self._leaf_of(item, at)

    def _gather(self, node: Node) -> None:
        """What a topic has become may be like others beside it by now: loose episodes, and topics that are small."""
        for item in list(self.loose):
            if len(node.items) < LEAF and self._likeness(node, item) >= NEAR:
                self.loose.remove(item)
                node.put([*node.items, item])
        for other in [self.nodes[id] for id in self.tops if id != node.id]:
            if other.leaf and len(node.items) + len(other.items) <= LEAF:
                self.compared += len(other.items)
                if _between(other, node) >= NEAR:
                    self._merge(node, other)
                    return

    def _merge(self, node: Node, other: Node) -> None:
        """Two topics become the older one of them."""
        first, second = sorted((node, other), key=lambda one: self.tops.index(one.id))
        first.put([*first.items, *second.items])
        self.changed.add(first.id)
        self._drop(second)

    def _leaf_of(self, item: Item, at: Node) -> str:
        near = [at.id, *at.below, *(self.nodes[at.parent].below if at.parent else self.tops)]
        found = [self.nodes[id] for id in near if id not in self.gone]
        return next(node.id for node in found if node.leaf and item in node.items)

    def _likeness(self, node: Node, item: Item) -> float:
        self.compared += 1
        return node.likeness(item)

    def _nearest(self, ids: Sequence[str], item: Item) -> Node | None:
        scored = [(self._likeness(self.nodes[id], item), -place) for place, id in enumerate(ids)]
        return self.nodes[ids[-max(scored)[1]]] if scored else None

    def _below(self, node: Node) -> list[str]:
        if node.id not in self._fetched:
            self._fetched.add(node.id)
            for one in self.fetch(node.id):
                self.nodes.setdefault(one.id, one)
        return node.below

    def _pair(self, item: Item) -> str | None:
        """A new topic of this episode and the loose one most like it."""
        best, found = PAIR, None
        for other in self.loose:
            self.compared += 1
            score = _alike(item, other)
            if score >= best:
                best, found = score, other
        if found is None:
            self.loose.append(item)
            return None
        self.loose.remove(found)
        node = self._new(None, [found, item])
        self._gather(node)
        self.make_room()
        return next((id for id in self.tops if item in self.nodes[id].items), None)

    def _new(self, parent: Node | None, items: Sequence[Item]) -> Node:
        self._made += 1
        node = Node(id=f"+{self._made}", parent=parent.id if parent else None)
        node.put(items)
        self.nodes[node.id] = node
        self.changed.add(node.id)
        self._fetched.add(node.id)
        (parent.below if parent else self.tops).append(node.id)
        return node

    def _split(self, leaf: Node, depth: int) -> None:
        """Part a full topic in two: beside it where there is room, else below it; at the bottom the oldest go."""
        parent = self.nodes[leaf.parent] if leaf.parent else None
        beside = parent is not None and len(self._below(parent)) < FAN_OUT
        if not beside and depth >= DEPTH:
            leaf.put(leaf.items[-LEAF:])
            return
        one, other = _halves(leaf.items)
        if beside:
            leaf.put(one)
            self._new(parent, other)
            return
        self._new(leaf, one)
        self._new(leaf, other)
        leaf.put(_sample(one, other))

    def make_room(self) -> None:
        """While there are too many on top: the two most alike go under one; where none are alike the least goes."""
        while len(self.tops) > TOPS:
            before = len(self.tops)
            self._fewer()
            if len(self.tops) == before:
                return

    def _fewer(self) -> None:
        tops = [self.nodes[id] for id in self.tops]
        pairs = sorted(
            ((-_between(a, b), i, j) for (i, a), (j, b) in combinations(enumerate(tops), 2)), key=lambda pair: pair
        )
        for likeness, i, j in pairs:
            self.compared += 1
            if -likeness < JOIN:
                break
            if self._join(tops[i], tops[j]):
                return
        leaves = [node for node in tops if node.leaf]
        if leaves:
            least = min(leaves, key=lambda node: (len(node.items), self.tops.index(node.id)))
            self._drop(least)
            self.loose = [*least.items, *self.loose]

    def _join(self, a: Node, b: Node) -> bool:
        """Put two topics of the top under one; False when that would be too deep or too wide."""
        one, other = (a, b) if not a.leaf or b.leaf else (b, a)
        if one.leaf and len(one.items) + len(other.items) <= LEAF // 2:
            self._merge(one, other)
            return True
        if not one.leaf:
            if not other.leaf or len(self._below(one)) >= FAN_OUT:
                return False
            self._move(other, one)
            one.put(_sample(one.items, other.items))
            self.changed.add(one.id)
            return True
        above = self._new(None, _sample(one.items, other.items))
        self._move(one, above)
        self._move(other, above)
        return True

    def _move(self, node: Node, under: Node) -> None:
        self.tops.remove(node.id)
        node.parent = under.id
        under.below.append(node.id)
        self.changed.add(node.id)

    def _drop(self, node: Node) -> None:
        self.tops.remove(node.id)
        self.gone.add(node.id)
        self.changed.discard(node.id)


def _alike(one: Item, other: Item) -> float:
    shared = len(one.words & other.words) / max(min(len(one.words), len(other.words)), 2)
    if one.vector is None or other.vector is None:
        return shared * PAIR / NEAR_BY_WORDS
    return float(one.vector @ other.vector) + WORDS * shared


def _between(a: Node, b: Node) -> float:
    return sum(b.likeness(item) for item in a.items) / max(len(a.items), 1)


def _sample(one: Sequence[Item], other: Sequence[Item]) -> list[Item]:
    """At most `SAMPLE` of both, by turns, the latest first."""
    mixed = [
        item
        for pair in zip(_filled(one[::-1]), _filled(other[::-1]), strict=False)
        for item in pair
        if item is not None
    ]
    return list(dict.fromkeys(mixed))[:SAMPLE][::-1]


def _filled(items: Sequence[Item]) -> list[Item | None]:
    return [*items, *[None] * (SAMPLE - len(items))]


def _halves(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Two groups, each around one of the two that are least alike (2-means); never all in one."""
    likeness = np.array([[_alike(a, b) for b in items] for a in items])
    first, second = min(combinations(range(len(items)), 2), key=lambda pair: (likeness[pair], pair))
    side = likeness[:, first] >= likeness[:, second]
    side[first], side[second] = True, False
    for _ in range(_ROUNDS):
        nearer = likeness[:, side].mean(axis=1) >= likeness[:, ~side].mean(axis=1)
        nearer[first], nearer[second] = True, False
        if (nearer == side).all():
            break
        side = nearer
    return (
        [item for item, here in zip(items, side, strict=True) if here],
        [item for item, here in zip(items, side, strict=True) if not here],
    )
