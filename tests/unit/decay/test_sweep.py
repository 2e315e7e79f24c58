"""What stops being offered: moves, never deletions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.decay.sweep import moves, over
from core.memory import Channel, Facet, Memory, MemoryId, Provenance, State
from core.settings import Decay

BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
TURN = Memory(
    text="x",
    at=BEGIN,
    facet=Facet.TURN,
    provenance=Provenance(channel=Channel.CONVERSATION),
    id=MemoryId("M1"),
    seq=1,
    state=State.ACTIVE,
    created=BEGIN,
)


def test_a_weak_memory_is_no_longer_offered_and_says_why() -> None:
    found = moves([TURN], BEGIN + timedelta(days=200), Decay())
    assert [(move.memory, move.to) for move in found] == [("M1", State.FADED)]
    assert "still found" in found[0].reason


def test_a_strong_memory_stays() -> None:
    assert moves([TURN], BEGIN + timedelta(days=20), Decay()) == []


def test_a_faded_memory_that_was_used_is_offered_again() -> None:
    used = replace(TURN, state=State.FADED, uses=1, last_used=BEGIN + timedelta(days=199))
    assert [m.to for m in moves([used], BEGIN + timedelta(days=200), Decay())] == [State.ACTIVE]


@given(
    days=st.floats(0, 100_000),
    stability=st.floats(1, 3650),
    state=st.sampled_from([State.ACTIVE, State.FADED]),
)
def test_nothing_is_ever_forgotten_by_fading_alone(days: float, stability: float, state: State) -> None:
    one = replace(TURN, stability_days=stability, state=state)
    found = moves([one], BEGIN + timedelta(days=days), Decay())
    assert {move.to for move in found} <= {State.ACTIVE, State.FADED}


def test_only_a_rule_the_person_set_proposes_and_never_what_was_used_or_pinned() -> None:
    late = BEGIN + timedelta(days=400)
    settings = Decay(propose_faded=True)
    faded = replace(TURN, state=State.FADED)
    assert [m.to for m in moves([faded], late, settings)] == [State.TO_BE_FORGOTTEN]
    assert moves([replace(faded, uses=1)], late, settings) == []
    assert [m.to for m in moves([replace(faded, pinned=True)], late, settings)] == [State.ACTIVE]


def test_a_proposal_can_be_taken_back_for_thirty_days() -> None:
    proposed = replace(TURN, state=State.TO_BE_FORGOTTEN)
    when = {TURN.id: BEGIN}
    assert over([proposed], when, BEGIN + timedelta(days=29), Decay()) == []
    assert [m.to for m in over([proposed], when, BEGIN + timedelta(days=30), Decay())] == [State.FORGOTTEN]
    assert over([replace(proposed, pinned=True)], when, BEGIN + timedelta(days=99), Decay()) == []
    assert over([proposed], {}, BEGIN + timedelta(days=99), Decay()) == []


@given(days=st.floats(0, 1000))
def test_sweeping_twice_moves_nothing_twice(days: float) -> None:
    now = BEGIN + timedelta(days=days)
    first = moves([TURN], now, Decay())
    swept = replace(TURN, state=first[0].to) if first else TURN
    assert moves([swept], now, Decay()) == []
