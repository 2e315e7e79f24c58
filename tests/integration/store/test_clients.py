"""Consents and the log of accesses: bounded, counted, and taken over from the vault's earlier form."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.memory import Kind, Sensitivity
from core.store import clients
from core.store.clients import FIRST_SCOPE, KEPT_ACCESSES, KEPT_OF_UNDECIDED, MOST_ASKING, Access, Scope, Standing
from core.store.migrations import MIGRATIONS
from core.store.vault import Vault
from tests.made import NOON, open_vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    made = open_vault(tmp_path / "p")
    yield made
    made.close()


def test_ever_new_names_push_out_neither_who_was_decided_about_nor_their_lines(vault: Vault) -> None:
    with vault.write() as db:
        clients.decide(db, "Scribe", Standing.ALLOWED, FIRST_SCOPE, NOON)
        clients.decide(db, "Nosy", Standing.DENIED, clients.NO_SCOPE, NOON)
        clients.note(db, Access(at=NOON, client="Scribe", tool="recall", given=2, held_back=1))
        for number in range(3 * MOST_ASKING):
            clients.knocked(db, f"program {number}", NOON + timedelta(seconds=number))
            clients.note(db, Access(at=NOON, client=f"program {number}", tool="ask", refused=True))
        known = clients.clients(db)
        log = clients.accesses(db)
    assert [one.name for one in known if one.standing is not Standing.ASKS] == ["Scribe", "Nosy"]
    assert {one.name for one in known if one.standing is Standing.ASKS} == {
        f"program {number}" for number in range(2 * MOST_ASKING, 3 * MOST_ASKING)
    }
    assert [line for line in log if line.client == "Scribe"] == [
        Access(at=NOON, client="Scribe", tool="recall", given=2, held_back=1)
    ]
    assert len(log) <= MOST_ASKING + 1


def test_the_log_of_each_is_cut_and_its_totals_go_on(vault: Vault) -> None:
    with vault.write() as db:
        clients.decide(db, "Scribe", Standing.ALLOWED, FIRST_SCOPE, NOON)
        clients.knocked(db, "Newcomer", NOON)
        for number in range(KEPT_ACCESSES + 5):
            at = NOON + timedelta(seconds=number)
            clients.note(db, Access(at=at, client="Scribe", tool="recall", given=3, held_back=1))
        for _ in range(KEPT_OF_UNDECIDED + 5):
            clients.note(db, Access(at=NOON, client="Newcomer", tool="recall", refused=True))
        scribe, newcomer = clients.client(db, "Scribe"), clients.client(db, "Newcomer")
        log = clients.accesses(db)
    assert scribe is not None
    assert newcomer is not None
    assert (scribe.asked, scribe.given, scribe.held_back) == (KEPT_ACCESSES + 5, 3 * (KEPT_ACCESSES + 5), 1005)
    assert (newcomer.asked, newcomer.refused) == (KEPT_OF_UNDECIDED + 5, KEPT_OF_UNDECIDED + 5)
    assert len([line for line in log if line.client == "Scribe"]) == KEPT_ACCESSES
    assert len([line for line in log if line.client == "Newcomer"]) == KEPT_OF_UNDECIDED
    assert min(line.at for line in log if line.client == "Scribe") == NOON + timedelta(seconds=5)


def test_secrets_get_into_no_scope_and_a_key_is_kept_as_its_hash_only(vault: Vault) -> None:
    with vault.write() as db:
        everything = Scope(kinds=frozenset(Kind), sensitivities=frozenset(Sensitivity), may_write=True)
        kept = clients.decide(db, "Scribe", Standing.ALLOWED, everything, NOON, key="a key of many words")
        assert Kind.SECRET not in kept.scope.kinds
        assert kept.keyed
        assert clients.shows_its_key(db, "Scribe", "a key of many words")
        assert not clients.shows_its_key(db, "Scribe", "")
        assert not clients.shows_its_key(db, "Nobody", "")
        stored = next(iter(db.query("SELECT * FROM client")))
        assert "a key of many words" not in str(stored)
        clients.unkey(db, "Scribe")
        assert clients.shows_its_key(db, "Scribe", "")


def test_who_was_in_the_earlier_log_asks_anew_and_the_one_switch_for_all_is_gone() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value)")
    db.execute("CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    line = {"at": NOON.isoformat(), "client": "Scribe", "tool": "recall", "given": 3, "refused": False}
    later = {"at": (NOON + timedelta(days=1)).isoformat(), "client": "Scribe", "tool": "ask", "given": 0}
    db.execute("INSERT INTO meta VALUES ('mcp_access', ?)", [json.dumps([line, later | {"refused": True}])])
    db.execute("INSERT INTO setting VALUES ('mcp.allowed', 'true'), ('decay.turn_days', '90.0')")
    (migration,) = (one for one in MIGRATIONS if one.number == 6)
    for statement in migration.statements:
        db.execute(statement)
    assert db.execute("SELECT client, tool, given, held_back, refused FROM access ORDER BY id").fetchall() == [
        ("Scribe", "recall", 3, 0, 0),
        ("Scribe", "ask", 0, 0, 1),
    ]
    asks = db.execute("SELECT name, standing, kinds, may_write, asked, given, refused FROM client").fetchall()
    assert asks == [("Scribe", "asks", "[]", 0, 2, 3, 1)]
    assert db.execute("SELECT key FROM setting").fetchall() == [("decay.turn_days",)]
    assert db.execute("SELECT count(*) FROM meta").fetchone() == (0,)
    db.close()
