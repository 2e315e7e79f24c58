from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.events import Event, Events, IndexReady
from core.memory import EmbedderId, Kind, MemoryId, Selection
from core.settings import Store
from core.store import memories
from core.store.pieces import piece_id
from core.store.vault import Vault
from core.store.vectors import Vectors, rows, table
from tests.made import NOON, open_vault, turn

DIMENSIONS = 32
CHROMA = Store(vectors_chroma_from=0)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = open_vault(tmp_path / "p")
    yield vault
    vault.close()


def made(vault: Vault, count: int, events: Events | None = None) -> tuple[Vectors, list[MemoryId]]:
    ids = list(memories.save(vault, [turn(f"line {n}", n) for n in range(count)], NOON).ids)
    vectors = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, CHROMA, events or Events())
    floats = np.random.default_rng(7).standard_normal((count, DIMENSIONS)).astype(np.float32)
    floats /= np.linalg.norm(floats, axis=1, keepdims=True)
    if count:
        vectors.put([Kind.EPISODIC] * count, ids, floats)
    return vectors, ids


def test_chroma_answers_as_the_exact_scan_does(vault: Vault) -> None:
    told: list[Event] = []
    events = Events()
    events.listen(told.append)
    vectors, ids = made(vault, 2000, events)
    probes = vectors.of(ids[:40])
    exact = [[id for id, _ in vectors.search(probe, 10)] for probe in probes]
    vectors.build_in_background()
    assert vectors.wait_until_ready(120)
    found = [[id for id, _ in vectors.search(probe, 10)] for probe in probes]
    agreement = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact, found, strict=True)])
    assert agreement >= 0.98
    assert vectors.answered == {"exact": 40, "codes": 0, "chroma": 40}
    assert IndexReady(2000) in told
    vectors.close()


def test_chroma_comes_with_the_vector_that_makes_it_worth_its_cost(vault: Vault) -> None:
    ids = list(memories.save(vault, [turn(f"line {n}", n) for n in range(3)], NOON).ids)
    settings = Store(vectors_chroma_from=3)
    vectors = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, settings, Events())
    vectors.put([Kind.EPISODIC] * 2, ids[:2], np.eye(DIMENSIONS, dtype=np.float32)[:2])
    vectors.build_in_background()
    assert not vectors.wait_until_ready(0.3)
    assert vectors.path == "exact"
    vectors.put([Kind.EPISODIC], ids[2:], np.eye(DIMENSIONS, dtype=np.float32)[2:3])
    assert vectors.wait_until_ready(60)
    assert vectors.path == "chroma"
    vectors.use(Store(vectors_chroma_from=4))
    assert vectors.path == "exact"
    assert vectors.search(np.eye(DIMENSIONS, dtype=np.float32)[2], 1)[0][0] == ids[2]
    vectors.close()


def test_nothing_is_left_of_an_index_on_disk_once_it_is_to_be_in_memory(vault: Vault) -> None:
    vectors, _ = made(vault, 20)
    vectors.use(Store(vectors="disk"))
    assert vectors.wait_until_ready(60)
    vectors.close()
    assert list(vault.paths.index.iterdir())
    again = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, Store(), Events())
    again.build_in_background()
    assert not list(vault.paths.index.iterdir())
    again.close()


def a_table(count: int, coded_from: int) -> tuple[table.VectorTable, list[MemoryId], table.Floats]:
    """Unit vectors around 40 centres, and a common direction, as some embedders give to everything they embed."""
    random = np.random.default_rng(3)
    floats = random.standard_normal((40, 96))[random.integers(0, 40, count)] + random.standard_normal((count, 96))
    floats += 2 * random.standard_normal(96)
    floats = (floats / np.linalg.norm(floats, axis=1, keepdims=True)).astype(np.float32)
    ids = [MemoryId(f"m{n}") for n in range(count)]
    made_table = table.VectorTable(96, coded_from=coded_from)
    made_table.put(ids, floats)
    return made_table, ids, floats


def test_rows_are_kept_in_two_bytes_without_changing_a_cosine() -> None:
    made_table, ids, floats = a_table(3000, 3000)
    assert not made_table.coded
    assert np.abs(made_table.of(ids) - floats).max() < 2e-5
    found = made_table.scan(floats[7], 3000)
    assert np.abs(np.array([likeness for _, likeness in found]) - np.sort(floats @ floats[7])[::-1]).max() < 1e-4


def test_among_many_the_codes_leave_the_nearest() -> None:
    plain, _, floats = a_table(20_000, 20_000)
    coded, _, _ = a_table(20_000, 1000)
    assert coded.coded
    shared = [
        len({id for id, _ in plain.scan(floats[row], 10)} & {id for id, _ in coded.scan(floats[row], 10)})
        for row in range(60)
    ]
    assert np.mean(shared) >= 9.8


def test_a_coded_table_sees_what_is_put_replaced_and_removed() -> None:
    made_table, ids, floats = a_table(5000, 1000)
    probe = np.zeros(96, np.float32)
    probe[3] = 1.0
    made_table.put([MemoryId("new"), ids[0]], np.stack([probe, -probe]))
    assert made_table.scan(probe, 1)[0][0] == "new"
    assert made_table.scan(-probe, 1)[0][0] == ids[0]
    assert made_table.scan(floats[1], 1, within=ids[1:3])[0][0] == ids[1]
    assert {id for id, _ in made_table.scan(floats[1], 30, within=ids[2500:])} <= set(ids[2500:])
    assert made_table.scan(floats[4000], 1, within=ids[2500:])[0][0] == ids[4000]
    made_table.remove([MemoryId("new"), ids[0]])
    found = {id for id, _ in made_table.scan(probe, 5000)} | {id for id, _ in made_table.scan(-probe, 5000)}
    assert found == set(ids[1:])
    assert not made_table.snapshot().of([ids[0]]).any()


def test_what_is_put_or_removed_while_chroma_answers_is_seen_at_once(vault: Vault) -> None:
    vectors, ids = made(vault, 50)
    vectors.build_in_background()
    assert vectors.wait_until_ready(60)
    (new,) = memories.save(vault, [turn("new", 999)], NOON).ids
    probe = np.zeros(DIMENSIONS, np.float32)
    probe[3] = 1.0
    vectors.put([Kind.SEMANTIC], [new], probe[np.newaxis])
    assert vectors.search(probe, 1)[0][0] == new
    vectors.remove([new])
    assert vectors.search(probe, 1)[0][0] in ids
    assert vectors.traces([new]) == 0
    vectors.close()


def test_within_limits_both_paths(vault: Vault) -> None:
    vectors, ids = made(vault, 100)
    probe = vectors.of([ids[0]])[0]
    assert {id for id, _ in vectors.search(probe, 10, within=ids[40:45])} == set(ids[40:45])
    vectors.build_in_background()
    assert vectors.wait_until_ready(60)
    assert {id for id, _ in vectors.search(probe, 10, within=ids[40:45])} == set(ids[40:45])
    vectors.close()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_question_that_is_not_a_number_finds_nothing(vault: Vault, bad: float) -> None:
    vectors, _ = made(vault, 10)
    probe = np.full(DIMENSIONS, bad, np.float32)
    assert vectors.search(probe, 5) == []
    vectors.close()


def test_an_empty_store_answers_with_nothing(vault: Vault) -> None:
    vectors, _ = made(vault, 0)
    vectors.build_in_background()
    assert vectors.wait_until_ready(60)
    assert vectors.search(np.ones(DIMENSIONS, np.float32), 5) == []
    vectors.close()


def test_another_embedder_starts_anew_and_secrets_get_no_vector(vault: Vault) -> None:
    vectors, ids = made(vault, 5)
    vectors.close()
    with vault.write() as db:
        rows.requeue_all(db, EmbedderId("other:1"))
    with vault.read() as db:
        assert rows.count_waiting(db) == len(ids)
        assert rows.load(db, EmbedderId("made:1"), DIMENSIONS)[0] == []
        assert memories.count(db, Selection()) == 5


def test_vectors_of_another_length_are_left_out(vault: Vault) -> None:
    vectors, ids = made(vault, 3)
    vectors.close()
    with vault.write() as db:
        db.execute("UPDATE vector SET floats = x'00' WHERE memory = ?", [ids[0]])
    with vault.read() as db:
        assert set(rows.load(db, EmbedderId("made:1"), DIMENSIONS)[0]) == set(ids[1:])


def test_a_long_texts_nearest_piece_speaks_for_it_and_goes_with_it(vault: Vault) -> None:
    long = "\n\n".join(f"Paragraph {n}. " + "and so on, and on, " * 40 for n in range(6))
    (id,) = memories.save(vault, [turn(long, 999)], NOON).ids
    vectors = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, Store(), Events())
    with vault.read() as db:
        pieces = [piece for piece, _ in rows.waiting(db, 100)]
    assert pieces == [piece_id(id, number) for number in range(6)]
    vectors.put([Kind.EPISODIC] * 6, pieces, np.eye(6, DIMENSIONS, dtype=np.float32))
    _, others = made(vault, 20)
    again = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, Store(), Events())
    for held in (vectors, again):
        probe = np.eye(6, DIMENSIONS, dtype=np.float32)[4]
        assert held.search(probe, 3)[0] == (id, pytest.approx(1.0))
        found, numbers = held.nearest_of([others[0], id], probe)
        assert numbers.tolist() == [0, 4]
        assert np.array_equal(found[1], probe)
        before = held.pieces_of([id])
        assert held.traces(before) == 6
        held.remove([id])
        assert held.traces(before) == 0
        assert id not in [found for found, _ in held.search(probe, 100)]
        held.close()


def test_a_text_that_grew_shorter_leaves_no_vector_of_its_old_pieces(vault: Vault) -> None:
    long = "\n\n".join(f"Paragraph {n}. " + "and so on, and on, " * 40 for n in range(6))
    (id,) = memories.save(vault, [turn(long, 999)], NOON).ids
    vectors = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, CHROMA, Events())
    old = [piece_id(id, number) for number in range(6)]
    vectors.put([Kind.EPISODIC] * 6, old, np.eye(6, DIMENSIONS, dtype=np.float32))
    vectors.build_in_background()
    assert vectors.wait_until_ready(60)
    with vault.write() as db:
        memories.change(db, id, {"text": "short now"}, NOON)
    with vault.read() as db:
        assert rows.waiting(db, 10) == [(id, "short now")]
    vectors.put([Kind.EPISODIC], [id], np.eye(1, DIMENSIONS, dtype=np.float32))
    assert vectors.traces(old) == 1
    assert vectors.pieces_of([id]) == [id]
    with vault.read() as db:
        assert rows.count_waiting(db) == 0
        assert len(rows.load(db, EmbedderId("made:1"), DIMENSIONS)[0]) == 1
    vectors.close()


def test_pieces_that_still_wait_are_told_after_some_have_come(vault: Vault) -> None:
    long = "\n\n".join(f"Paragraph {n}. " + "and so on, and on, " * 40 for n in range(6))
    (id,) = memories.save(vault, [turn(long, 999)], NOON).ids
    vectors = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, Store(), Events())
    with vault.read() as db:
        some = [piece for piece, _ in rows.waiting(db, 4)]
    vectors.put([Kind.EPISODIC] * 4, some, np.eye(4, DIMENSIONS, dtype=np.float32))
    with vault.read() as db:
        assert [piece for piece, _ in rows.waiting(db, 10)] == [piece_id(id, 4), piece_id(id, 5)]
        assert rows.count_waiting(db) == 1
    vectors.close()


def test_what_was_edited_or_forgotten_while_it_was_read_gets_no_vector_of_what_it_said(vault: Vault) -> None:
    vectors, ids = made(vault, 0)
    ids = list(memories.save(vault, [turn(f"line {n}", n) for n in range(3)], NOON).ids)
    with vault.read() as db:
        read = sorted(rows.waiting(db, 10))
    with vault.write() as db:
        memories.change(db, ids[0], {"text": "another line"}, NOON)
        db.execute("DELETE FROM memory WHERE id = ?", [ids[1]])
    floats = np.eye(DIMENSIONS, dtype=np.float32)[:3]
    vectors.put([Kind.EPISODIC] * 3, [id for id, _ in read], floats, [text for _, text in read])
    assert vectors.of(ids).any(axis=1).tolist() == [False, False, True]
    with vault.read() as db:
        assert rows.waiting(db, 10) == [(ids[0], "another line")]
