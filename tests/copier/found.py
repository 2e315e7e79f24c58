"""Made-up cases as recall would hand them over, so that the real prompt is built of them."""

from core.memory import Channel, Facet, Hit, Kind, Memory, MemoryId, Provenance, Recalled, Ref, State, Why
from tests.copier.cases import Case, Told
from tests.copier.facts import ME


def recalled(case: Case, question: str) -> Recalled:
    """All memories of a case as hits, the newest first."""
    hits = []
    for rank, (place, told) in enumerate(reversed(list(enumerate(case.told, start=1))), start=1):
        memory = _memory(told, place)
        ref = Ref(conversation="c", id=f"t{place}", memory=memory.id)
        hits.append(Hit(rank=rank, score=2.0 / rank, memory=memory, refs=(ref,), strength=1.0, why=Why()))
    return Recalled(question=question, hits=tuple(hits))


def _memory(told: Told, place: int) -> Memory:
    return Memory(
        id=MemoryId(f"{place:026}"),
        seq=place,
        text=told.text,
        at=told.at,
        facet=told.facet,
        kind=Kind.EPISODIC,
        state=State.ACTIVE,
        created=told.at,
        provenance=Provenance(
            channel=Channel.SCREEN if told.facet is Facet.FRAME else Channel.CONVERSATION,
            app=told.app,
            conversation="c",
            external_id=f"t{place}",
            speaker="me" if told.speaker == ME else told.speaker,
            addressee=told.addressee,
            mine=told.facet is Facet.TURN and told.speaker == ME,
        ),
    )
