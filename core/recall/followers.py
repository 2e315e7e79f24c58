"""What was said later of the very thing a hit names, and tells that it is over: it follows on the hit.

Who moves on seldom says again what is asked for: "Brightwell is bankrupt, I signed with Ozora" names the supplier by
its name alone. The question's words do not find it; the words of the answer that it replaces do.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.inference.wordpiece import commonness
from core.memory import LEAVING, Memory
from core.recall.columns import Columns, Flags
from core.recall.query import STOP_WORDS, Query
from core.recall.shown import Shown, met
from core.recall.turning import TURNED
from core.recall.why import Grounds
from core.recall.word_scores import Posting
from core.store import memories
from core.store.pieces import LONG
from core.store.vault import Vault
from core.store.vectors import Vectors

_HEADS = 3
"""Hits that may have been replaced; five or ten bring no more and cost recall@5."""
_ON_THE_SUBJECT = 0.5
"""Share of the question's words that such a hit holds."""
_READ = 600
_MOST_WORDS = 15
_SHORTEST = 3
_RARE_HERE = 5
"""Turns of the conversation that hold a word which names one thing."""
_RARE = 4000
"""In the vocabulary's order by frequency; two commoner words together name it too."""
_ALIKE = 0.3
_AN_HOUR_S = 3_600.0

Lookup = Callable[[tuple[str, ...]], Mapping[str, Posting]]


@dataclass(frozen=True, slots=True, eq=False)
class _Head:
    hit: Shown
    row: int
    words: tuple[str, ...]


def followed(
    vault: Vault, listed: Sequence[Shown], grounds: Grounds, allowed: Flags, lookup: Lookup, vectors: Vectors
) -> list[Shown]:
    """The hits with what follows on one of the first right above it, also where the question had not brought it.

    What follows was said an hour later or more in the same conversation, shares a rare word with the hit and holds a
    word of change.
    """
    heads = list(_heads(listed, grounds))
    terms = tuple(dict.fromkeys(word for head in heads for word in head.words))
    if not terms:
        return list(listed)
    postings = lookup(terms)
    shared = {head.row: _shared(grounds.columns, head, allowed, postings) for head in heads}
    seqs = [int(grounds.columns.seq[row]) for rows in shared.values() for row in rows]
    if not seqs:
        return list(listed)
    with vault.read() as db:
        known = {memory.seq: memory for memory in memories.by_seq(db, list(dict.fromkeys(seqs)))}
    found = list(listed)
    for head in heads:
        best = _best(head, shared[head.row], grounds.columns, known, vectors)
        if best is not None:
            _put(found, head.hit, best, grounds)
    return found


def _heads(listed: Sequence[Shown], grounds: Grounds) -> Iterator[_Head]:
    first = listed[:_HEADS]
    for hit, holds in zip(first, met(first, grounds), strict=True):
        memory = hit.memory
        on_the_subject = len(holds) > 0 and float(holds.mean()) >= _ON_THE_SUBJECT
        if memory.observed and on_the_subject and not _asks(memory):
            words = tuple(_telling(memory.text[:_READ], grounds.query))[:_MOST_WORDS]
            yield _Head(hit, int(grounds.region[hit.place]), words)


def _telling(text: str, query: Query) -> Iterable[str]:
    """The words that may name one thing, other than those of the question."""
    asked = {*query.words, *query.name_words, *STOP_WORDS}
    words = (word.casefold() for word in re.findall(r"\w+", text))
    return dict.fromkeys(word for word in words if len(word) >= _SHORTEST and word not in asked)


def _shared(columns: Columns, head: _Head, allowed: Flags, postings: Mapping[str, Posting]) -> dict[int, float]:
    """Later rows of the conversation that name what the hit names, each with how rare the shared words are."""
    weight: dict[int, float] = defaultdict(float)
    held: dict[int, list[str]] = defaultdict(list)
    for word in head.words:
        rows = postings[word].rows if word in postings else np.empty(0, dtype=np.int64)
        rows = rows[(columns.group[rows] == columns.group[head.row]) & columns.observed[rows] & allowed[rows]]
        if not 0 < len(rows) <= _RARE_HERE:
            continue
        for row in rows[columns.at[rows] > columns.at[head.row] + _AN_HOUR_S].tolist():
            weight[row] += 1 / len(rows)
            held[row].append(word)
    return {row: much for row, much in weight.items() if _names(held[row])}


def _names(words: Sequence[str]) -> bool:
    return len(words) > 1 or commonness(words[0]) >= _RARE


def _best(
    head: _Head, shared: Mapping[int, float], columns: Columns, known: Mapping[int, Memory], vectors: Vectors
) -> Memory | None:
    """The later turn that shares most, the latest of equals."""
    ranked = [(much, known[seq]) for row, much in shared.items() if (seq := int(columns.seq[row])) in known]
    fitting = [(much, memory) for much, memory in ranked if _turns(memory)]
    if not fitting:
        return None
    unit = vectors.of([head.hit.memory.id, *(memory.id for _, memory in fitting)])
    alike = unit[1:] @ unit[0]
    near = [one for one, cosine in zip(fitting, alike.tolist(), strict=True) if cosine >= _ALIKE]
    return max(near, key=lambda one: (one[0], one[1].at, one[1].seq))[1] if near else None


def _turns(memory: Memory) -> bool:
    readable = memory.state not in LEAVING and len(memory.text) <= LONG and not _asks(memory)
    return readable and TURNED.search(memory.text) is not None


def _asks(memory: Memory) -> bool:
    return memory.text.rstrip().endswith(("?", "？"))


def _put(found: list[Shown], head: Shown, memory: Memory, grounds: Grounds) -> None:
    """Right above the hit that it follows on; where it already stands above, it stays."""
    ids = [one.memory.id for one in found]
    place = ids.index(head.memory.id)
    if memory.id not in ids:
        row = int(grounds.columns.rows_of_seqs(np.array([memory.seq], dtype=np.int64))[0])
        found.insert(place, replace(head, memory=memory, folded=0, follows=head.memory.id, beyond=row))
    elif ids.index(memory.id) > place:
        found.insert(place, found.pop(ids.index(memory.id)))
