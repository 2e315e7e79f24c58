"""Hits and the turns around them as text in time order, within a budget of tokens."""

from collections.abc import Callable, Mapping, Sequence

from core.memory import Context, Facet, Memory

Count = Callable[[str], int]
CUT = "…"
"""Stands where a piece of a longer text begins or ends."""


def line(memory: Memory, piece: tuple[int, int] | None = None) -> str:
    """One line a turn: [date] speaker: text, a caption marked as one; of a long text only the `piece`."""
    who = memory.provenance.speaker or memory.provenance.app
    if memory.provenance.mine and not memory.provenance.speaker:
        who = "me"
    text = " ".join(memory.text.split())
    if piece is not None:
        begin, end = piece
        text = " ".join(memory.text[begin:end].split())
        text = f"{CUT} {text}" if begin else text
        text = text if end == len(memory.text) else f"{text} {CUT}"
    if memory.caption:
        text = f"{text} (picture: {' '.join(memory.caption.split())})".strip()
    name = f" {who}:" if who else ""
    return f"[{memory.at:%Y-%m-%d %H:%M}]{name} {text}"


def composed(
    hits: Sequence[Memory],
    around: Sequence[Sequence[Memory]],
    budget: int,
    count: Count,
    pieces: Mapping[int, tuple[int, int]],
) -> Context:
    """As many as fit, best first, put in time order.

    `hits`: best first; `around`: for each hit its neighbours, nearest first; `pieces`: what is shown of those (by seq)
    that are long. The first hits come before any
    neighbour, then neighbours and further hits take turns, so that a tight budget keeps what was found.
    """
    taken: dict[str, tuple[Memory, str]] = {}
    left = budget
    for memory in _wanted(hits, around):
        if memory.id in taken:
            continue
        text = line(memory, pieces.get(memory.seq))
        tokens = count(text + "\n")
        if tokens > left:
            if left < _LITTLE:
                break
            continue
        taken[memory.id] = (memory, text)
        left -= tokens
    chosen = sorted(taken.values(), key=lambda pair: (pair[0].at, pair[0].seq))
    return Context(
        sources=tuple(dict.fromkeys(memory.reference for memory, _ in chosen if memory.observed)),
        text="\n".join(text for _, text in chosen),
        tokens=budget - left,
    )


_LITTLE = 12
"""Tokens under which no line is worth trying."""
_FIRST = 10


def _wanted(hits: Sequence[Memory], around: Sequence[Sequence[Memory]]) -> list[Memory]:
    wanted = list(hits[:_FIRST])
    later = list(hits[_FIRST:])
    for place, neighbours in enumerate(around[:_FIRST]):
        wanted += [memory for memory in neighbours if memory.facet is not Facet.FRAME]
        if place < len(later):
            wanted.append(later[place])
    return wanted + later[_FIRST:]
