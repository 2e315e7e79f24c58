"""Notes kept in touch (A-MEM): a new summary leads to the older one it bears on, whose keywords grow."""

from datetime import timedelta

from core.consolidate import journal
from core.consolidate.notes import GROWS_BY
from core.memory import Draft, Facet, Link, Memory, Selection
from core.store import memories
from core.store.vault import Vault
from core.store.vectors.table import VectorTable
from core.urgency import Urgency
from tests.integration.consolidate.nights import NIGHT, slept
from tests.made import NOON, HashingEmbedder, turn

POSTER = "We agreed on 900 euros for the harbour festival poster"
MARCH = ("The printer in the old town takes the job.", "Blue and white like the boats.", "Rosa draws the ships for us.")
MAY = ("The printer raised the price again.", "Paper got dear, says Rosa.", "Clara will pay the difference in cash.")


def talk(first: str, rest: tuple[str, ...], minute: int) -> list[Draft]:
    return [turn(text, minute + number, speaker="Dana") for number, text in enumerate((first, *rest))]


def vectors(vault: Vault) -> VectorTable:
    with vault.read() as db:
        turns = memories.find(db, Selection(observed=True))
    embedder, table = HashingEmbedder(), VectorTable(HashingEmbedder.dimensions)
    table.put([one.id for one in turns], embedder.embed([one.text for one in turns], Urgency.UPKEEP))
    return table


def summaries(vault: Vault) -> list[Memory]:
    with vault.read() as db:
        return memories.find(db, Selection(facets=(Facet.SUMMARY,), newest_first=False))


def two_nights(vault: Vault) -> tuple[Memory, Memory, Memory, list[Link], str]:
    """The older note before and after, the newer one, its links, and the second night."""
    memories.save(vault, talk(POSTER + ".", MARCH, 0), NOON)
    slept(vault, vectors=vectors(vault).snapshot())
    (before,) = summaries(vault)
    memories.save(vault, talk(POSTER + " again.", MAY, 60 * 24 * 60), NOON)
    run = slept(vault, NIGHT + timedelta(days=61), label="2026-11-01", vectors=vectors(vault).snapshot())
    older, newer = summaries(vault)
    with vault.read() as db:
        return before, older, newer, memories.links(db, newer.id), run.id


def test_a_new_note_leads_to_the_older_one_it_bears_on(vault: Vault) -> None:
    _, older, newer, links, _ = two_nights(vault)
    assert [(link.a, link.b, link.relation) for link in links] == [(newer.id, older.id, "bears on")]
    assert not any(word in links[0].reason for word in ("poster", "printer", "Rosa", "euros"))


def test_the_older_notes_keywords_grow_and_its_words_stay(vault: Vault) -> None:
    before, older, newer, _, _ = two_nights(vault)
    assert older.text == before.text
    assert older.tags[: len(before.tags)] == before.tags
    assert set(older.tags) - set(before.tags) <= set(newer.tags)
    assert len(set(older.tags) - set(before.tags)) <= GROWS_BY


def test_taking_the_night_back_leaves_the_older_note_as_it_was(vault: Vault) -> None:
    before, _, _, _, run = two_nights(vault)
    with vault.write() as db:
        journal.revert_run(db, run, NIGHT)  # type: ignore[arg-type]
    (older,) = summaries(vault)
    assert older.tags == before.tags
    with vault.read() as db:
        assert memories.links(db, older.id) == []


def test_a_second_sleep_changes_no_note(vault: Vault) -> None:
    _, older, newer, _, _ = two_nights(vault)
    run = slept(vault, NIGHT + timedelta(days=62), label="2026-11-02", vectors=vectors(vault).snapshot())
    assert "notes" not in run.counts
    assert [one.tags for one in summaries(vault)] == [older.tags, newer.tags]
