"""What is found of a memory: its pieces, their words, and its place among those that wait for vectors."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from core.memory import Kind, MemoryId
from core.store import grams, pieces, words
from core.store.blocks import blocks
from core.store.boxes import NONE, unpacked
from core.store.pieces import Range


def put(db: Database, seq: int, row: Mapping[str, Any]) -> None:
    """Index a row of `memory` in place of what was indexed of it before, and queue its vectors.

    The caption and the window's title belong to the first piece.
    """
    words.drop(db, [seq])
    texts = _put_pieces(db, seq, row, _split(row))
    words.put(db, seq)
    _put_grams(db, seq, row["language"], texts)


def put_shortened(db: Database, rows: Sequence[tuple[Mapping[str, Any], str]], step: Callable[[], None]) -> None:
    """Index rows of `memory` anew that words were taken out of, each beside its text before; `step` after each row.

    Their words were dropped already. Each index takes all of them at once, without writing it down in between.
    """
    ordered = sorted(rows, key=lambda pair: int(pair[0]["seq"]))
    lay = ranges(db, [row["seq"] for row, _ in ordered])
    texts = [
        _put_pieces(
            db, row["seq"], row, pieces.shortened(before, row["text"], lay.get(row["seq"], ((0, len(before)),)))
        )
        for row, before in ordered
    ]
    for row, _ in ordered:
        words.put(db, row["seq"])
    for (row, _), parts in zip(ordered, texts, strict=True):
        _put_grams(db, row["seq"], row["language"], parts)
        step()


def _put_pieces(db: Database, seq: int, row: Mapping[str, Any], lie: Sequence[Range]) -> list[str]:
    """Keep where the pieces of a row lie and queue its vectors; what is indexed of each piece."""
    _drop_pieces(db, [seq])
    if len(lie) > 1:
        for number, (begin, end) in enumerate(lie):
            db.execute("INSERT INTO piece (seq, number, begins, ends) VALUES (?, ?, ?, ?)", [seq, number, begin, end])
    if row["kind"] != Kind.SECRET and (row["text"] or row["caption"]):
        db.execute("INSERT OR REPLACE INTO outbox (seq, memory, piece) VALUES (?, ?, 0)", [seq, row["id"]])
    return _texts(row, lie)


def put_language(db: Database, seq: int, row: Mapping[str, Any]) -> None:
    """Index a row of `memory` whose language alone has changed."""
    _put_grams(db, seq, row["language"], _texts(row, ranges(db, [seq]).get(seq, ((0, len(row["text"])),))))


def _split(row: Mapping[str, Any]) -> tuple[Range, ...]:
    """The pieces of a row's text; of a screen by its blocks too."""
    long = len(row["text"]) > pieces.LONG and row["boxes"] != NONE
    return pieces.split(row["text"], blocks(row["text"], unpacked(row["boxes"])) if long else ())


def _texts(row: Mapping[str, Any], ranges: Sequence[Range]) -> list[str]:
    """What is indexed of each piece."""
    texts = [row["text"][begin:end] for begin, end in ranges]
    texts[0] = "\n".join(part for part in (texts[0], row["caption"], row["window"]) if part)
    return texts


def _put_grams(db: Database, seq: int, language: str, texts: Sequence[str]) -> None:
    if grams.wanted(language):
        grams.put(db, seq, texts)
    else:
        grams.drop(db, [seq])


def drop(db: Database, seqs: Sequence[int], step: Callable[[], None] = lambda: None) -> None:
    """Take memories out of the index; their vectors are the caller's. `step` is called twice for each."""
    words.drop(db, seqs, step)
    grams.drop(db, seqs, step)
    _drop_pieces(db, seqs)
    db.execute("DELETE FROM untold WHERE seq IN (SELECT value FROM json_each(?))", [json.dumps(list(seqs))])


def _drop_pieces(db: Database, seqs: Sequence[int]) -> None:
    for table in ("piece", "unsplit"):
        db.execute(f"DELETE FROM {table} WHERE seq IN (SELECT value FROM json_each(?))", [json.dumps(list(seqs))])


def rows(db: Database, seqs: Sequence[int]) -> int:
    """How many rows of the index belong to these memories: of words, and of where their pieces lie."""
    within = "SELECT count(*) FROM piece WHERE seq IN (SELECT value FROM json_each(?))"
    return words.rows(db, seqs) + int(db.execute(within, [json.dumps(list(seqs))]).fetchone()[0])


def ranges(db: Database, seqs: Sequence[int]) -> dict[int, tuple[Range, ...]]:
    """The pieces of those of these memories that have more than one, as ranges of their text, by seq."""
    found: dict[int, list[Range]] = {}
    for row in db.query(
        "SELECT seq, begins, ends FROM piece WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq, number",
        [json.dumps(list(seqs))],
    ):
        found.setdefault(row["seq"], []).append((row["begins"], row["ends"]))
    return {seq: tuple(listed) for seq, listed in found.items()}


def any_unsplit(db: Database) -> bool:
    """Whether `split_some` has work to do."""
    return bool(db.execute("SELECT 1 FROM unsplit LIMIT 1").fetchone())


def split_some(db: Database, limit: int) -> list[MemoryId]:
    """Split up to `limit` memories that were kept before long texts were split, the newest first; which ones.

    The vector of the whole stays until those of the pieces come.
    """
    found = list(
        db.query("SELECT m.* FROM unsplit u JOIN memory m ON m.seq = u.seq ORDER BY u.seq DESC LIMIT ?", [limit])
    )
    for row in found:
        put(db, row["seq"], row)
    return [MemoryId(row["id"]) for row in found]


def untold(db: Database, limit: int) -> list[MemoryId]:
    """Memories whose language nobody has looked at yet, the newest first."""
    found = db.query("SELECT m.id FROM untold u JOIN memory m ON m.seq = u.seq ORDER BY u.seq DESC LIMIT ?", [limit])
    return [MemoryId(row["id"]) for row in found]


def told(db: Database, id: MemoryId, language: str) -> None:
    """Keep a memory's language, found after it was kept, and index it as that language asks."""
    for row in list(db.query("SELECT * FROM memory WHERE id = ?", [id])):
        db.execute("UPDATE memory SET language = ? WHERE seq = ?", [language, row["seq"]])
        db.execute("DELETE FROM untold WHERE seq = ?", [row["seq"]])
        put_language(db, row["seq"], row | {"language": language})
