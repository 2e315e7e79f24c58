"""What a context is made of: the hits, the turns around them, and what is left out; of two questions in turn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest
from typing import TypeVar

from core.memory import Context, Hit, Memory, MemoryId
from core.recall import context
from core.recall.shown import Shown, may_be_read

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """The first hits, best first, each with its neighbours; of those that are long the pieces that answer."""

    listed: Sequence[Shown] = ()
    around: Sequence[Sequence[Memory]] = ()
    pieces: Mapping[int, Sequence[context.Range]] = field(default_factory=dict)
    left_out: frozenset[MemoryId] = frozenset()
    """What another value has outlived: it is not in the context of a question after what holds now."""

    def context(self, budget: int, count: context.Count) -> Context:
        """The context of an answer: hits with the turns around them, as many as `budget` tokens hold."""
        readable = [
            (one.memory, [memory for memory in near if memory.id not in self.left_out])
            for one, near in zip_longest(self.listed, self.around, fillvalue=())
            if isinstance(one, Shown) and may_be_read(one.memory) and one.memory.id not in self.left_out
        ]
        return context.composed([m for m, _ in readable], [near for _, near in readable], budget, count, self.pieces)

    def beside(self, other: "Found") -> "Found":
        """What was found for either of two questions, in turn."""
        return Found(
            listed=_in_turn(self.listed, other.listed),
            around=_in_turn(self.around, other.around),
            pieces={**other.pieces, **self.pieces},
            left_out=self.left_out | other.left_out,
        )


def in_turn(one: Sequence[Hit], other: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits of two questions in turn, each memory once, as many as the longer list has; ranked anew."""
    hits: dict[MemoryId, Hit] = {}
    for hit in _in_turn(one, other):
        hits.setdefault(hit.memory.id, hit)
    ceiling = float("inf")
    ranked: list[Hit] = []
    for rank, hit in enumerate(list(hits.values())[: max(len(one), len(other))], start=1):
        ceiling = min(ceiling, hit.score)
        ranked.append(replace(hit, rank=rank, score=ceiling))
    return tuple(ranked)


def _in_turn(one: Iterable[_T], other: Iterable[_T]) -> list[_T]:
    pairs = zip_longest(one, other, fillvalue=None)
    return [item for item in chain.from_iterable(pairs) if item is not None]
