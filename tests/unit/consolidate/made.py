"""Memories as a sleep meets them, without a store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.memory import Channel, Facet, Fact, Kind, Memory, MemoryId, Provenance, State, Trust

BEGIN = datetime(2026, 3, 10, 10, tzinfo=UTC)


def said(
    text: str,
    minute: float = 0,
    *,
    speaker: str = "Ana",
    mine: bool = False,
    conversation: str = "talk",
    session: str = "",
    seq: int | None = None,
    **fields: object,
) -> Memory:
    number = seq if seq is not None else int(minute * 10) + 1
    plain = Memory(
        text=text,
        at=BEGIN + timedelta(minutes=minute),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION,
            conversation=conversation,
            session=session,
            speaker="me" if mine else speaker,
            mine=mine,
        ),
        trust=Trust.SAID if mine else Trust.CAPTURED,
        id=MemoryId(f"{conversation}-{number:06}"),
        seq=number,
        state=State.CAPTURED,
        created=BEGIN,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def frame(text: str, minute: float = 0, app: str = "Editor") -> Memory:
    return said(
        text,
        minute,
        conversation="",
        facet=Facet.FRAME,
        provenance=Provenance(channel=Channel.SCREEN, app=app),
        id=MemoryId(f"frame-{int(minute * 10) + 1:06}"),
    )


def fact(
    subject: str,
    attribute: str,
    value: str,
    minute: float = 0,
    *,
    speaker: str = "",
    state: State = State.ACTIVE,
    trust: Trust = Trust.CAPTURED,
    sources: tuple[str, ...] = ("s1",),
    **fields: object,
) -> Memory:
    return said(
        f"{subject} {attribute} {value}.",
        minute,
        speaker=speaker or subject,
        mine=subject == "me",
        facet=Facet.FACT,
        kind=Kind.SEMANTIC,
        fact=Fact(subject=subject, attribute=attribute, value=value),
        valid_from=BEGIN + timedelta(minutes=minute),
        state=state,
        trust=trust,
        sources=tuple(MemoryId(source) for source in sources),
        id=MemoryId(f"fact-{subject}-{attribute}-{value}-{minute}"),
        **fields,
    )
