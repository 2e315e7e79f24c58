"""The order of entries by conversation, time and saving: made once, then kept as what is new is put in its place."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

FEW = 256
"""New entries up to which each is put in its place; more are sorted anew with all others."""


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Entries with the fields `group`, `at`, `seq` and `id`, in the order of the first three.

    `by_seq`, `by_id`: rows in the order of these fields.
    """

    table: NDArray[Any]
    group: Ints
    at: NDArray[np.float64]
    seq: Ints
    id: NDArray[np.bytes_]
    by_seq: Ints
    by_id: Ints

    def __len__(self) -> int:
        return len(self.table)


def arranged(table: NDArray[Any]) -> Ordered:
    """Entries in any order, sorted."""
    table = table[np.lexsort((table["seq"], table["at"], table["group"]))]
    seq, id = table["seq"].copy(), table["id"].copy()
    by_seq = np.argsort(seq, kind="stable")
    return _ordered(table, seq, id, by_seq, np.argsort(id, kind="stable"))


def with_new(old: Ordered, new: NDArray[Any]) -> Ordered:
    """The same as sorting both together, in a small part of the time where `new` are few."""
    if len(new) > FEW:
        return arranged(np.concatenate((old.table, new)))
    if not len(new):
        return old
    new = new[np.lexsort((new["seq"], new["at"], new["group"]))]
    places = np.array([_place(old, entry) for entry in new], dtype=np.int64)
    rows = np.arange(len(old))
    moved = rows + np.searchsorted(places, rows, side="right")
    at_rows = places + np.arange(len(new))
    table = np.insert(old.table, places, new)
    seq, id = np.insert(old.seq, places, new["seq"]), np.insert(old.id, places, new["id"])
    by_seq = _with_rows(old.seq, old.by_seq, moved, new["seq"], at_rows)
    return _ordered(table, seq, id, by_seq, _with_rows(old.id, old.by_id, moved, new["id"], at_rows))


def _ordered(table: NDArray[Any], seq: Ints, id: NDArray[np.bytes_], by_seq: Ints, by_id: Ints) -> Ordered:
    return Ordered(table, table["group"].copy(), table["at"].copy(), seq, id, by_seq, by_id)


def _place(old: Ordered, entry: NDArray[Any]) -> int:
    """The row before which an entry belongs."""
    begin = np.searchsorted(old.group, entry["group"], side="left")
    end = np.searchsorted(old.group, entry["group"], side="right")
    first = begin + np.searchsorted(old.at[begin:end], entry["at"], side="left")
    last = begin + np.searchsorted(old.at[begin:end], entry["at"], side="right")
    return int(first + np.searchsorted(old.seq[first:last], entry["seq"]))


def _with_rows(values: NDArray[np.generic], order: Ints, moved: Ints, new: NDArray[np.generic], new_rows: Ints) -> Ints:
    """The order of all values once the old rows have moved and the new ones stand at `new_rows`."""
    among_new = np.argsort(new, kind="stable")
    places = np.searchsorted(values, new[among_new], sorter=order)
    return np.insert(moved[order], places, new_rows[among_new])
