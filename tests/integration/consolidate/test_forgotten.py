"""Nothing that nights derived, noted or ended goes on telling what was forgotten; what was settled stays."""

import json
from datetime import timedelta
from pathlib import Path

from core.assistant import conflicts
from core.consolidate.journal import revert_run
from core.memory import Facet, Memory, MemoryId, Operation, Selection, State
from core.paths import ProfilePaths
from core.store import memories, runs
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import Vault
from tests.integration.consolidate.nights import NIGHT, all_of, slept
from tests.made import NOON, note, turn


def facts(vault: Vault) -> dict[str, Memory]:
    return {memory.text: memory for memory in all_of(vault, Selection(facets=(Facet.FACT,)))}


def forgotten(vault: Vault, tmp_path: Path, ids: list[MemoryId]) -> None:
    forget(vault, Media(ProfilePaths(tmp_path / "profile")), None, ids)


def told(vault: Vault, word: str) -> list[str]:
    """The tables that hold a word in a row that can be read."""
    with vault.read() as db:
        return [
            table
            for table in ("memory", "memory_version", "journal", "link", "episode", "meta")
            for row in db.query(f"SELECT * FROM {table}")
            if word in json.dumps({name: str(value) for name, value in row.items()}).casefold()
        ]


def test_a_fact_that_was_withdrawn_is_not_brought_back_once_its_source_is_forgotten(
    vault: Vault, tmp_path: Path
) -> None:
    (id,) = memories.save(vault, [note("I live in Hamburg.")], NOON).ids
    slept(vault)
    with vault.write() as db:
        memories.change(db, id, {"text": "I like tea."}, NIGHT + timedelta(hours=3))
    run = slept(vault, NIGHT + timedelta(days=1), label="2026-09-02")
    assert "journal" in told(vault, "hamburg"), "the positive control: it could have been brought back"
    forgotten(vault, tmp_path, [id])
    assert told(vault, "hamburg") == []
    with vault.write() as db:
        revert_run(db, run.id, NIGHT + timedelta(days=2))
    assert told(vault, "hamburg") == []


def test_no_tag_of_a_summary_holds_a_word_that_only_the_forgotten_said(vault: Vault, tmp_path: Path) -> None:
    said = [
        "The choir rehearses the Requiem in the church hall.",
        "My choir needs two more tenors for the Requiem.",
        "quokkanaut",
        "The Requiem concert of the choir is sold out.",
        "We sang the Requiem with the choir by heart tonight.",
        "The choir director moved the Requiem rehearsal to the school.",
        "The organ needs tuning before Easter comes around again.",
        "quokkanaut ok?",
    ]
    ids = memories.save(vault, [turn(text, n) for n, text in enumerate(said)], NOON).ids
    slept(vault)
    (summary,) = all_of(vault, Selection(facets=(Facet.SUMMARY,)))
    assert "quokkanaut" in summary.tags
    assert "quokkanaut" not in summary.text, "it does not rest on it"
    forgotten(vault, tmp_path, [ids[2], ids[7]])
    assert told(vault, "quokkanaut") == []
    slept(vault, NIGHT + timedelta(days=1), label="2026-09-02")
    (summary,) = all_of(vault, Selection(facets=(Facet.SUMMARY,)))
    assert "Requiem" in summary.tags


def test_an_older_version_of_a_summary_goes_with_what_it_quoted(vault: Vault, tmp_path: Path) -> None:
    (first,) = memories.save(vault, [note("The zeppelin lands at the harbour tonight.")], NOON).ids
    (second,) = memories.save(vault, [note("The harbour master counted nine ships.")], NOON).ids
    slept(vault)
    (fact,) = memories.save(vault, [note("I live in Hamburg.")], NOON).ids
    slept(vault, NIGHT + timedelta(days=1), label="2026-09-02")
    derived = next(memory for memory in all_of(vault) if memory.sources == (fact,))
    with vault.write() as db:
        run = runs.begin(db, "2026-09-03", NIGHT, None)
        memories.change(db, derived.id, {"text": "It quoted the zeppelin."}, NIGHT)
        memories.change(db, derived.id, {"text": "It quotes the harbour."}, NIGHT)
        before = {"text": "It quoted the zeppelin.", "+sources": [first]}
        after = {"text": "It quotes the harbour.", "+sources": [second]}
        runs.record(db, run, "summaries", Operation.UPDATE, derived.id, before, after, [second], "More was said.")
    forgotten(vault, tmp_path, [first])
    assert told(vault, "zeppelin") == []
    assert any(memory.text == "It quotes the harbour." for memory in all_of(vault)), "it no longer rested on it"


def test_where_the_newer_value_is_forgotten_the_older_one_holds_without_an_end(vault: Vault, tmp_path: Path) -> None:
    said = [turn("I live in Oslo.", 0, mine=True), turn("I moved to Bergen.", 3000, mine=True)]
    ids = memories.save(vault, said, NOON).ids
    slept(vault, NIGHT + timedelta(days=3))
    assert facts(vault)["I live in Oslo."].valid_to is not None
    forgotten(vault, tmp_path, [ids[1]])
    oslo = facts(vault)["I live in Oslo."]
    assert (oslo.state, oslo.valid_to, oslo.superseded_by) == (State.ACTIVE, None, None)


def test_where_the_middle_value_is_forgotten_the_newest_one_alone_holds(vault: Vault, tmp_path: Path) -> None:
    said = [
        turn("I live in Oslo.", 0, mine=True),
        turn("I moved to Bergen.", 3000, mine=True),
        turn("I moved to Tromso.", 6000, mine=True),
    ]
    ids = memories.save(vault, said, NOON).ids
    slept(vault, NIGHT + timedelta(days=6))
    forgotten(vault, tmp_path, [ids[1]])
    found = facts(vault)
    assert set(found) == {"I live in Oslo.", "I live in Tromso."}
    oslo, tromso = found["I live in Oslo."], found["I live in Tromso."]
    assert (oslo.state, oslo.superseded_by) == (State.SUPERSEDED, tromso.id)
    assert tromso.state is State.ACTIVE


def test_a_decided_contradiction_stays_decided_when_the_night_is_taken_back(vault: Vault) -> None:
    memories.save(vault, [turn("I live in Oslo.", 0, speaker="Dana")], NOON)
    slept(vault, NIGHT + timedelta(days=1))
    other = turn("Dana lives in Bergen.", 60, speaker="Rosa", conversation="other")
    memories.save(vault, [other], NIGHT + timedelta(days=2))
    run = slept(vault, NIGHT + timedelta(days=3), label="2026-09-04")
    with vault.write() as db:
        (conflict,) = runs.conflicts(db)
        bergen = next(memory for memory in memories.find(db, Selection()) if memory.text == "Dana lives in Bergen.")
        sides = memories.many(db, [conflict.memory, conflict.against])
        kept = next(side for side in sides if side.fact is not None and side.fact.value == "Bergen")
        conflicts.settle(db, conflict.id, kept.id, NIGHT + timedelta(days=4))
        revert_run(db, run.id, NIGHT + timedelta(days=5))
    assert bergen.id in {memory.id for memory in all_of(vault)}
    states = {memory.text: memory.state for memory in facts(vault).values()}
    assert states == {"Dana lives in Oslo.": State.SUPERSEDED, "Dana lives in Bergen.": State.ACTIVE}
    slept(vault, NIGHT + timedelta(days=6), label="2026-09-07")
    with vault.read() as db:
        assert runs.conflicts(db) == []
