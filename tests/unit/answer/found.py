"""Makes what recall would have found, for the tests of answering."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from core.memory import (
    Channel,
    Facet,
    Fact,
    Hit,
    Kind,
    Memory,
    MemoryId,
    Provenance,
    Recalled,
    Ref,
    State,
    Why,
)

NOW = datetime(2026, 9, 19, 20, 0, tzinfo=UTC)


def memory(
    number: int,
    text: str,
    *,
    speaker: str = "Dana",
    days_ago: float = 10,
    facet: Facet = Facet.TURN,
    kind: Kind = Kind.EPISODIC,
    state: State = State.ACTIVE,
    fact: Fact | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    sources: Sequence[int] = (),
    caption: str = "",
    app: str = "",
    tags: tuple[str, ...] = (),
) -> Memory:
    """A memory; its number is its seq, its id and its id in the conversation."""
    at = NOW - timedelta(days=days_ago)
    return Memory(
        id=MemoryId(f"{number:026}"),
        seq=number,
        text=text,
        at=at,
        facet=facet,
        kind=kind,
        state=state,
        created=at,
        caption=caption,
        fact=fact,
        valid_from=valid_from,
        valid_to=valid_to,
        sources=tuple(MemoryId(f"{source:026}") for source in sources),
        tags=tags,
        provenance=Provenance(
            channel=Channel.CONVERSATION,
            app=app,
            conversation="c",
            external_id=f"t{number}",
            speaker=speaker,
            mine=speaker == "me",
        ),
    )


def found(question: str, *memories: Memory) -> Recalled:
    """These memories as hits in this order; a derived one rests on its sources."""
    hits = []
    for rank, one in enumerate(memories, start=1):
        under = one.sources or (one.id,)
        refs = tuple(Ref(conversation="c", id=f"t{int(source)}", memory=source) for source in under)
        hits.append(Hit(rank=rank, score=2.0 / rank, memory=one, refs=refs, strength=1.0, why=Why()))
    return Recalled(question=question, hits=tuple(hits))
