"""Long texts of a store from before texts were split: found meanwhile, split in the background, forgotten whole."""

from pathlib import Path

from core.assistant.intake import Intake
from core.events import Event, Events, MemoriesChanged
from core.memory import MemoryId
from core.paths import ProfilePaths
from core.settings import Settings, Store
from core.store import indexing, memories, words
from core.store.forget import forget
from core.store.media import Media
from core.store.migrations import MIGRATIONS
from core.store.vault import Vault
from core.store.vectors import Vectors, rows
from tests.made import KEY, NOON, HashingEmbedder, open_vault, turn

ROOMS = ("Hall", "Attic", "Cellar")
LONG = "\n\n".join(f"{room}: " + "measure the walls and the windows, write both down. " * 9 for room in ROOMS)
EMBEDDER = HashingEmbedder()


def older(folder: Path) -> list[MemoryId]:
    """A vault brought back to how schema 1 kept the same memories, two of them long."""
    vault = open_vault(folder)
    texts = ["short", LONG, "another", LONG.replace("walls", "doors")]
    ids = memories.save(vault, [turn(text, n) for n, text in enumerate(texts)], NOON).ids
    with vault.write() as db:
        for kind in ("TRIGGER", "VIEW"):
            for statement in (s for m in MIGRATIONS for s in m.statements if s.startswith(f"CREATE {kind} ")):
                db.execute(f"DROP {kind} {statement.split()[2]}")
        for statement in (
            "DROP TABLE piece",
            "DROP TABLE unsplit",
            "DROP TABLE words",
            "DROP TABLE vector",
            "DROP TABLE outbox",
            *(s for s in MIGRATIONS[0].statements if " words" in s or " vector " in s or " outbox " in s),
            "INSERT INTO words(rowid, text) SELECT seq, text FROM memory",
            "INSERT INTO vector SELECT id, 'hashing:1', zeroblob(128) FROM memory",
        ):
            db.execute(statement)
        later = [s for migration in MIGRATIONS[2:] for s in migration.statements if s.startswith("CREATE ")]
        for statement in (s for s in later if " INDEX " in s):
            db.execute(f"DROP INDEX {statement.partition(' INDEX ')[2].split()[0]}")
        tables = dict.fromkeys(s.partition(" TABLE ")[2].split()[0] for s in later if " TABLE " in s)
        for table in tables.keys() - {"words"}:
            db.execute(f"DROP TABLE {table}")
        for statement in (s for m in MIGRATIONS[2:] for s in m.statements if s.startswith("ALTER TABLE ")):
            table, _, column = statement.removeprefix("ALTER TABLE ").partition(" ADD COLUMN ")
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
        db.execute("PRAGMA user_version = 1")
    vault.close()
    return list(ids)


def found(vault: Vault, word: str) -> list[int]:
    with vault.read() as db:
        return [seq for seq, _ in words.match(db, words.expression([word]))]


def test_nothing_is_lost_and_all_is_found_before_and_after_its_texts_are_split(tmp_path: Path) -> None:
    ids = older(tmp_path / "p")
    vault = Vault.open(ProfilePaths(tmp_path / "p"), KEY)
    assert vault.schema == len(MIGRATIONS)
    events, told = Events(), list[Event]()
    events.listen(told.append)
    vectors = Vectors(vault, vault.paths, EMBEDDER.id, EMBEDDER.dimensions, Store(), events)
    assert found(vault, "cellar") == [4, 2] or found(vault, "cellar") == [2, 4]
    assert vectors.pieces_of(ids) == ids, "a vector each, of the whole text"
    with vault.read() as db:
        assert indexing.ranges(db, [2, 4]) == {}

    intake = Intake(vault, vectors, EMBEDDER, events, Settings)
    list(intake.embed())

    assert sorted(found(vault, "cellar")) == [2, 4]
    assert len(vectors.pieces_of(ids)) == 8
    with vault.read() as db:
        assert {seq: len(parts) for seq, parts in indexing.ranges(db, [1, 2, 3, 4]).items()} == {2: 3, 4: 3}
        assert rows.count_waiting(db) == 0
        assert not indexing.any_unsplit(db)
    assert {id for event in told if isinstance(event, MemoriesChanged) for id in event.ids} >= {ids[1], ids[3]}
    gone = forget(vault, Media(vault.paths), vectors, [ids[1]])
    assert gone.proof.places["full text"] == (6, 0)
    assert gone.proof.places["vectors in the vault"] == (3, 0)
    assert gone.proof.places["vectors in the index"] == (3, 0)
    assert all(after == 0 for _, after in gone.proof.places.values())
    vectors.close()
    vault.close()


def test_without_an_embedder_the_texts_are_split_all_the_same(tmp_path: Path) -> None:
    older(tmp_path / "p")
    vault = Vault.open(ProfilePaths(tmp_path / "p"), KEY)
    intake = Intake(vault, None, None, Events(), Settings)
    assert set(intake.embed()) == {0}
    with vault.read() as db:
        assert len(indexing.ranges(db, [2, 4])) == 2
        assert rows.count_waiting(db) == 2
    vault.close()
