"""Dense models: the next tensors are read while one is computed with, into the pages of those that are done.

The tensors that are streamed stand in a ring, in the order in which each sweep uses them; as many as the window holds
are in memory: the one that computes and those that come next, across the end of a sweep too. What a node of the graph
needs is seen by the addresses that it is computed from. So nothing is computed before it is there, whatever the order,
and the ring learns the order from the sweep before.
"""

from bisect import bisect_right
from collections.abc import Sequence

from core.inference.stream.account import Account
from core.inference.stream.graph import Node
from core.inference.stream.pages import Pages, Range
from core.inference.stream.reading import Fetch, Readers
from core.inference.stream.residency import Part

WORDS = b"result_output"
"""The node that the words are chosen from: every graph ends with it."""


class Ahead:
    """See graph.Streamer.

    `ring`: the streamed tensors in about the order of their use. `window_bytes`: what they take in memory at most; a
    node that is computed from more than that has it all the same. `chunk`: bytes of one read at most.
    """

    def __init__(
        self,
        ring: Sequence[Part],
        pages: Pages,
        readers: Readers,
        account: Account,
        *,
        window_bytes: int,
        chunk: int,
    ) -> None:
        self.account = account
        self._pages, self._readers, self._chunk, self._room = pages, readers, chunk, window_bytes
        self._by_place = sorted(ring, key=lambda part: part.begin)
        self._begins = [part.begin for part in self._by_place]
        self._inside: dict[Part, Fetch] = {}
        """What is in memory or on its way, in the order in which it was begun to be read."""
        self._inside_bytes = 0
        self._free: list[Range] = []
        self._free_bytes = 0
        self._used: dict[Part, None] = {}
        """What this sweep has used, in order."""
        self._whole = False
        """Whether this sweep came to its end."""
        self._arrange(ring)
        self._follow(-1)

    @property
    def expected(self) -> int:
        """How many tensors a sweep is expected to use."""
        return len(self._ring)

    def before(self) -> None:
        """See Streamer. After a sweep that was cut short the ring is turned back to its beginning."""
        self.account.sweeps += 1
        self._pages.unchanged()
        if self._whole and tuple(self._used) != self._ring:
            self._arrange(tuple(self._used))
        self._used, self._whole = {}, False
        first = self._first()
        if tuple(self._inside) != first:
            for part in [one for one in self._inside if one not in first]:
                self._leave(part)
            kept = self._inside
            self._inside = {part: kept[part] if part in kept else self._fetch(part) for part in first}

    def wants(self, node: bytes, about: Node) -> bool:
        """See Streamer. Waits for what the node is computed from."""
        if node == WORDS:
            self._whole = True
        parts = self._parts(about)
        for part in parts:
            self._used[part] = None
            fetch = self._inside.get(part) or self._late(part, parts)
            fetch.wait(self.account)
        return bool(parts)

    def computed(self, node: bytes, about: Node) -> None:
        """See Streamer. What the node was computed from makes room for what comes next."""
        for part in self._parts(about):
            if part in self._inside and self._ring_bytes > self._room:
                self._leave(part)
                self._follow(self._places.get(part, -1))

    def set_threads(self, threads: int) -> None:
        """See Streamer. llama.cpp alone computes here."""

    def close(self) -> None:
        """See Streamer."""
        self._readers.close()
        self._pages.close()

    def _arrange(self, ring: Sequence[Part]) -> None:
        """Take this for the order of use. What no sweep uses (a file's last layers may be for another use) is out."""
        self._ring = tuple(ring)
        self._places = {part: place for place, part in enumerate(self._ring)}
        self._ring_bytes = sum(part.pages[1] for part in self._ring)

    def _parts(self, about: Node) -> tuple[Part, ...]:
        """The streamed tensors that a node is computed from; none for a view, which looks at nothing."""
        if self._part_at(about.place()) is not None:
            return ()
        found = (self._part_at(address) for address in about.sources())
        return tuple(dict.fromkeys(part for part in found if part is not None))

    def _part_at(self, address: int) -> Part | None:
        offset = address - self._pages.base
        place = bisect_right(self._begins, offset) - 1
        return self._by_place[place] if place >= 0 and offset < self._by_place[place].end else None

    def _first(self) -> tuple[Part, ...]:
        """What is in memory when a sweep begins: as many of the first as fit."""
        room, count = self._room, 0
        for part in self._ring:
            room -= part.pages[1]
            if room < 0:
                break
            count += 1
        return self._ring[:count]

    def _follow(self, place: int) -> None:
        """Begin to read what comes behind a place in the ring, as far as there is room."""
        count = len(self._ring)
        for step in range(1, count + (place < 0)):
            at = place + step
            part = self._ring[at % count]
            if part in self._inside or (at < count and part in self._used):
                continue
            if self._inside_bytes + part.pages[1] > self._room:
                return
            self._inside[part] = self._fetch(part)

    def _late(self, part: Part, needed: Sequence[Part]) -> Fetch:
        """Begin to read what nobody expected, in the place of what is needed last."""
        for other in reversed([one for one in self._inside if one not in needed]):
            if self._inside_bytes + part.pages[1] <= self._room:
                break
            self._leave(other)
        fetch = self._inside[part] = self._fetch(part)
        return fetch

    def _leave(self, part: Part) -> None:
        """Its pages are free, once nothing is read into them any more."""
        fetch = self._inside.pop(part)
        self._inside_bytes -= part.pages[1]
        self._free.append(part.pages)
        self._free_bytes += part.pages[1]
        fetch.wait(self.account)

    def _fetch(self, part: Part) -> Fetch:
        """Begin to read a tensor, into pages that others have left; what does not fit beside it is given back."""
        self._inside_bytes += part.pages[1]
        self._take(*part.pages)
        while self._free and self._inside_bytes + self._free_bytes > self._room:
            source, length = self._free.pop()
            self._free_bytes -= length
            self._pages.drop(source, length)
        return self._readers.fetch((part.pages,), self._chunk)

    def _take(self, target: int, length: int) -> None:
        """Hand one free range on to another, from its beginning; what one has more than the other is given back.

        More than one piece for each would fall to ever smaller ones. What is free of a range itself stays where it is.
        """
        own = [free for free in self._free if free[0] == target]
        enough = [free for free in self._free if free[1] >= length]
        if not self._free:
            return
        source, left = piece = own[0] if own else min(enough, key=_length) if enough else max(self._free, key=_length)
        self._free.remove(piece)
        self._free_bytes -= left
        if source != target:
            self._pages.hand_on(source, target, min(left, length))
            if left > length:
                self._pages.drop(source + length, left - length)


def _length(free: Range) -> int:
    return free[1]
