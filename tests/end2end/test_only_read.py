"""A vault that this Mneme may not write to can still be read and taken out."""

from pathlib import Path

import pytest

from core.paths import ProfilePaths
from core.store.migrations import NEWEST
from core.store.profile import Profile
from tests.end2end.command_line import PASSPHRASE, Mneme

SENTENCE = f"A later Mneme wrote this vault (its schema is {NEWEST + 1}, this one knows {NEWEST})."


@pytest.fixture
def newer(tmp_path: Path) -> Mneme:
    """A profile whose vault a later version has had in hand."""
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The spare key is under the blue flower pot.")
    profile = Profile(ProfilePaths(mneme.profile))
    profile.unlock(PASSPHRASE)
    vault = profile.open_vault()
    with vault.write() as db:
        db.execute("CREATE TABLE of_the_future (x)")
        db.execute("ALTER TABLE memory ADD COLUMN of_the_future TEXT")
        db.execute(f"PRAGMA user_version = {NEWEST + 1}")
    vault.close()
    return mneme


def test_a_later_versions_vault_is_read_with_the_sentence_and_never_written(newer: Mneme, tmp_path: Path) -> None:
    before = (newer.profile / "vault.db").read_bytes()
    said = [
        newer.run("status", "--json"),
        newer.run("recall", "--print", "--json", "Where is the spare key?"),
        newer.run("memories", "list", "--json"),
    ]
    assert said[0].one()["memories"] == 1
    assert said[1].one()["hits"][0]["text"] == "The spare key is under the blue flower pot."
    assert [one["text"] for one in said[2].one()["memories"]] == ["The spare key is under the blue flower pot."]
    for one in said:
        assert SENTENCE in " ".join(one.err.split())
    for refused in (("remember", "one more"), ("sleep",), ("forget", "--query", "key", "--yes"), ("backup", "make")):
        assert SENTENCE in " ".join(newer.run(*refused, code=1).err.split())
    newer.run("memories", "pin", said[2].one()["memories"][0]["memory"], code=1)
    assert (newer.profile / "vault.db").read_bytes() == before


def test_a_later_versions_vault_can_be_taken_out_whole(newer: Mneme, tmp_path: Path) -> None:
    secret = tmp_path / "archive passphrase"
    secret.write_text("for the archive\n", "utf-8")
    out = tmp_path / "out.mneme"
    done = newer.run("export", str(out), "--archive-passphrase-file", str(secret), "--json").last()
    assert done["memories"] == 1
    other = Mneme(tmp_path / "other")
    merged = other.run("import", str(out), "--archive-passphrase-file", str(secret), "--json").last()
    assert merged["added"] == 1
    assert other.run("memories", "list", "--json").one()["memories"][0]["text"].startswith("The spare key")
