from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.events import Event, Events, IndexReady
from core.memory import EmbedderId, Kind, MemoryId, Selection
from core.settings import Store
from core.store import memories
from core.store.vault import Vault
from core.store.vectors import Vectors, table
from tests.made import NOON, open_vault, turn

DIMENSIONS = 32


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = open_vault(tmp_path / "p")
    yield vault
    vault.close()


def made(vault: Vault, count: int, events: Events | None = None) -> tuple[Vectors, list[MemoryId]]:
    ids = list(memories.save(vault, [turn(f"line {n}", n) for n in range(count)], NOON).ids)
    vectors = Vectors(vault, vault.paths, EmbedderId("made:1"), DIMENSIONS, Store(), events or Events())
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
    assert vectors.answered == {"exact": 40, "chroma": 40}
    assert IndexReady(2000) in told
    vectors.close()


def test_a_table_answers_the_same_in_half_precision_and_back_in_single() -> None:
    many = table._WHOLE + 10
    floats = np.random.default_rng(3).standard_normal((many, 8)).astype(np.float16).astype(np.float32)
    ids = [MemoryId(f"m{n}") for n in range(many)]
    made_table = table.VectorTable(8)
    made_table.put(ids, floats)
    sizes, answers = [], []
    for scanned in (True, False, True):
        made_table.scanned(scanned)
        sizes.append(made_table.snapshot().matrix.itemsize)
        answers.append([id for id, _ in made_table.scan(floats[7], 5)])
    assert sizes == [4, 2, 4]
    assert answers[0] == answers[1] == answers[2]


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
        table.requeue_all(db, EmbedderId("other:1"))
    with vault.read() as db:
        assert table.count_waiting(db) == len(ids)
        assert table.load(db, EmbedderId("made:1"), DIMENSIONS)[0] == []
        assert memories.count(db, Selection()) == 5


def test_vectors_of_another_length_are_left_out(vault: Vault) -> None:
    vectors, ids = made(vault, 3)
    vectors.close()
    with vault.write() as db:
        db.execute("UPDATE vector SET floats = x'00' WHERE memory = ?", [ids[0]])
    with vault.read() as db:
        assert set(table.load(db, EmbedderId("made:1"), DIMENSIONS)[0]) == set(ids[1:])
