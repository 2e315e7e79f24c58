"""Archives whose author means harm: a sentence, nothing written, nothing outside its place."""

import hashlib
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ArchiveProblem, Problem
from core.store import envelope
from core.store.archive import export, merge
from core.store.archive.rows import MEMORY, TABLES, line, parse
from tests.unit.store.archive.profiles import NOW, Profile, fill

Make = Callable[[str], Profile]
Entries = dict[str, bytes]

ROW: dict[str, Any] = (
    dict.fromkeys(MEMORY, "")
    | {"id": "A" * 26, "kind": "episodic", "facet": "turn", "state": "captured", "channel": "conversation"}
    | {"text": "hello", "at": 1.75e9, "at_offset": 120, "at_given": 1, "created": 1.75e9, "mine": 0}
    | {"importance": 1.0, "stability_days": 60.0, "trust": 1, "sensitivity": "none", "masked": 0, "boxes": "[]"}
    | {"version": 1, "boilerplate": 0, "uses": 0, "pinned": 0, "tags": "[]"}
    | dict.fromkeys(("picture", "subject", "attribute", "value", "valid_from", "valid_to", "last_used"))
    | dict.fromkeys(("episode", "superseded_by", "folded_into"))
)


def entries_of(profile: Profile, folder: Path) -> Entries:
    path = folder / "plain.zip"
    export(profile.vault, profile.media, path, now=NOW, passphrase=None, plain=True, replace=True)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(entries: Entries, folder: Path, *, tell: bool = True) -> Path:
    """A zip of these entries whose manifest agrees with them."""
    if tell and "manifest.json" in entries:
        manifest = json.loads(entries["manifest.json"])
        for name, facts in manifest["tables"].items():
            raw = entries.get(f"{name}.jsonl", b"")
            facts |= {"lines": raw.count(b"\n"), "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        entries = entries | {"manifest.json": json.dumps(manifest).encode()}
    path = folder / "forged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in entries.items():
            archive.writestr(name, raw)
    return path


def assert_refused(profile: Profile, path: Path, tmp_path: Path) -> Problem:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ArchiveProblem) as told:
        merge(profile.vault, profile.media, path, now=NOW)
    assert profile.texts() == []
    assert sorted(file for file in tmp_path.rglob("*") if "vault.db" not in file.name) == [
        file for file in before if "vault.db" not in file.name
    ]
    return told.value


@pytest.mark.parametrize(
    "name",
    [
        *("../evil", "/etc/evil", "media/../../evil.webp", "media/" + "a" * 26 + ".webp/..", "notes.txt"),
        *("media/" + "A" * 26 + ".webp", "MEMORIES.jsonl", "media/" + "a" * 25 + ".webp", "a\\b", "vault.db"),
        *("media/" + "a" * 26 + ".webp\n", "memories.jsonl/", "media/" + "a" * 26 + ".webp"),
    ],
)
def test_names_that_do_not_belong_are_refused(profile: Make, tmp_path: Path, name: str) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    entries = entries_of(first, tmp_path) | {name: b"evil"}
    assert_refused(second, forged(entries, tmp_path), tmp_path)


def test_an_entry_twice_is_refused(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    path = forged(entries_of(first, tmp_path), tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("memories.jsonl", b"")
    assert_refused(second, path, tmp_path)


def test_missing_parts_are_refused(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    entries = entries_of(first, tmp_path)
    for name in entries:
        rest = {other: raw for other, raw in entries.items() if other != name}
        assert_refused(second, forged(rest, tmp_path, tell=False), tmp_path)
    assert merge(second.vault, second.media, forged(entries, tmp_path), now=NOW).added > 10


def test_every_changed_entry_is_noticed(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    entries = entries_of(first, tmp_path)
    for name, raw in entries.items():
        if name != "manifest.json":
            assert_refused(second, forged(entries | {name: raw + b"\n"}, tmp_path, tell=False), tmp_path)
        if name.startswith("media/"):
            assert_refused(second, forged(entries | {name: raw[:-1] + b"x"}, tmp_path, tell=False), tmp_path)


def test_a_bomb_is_refused_before_it_goes_off(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    entries = entries_of(first, tmp_path) | {"memories.jsonl": bytes(80 * 2**20)}
    assert "absurd" in assert_refused(second, forged(entries, tmp_path), tmp_path).title


def test_sizes_that_lie_are_refused(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    fill(first)
    path = forged(entries_of(first, tmp_path), tmp_path)
    raw = path.read_bytes()
    directory = raw.index(b"PK\x01\x02")
    for told in (0, 1, 2**20, 2**31):
        path.write_bytes(raw[: directory + 24] + struct.pack("<L", told) + raw[directory + 28 :])
        assert_refused(second, path, tmp_path)


@pytest.mark.parametrize("entries", [400_001, 65_534, 2**40])
def test_a_directory_without_end_is_refused_unread(profile: Make, tmp_path: Path, entries: int) -> None:
    second = profile("second")
    path = tmp_path / "many.zip"
    length = 2**34
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, length, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    path.write_bytes(b"PK\x03\x04" + end64 + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, 10, 0, 0))
    assert "too many parts" in assert_refused(second, path, tmp_path).title


def test_a_later_format_and_a_strange_manifest_are_refused(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    entries = entries_of(first, tmp_path)
    manifest = json.loads(entries["manifest.json"])
    wrong: object
    for wrong in (
        *(manifest | {"format": 3}, manifest | {"format": "1"}, manifest | {"tables": {}}, [], "x", 5, None),
        *(manifest | {"tables": dict.fromkeys(TABLES, 3)}, manifest | {"tables": {name: {} for name in TABLES}}),
    ):
        raw = {"manifest.json": json.dumps(wrong).encode()}
        assert_refused(second, forged(entries | raw, tmp_path, tell=False), tmp_path)
    for text in (b"", b"{", b"[" * 100_000, b"\xff\xfe", b"{}" * 2, b'{"format": ' + b"1" * 5000 + b"}"):
        assert_refused(second, forged(entries | {"manifest.json": text}, tmp_path, tell=False), tmp_path)


@pytest.mark.parametrize(
    "raw",
    [
        *(b"\n", b"[]\n", b"null\n", b"[" * 100_000 + b"\n", b'{"id":' * 50_000 + b"\n", b"\xff\xff\n", b"{}\n"),
        *(line(ROW) * 2, line(ROW)[:-1], line(ROW | {"more": 1}), line(ROW | {"id": "../../x"})),
        *(line(ROW | {"tags": "[" * 100_000}), line(ROW | {"picture": "../x"}), line(ROW | {"state": "forgotten"})),
        *(line(ROW | {"subject": "dana"}), line(ROW | {"trust": 9}), line(ROW | {"pinned": 2})),
        *(line(ROW).replace(b"60.0", b"1e999"), line(ROW).replace(b"60.0", b"NaN")),
        *(line(ROW).replace(b"60.0", b"9" * 6000), line(ROW).replace(b'"hello"', b'"\\ud800"')),
    ],
    ids=range(21),
)
def test_lines_that_mneme_would_not_write_are_refused(profile: Make, tmp_path: Path, raw: bytes) -> None:
    first, second = profile("first"), profile("second")
    entries = entries_of(first, tmp_path)
    told = assert_refused(second, forged(entries | {"memories.jsonl": raw}, tmp_path), tmp_path)
    assert "hello" not in str(told)
    good = forged(entries | {"memories.jsonl": line(ROW)}, tmp_path)
    assert merge(second.vault, second.media, good, now=NOW).added == 1


def test_two_memories_that_claim_the_same_turn_are_one(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    rows = [
        ROW | {"id": id, "conversation": "c", "external_id": "7", "channel": channel, "text": id}
        for id, channel in (("A" * 26, "conversation"), ("B" * 26, "sleep"), ("C" * 26, "note"))
    ]
    entries = entries_of(first, tmp_path) | {"memories.jsonl": b"".join(map(line, rows))}
    merged = merge(second.vault, second.media, forged(entries, tmp_path), now=NOW, own=True)
    assert (merged.added, merged.versions) == (1, 2)
    assert second.texts() == ["A" * 26]


def test_what_points_nowhere_points_to_nothing_afterwards(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    nowhere = dict.fromkeys(("episode", "superseded_by", "folded_into", "picture"), "z" * 26)
    entries = entries_of(first, tmp_path) | {"memories.jsonl": line(ROW | nowhere)}
    entries["sources.jsonl"] = line({"memory": "A" * 26, "observation": "B" * 26, "rank": 0})
    entries["links.jsonl"] = line({"a": "A" * 26, "b": "A" * 26, "relation": "is", "reason": "itself"})
    merge(second.vault, second.media, forged(entries, tmp_path), now=NOW)
    row = second.rows("memory")[0]
    assert [row[name] for name in nowhere] == [None] * 4
    assert second.rows("source") == second.rows("link") == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(MEMORY)), JSON | JSON.map(json.dumps))
def test_whatever_is_let_in_can_be_shown(name: str, value: object) -> None:
    raw = json.dumps(ROW | {name: value}).encode() + b"\n"
    try:
        row = parse("memories", 1, raw)
    except ArchiveProblem:
        return
    shown = envelope.memory_of({**row, "seq": 1})
    assert shown.at.isoformat()
    assert shown.created.isoformat()
    assert (shown.valid_from or shown.at).isoformat()
    assert row["text"] == str(row["text"]).encode("utf-8").decode("utf-8")


@given(st.binary(max_size=200))
def test_no_bytes_make_a_traceback(raw: bytes) -> None:
    for table in TABLES:
        try:
            parse(table, 1, raw)
        except ArchiveProblem:
            continue
        raise AssertionError(table)


def test_every_column_of_a_memory_travels(profile: Make) -> None:
    first = profile("first")
    with first.vault.read() as db:
        for table, name in (("memory", "memories"), ("source", "sources"), ("link", "links"), ("episode", "episodes")):
            columns = {row["name"] for row in db.query(f"SELECT name FROM pragma_table_info('{table}')")}
            assert columns - {"seq", "content_key"} == set(TABLES[name])
    page = (Path(__file__).resolve().parents[4] / "docs" / "archive-format.md").read_text("utf-8")
    for name, checks in TABLES.items():
        assert f"`{name}.jsonl`" in page
        assert all(column in page for column in checks)
