"""Transactions, readers and the sentences a vault answers with."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import Interrupted, Locked, VaultProblem
from core.paths import ProfilePaths
from core.store.vault import READERS, BadStatement, Vault

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    made = Vault.create(ProfilePaths(tmp_path), os.urandom(32))
    yield made
    made.close()


def put(vault: Vault, key: str) -> None:
    with vault.write() as db:
        db["setting"].insert({"key": key, "value": "x"})


def put_and_fail(vault: Vault, key: str) -> None:
    with vault.write():
        put(vault, key)
        raise ZeroDivisionError


def keys(vault: Vault) -> list[str]:
    with vault.read() as db:
        return [row["key"] for row in db.query("SELECT key FROM setting ORDER BY key")]


def test_a_write_that_raises_leaves_nothing(vault: Vault) -> None:
    with pytest.raises(ZeroDivisionError):
        put_and_fail(vault, "a")
    assert keys(vault) == []
    assert vault.commits == 0


def test_a_write_inside_a_write_joins_it(vault: Vault) -> None:
    with vault.write():
        put(vault, "a")
        put(vault, "b")
    assert keys(vault) == ["a", "b"]
    assert vault.commits == 1


def test_an_inner_write_that_raises_undoes_itself_alone(vault: Vault) -> None:
    with vault.write():
        put(vault, "outer")
        with pytest.raises(ZeroDivisionError):
            put_and_fail(vault, "inner")
    assert keys(vault) == ["outer"]


def test_a_write_without_changes_is_no_commit(vault: Vault) -> None:
    with vault.write() as db:
        db.execute("DELETE FROM setting")
    assert vault.commits == 0


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_ending_the_transaction_by_hand_is_a_bug_that_shows(vault: Vault, end: str) -> None:
    with pytest.raises(RuntimeError, match="ended inside"), vault.write() as db:
        getattr(db, end)()


def test_a_statement_the_schema_does_not_allow_is_a_bug_that_shows(vault: Vault) -> None:
    put(vault, "a")
    with pytest.raises(BadStatement):
        put(vault, "a")
    with pytest.raises(BadStatement), vault.read() as db:
        db.execute("SELECT * FROM nowhere")
    assert keys(vault) == ["a"]


def test_readers_cannot_write(vault: Vault) -> None:
    with pytest.raises(VaultProblem), vault.read() as db:
        db.execute("DELETE FROM setting")


def test_a_read_sees_one_moment_whatever_is_written_meanwhile(vault: Vault) -> None:
    put(vault, "a")
    with vault.read() as db:
        before = db.execute("SELECT count(*) FROM setting").fetchone()
        writer = threading.Thread(target=put, args=(vault, "b"))
        writer.start()
        writer.join()
        assert db.execute("SELECT count(*) FROM setting").fetchone() == before
        with vault.read() as inner:
            assert inner.execute("SELECT count(*) FROM setting").fetchone() == before
    assert keys(vault) == ["a", "b"]


def test_a_read_inside_a_write_sees_what_was_written(vault: Vault) -> None:
    with vault.write():
        put(vault, "a")
        assert keys(vault) == ["a"]
        found: list[list[str]] = []
        other = threading.Thread(target=lambda: found.append(keys(vault)))
        other.start()
        other.join()
        assert found == [[]]


def test_a_write_inside_a_read_is_refused_rather_than_waiting_for_itself(vault: Vault) -> None:
    with vault.read(), pytest.raises(RuntimeError, match="inside a read"), vault.write():
        pass


def test_many_threads_read_and_write_and_every_row_is_there(vault: Vault) -> None:
    wrong: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(10):
                put(vault, f"{name:02} {number}")
                assert f"{name:02} {number}" in keys(vault)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(3 * READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(keys(vault)) == 30 * READERS
    assert vault.commits == 30 * READERS


def endless(vault: Vault, raised: list[BaseException], begun: threading.Event) -> None:
    try:
        with vault.read() as db:
            begun.set()
            list(db.query(ENDLESS))
    except BaseException as error:
        raised.append(error)


@pytest.mark.parametrize("way", ["interrupt_readers", "checkpoint", "close"])
def test_a_long_read_gives_way(vault: Vault, way: str) -> None:
    put(vault, "a")
    raised: list[BaseException] = []
    begun = threading.Event()
    reader = threading.Thread(target=endless, args=(vault, raised, begun))
    reader.start()
    begun.wait()
    while reader.is_alive():
        getattr(vault, way)()
        reader.join(0.05)
    assert [type(error) for error in raised] == [Interrupted]
    if way != "close":
        assert keys(vault) == ["a"]


def test_a_checkpoint_empties_the_log_while_others_keep_reading(vault: Vault) -> None:
    stop = threading.Event()

    def read_on() -> None:
        while not stop.is_set():
            try:
                keys(vault)
            except Interrupted:
                time.sleep(0.001)

    readers = [threading.Thread(target=read_on) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    log = vault.paths.vault.with_name("vault.db-wal")
    for number in range(20):
        put(vault, str(number))
        assert log.stat().st_size > 0
        vault.checkpoint()
        assert log.stat().st_size == 0
    stop.set()
    for reader in readers:
        reader.join()
    assert len(keys(vault)) == 20


def test_a_closed_vault_answers_that_mneme_is_locked(vault: Vault) -> None:
    vault.close()
    vault.close()
    with pytest.raises(Locked), vault.read():
        pass
    with pytest.raises(Locked), vault.write():
        pass
    for call in (vault.checkpoint, lambda: vault.derived_key("x"), lambda: vault.traces([b"x"])):
        with pytest.raises(Locked):
            call()


def test_derived_keys_differ_by_purpose_and_stay(tmp_path: Path, vault: Vault) -> None:
    assert len({vault.derived_key(purpose) for purpose in ("a", "b", "ab", "")}) == 4
    assert vault.derived_key("a") == vault.derived_key("a")
    (tmp_path / "other").mkdir()
    other = Vault.create(ProfilePaths(tmp_path / "other"), os.urandom(32))
    assert other.derived_key("a") != vault.derived_key("a")
    other.close()


def test_what_was_deleted_leaves_no_trace_in_any_page(vault: Vault) -> None:
    words = [f"canary{number}quartz" for number in range(50)]
    with vault.write() as db:
        for number, word in enumerate(words):
            db.execute("INSERT INTO setting VALUES (?, ?)", (str(number), word * 30))
            db.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (number + 1, word))
    needles = [word.encode() for word in words]
    assert vault.traces(needles) == 50
    with vault.write() as db:
        db.execute("DELETE FROM setting")
        for number, word in enumerate(words):
            db.execute("INSERT INTO words(words, rowid, text) VALUES ('delete', ?, ?)", (number + 1, word))
    vault.checkpoint()
    assert vault.traces(needles) == 0


def test_no_file_holds_a_readable_word(vault: Vault, tmp_path: Path) -> None:
    put(vault, "a very readable canary")
    before = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    vault.checkpoint()
    after = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for found in (before, after):
        assert b"canary" not in found
        assert b"CREATE TABLE" not in found
