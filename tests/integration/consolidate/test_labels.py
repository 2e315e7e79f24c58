"""What a sleep derives is as private as the most private of what it rests on, whatever comes first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.consolidate.labels import most_private
from core.memory import Draft, Facet, Memory, Selection, Sensitivity
from core.store import memories
from core.store.vault import Vault
from tests.integration.consolidate.nights import NIGHT, all_of, slept
from tests.made import NOON, turn


def labelled(draft: Draft, label: Sensitivity) -> Draft:
    return replace(draft, sensitivity=label)


def made(vault: Vault, *facets: Facet) -> list[Memory]:
    return all_of(vault, Selection(facets=facets, newest_first=False))


def sources(vault: Vault, memory: Memory) -> list[Memory]:
    with vault.read() as db:
        return memories.many(db, memory.sources)


def test_the_most_private_label_wins_in_whatever_order_they_come() -> None:
    every = [Sensitivity.NONE, Sensitivity.WORK, Sensitivity.MONEY, Sensitivity.LOVE, Sensitivity.HEALTH]
    for count in range(1, len(every) + 1):
        assert most_private(every[:count]) is every[count - 1]
        assert most_private(reversed(every[:count])) is every[count - 1]
    assert most_private([]) is Sensitivity.NONE


@pytest.mark.parametrize("private", [0, 2, 4])
def test_what_is_gathered_is_as_private_as_its_most_private_source(vault: Vault, private: int) -> None:
    said = [
        "I work at Volta in the harbour, since last spring, with a team of nine people.",
        "The harbour office of Volta moves to the new building next to the station in March.",
        "I told the team of Volta on Monday that the harbour building opens two weeks later.",
        "Rosa from Volta sends the plans of the harbour building to everybody on Wednesday.",
        "Volta has rented the harbour building for eleven years, with a view of the river.",
    ]
    labels = [Sensitivity.WORK] * len(said)
    labels[private] = Sensitivity.HEALTH
    drafts = [
        labelled(turn(text, at, mine=True), label) for at, (text, label) in enumerate(zip(said, labels, strict=True))
    ]
    memories.save(vault, drafts, NOON)
    slept(vault)
    gathered = made(vault, Facet.SUMMARY, Facet.DIGEST, Facet.TOPIC, Facet.FACT)
    assert Facet.SUMMARY in {one.facet for one in gathered}
    for one in gathered:
        assert one.sensitivity is most_private(source.sensitivity for source in sources(vault, one)), one.facet
    assert any(one.sensitivity is Sensitivity.HEALTH for one in gathered)


def test_a_fact_that_is_said_again_in_a_more_private_breath_becomes_as_private(vault: Vault) -> None:
    memories.save(vault, [labelled(turn("I live in Hamburg.", 1, mine=True), Sensitivity.NONE)], NOON)
    slept(vault)
    (fact,) = made(vault, Facet.FACT)
    assert fact.sensitivity is Sensitivity.NONE
    again = turn("I live in Hamburg, close to my clinic.", 24 * 60 * 2, mine=True)
    memories.save(vault, [labelled(again, Sensitivity.HEALTH)], NOON + timedelta(days=2))
    slept(vault, NIGHT + timedelta(days=2), label="2026-09-03")
    told = [one for one in made(vault, Facet.FACT) if one.fact and one.fact.value == "Hamburg"]
    assert [one.sensitivity for one in told if len(one.sources) == 2] == [Sensitivity.HEALTH]
