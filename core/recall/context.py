"""Hits and the turns around them as text in time order, within a budget of tokens."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from core.memory import Context, Facet, Memory

Count = Callable[[str], int]
Range = tuple[int, int]
Pieces = Mapping[int, Sequence[Range]]
"""Of long memories, by seq, the pieces that answer as ranges of the text, best first."""
CUT = "…"
"""Stands where a piece of a longer text begins or ends."""


def line(memory: Memory, pieces: Sequence[Range] = ()) -> str:
    """One line a turn: [date] speaker: text, a caption marked as one; of a long text only these `pieces` of it."""
    who = memory.provenance.speaker or memory.provenance.app
    if memory.provenance.mine and not memory.provenance.speaker:
        who = "me"
    text = _cut(memory.text, sorted(pieces)) if pieces else " ".join(memory.text.split())
    if memory.caption:
        text = f"{text} (picture: {' '.join(memory.caption.split())})".strip()
    name = f" {who}:" if who else ""
    return f"[{memory.at:%Y-%m-%d %H:%M}]{name} {text}"


def _cut(text: str, pieces: Sequence[Range]) -> str:
    """These pieces, in order, with a mark wherever something is left out."""
    words = [CUT] if pieces[0][0] else []
    for number, (begin, end) in enumerate(pieces):
        words += text[begin:end].split()
        if end < (pieces[number + 1][0] if number + 1 < len(pieces) else len(text)):
            words.append(CUT)
    return " ".join(words)


def composed(
    hits: Sequence[Memory], around: Sequence[Sequence[Memory]], budget: int, count: Count, pieces: Pieces
) -> Context:
    """As many as fit, best first, put in time order.

    `hits`: best first; `around`: for each hit its neighbours, nearest first; `pieces`: of those that are long what is
    shown of them. The first hits come before any neighbour, then neighbours and further hits take turns, so that a
    tight budget keeps what was found.
    """
    taken: dict[int, tuple[Memory, list[Range], str]] = {}
    left = budget
    for memory, piece in _wanted(hits, around, pieces):
        _, ranges, before = taken.get(memory.seq, (memory, [], ""))
        if before and (piece is None or piece in ranges):
            continue
        ranges = ranges if piece is None else [*ranges, piece]
        text = line(memory, ranges)
        tokens = count(text + "\n") - (count(before + "\n") if before else 0)
        if tokens > left:
            if left < _LITTLE:
                break
            continue
        taken[memory.seq] = (memory, ranges, text)
        left -= tokens
    chosen = sorted(taken.values(), key=lambda one: (one[0].at, one[0].seq))
    return Context(
        sources=tuple(dict.fromkeys(memory.reference for memory, _, _ in chosen if memory.observed)),
        text="\n".join(text for _, _, text in chosen),
        tokens=budget - left,
    )


_LITTLE = 12
"""Tokens under which no line is worth trying."""
_FIRST = 10
_LATER = 2
"""Hits that come before the next piece of one."""


def _wanted(
    hits: Sequence[Memory], around: Sequence[Sequence[Memory]], pieces: Pieces
) -> Iterator[tuple[Memory, Range | None]]:
    def best(memory: Memory) -> tuple[Memory, Range | None]:
        return memory, next(iter(pieces.get(memory.seq, ())), None)

    first = [
        (rank + _LATER * number, memory, piece)
        for rank, memory in enumerate(hits[:_FIRST])
        for number, piece in enumerate(pieces.get(memory.seq, (None,)))
    ]
    yield from ((memory, piece) for _, memory, piece in sorted(first, key=lambda one: one[0]))
    later = list(hits[_FIRST:])
    for place, neighbours in enumerate(around[:_FIRST]):
        yield from (best(memory) for memory in neighbours if memory.facet is not Facet.FRAME)
        if place < len(later):
            yield best(later[place])
    yield from (best(memory) for memory in later[_FIRST:])
