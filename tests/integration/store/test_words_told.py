"""The full-text index keeps no text of its own: whatever is done to memories, it holds their words and no other."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import DamagedVault
from core.memory import MemoryId
from core.store import indexing, memories, words
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import Vault
from tests.made import NOON, open_vault, turn

ROOMS = ("Hall", "Attic", "Cellar", "Küche", "車庫")
WORDS = (
    "boiler",
    "Grüße",
    "\U0001f642",
    "naïve",
    "17:42",
    "牛乳",
    "doors'",
    "re-entry",
    "ﬁnd",
    "A\u0301rpad",
    "\u2028",
)


def text(chance: random.Random) -> str:
    """A short one, or one that is split."""
    said = [chance.choice(WORDS) for _ in range(chance.choice((0, 3, 9, 400)))]
    return f"{chance.choice(ROOMS)}: " + "".join(f"{word}{chance.choice((' ', '. ', chr(10) * 2))}" for word in said)


def exact(vault: Vault) -> None:
    """FTS5's own comparison of the index with what it is about. Raises DamagedVault."""
    with vault.write() as db:
        db.execute("INSERT INTO words(words, rank) VALUES('integrity-check', 1)")
        told, kept = (db.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("indexed", "words_docsize"))
    assert told == kept


@pytest.mark.parametrize("seed", range(6))
def test_it_says_what_memories_say_through_edits_splits_and_forgetting(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    vault = open_vault(tmp_path / "p")
    media = Media(vault.paths)
    here: list[MemoryId] = []
    for step in range(60):
        now = NOON + timedelta(minutes=step)
        do = chance.random()
        if do < 0.5 or not here:
            here += memories.save(vault, [turn(text(chance), 1000 * step + n) for n in range(3)], now).ids
        elif do < 0.75:
            with vault.write() as db:
                memories.change(db, chance.choice(here), {chance.choice(("text", "caption")): text(chance)}, now)
        elif do < 0.85:
            with vault.write() as db:
                seq = db.execute("SELECT seq FROM memory WHERE id = ?", [chance.choice(here)]).fetchone()[0]
                indexing.put(db, seq, next(iter(db.query("SELECT * FROM memory WHERE seq = ?", [seq]))))
        else:
            gone = chance.sample(here, min(len(here), 2))
            proof = forget(vault, media, None, gone).proof.places
            assert proof["full text"][1] == 0 < proof["full text"][0]
            here = [id for id in here if id not in gone]
        exact(vault)
    forget(vault, media, None, here)
    with vault.read() as db:
        assert db.execute("SELECT count(*) FROM term").fetchone()[0] == 0, "a word that nothing says"
    vault.close()


def test_the_comparison_notices_a_word_too_many(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "p")
    memories.save(vault, [turn("the boiler was serviced", 1)], NOON)
    exact(vault)
    with vault.write() as db:
        db.execute("INSERT INTO words(rowid, text) VALUES (1, 'canary')")
    with pytest.raises((DamagedVault, AssertionError)):
        exact(vault)
    vault.close()


def test_what_changes_a_row_by_itself_takes_its_words_along(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "p")
    memories.save(vault, [turn("the boiler was serviced", 1), turn("the attic is dry", 2)], NOON)
    with vault.write() as db:
        db.execute("UPDATE memory SET text = 'the cellar is wet' WHERE text LIKE '%boiler%'")
        db.execute("DELETE FROM memory WHERE text LIKE '%attic%'")
        assert words.match(db, words.expression(["boiler", "attic"])) == []
        assert [row[0] for row in db.execute("SELECT term FROM term")] == []
    vault.close()
