from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.events import Events
from core.inference.embedder import LlamaEmbedder
from core.memory import Channel, Facet, MemoryId, Operation, Selection, State
from core.paths import ProfilePaths
from core.settings import Store
from core.store import memories, runs, tombstones
from core.store.envelope import content_keys
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import Vault
from core.store.vectors import Vectors
from core.urgency import Urgency
from tests.made import NOON, HashingEmbedder, note, open_vault, turn

EMBEDDER = HashingEmbedder()


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = open_vault(tmp_path / "p")
    yield vault
    vault.close()


def with_vectors(vault: Vault) -> Vectors:
    vectors = Vectors(vault, vault.paths, EMBEDDER.id, EMBEDDER.dimensions, Store(vectors_chroma_from=0), Events())
    with vault.read() as db:
        found = memories.find(db, Selection())
    if found:
        made = EMBEDDER.embed([m.text for m in found], Urgency.CAPTURE)
        vectors.put([m.kind for m in found], [m.id for m in found], made)
    return vectors


def filled(vault: Vault, count: int) -> tuple[list[MemoryId], list[MemoryId]]:
    wanted = [
        turn(f"canary-{n:04d} the orchid in room {n} needs water", n, conversation="doomed") for n in range(count)
    ]
    other = [turn(f"ordinary line {n} about the weather", n, conversation="kept") for n in range(count)]
    doomed = memories.save(vault, wanted, NOON).ids
    kept = memories.save(vault, other, NOON).ids
    return list(doomed), list(kept)


def test_a_forgotten_memory_leaves_no_byte_behind(vault: Vault) -> None:
    doomed, kept = filled(vault, 1000)
    vectors = with_vectors(vault)
    with vault.read() as db:
        found = memories.many(db, doomed)
    made = EMBEDDER.embed([m.text for m in found], Urgency.CAPTURE)
    floats = [np.asarray(v, "<f2").tobytes()[:32] for v in made]
    texts = [f"canary-{n:04d} the orchid".encode() for n in range(1000)]
    vault.checkpoint()
    assert vault.traces(texts) == 1000, "the positive control: all are there before"
    assert vault.traces(floats) == len(set(floats))
    vectors.build_in_background()
    assert vectors.wait_until_ready(60)

    gone = forget(vault, Media(vault.paths), vectors, doomed)

    assert len(gone.forgotten) == 1000
    assert vault.traces(texts) == 0
    assert vault.traces(floats) == 0
    assert vault.traces([b"canary", b"orchid"]) == 0, "not even the words in the full-text index"
    assert all(after == 0 for _, after in gone.proof.places.values())
    assert gone.proof.places["memories"] == (1000, 0)
    assert gone.proof.places["vectors in the index"][0] == 1000
    with vault.read() as db:
        assert memories.count(db, Selection(ids=tuple(kept))) == 1000
    vectors.close()


def test_what_was_forgotten_does_not_come_back_by_importing_it_again(vault: Vault) -> None:
    draft = turn("my old address", 0)
    ids = memories.save(vault, [draft, turn("hello", 1)], NOON).ids
    forget(vault, Media(vault.paths), None, [ids[0]])
    again = memories.save(vault, [draft, turn("hello", 1), replace(draft, text="my old address, again")], NOON)
    assert (again.refused, again.known, again.ids) == (2, 1, ())


def test_what_was_derived_goes_too_and_its_other_sources_are_read_again(vault: Vault) -> None:
    one, two = memories.save(vault, [turn("I moved to Lyon", 0), turn("Lyon is lovely", 1)], NOON).ids
    with vault.write() as db:
        memories.change(db, two, {"state": State.ACTIVE}, NOON)
        digest = replace(turn("Dana moved to Lyon.", 0), facet=Facet.SUMMARY, sources=(one, two))
        digest = replace(digest, provenance=replace(digest.provenance, channel=Channel.SLEEP, external_id=""))
        kept = memories.insert(db, digest, NOON, keys=content_keys(vault))
        run = runs.begin(db, "2026-09-01", NOON, None)
        after = {"text": "Dana moved to Lyon."}
        runs.record(db, run, "summaries", Operation.ADD, kept.id, {}, after, [one, two], "said so")
    gone = forget(vault, Media(vault.paths), None, [one])
    assert gone.derived == (kept.id,)
    with vault.read() as db:
        assert memories.get(db, kept.id) is None
        assert memories.get(db, two).state is State.CAPTURED  # type: ignore[union-attr]
        (entry,) = runs.entries(db, run)
    assert (entry.after, entry.forgotten) == ({}, True)


def test_forgetting_nothing_is_no_error(vault: Vault) -> None:
    assert forget(vault, Media(vault.paths), None, [MemoryId("no such")]).forgotten == ()


def test_what_a_forgotten_memory_had_superseded_holds_again(vault: Vault) -> None:
    old, new = memories.save(vault, [turn("I live in Oslo", 0), turn("I live in Bergen", 1)], NOON).ids
    with vault.write() as db:
        memories.change(db, old, {"state": State.SUPERSEDED, "superseded_by": new}, NOON)
    forget(vault, Media(vault.paths), None, [new])
    with vault.read() as db:
        found = memories.get(db, old)
    assert found is not None
    assert (found.state, found.superseded_by) == (State.ACTIVE, None)


def test_text_that_also_stands_elsewhere_is_not_counted_as_a_trace(vault: Vault) -> None:
    ids = memories.save(
        vault, [note("the same sentence twice over"), turn("the same sentence twice over", 1)], NOON
    ).ids
    gone = forget(vault, Media(vault.paths), None, [ids[0]])
    assert gone.proof.places["pages on disk"] == (0, 0)
    assert gone.proof.places["memories"] == (1, 0)


def test_an_index_on_disk_is_reused_only_while_every_byte_is_as_it_was(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "p")
    filled(vault, 30)
    settings, events = Store(vectors="disk"), Events()

    def opened() -> Vectors:
        vectors = Vectors(vault, ProfilePaths(tmp_path / "p"), EMBEDDER.id, EMBEDDER.dimensions, settings, events)
        vectors.build_in_background()
        assert vectors.wait_until_ready(60)
        return vectors

    with_vectors(vault).close()
    probe = EMBEDDER.embed(["the orchid in room 7 needs water"], Urgency.QUESTION)[0]
    vectors = opened()
    expected = vectors.search(probe, 5)
    vectors.close()
    (generation,) = (tmp_path / "p" / "index").iterdir()
    vectors = opened()
    assert vectors.search(probe, 1)[0][1] == pytest.approx(expected[0][1], abs=1e-3)
    vectors.close()
    assert [path.name for path in (tmp_path / "p" / "index").iterdir()] == [generation.name], "it was reused"
    for file in generation.rglob("*"):
        if file.is_file() and file.stat().st_size:
            damaged = bytearray(file.read_bytes())
            damaged[len(damaged) // 2] ^= 1
            file.write_bytes(damaged)
            break
    vectors = opened()
    assert vectors.search(probe, 1)[0][1] == pytest.approx(expected[0][1], abs=1e-3)
    vectors.close()
    assert [path.name for path in (tmp_path / "p" / "index").iterdir()] != [generation.name], "it was built anew"
    vault.close()


def test_what_was_forgotten_on_another_machine_does_not_come_back_by_import(vault: Vault, tmp_path: Path) -> None:
    other = open_vault(tmp_path / "other")
    draft = turn("my old address", 0)
    (id,) = memories.save(other, [draft], NOON).ids
    forget(other, Media(other.paths), None, [id])
    with other.read() as there, vault.write() as here:
        tombstones.adopt(here, other.derived_key("content"))
        tombstones.bury(here, tombstones.every(there))
    other.close()
    assert memories.save(vault, [draft], NOON).refused == 1


def test_a_fact_that_fell_with_its_source_may_be_derived_from_another(vault: Vault) -> None:
    one, two = memories.save(vault, [turn("I moved to Lyon", 0), turn("I moved to Lyon, as I said", 1)], NOON).ids
    fact = replace(turn("Dana lives in Lyon.", 0), facet=Facet.SUMMARY, sources=(one,))
    fact = replace(fact, provenance=replace(fact.provenance, channel=Channel.SLEEP, external_id=""))
    keys = content_keys(vault)
    with vault.write() as db:
        memories.insert(db, fact, NOON, keys=keys)
    forget(vault, Media(vault.paths), None, [one])
    with vault.read() as db:
        assert not memories.is_forgotten(db, keys.of(replace(fact, sources=(two,))))


def test_with_the_real_embedder_and_chroma_no_vector_and_no_word_of_it_is_left(vault: Vault) -> None:
    embedder = LlamaEmbedder()
    vectors = Vectors(vault, vault.paths, embedder.id, embedder.dimensions, Store(vectors_chroma_from=0), Events())
    doomed, kept = filled(vault, 40)
    with vault.read() as db:
        found = memories.many(db, [*doomed, *kept])
    embedded = embedder.embed([m.text for m in found], Urgency.UPKEEP)
    vectors.put([m.kind for m in found], [m.id for m in found], embedded)
    vectors.build_in_background()
    assert vectors.wait_until_ready(120)
    asked = embedder.embed(["Which room has an orchid that needs water?"], Urgency.QUESTION)[0]
    floats = [np.asarray(v, "<f2").tobytes()[:32] for v in embedded[: len(doomed)]]
    vault.checkpoint()
    assert {id for id, _ in vectors.search(asked, 40)} == set(doomed), "Chroma finds them before"
    assert vectors.answered["chroma"] == 1
    assert vault.traces(floats) == len(set(floats)) > 1

    gone = forget(vault, Media(vault.paths), vectors, doomed)

    assert gone.proof.places["vectors in the index"] == (40, 0)
    assert gone.proof.places["vectors in the vault"] == (40, 0)
    assert all(after == 0 for _, after in gone.proof.places.values())
    assert vault.traces([*floats, b"orchid", b"canary"]) == 0
    assert {id for id, _ in vectors.search(asked, 80)} == set(kept)
    assert vectors.answered["chroma"] == 2
    vectors.close()
    embedder.close()
