"""Who, when and where of every memory as columns in RAM, so that ranking needs no row of the vault."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from core.errors import Problem
from core.events import Event, Events, MemoriesChanged, MemoriesForgotten, MemoriesSaved, SleepEnded
from core.memory import LEAVING, OBSERVED, OWN_OUTPUT, Facet, Kind, MemoryId, State
from core.recall.ordering import Ordered, arranged, with_new
from core.store import columnar, tonight
from core.store.vault import Vault

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

NOBODY = -1
_CHUNK = 10_000
_PAUSE_IN_APP_S = 600.0
_PAUSE_IN_CONVERSATION_S = 3 * 3600.0
_KINDS = tuple(Kind)
_FACETS = tuple(Facet)
_REWRITTEN_BY_HAND = (Facet.FACT, Facet.PROMISE, Facet.APPOINTMENT)
"""The others a sleep writes anew by itself: that there are several versions of one says nothing."""
_KIND_NUMBERS = {kind.value: number for number, kind in enumerate(_KINDS)}
_FACET_NUMBERS = {facet.value: number for number, facet in enumerate(_FACETS)}


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One entry a memory in every array, in the order of conversation (or app), time and saving.

    `group`: conversation or app (below 0: derived, each alone), `session` within it; neighbours are rows of one
    session. `speaker`, `addressee`, `app`, `language` index `people`, `apps` and `languages`, -1 is nobody or none.
    `at`: POSIX seconds. `derived`, `source` run in parallel: the row of a derived memory and the row of an
    observation it rests on.
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
    facet: Ints
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
    language: Ints
    people: tuple[str, ...]
    """Case-folded."""
    apps: tuple[str, ...]
    groups: tuple[str, ...]
    languages: tuple[str, ...]
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

    def usual_language(self, rows: Flags) -> str:
        """The commonest language among these rows (flags); empty when none of them is known."""
        if not self.languages:
            return ""
        here = self.language[rows]
        counted = np.bincount(here[here >= 0], minlength=len(self.languages))
        return self.languages[int(counted.argmax())] if counted.any() else ""

    def in_languages(self, wanted: Callable[[str], bool]) -> Flags:
        """For each row, whether its language is wanted; an untold one counts as the empty string."""
        flags = np.array([*(wanted(language) for language in self.languages), wanted("")], dtype=np.bool_)
        return np.asarray(flags[self.language])

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

    A memory that was forgotten or changed is left out from the next question on; every hit is joined to the vault.
    """

    def __init__(self, vault: Vault, events: Events) -> None:
        self._vault = vault
        self._lock = threading.Lock()
        self._stale: set[MemoryId] = set()
        self._clear()
        self.edition = 0
        """Grows when memories were changed or forgotten, not when only new ones came."""
        self._stop = events.listen(self._heard)

    def _clear(self) -> None:
        self._ordered = arranged(_EMPTY)
        self._late: list[NDArray[np.void]] = []
        """Entries that were read and are not in order yet."""
        self._names: dict[str, dict[str, int]] = {
            "people": {},
            "apps": {},
            "groups": {},
            "sessions": {"": 0},
            "languages": {},
        }
        self._sources: NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)
        self._columns: Columns | None = None
        self._newest = 0
        self._dirty = True

    def close(self) -> None:
        """Stop listening and drop everything."""
        self._stop()
        with self._lock:
            self._clear()

    def _heard(self, event: Event) -> None:
        if isinstance(event, MemoriesChanged | MemoriesForgotten):
            self._stale.update(event.ids)
        if isinstance(event, MemoriesSaved | MemoriesChanged | MemoriesForgotten | SleepEnded):
            self._dirty = True

    def current(self) -> Columns:
        """The columns as of now."""
        with self._lock:
            columns = self._columns
            if columns is None or self._dirty or self._has_grown():
                self._dirty = False
                try:
                    self._refresh()
                except Problem:
                    self._dirty = True
                    raise
                columns = self._columns = _columns(self._ordered, self._names, self._sources)
            return columns

    @property
    def newest(self) -> int:
        """The greatest seq that the columns have seen."""
        return self._newest

    def _has_grown(self) -> bool:
        with self._vault.read() as db:
            return tonight.newest(db) != self._newest

    def _refresh(self) -> None:
        stale = set(self._stale)
        full = True
        while full:
            with self._vault.read() as db:
                columns = columnar.after(db, self._newest, _CHUNK)
            seqs = columns["seq"]
            full = len(seqs) == _CHUNK
            self._take(columns)
            self._newest = int(seqs[-1]) if seqs else self._newest
        self._arrange()
        gone = np.isin(self._ordered.id, np.array([id.encode() for id in stale], dtype="S26"))
        if gone.any():
            again = [id.decode() for id in self._ordered.id[gone].tolist()]
            self._ordered = arranged(self._ordered.table[~gone])
            for start in range(0, len(again), 400):
                with self._vault.read() as db:
                    self._take(columnar.of(db, again[start : start + 400]))
            self._arrange()
        with self._vault.read() as db:
            newest = tonight.newest(db)
            if stale or newest < self._newest:
                self.edition += 1
            # Never higher: what was saved since the last row was read is still to be taken.
            self._newest = min(newest, self._newest)
            self._sources = np.array(columnar.source_pairs(db), dtype=np.int64).reshape(-1, 2)
        self._stale -= stale

    def _arrange(self) -> None:
        self._ordered = with_new(self._ordered, np.concatenate((_EMPTY, *self._late)))
        self._late.clear()

    def _take(self, columns: columnar.Table) -> None:
        """Rows of `columnar` with every name as its number, to be put in order."""
        pairs = zip(columns["state"], columns["facet"], strict=True)
        kept = [state not in LEAVING and facet not in OWN_OUTPUT for state, facet in pairs]
        if not all(kept):
            columns = {name: list(compress(column, kept)) for name, column in columns.items()}
        seq = np.array(columns["seq"], dtype=np.int64)
        if not len(seq):
            return
        entries = np.zeros(len(seq), dtype=_ENTRY)
        entries["seq"] = seq
        entries["id"] = np.array(columns["id"], dtype="S26")
        entries["at"] = np.array(columns["at"], dtype=np.int64) / 1e6
        observed = np.array([facet in OBSERVED for facet in columns["facet"]], dtype=np.bool_)
        entries["observed"] = observed
        places = zip(columns["conversation"], columns["app"], columns["facet"], strict=True)
        groups = [(f"c {said}" if said else f"a {app}") if facet in OBSERVED else "" for said, app, facet in places]
        entries["group"] = np.where(observed, self._numbers("groups", groups), -1 - seq)
        entries["session"] = self._numbers("sessions", columns["session"])
        for name in ("speaker", "addressee"):
            entries[name] = self._numbers("people", columns[name], lambda person: person.strip().casefold())
        entries["app"] = self._numbers("apps", columns["app"], str.casefold)
        entries["language"] = self._numbers("languages", columns["language"])
        entries["kind"] = [_KIND_NUMBERS[kind] for kind in columns["kind"]]
        entries["facet"] = [_FACET_NUMBERS[facet] for facet in columns["facet"]]
        entries["role"] = [_ROLES.get(role, 0) for role in columns["role"]]
        for name in ("mine", "asks", "repeated"):
            entries[name] = columns[name]
        superseded = np.array([state == State.SUPERSEDED for state in columns["state"]], dtype=np.bool_)
        entries["superseded"] = superseded | np.array(columns["replaced"], dtype=np.bool_)
        by_hand = np.isin(entries["facet"], [facet_number(facet) for facet in _REWRITTEN_BY_HAND])
        rewritten = by_hand & (np.array(columns["version"]) > 1)
        entries["edited"] = ~observed & (rewritten | np.array(columns["pinned"], dtype=np.bool_))
        self._late.append(entries)

    def _numbers(self, column: str, names: Sequence[str], plain: Callable[[str], str] = str) -> Ints:
        """Each name's number, new ones counted on; NOBODY for none, but for a session."""
        numbers = self._names[column]
        by_name: dict[str, int] = {}
        for name in dict.fromkeys(names):
            known = plain(name)
            if known or column == "sessions":
                by_name[name] = numbers.setdefault(known, len(numbers))
            else:
                by_name[name] = NOBODY
        return np.array([by_name[name] for name in names], dtype=np.int64)


_ENTRY = np.dtype(
    [
        ("seq", "i8"),
        ("id", "S26"),
        ("at", "f8"),
        ("group", "i8"),
        ("session", "i4"),
        ("speaker", "i4"),
        ("addressee", "i4"),
        ("app", "i4"),
        ("kind", "i1"),
        ("facet", "i1"),
        ("mine", "?"),
        ("asks", "?"),
        ("role", "i1"),
        ("observed", "?"),
        ("superseded", "?"),
        ("repeated", "?"),
        ("edited", "?"),
        ("language", "i2"),
    ]
)
_EMPTY = np.empty(0, dtype=_ENTRY)
_USER, _ASSISTANT = 1, 2
_ROLES = {"user": _USER, "assistant": _ASSISTANT}


def _columns(ordered: Ordered, names: dict[str, dict[str, int]], sources: Ints) -> Columns:
    """The entries in order, with sessions told apart and places to look things up by."""
    table, group, seq, by_seq = ordered.table, ordered.group, ordered.seq, ordered.by_seq
    role = table["role"]
    derived, source = _places(seq, by_seq, sources[:, 0]), _places(seq, by_seq, sources[:, 1])
    live = (derived >= 0) & (source >= 0)
    groups = tuple(names["groups"])
    return Columns(
        seq=seq,
        id=ordered.id,
        at=ordered.at,
        group=group,
        session=_sessions(group, ordered.at, table["session"], groups),
        speaker=table["speaker"].astype(np.int64),
        addressee=table["addressee"].astype(np.int64),
        app=table["app"].astype(np.int64),
        kind=table["kind"].astype(np.int64),
        facet=table["facet"].astype(np.int64),
        mine=table["mine"].copy(),
        asks=table["asks"].copy(),
        own_turn=(role == _USER) & np.isin(group, np.unique(group[role == _ASSISTANT])),
        observed=table["observed"].copy(),
        superseded=table["superseded"].copy(),
        repeated=table["repeated"].copy(),
        edited=table["edited"].copy(),
        language=table["language"].astype(np.int64),
        people=tuple(names["people"]),
        apps=tuple(names["apps"]),
        groups=groups,
        languages=tuple(names["languages"]),
        derived=derived[live],
        source=source[live],
        _by_seq=by_seq,
        _by_id=ordered.by_id,
    )


def kind_number(kind: Kind) -> int:
    """How `Columns.kind` writes it."""
    return _KINDS.index(kind)


def facet_number(facet: Facet) -> int:
    """How `Columns.facet` writes it."""
    return _FACETS.index(facet)


def _sessions(group: Ints, at: Reals, session: NDArray[np.int32], groups: tuple[str, ...]) -> Ints:
    """Numbers that change with the group, the session's name or, where it has none, after a long pause."""
    if not len(group):
        return np.array([], dtype=np.int64)
    conversations = np.array([name.startswith("c ") for name in groups] + [False], dtype=np.bool_)
    longest = np.where(conversations[np.maximum(group, -1)], _PAUSE_IN_CONVERSATION_S, _PAUSE_IN_APP_S)[1:]
    turned = (group[1:] != group[:-1]) | (session[1:] != session[:-1])
    turned |= (session[1:] == 0) & (np.diff(at) > longest)
    return np.concatenate(([0], np.cumsum(turned))).astype(np.int64)
