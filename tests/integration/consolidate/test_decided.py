"""What the person decides about a night: contradictions settled and reopened, lines and nights taken back."""

from datetime import timedelta

import pytest

from core.assistant.keeping import Keeping
from core.errors import BadInput
from core.events import Events
from core.memory import Facet, Memory, Selection, State
from core.store import memories, runs
from core.store.media import Media
from core.store.vault import Vault
from tests.integration.consolidate.nights import NIGHT, SETTINGS, all_of, digest, slept
from tests.made import NOON, turn


@pytest.fixture
def person(vault: Vault) -> Keeping:
    memories.save(
        vault,
        [
            turn("I live in Graz.", 1, speaker="Bob"),
            turn("Bob lives in Vienna.", 2, conversation="other", speaker="Eve"),
        ],
        NOON,
    )
    slept(vault)
    return Keeping(vault.paths, vault, Media(vault.paths), None, SETTINGS, Events())


def fact(vault: Vault, value: str) -> Memory:
    (found,) = [m for m in all_of(vault, Selection(facets=(Facet.FACT,))) if m.fact and m.fact.value == value]
    return found


def test_the_side_that_holds_supersedes_the_other_and_the_words_that_said_it(vault: Vault, person: Keeping) -> None:
    (conflict,) = person.conflicts()
    kept, other = fact(vault, "Vienna"), fact(vault, "Graz")
    person.settle(conflict.id, kept.id, NIGHT)
    assert person.conflicts() == []
    closed = fact(vault, "Graz")
    assert (closed.state, closed.superseded_by, closed.valid_to) == (State.SUPERSEDED, kept.id, NIGHT)
    assert person.memory(other.sources[0]).superseded_by == kept.sources[0]
    assert person.memory(kept.sources[0]).superseded_by is None


def test_a_decision_can_be_taken_back_and_the_vault_is_as_before(vault: Vault, person: Keeping) -> None:
    before = digest(vault)
    (conflict,) = person.conflicts()
    person.settle(conflict.id, fact(vault, "Vienna").id, NIGHT)
    assert digest(vault) != before
    person.reopen(conflict.id, NIGHT)
    assert [one.id for one in person.conflicts()] == [conflict.id]
    assert digest(vault) == before


def test_both_may_hold_and_the_question_does_not_come_back_the_next_night(vault: Vault, person: Keeping) -> None:
    (conflict,) = person.conflicts()
    person.settle(conflict.id, None, NIGHT)
    memories.save(vault, [turn("Bob lives in Vienna.", 900, conversation="other", speaker="Eve")], NOON)
    slept(vault, NIGHT + timedelta(days=1), label="2026-09-02")
    assert person.conflicts() == []
    assert {fact(vault, value).state for value in ("Graz", "Vienna")} == {State.ACTIVE}


def test_what_is_no_side_of_a_conflict_cannot_win_it(vault: Vault, person: Keeping) -> None:
    (conflict,) = person.conflicts()
    stranger = all_of(vault, Selection(facets=(Facet.TURN,)))[0]
    with pytest.raises(BadInput, match="no side"):
        person.settle(conflict.id, stranger.id, NIGHT)
    with pytest.raises(BadInput, match="no such conflict"):
        person.reopen(conflict.id, NIGHT)


def test_a_line_goes_with_what_builds_on_it_only_when_that_is_wanted(vault: Vault, person: Keeping) -> None:
    with vault.read() as db:
        (run,) = runs.runs(db)
        learnt = [e for e in runs.entries(db, run.id) if e.memory == fact(vault, "Graz").id and e.operation == "ADD"]
    later = person.building_on(learnt[0].id)
    assert later
    with pytest.raises(BadInput, match=r"builds? on this"):
        person.revert(learnt[0].id, NIGHT)
    assert person.revert(learnt[0].id, NIGHT, with_later=True) == 1 + len(later)
    assert person.conflicts() == []


def test_a_night_goes_with_the_nights_that_build_on_it_only_when_that_is_wanted(vault: Vault, person: Keeping) -> None:
    with vault.read() as db:
        (first,) = runs.runs(db)
    memories.save(vault, [turn("I moved to Linz.", 900, speaker="Bob")], NOON)
    second = slept(vault, NIGHT + timedelta(days=1), label="2026-09-02")
    assert [night.id for night in person.nights_on(first.id)] == [second.id]
    with pytest.raises(BadInput, match=r"later nights?"):
        person.revert(first.id, NIGHT)
    person.revert(first.id, NIGHT, with_later=True)
    assert all_of(vault, Selection(observed=False)) == []
    assert {memory.state for memory in all_of(vault)} == {State.CAPTURED}
