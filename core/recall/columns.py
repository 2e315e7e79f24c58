"""Who, when and where of every memory as columns in RAM, so that ranking needs no row of the vault."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.events import Event, Events, MemoriesChanged, MemoriesForgotten, MemoriesSaved, SleepEnded
from core.memory import OBSERVED, OWN_OUTPUT, Kind, MemoryId, State
from core.store.vault import Vault

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

NOBODY = -1
_CHUNK = 10_000
_PAUSE_IN_APP_S = 600.0
_PAUSE_IN_CONVERSATION_S = 3 * 3600.0
_SKIPPED_STATES = frozenset({State.TO_BE_FORGOTTEN, State.FORGOTTEN})
_KINDS = tuple(Kind)
_FIELDS = (
    "seq, id, kind, facet, state, at, conversation, session, app, speaker, addressee, role, mine, version,"
    " pinned, folded_into IS NOT NULL OR boilerplate AS repeated, superseded_by IS NOT NULL AS replaced,"
    " substr(rtrim(text, ' ' || char(10) || char(9)), -1) = '?' AS asks"
)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One entry a memory in every array, in the order of conversation (or app), time and saving.

    `group`: conversation or app, `session` within it; neighbours are rows of one session. `speaker`, `addressee`,
    `app` index `people` and `apps`, -1 is nobody. `at`: POSIX seconds. `derived`, `source` run in parallel: the
    row of a derived memory and the row of an observation it rests on.
    """

    seq: Ints
    id: NDArray[np.bytes_]
    at: Reals
    group: Ints
    session: Ints
    speaker: Ints
    addressee: Ints
    app: Ints
    kind: Ints
    mine: Flags
    asks: Flags
    own_turn: Flags
    """The person's own turn in a chat with an assistant."""
    observed: Flags
    superseded: Flags
    repeated: Flags
    """A near-duplicate, or boilerplate."""
    edited: Flags
    """Derived, but rewritten or pinned by the person: a hit in its own right."""
    people: tuple[str, ...]
    """Case-folded."""
    apps: tuple[str, ...]
    groups: tuple[str, ...]
    derived: Ints
    source: Ints
    _by_seq: Ints
    _by_id: Ints

    def __len__(self) -> int:
        return len(self.seq)

    def rows_of_seqs(self, seqs: Ints) -> Ints:
        """Their rows; -1 for what is not there."""
        return _places(self.seq, self._by_seq, seqs)

    def rows_of_ids(self, ids: Sequence[MemoryId]) -> Ints:
        """Their rows; -1 for what is not there."""
        return _places(self.id, self._by_id, np.array([id.encode() for id in ids], dtype="S26"))

    def ids(self, rows: Ints) -> list[MemoryId]:
        """The ids of these rows."""
        return [MemoryId(id.decode()) for id in self.id[rows].tolist()]

    def linked(self, distance: int) -> Flags:
        """For each row, whether the row `distance` (1 or 2) before it belongs to the same session."""
        same = np.zeros(len(self), dtype=np.bool_)
        same[distance:] = self.session[distance:] == self.session[:-distance]
        return same & self.observed


def _places(values: NDArray[np.generic], order: Ints, wanted: NDArray[np.generic]) -> Ints:
    if not len(order) or not len(wanted):
        return np.full(len(wanted), -1, dtype=np.int64)
    places = np.searchsorted(values, wanted, sorter=order)
    rows = order[np.minimum(places, len(order) - 1)]
    return np.where(values[rows] == wanted, rows, -1)


class Snapshot:
    """Keeps `Columns` at hand: built at the first question, renewed after what was saved, changed or forgotten.

    A memory that was forgotten or changed is dropped at the event; the rows are read again by the next question.
    """

    def __init__(self, vault: Vault, events: Events) -> None:
        self._vault = vault
        self._lock = threading.Lock()
        self._rows: dict[int, tuple[object, ...]] = {}
        self._seqs: dict[str, int] = {}
        self._newest = 0
        self._stale: set[MemoryId] = set()
        self._dirty = True
        self._sources_dirty = True
        self._columns: Columns | None = None
        self._sources: list[tuple[int, int]] = []
        self.generation = 0
        """Grows with every renewal; what was computed for another one is out of date."""
        self._stop = events.listen(self._heard)

    def close(self) -> None:
        """Stop listening and drop everything."""
        self._stop()
        self._rows.clear()
        self._seqs.clear()
        self._columns = None
        self._newest, self._dirty = 0, True

    def _heard(self, event: Event) -> None:
        if isinstance(event, MemoriesSaved | MemoriesChanged | MemoriesForgotten):
            self._stale.update(event.ids)
            self._sources_dirty |= not isinstance(event, MemoriesSaved)
            self._dirty = True
        elif isinstance(event, SleepEnded):
            self._sources_dirty = self._dirty = True

    def current(self) -> Columns:
        """The columns as of now."""
        with self._lock:
            columns = self._columns
            if columns is None or self._dirty or self._has_grown():
                self._dirty = False
                self._refresh()
                columns = self._columns = _columns(self._rows, self._sources)
                self.generation += 1
            return columns

    def _has_grown(self) -> bool:
        with self._vault.read() as db:
            return _newest(db) != self._newest

    def _refresh(self) -> None:
        stale, self._stale = self._stale, set()
        while True:
            with self._vault.read() as db:
                rows = db.execute(
                    f"SELECT {_FIELDS} FROM memory WHERE seq > ? ORDER BY seq LIMIT ?", [self._newest, _CHUNK]
                ).fetchall()
            self._take(rows)
            if len(rows) < _CHUNK:
                break
            self._newest = int(rows[-1][0])
        known = [id for id in stale if id in self._seqs]
        for start in range(0, len(known), 400):
            part = known[start : start + 400]
            for id in part:
                self._rows.pop(self._seqs.pop(id), None)
            marks = ",".join("?" * len(part))
            with self._vault.read() as db:
                self._take(db.execute(f"SELECT {_FIELDS} FROM memory WHERE id IN ({marks})", part).fetchall())
        with self._vault.read() as db:
            self._newest = _newest(db)
            if self._sources_dirty or any(row[3] not in OBSERVED for row in self._rows.values()):
                self._sources = [(int(a), int(b)) for a, b in db.execute(_SOURCES).fetchall()]
                self._sources_dirty = False

    def _take(self, rows: Iterable[tuple[object, ...]]) -> None:
        for row in rows:
            seq, id = int(str(row[0])), str(row[1])
            if row[4] in _SKIPPED_STATES or row[3] in OWN_OUTPUT:
                continue
            self._rows[seq] = row
            self._seqs[id] = seq


_SOURCES = (
    "SELECT d.seq, o.seq FROM source s JOIN memory d ON d.id = s.memory JOIN memory o ON o.id = s.observation"
    " ORDER BY d.seq, s.rank"
)


def _newest(db: Database) -> int:
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM memory").fetchone()[0])


def _columns(rows: dict[int, tuple[object, ...]], sources: list[tuple[int, int]]) -> Columns:
    """Arrays out of the rows of `_FIELDS`."""
    table = list(zip(*rows.values(), strict=True)) or [()] * 18
    seq, id, kind, facet, state, at, conversation, session, app, speaker, addressee, role = table[:12]
    mine, version, pinned, repeated, replaced, asks = table[12:]
    observed = np.array([name in OBSERVED for name in facet], dtype=np.bool_)
    groups, group = _numbered(
        [f"c {c}" if c else f"a {a}" for c, a in zip(conversation, app, strict=True)], observed, seq
    )
    times, seqs = np.array(at, dtype=np.float64), np.array(seq, dtype=np.int64)
    order = np.lexsort((seqs, times, group))
    people_names, (talks, hears) = _people(speaker, addressee)
    apps, app_numbers = _plain_numbered([str(name).casefold() for name in app])
    roles = np.array(role, dtype=str)[order] if len(rows) else np.array([], dtype=str)
    group, times, observed = group[order], times[order], observed[order]
    assistants = np.unique(group[roles == "assistant"])
    superseded = np.array([s == State.SUPERSEDED for s in state], dtype=np.bool_) | np.array(replaced, np.bool_)
    changed = np.array([v > 1 for v in version], dtype=np.bool_) | np.array(pinned, dtype=np.bool_)
    ids, seqs = np.array(id, dtype="S26")[order], seqs[order]
    by_seq = np.argsort(seqs)
    pairs = np.array(sources, dtype=np.int64).reshape(-1, 2)
    derived, source = _places(seqs, by_seq, pairs[:, 0]), _places(seqs, by_seq, pairs[:, 1])
    live = (derived >= 0) & (source >= 0)
    return Columns(
        seq=seqs,
        id=ids,
        at=times,
        group=group,
        session=_sessions(group, times, np.array(session, dtype=object)[order], groups),
        speaker=talks[order],
        addressee=hears[order],
        app=app_numbers[order],
        kind=np.array([_KINDS.index(Kind(str(name))) for name in kind], dtype=np.int64)[order],
        mine=np.array(mine, dtype=np.bool_)[order],
        asks=np.array(asks, dtype=np.bool_)[order],
        own_turn=(roles == "user") & np.isin(group, assistants),
        observed=observed,
        superseded=superseded[order],
        repeated=np.array(repeated, dtype=np.bool_)[order],
        edited=changed[order] & ~observed,
        people=people_names,
        apps=apps,
        groups=groups,
        derived=derived[live],
        source=source[live],
        _by_seq=by_seq,
        _by_id=np.argsort(ids, kind="stable"),
    )


def kind_number(kind: Kind) -> int:
    """How `Columns.kind` writes it."""
    return _KINDS.index(kind)


def _plain_numbered(names: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    numbers: dict[str, int] = {}
    column = [numbers.setdefault(name, len(numbers)) if name else NOBODY for name in names]
    return tuple(numbers), np.array(column, dtype=np.int64)


def _numbered(names: list[str], observed: Flags, seq: Sequence[object]) -> tuple[tuple[str, ...], Ints]:
    """Groups of the observed; what is derived stands each alone."""
    return _plain_numbered([n if o else f"d {s}" for n, o, s in zip(names, observed, seq, strict=True)])


def _people(speaker: Sequence[object], addressee: Sequence[object]) -> tuple[tuple[str, ...], tuple[Ints, Ints]]:
    names, numbers = _plain_numbered([str(name).strip().casefold() for name in (*speaker, *addressee)])
    return names, (numbers[: len(speaker)], numbers[len(speaker) :])


def _sessions(group: Ints, at: Reals, session: NDArray[np.object_], groups: tuple[str, ...]) -> Ints:
    """Numbers that change with the group, the session's name or, where it has none, after a long pause."""
    if not len(group):
        return np.array([], dtype=np.int64)
    in_conversation = np.array([name.startswith("c ") for name in groups], dtype=np.bool_)[group]
    longest = np.where(in_conversation, _PAUSE_IN_CONVERSATION_S, _PAUSE_IN_APP_S)[1:]
    named = (session[1:] != "").astype(np.bool_)
    turned = (group[1:] != group[:-1]) | (session[1:] != session[:-1])
    turned |= ~named & (np.diff(at) > longest)
    return np.concatenate(([0], np.cumsum(turned))).astype(np.int64)
