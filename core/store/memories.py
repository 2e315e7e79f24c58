"""The only SQL that reads and writes memories: envelopes, versions, sources, links."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from core.errors import BadInput
from core.memory import (
    MOVES,
    Draft,
    Facet,
    Kind,
    Link,
    MediaId,
    Memory,
    MemoryId,
    Operation,
    Saved,
    Selection,
    Sensitivity,
    State,
    Trust,
)
from core.store import indexing, own, tombstones
from core.store.boxes import as_json
from core.store.envelope import ContentKeys, content_keys, memory_of, moment, new_id, row_of
from core.store.vault import Vault

_CHUNK, _LISTED = 400, "(SELECT value FROM json_each(?))"
_OF_THIS_COPY = frozenset(("seq", "created", "content_key"))
COLUMNS_THAT_CHANGE = frozenset(
    (
        *("kind", "facet", "state", "text", "caption", "language", "importance", "stability_days", "trust"),
        *("sensitivity", "masked", "picture", "boxes", "subject", "attribute", "value", "valid_from", "valid_to"),
        *("reason", "episode", "superseded_by", "folded_into", "boilerplate", "uses", "last_used", "pinned"),
        *("tags", "at", "at_offset", "at_given", "speaker", "addressee"),
    )
)
_TIMES = frozenset({"valid_from", "valid_to", "last_used"})
CONTENT = frozenset({"text", "caption"})


def insert_row(db: Database, row: dict[str, Any]) -> int:
    """Insert all columns of `memory` but `seq`; index its words, queue its vector. Returns seq."""
    columns = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(f":{name}" for name in row)
    seq = int(db.execute(f"INSERT INTO memory ({columns}) VALUES ({places})", row).lastrowid or 0)
    indexing.put(db, seq, row)
    return seq


def insert(db: Database, draft: Draft, now: datetime, *, keys: ContentKeys, state: State = State.CAPTURED) -> Memory:
    """Keep a draft as a new memory: its row, words, place in the outbox, sources. Looks for no duplicate."""
    row = row_of(draft, keys)
    row |= {"id": new_id(now), "state": state.value, "created": now.timestamp()}
    insert_row(db, row)
    _set_sources(db, row["id"], draft.sources)
    found = get(db, row["id"])
    assert found is not None
    return found


def _set_sources(db: Database, memory: str, sources: Iterable[MemoryId]) -> None:
    for rank, observation in enumerate(dict.fromkeys(sources)):
        db.execute(
            "INSERT OR REPLACE INTO source (memory, observation, rank) VALUES (?, ?, ?)",
            [memory, observation, rank],
        )


def save(vault: Vault, drafts: Sequence[Draft], now: datetime) -> Saved:
    """Keep drafts in one transaction. When it returns they are saved.

    The same text under the same identity adds nothing; another text is a new version; what was
    forgotten does not come back.
    """
    keys = content_keys(vault)
    rows = [row_of(draft, keys) for draft in drafts]
    ids, vouched = list[MemoryId](), list[MemoryId]()
    known = versions = refused = left = 0
    with vault.write() as db:
        forgotten, present = _met_before(db, [row["content_key"] for row in rows])
        elsewhere = [ContentKeys(key) for key in tombstones.adopted_keys(db)]
        for draft, row in zip(drafts, rows, strict=True):
            key = row["content_key"]
            before = present.get(key)
            if key in forgotten or any(is_forgotten(db, other.of(draft)) for other in elsewhere):
                refused += 1
            elif before is None:
                row |= {"id": new_id(now), "state": State.CAPTURED.value, "created": now.timestamp()}
                insert_row(db, row)
                _set_sources(db, row["id"], draft.sources)
                present[key] = row
                ids.append(row["id"])
            elif (before["text"], before["caption"]) == (row["text"], row["caption"]):
                known += 1
                vouched += own.vouch(db, before, row)
            elif not own.may_replace(before, row):
                left += 1
            else:
                new = {name: row[name] for name in ("text", "caption", "language")}
                change(db, before["id"], new, now)
                present[key] = before | {"text": row["text"], "caption": row["caption"]}
                versions += 1
                ids.append(before["id"])
    return Saved(ids=tuple(ids), known=known, versions=versions, refused=refused, vouched=tuple(vouched), left=left)


def _met_before(db: Database, keys: list[bytes]) -> tuple[set[bytes], dict[bytes, dict[str, Any]]]:
    forgotten: set[bytes] = set()
    present: dict[bytes, dict[str, Any]] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        forgotten |= {row["mac"] for row in db.query(f"SELECT mac FROM tombstone WHERE mac IN ({marks})", chunk)}
        found = db.query(
            f"SELECT content_key, id, text, caption, mine FROM memory WHERE content_key IN ({marks})", chunk
        )
        present |= {row["content_key"]: row for row in found}
    return forgotten, present


def is_forgotten(db: Database, key: bytes) -> bool:
    """Whether this fingerprint was forgotten by the person."""
    return bool(db.execute("SELECT 1 FROM tombstone WHERE mac = ?", [key]).fetchone())


def _with_sources(db: Database, rows: list[dict[str, Any]]) -> list[Memory]:
    derived = [row["id"] for row in rows if row["channel"] == "sleep"]
    found: dict[str, list[MemoryId]] = {}
    for start in range(0, len(derived), _CHUNK):
        chunk = derived[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        for row in db.query(
            f"SELECT memory, observation FROM source WHERE memory IN ({marks}) ORDER BY memory, rank", chunk
        ):
            found.setdefault(row["memory"], []).append(MemoryId(row["observation"]))
    return [memory_of(row, found.get(row["id"], ())) for row in rows]


def get(db: Database, id: MemoryId) -> Memory | None:
    """One memory, or None."""
    rows = list(db.query("SELECT * FROM memory WHERE id = ?", [id]))
    return _with_sources(db, rows)[0] if rows else None


def many(db: Database, ids: Sequence[MemoryId]) -> list[Memory]:
    """Those that exist, in the order of `ids`."""
    found = {memory.id: memory for memory in _by(db, "id", ids)}
    return [found[id] for id in ids if id in found]


def by_seq(db: Database, seqs: Sequence[int]) -> list[Memory]:
    """Those that exist, in the order of `seqs`."""
    found = {memory.seq: memory for memory in _by(db, "seq", seqs)}
    return [found[seq] for seq in seqs if seq in found]


def named(db: Database, name: str) -> list[Memory]:
    """Those whose id is or begins with `name` (6 characters at least), or that were imported under it."""
    rows = list(db.query("SELECT * FROM memory WHERE id = ? OR external_id = ? LIMIT 20", [name, name]))
    if not rows and len(name) >= 6:
        rows = list(db.query("SELECT * FROM memory WHERE substr(id, 1, ?) = ? LIMIT 20", [len(name), name.upper()]))
    return _with_sources(db, rows)


def _by(db: Database, column: str, values: Sequence[Any]) -> list[Memory]:
    rows: list[dict[str, Any]] = []
    for start in range(0, len(values), _CHUNK):
        chunk = list(values[start : start + _CHUNK])
        marks = ",".join("?" * len(chunk))
        rows += db.query(f"SELECT * FROM memory WHERE {column} IN ({marks})", chunk)
    return _with_sources(db, rows)


def find(db: Database, selection: Selection) -> list[Memory]:
    """All that a selection means, in time order (newest first unless it says otherwise)."""
    where, values = _where(selection)
    direction = "DESC" if selection.newest_first else "ASC"
    limit = -1 if selection.limit is None else selection.limit
    rows = db.query(
        f"SELECT * FROM memory WHERE {where} ORDER BY at {direction}, seq {direction} LIMIT ? OFFSET ?",
        [*values, limit, selection.offset],
    )
    return _with_sources(db, list(rows))


def first_saved(db: Database) -> datetime | None:
    """When the first memory was saved here; None in an empty store."""
    found = db.execute("SELECT min(created) FROM memory").fetchone()[0]
    return None if found is None else moment(found, 0)


def find_ids(db: Database, selection: Selection) -> list[MemoryId]:
    """The ids alone, in no promised order; the selection's limit is not looked at."""
    where, values = _where(selection)
    return [MemoryId(row["id"]) for row in db.query(f"SELECT id FROM memory WHERE {where}", values)]


def count(db: Database, selection: Selection) -> int:
    """How many a selection means."""
    where, values = _where(selection)
    return int(db.execute(f"SELECT count(*) FROM memory WHERE {where}", values).fetchone()[0])


def _where(selection: Selection) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []

    def add(sql: str, *new: Any) -> None:
        parts.append(sql)
        values.extend(new)

    def add_in(column: str, members: Sequence[Any]) -> None:
        if members:
            add(f"{column} IN {_LISTED}", json.dumps([str(m) for m in members]))

    add_in("id", selection.ids)
    add_in("kind", selection.kinds)
    add_in("facet", selection.facets)
    add_in("state", selection.states)
    if not selection.kinds and not selection.ids:
        add("kind != 'secret'")
    if selection.app:
        add("lower(app) = lower(?)", selection.app)
    if selection.person:
        add("lower(?) IN (lower(speaker), lower(addressee))", selection.person)
    if selection.conversation:
        add("conversation = ?", selection.conversation)
    if selection.source:
        add("lower(?) IN (lower(conversation), lower(app), channel)", selection.source)
    for word in selection.words:
        add("instr(lower(text || char(10) || caption || char(10) || window), lower(?)) > 0", word)
    if selection.after:
        add("at >= ?", selection.after.timestamp())
    if selection.before:
        add("at < ?", selection.before.timestamp())
    if selection.saved_after:
        add("created >= ?", selection.saved_after.timestamp())
    if selection.episode:
        add("episode = ?", selection.episode)
    if selection.pinned is not None:
        add("pinned = ?", int(selection.pinned))
    if selection.observed is not None:
        add("channel != 'sleep'" if selection.observed else "channel = 'sleep'")
    return " AND ".join(parts) or "1", values


def conversation_window(db: Database, memory: Memory, before: int, after: int) -> list[Memory]:
    """The turns around a memory in its conversation, in time order, itself included."""
    conversation, at, seq = memory.provenance.conversation, memory.at.timestamp(), memory.seq
    rows = list(
        db.query(
            "SELECT * FROM (SELECT * FROM memory WHERE conversation = ?1 AND channel != 'sleep'"
            " AND (at, seq) <= (?2, ?3) ORDER BY at DESC, seq DESC LIMIT ?4)"
            " UNION ALL SELECT * FROM (SELECT * FROM memory WHERE conversation = ?1 AND channel != 'sleep'"
            " AND (at, seq) > (?2, ?3) ORDER BY at, seq LIMIT ?5)",
            [conversation, at, seq, before + 1, after],
        )
    )
    return _with_sources(db, sorted(rows, key=lambda row: (row["at"], row["seq"])))


def change(db: Database, id: MemoryId, fields: dict[str, Any], now: datetime) -> Memory:
    """Change columns of a memory and return it as it is then.

    `fields` are columns of `memory`; times may be datetimes, enums themselves, tags and boxes lists.
    Another text or caption keeps the old one as a version and is indexed anew. A state that may not
    follow the present one raises BadInput.
    """
    unknown = set(fields) - COLUMNS_THAT_CHANGE
    if unknown:
        raise BadInput(f"These fields of a memory cannot be changed: {', '.join(sorted(unknown))}.")
    rows = list(db.query("SELECT * FROM memory WHERE id = ?", [id]))
    if not rows:
        raise BadInput("There is no such memory.", "It may have been forgotten.")
    row = rows[0]
    new = {name: _plain(value) for name, value in fields.items()}
    if "state" in new and new["state"] != row["state"] and State(new["state"]) not in MOVES[State(row["state"])]:
        raise BadInput(f"A memory that is {row['state']} cannot become {new['state']}.")
    new = {name: value for name, value in new.items() if row[name] != value}
    if not new:
        return _with_sources(db, [row])[0]
    if CONTENT & set(new):
        old = {"text": row["text"], "caption": row["caption"]}
        db.execute(
            "INSERT OR REPLACE INTO memory_version (memory, version, fields, replaced) VALUES (?, ?, ?, ?)",
            [id, row["version"], json.dumps(old), now.timestamp()],
        )
        new["version"] = row["version"] + 1
    settings = ", ".join(f'"{name}" = :{name}' for name in new)
    db.execute(f"UPDATE memory SET {settings} WHERE id = :this", new | {"this": id})
    changed = row | new
    if CONTENT & set(new):
        db.execute("DELETE FROM vector WHERE memory = ?", [id])
        indexing.put(db, row["seq"], changed)
    elif "language" in new:
        indexing.put_language(db, row["seq"], changed)
    return _with_sources(db, [changed])[0]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (list, tuple)):
        return json.dumps(list(value))
    return value.value if isinstance(value, (State, Kind, Facet, Sensitivity, Trust, Operation)) else value


def drop_pictures(db: Database, pictures: Sequence[MediaId]) -> None:
    """Let go of pictures that were thinned away; the words that were read from them stay."""
    db.execute(f"UPDATE memory SET picture = NULL, boxes = '[]' WHERE picture IN {_LISTED}", [json.dumps(pictures)])


def add_sources(db: Database, id: MemoryId, observations: Sequence[MemoryId]) -> None:
    """Let a derived memory rest on these too."""
    _set_sources(db, id, [*sources(db, id), *observations])


def sources(db: Database, id: MemoryId) -> list[MemoryId]:
    """What a derived memory rests on, best first."""
    rows = db.query("SELECT observation FROM source WHERE memory = ? ORDER BY rank", [id])
    return [MemoryId(row["observation"]) for row in rows]


def derived_from(db: Database, ids: Sequence[MemoryId], without: Sequence[MemoryId] | None = None) -> list[MemoryId]:
    """Every derived memory that rests on one of `ids`, through any number of steps; none of `without` (None: `ids`)."""
    rows = db.query(
        "WITH RECURSIVE reach(id) AS (SELECT value FROM json_each(?)"
        " UNION SELECT source.memory FROM source JOIN reach ON source.observation = reach.id)"
        " SELECT id FROM reach WHERE id NOT IN (SELECT value FROM json_each(?))",
        [json.dumps(list(ids)), json.dumps(list(ids if without is None else without))],
    )
    return [MemoryId(row["id"]) for row in rows]


def link(db: Database, a: MemoryId, b: MemoryId, relation: str, reason: str) -> None:
    """Say that two memories bear on each other; the same link twice is one."""
    db.execute("INSERT OR IGNORE INTO link (a, b, relation, reason) VALUES (?, ?, ?, ?)", [a, b, relation, reason])


def links(db: Database, id: MemoryId) -> list[Link]:
    """All links of a memory, in either direction."""
    rows = db.query("SELECT * FROM link WHERE a = ? OR b = ? ORDER BY relation, a, b", [id, id])
    return [Link(a=r["a"], b=r["b"], relation=r["relation"], reason=r["reason"]) for r in rows]


def history(db: Database, id: MemoryId) -> list[tuple[int, str, datetime]]:
    """Earlier texts as (version, text, replaced at), oldest first."""
    rows = db.query("SELECT * FROM memory_version WHERE memory = ? ORDER BY version", [id])
    return [(r["version"], json.loads(r["fields"])["text"], moment(r["replaced"], 0)) for r in rows]


def languages(db: Database, *, conversation: str, channel: str, app: str) -> dict[str, int]:
    """How many of the latest memories of a conversation (without one: of a channel and application) are in which."""
    where = (
        "conversation = :conversation" if conversation else "conversation = '' AND channel = :channel AND app = :app"
    )
    rows = db.query(
        f"SELECT language, count(*) AS n FROM (SELECT language FROM memory WHERE {where} AND language != ''"
        " ORDER BY at DESC LIMIT 50) GROUP BY language",
        {"conversation": conversation, "channel": channel, "app": app},
    )
    return {row["language"]: row["n"] for row in rows}


def counts(db: Database) -> dict[str, dict[str, int]]:
    """How many memories by kind, state and facet."""
    return {
        column: {
            row["name"]: row["n"]
            for row in db.query(f"SELECT {column} AS name, count(*) AS n FROM memory GROUP BY {column} ORDER BY 1")
        }
        for column in ("kind", "state", "facet")
    }


def content_hash(db: Database) -> str:
    """SHA-256 over every memory, source and link that remains, in the order of ids (hex).

    The order of saving and the time of saving are left out, so that a copy on another machine agrees.
    """
    digest = hashlib.sha256()
    written = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    tables = (("memory", "id"), ("source", "memory, observation"), ("link", "a, b, relation"))
    for table, order in tables:
        columns = sorted(column.name for column in db[table].columns if column.name not in _OF_THIS_COPY)
        digest.update(written([table, columns]).encode())
        boxes = columns.index("boxes") if "boxes" in columns else None
        for row in db.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"):
            if boxes is not None and isinstance(row[boxes], bytes):  # the same as the JSON of an earlier Mneme
                row = (*row[:boxes], as_json(row[boxes]), *row[boxes + 1 :])
            digest.update(written(row).encode())
    return digest.hexdigest()
