"""Forgetting: gone from rows, words, vectors, versions, journal, pictures and free pages, with the proof."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from core.errors import Cancelled, DiskFull
from core.memory import Forgotten, MediaId, Memory, MemoryId, Proof, State
from core.store import echoes, grams, indexing, memories, screens, tombstones
from core.store.backup import copies_with, release_reserve
from core.store.envelope import content_keys
from core.store.media import Media
from core.store.pieces import PieceId
from core.store.screens import Cut, Rect
from core.store.vault import Vault
from core.store.vectors import Vectors

T = TypeVar("T")

_MOST_BLACKENED = 12
"""Pictures in one forget: a third of a second each; those of older screens go instead."""
_TOLD_EVERY = 8
"""Steps, of which a hundred take about a second."""
_LEAST_TRACE = 12
"""Bytes; shorter pieces of text occur by chance and prove nothing."""
_PIECE = 64
_NEEDLES = 16
"""Places of one memory that are looked for; a text of 10 MB has thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doomed:
    ids: list[MemoryId]
    derived: list[MemoryId]
    cuts: list[Cut]
    """Screens that stay, without the words of the turns that go."""
    black: dict[MediaId, tuple[Rect, ...]]
    dropped: list[MediaId]
    """Pictures of those screens: where they are blackened, and those that go."""
    files: tuple[Path, ...]
    """Of the pictures that are blackened, as they are until then."""
    pieces: list[PieceId]
    rows: list[dict[str, Any]]
    pictures: list[MediaId]
    needles: dict[str, list[bytes]]

    @property
    def everything(self) -> list[MemoryId]:
        return [*self.ids, *self.derived]

    @property
    def content_keys(self) -> list[bytes]:
        """Of all that goes: the same words may stand in a copy under another id."""
        return [bytes(row["content_key"]) for row in self.rows]

    @property
    def cut(self) -> list[MemoryId]:
        """The screens that stay without some words."""
        return [MemoryId(one.row["id"]) for one in self.cuts]


def forget(
    vault: Vault,
    media: Media,
    vectors: Vectors | None,
    ids: Sequence[MemoryId],
    *,
    told: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Forgotten:
    """Forget these memories and what was derived from any of them; nothing brings them back.

    Screens that show a turn that was read from them lose its words, in the text and in the picture; turns that were
    read from a screen alone go with it. What they had been derived together with goes back to `captured`, so that the
    next sleep reads it anew without them. Backups and exports are not touched: the proof names the own copies that hold
    any of it, the caller the exports. On a full disk the reserve is given back first. `told` hears how much is done, of
    how much. Raises DiskFull when even that does not do, Locked, VaultProblem; Cancelled, with nothing forgotten, where
    that was asked for before the end.
    """
    with vault.read() as db:
        doomed = _doomed(db, ids, media, vectors)
        before = _places(db, doomed, media, vectors)
    if not doomed.ids:
        return Forgotten()
    before |= {"pages on disk": vault.traces(_all(doomed))}
    vault.interrupt_readers()
    files = _with_room(vault, lambda: _erased(vault, doomed, media, _Steps(_steps_of(doomed), told, cancelled)))
    media.discard(files)
    if vectors is not None:
        vectors.remove([*doomed.everything, *doomed.cut])
    _with_room(vault, vault.checkpoint)
    with vault.read() as db:
        after = _places(db, doomed, media, vectors)
    after |= {"pages on disk": vault.traces(_all(doomed))}
    return Forgotten(
        forgotten=tuple(doomed.ids),
        derived=tuple(doomed.derived),
        cut=tuple(doomed.cut),
        unshown=len(doomed.dropped),
        proof=Proof(
            places={place: (before[place], after[place]) for place in before},
            remaining=copies_with(vault, [*doomed.everything, *doomed.cut], doomed.content_keys),
        ),
    )


def _with_room(vault: Vault, work: Callable[[], T]) -> T:
    """The work; where the disk is too full for it, once more with the reserve given back. Raises DiskFull."""
    try:
        return work()
    except DiskFull:
        if not release_reserve(vault.paths):
            raise
        return work()


@dataclass(slots=True)
class _Steps:
    """How far one forget is."""

    total: int
    told: Callable[[int, int], None]
    cancelled: Callable[[], bool]
    done: int = 0

    def step(self) -> None:
        """One more is done. Raises Cancelled."""
        if self.cancelled():
            raise Cancelled("The forgetting")
        self.done = min(self.total, self.done + 1)
        if self.done % _TOLD_EVERY == 0 or self.done == self.total:
            self.told(self.done, self.total)


def _steps_of(doomed: _Doomed) -> int:
    return 2 * len(doomed.rows) + 3 * len(doomed.cuts) + len(doomed.black)


def _erased(vault: Vault, doomed: _Doomed, media: Media, steps: _Steps) -> tuple[Path, ...]:
    with vault.write() as db:
        _erase_rows(db, doomed, steps.step)
        tombstones.bury(db, screens.apply(db, doomed.cuts, content_keys(vault), steps.step))
        memories.drop_pictures(db, doomed.dropped)
        return media.blacken(db, doomed.black, [*doomed.pictures, *doomed.dropped], steps.step)


def _doomed(db: Database, ids: Sequence[MemoryId], media: Media, vectors: Vectors | None) -> _Doomed:
    here = [memory.id for memory in memories.many(db, list(dict.fromkeys(ids)))]
    named = _rows(db, here)
    read = screens.read_only_in(db, named, here)
    cuts = screens.showing(db, named, here)
    cut = [MemoryId(one.row["id"]) for one in cuts]
    derived = [*read, *memories.derived_from(db, [*here, *read, *cut])]
    roots = [*here, *echoes.named_after(db, _rows(db, [*here, *derived]))]
    derived = memories.derived_from(db, roots, [*here, *cut])
    rows = _rows(db, [*here, *derived])
    black, dropped = _pictures_of(db, cuts, media)
    return _Doomed(
        ids=here,
        derived=derived,
        cuts=cuts,
        black=black,
        dropped=dropped,
        files=tuple(file for picture in black for file in media.files(picture)),
        pieces=[] if vectors is None else vectors.pieces_of([*here, *derived, *cut]),
        rows=rows,
        pictures=_pictures_only_of(db, rows),
        needles={
            "text": _text_needles(db, rows, cuts),
            "vectors": _vector_needles(db, [*here, *derived, *cut]),
        },
    )


def _pictures_of(
    db: Database, cuts: Sequence[Cut], media: Media
) -> tuple[dict[MediaId, tuple[Rect, ...]], list[MediaId]]:
    """Which pictures are blackened where, the latest of them; those that go, for they are small by now, or too many."""
    black: dict[MediaId, tuple[Rect, ...]] = {}
    dropped: list[MediaId] = []
    for cut in sorted(cuts, key=lambda one: -one.row["seq"]):
        if not cut.row["picture"]:
            continue
        facts = media.facts(db, MediaId(cut.row["picture"]))
        if facts.whole and facts.form != "half" and cut.black and len(black) < _MOST_BLACKENED:
            black[facts.id] = cut.black
        else:
            dropped.append(facts.id)
    return black, dropped


def _rows(db: Database, ids: Sequence[MemoryId]) -> list[dict[str, Any]]:
    wanted = json.dumps(list(ids))
    return list(db.query("SELECT * FROM memory WHERE id IN (SELECT value FROM json_each(?))", [wanted]))


def _all(doomed: _Doomed) -> list[bytes]:
    return [needle for needles in doomed.needles.values() for needle in needles]


def _pictures_only_of(db: Database, rows: list[dict[str, Any]]) -> list[MediaId]:
    gone = json.dumps([row["id"] for row in rows])
    wanted = {row["picture"] for row in rows if row["picture"]}
    shared = {
        row["picture"]
        for row in db.query(
            "SELECT DISTINCT picture FROM memory WHERE picture IN (SELECT value FROM json_each(?))"
            " AND id NOT IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(wanted)), gone],
        )
    }
    return [MediaId(picture) for picture in sorted(wanted - shared)]


def _text_needles(db: Database, rows: list[dict[str, Any]], cuts: Sequence[Cut]) -> list[bytes]:
    """The beginning of each text and of its pieces, where what remains does not hold it, to look for in the pages."""
    gone = json.dumps([*(row["id"] for row in rows), *(cut.row["id"] for cut in cuts)])
    ranges = indexing.ranges(db, [row["seq"] for row in rows])
    starts = {
        text[begin : begin + _PIECE]
        for row in rows
        for text, places in ((row["text"], _some(ranges.get(row["seq"], ((0, 0),)))), (row["caption"], [(0, 0)]))
        for begin, _ in places
    } | {run[:_PIECE] for cut in cuts for run in cut.gone}
    pieces = {text for text in starts if len(text.encode("utf-8", "replace")) >= _LEAST_TRACE}
    spread = {text for start in starts if len((text := grams.spread(start).strip()).encode()) >= _LEAST_TRACE}
    remaining = (
        {
            row["piece"]
            for row in db.query(
                "SELECT p.value AS piece FROM json_each(?) p WHERE EXISTS (SELECT 1 FROM memory m"
                " WHERE m.id NOT IN (SELECT value FROM json_each(?))"
                " AND instr(m.text || char(10) || m.caption, p.value) > 0)",
                [json.dumps(sorted(pieces)), gone],
            )
        }
        if pieces
        else set()
    )
    unique = sorted(pieces - remaining) + sorted(
        spread - grams.held_by_others(db, [row["seq"] for row in (*rows, *(cut.row for cut in cuts))], spread)
    )
    return [piece.encode("utf-8", "replace") for piece in unique]


def _some(found: Sequence[T]) -> list[T]:
    """At most `_NEEDLES` of them, from all over."""
    return list(found[:: -(-len(found) // _NEEDLES)]) if found else []


def _vector_needles(db: Database, ids: list[MemoryId]) -> list[bytes]:
    """The beginning of each vector that no other memory has: the same words elsewhere have the same vector."""
    gone = json.dumps(ids)
    starts: dict[str, list[bytes]] = {}
    for row in db.query(
        f"SELECT memory, substr(floats, 1, {_PIECE}) AS start FROM vector"
        " WHERE memory IN (SELECT value FROM json_each(?)) ORDER BY memory, piece",
        [gone],
    ):
        starts.setdefault(row["memory"], []).append(bytes(row["start"]))
    wanted = {start for found in starts.values() for start in _some(found)}
    elsewhere = db.execute(
        f"SELECT DISTINCT substr(floats, 1, {_PIECE}) FROM vector WHERE memory NOT IN (SELECT value FROM json_each(?))"
        f" AND hex(substr(floats, 1, {_PIECE})) IN (SELECT value FROM json_each(?))",
        [gone, json.dumps([start.hex().upper() for start in wanted])],
    )
    return sorted(wanted - {bytes(row[0]) for row in elsewhere})


def _places(db: Database, doomed: _Doomed, media: Media, vectors: Vectors | None) -> dict[str, int]:
    everything = json.dumps(doomed.everything)

    def rows_of(table: str, column: str = "memory") -> int:
        found = db.execute(
            f"SELECT count(*) FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))", [everything]
        )
        return int(found.fetchone()[0])

    return {
        "memories": rows_of("memory", "id"),
        "full text": indexing.rows(db, [row["seq"] for row in doomed.rows]),
        "parts of words": grams.rows(db, [row["seq"] for row in doomed.rows]),
        "earlier versions": rows_of("memory_version"),
        "vectors in the vault": rows_of("vector"),
        "vectors in the index": vectors.traces(doomed.pieces) if vectors is not None else 0,
        "journal": echoes.speaking(db, doomed.everything),
        "pictures": sum(
            file.exists()
            for file in (
                *doomed.files,
                *(file for picture in (*doomed.pictures, *doomed.dropped) for file in media.files(picture)),
            )
        ),
        "screens that show it": screens.count_showing(db, doomed.rows, doomed.cut),
    }


def _erase_rows(db: Database, doomed: _Doomed, step: Callable[[], None]) -> None:
    everything = json.dumps(doomed.everything)
    inside = "IN (SELECT value FROM json_each(?))"
    named = set(doomed.ids)
    # What fell only because its source did may be derived again from another one.
    tombstones.bury(db, (row["content_key"] for row in doomed.rows if row["id"] in named))
    _read_again(db, everything, inside)
    episodes = {row["episode"] for row in doomed.rows if row["episode"]}
    indexing.drop(db, [row["seq"] for row in doomed.rows], step)
    for table, column in (
        ("vector", "memory"),
        ("outbox", "memory"),
        ("memory_version", "memory"),
        ("used", "memory"),
        ("source", "memory"),
        ("source", "observation"),
        ("link", "a"),
        ("link", "b"),
        ("conflict", "memory"),
        ("conflict", "against"),
    ):
        db.execute(f"DELETE FROM {table} WHERE {column} {inside}", [everything])
    echoes.hold_again(db, doomed.rows)
    echoes.silence(db, doomed.everything)
    db.execute(f"UPDATE memory SET folded_into = NULL WHERE folded_into {inside}", [everything])
    db.execute(f"DELETE FROM memory WHERE id {inside}", [everything])
    for episode in episodes:
        db.execute(
            "DELETE FROM episode WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM memory WHERE episode = ?1)",
            [episode],
        )
        db.execute("UPDATE episode SET title = '' WHERE id = ?", [episode])


def _read_again(db: Database, everything: str, inside: str) -> None:
    """What was derived together with the forgotten is to be read anew by the next sleep.

    Where a summary or digest rested on nothing else, the first observation of its episode or time stands for the rest.
    """
    left = f"o.channel != 'sleep' AND o.kind != 'secret' AND o.state IN ('active', 'faded') AND o.id NOT {inside}"
    for facets, same in (
        ("'summary'", "o.episode = d.episode"),
        ("'digest', 'week'", "o.at BETWEEN d.valid_from AND d.valid_to"),
    ):
        db.execute(
            "UPDATE memory SET state = ? WHERE seq IN (SELECT min(o.seq) FROM memory d JOIN memory o"
            f" ON {same} AND {left} WHERE d.facet IN ({facets}) AND d.id {inside} GROUP BY d.id)",
            [State.CAPTURED.value, everything, everything],
        )
    db.execute(
        f"UPDATE memory SET state = ? WHERE state IN ('active', 'faded') AND id NOT {inside}"
        f" AND id IN (SELECT observation FROM source WHERE memory {inside})",
        [State.CAPTURED.value, everything, everything],
    )


def describe(found: Sequence[Memory]) -> str:
    """One line for the person before a forget: how many, from when to when."""
    if not found:
        return "Nothing matches."
    first, last = min(m.at for m in found), max(m.at for m in found)
    many = "1 memory" if len(found) == 1 else f"{len(found)} memories"
    return f"{many} from {first:%d %b %Y %H:%M} to {last:%d %b %Y %H:%M}"
