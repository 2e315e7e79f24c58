"""What is shown of what was found: joined with the vault, folded, explained, with the turns around it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.memory import LEAVING, Channel, Context, Facet, Hit, Kind, Memory, MemoryId, Ref, Why
from core.recall import context
from core.recall.columns import Columns, Flags, Ints
from core.recall.search import newest_of
from core.recall.why import Grounds, explained
from core.store import memories
from core.store.vault import Vault

_SHORTEST_TO_FOLD = 20
_SHOWN = 0.9
_WORD = re.compile(r"\w+")
_SHORTEST_LINE = 12
"""Tokens: hardly a line of a context, with its date and its speaker, has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """A memory to show: where it stands in the region, its score with the tie-break, what it stands for."""

    memory: Memory
    place: int
    score: float
    strength: float
    folded: int = 0
    follows: MemoryId | None = None
    """The hit that it was found by, where it was said later of the same and the question did not bring it."""
    beyond: int | None = None
    """Its row, where it does not stand in the region at all; `place` is then the place of the hit that it follows."""

    def row(self, region: Ints) -> int:
        """Where it stands in the columns."""
        return int(region[self.place]) if self.beyond is None else self.beyond


def chosen(
    vault: Vault, grounds: Grounds, k: int, strength: Callable[[Memory], float], tie: float, *, latest: bool
) -> list[Shown]:
    """The best candidates as the vault has them now, near-duplicates folded, best first; more than `k` of them.

    `latest`: also the newest of those whose words fit nearly as well as the best's, however many fit better.

    `strength` gives 0..1 and counts `tie` times. Where nothing is looked for but conditions, the newest come first.
    """
    columns, region, totals = grounds.columns, grounds.region, grounds.scores.total
    candidates = np.flatnonzero(grounds.features.candidate)
    looked_for = bool(grounds.query.words or grounds.query.embedded)
    order = totals[candidates] if looked_for else totals[candidates] + columns.at[region[candidates]]
    best = candidates[np.argsort(-order, kind="stable")[: max(3 * k, 30)]]
    if latest:
        newest = newest_of(grounds.features.words, columns.at[region], grounds.features.candidate)
        best = np.concatenate((best, np.setdiff1d(newest, best)))
    seqs = columns.seq[region[best]].tolist()
    with vault.read() as db:
        present = {memory.seq: memory for memory in memories.by_seq(db, seqs)}
    listed: list[Shown] = []
    for place, seq in zip(best.tolist(), seqs, strict=True):
        memory = present.get(seq)
        if memory is None or memory.state in LEAVING:
            continue
        held = strength(memory)
        listed.append(Shown(memory=memory, place=place, score=float(totals[place]) + tie * held, strength=held))
    if looked_for:
        listed.sort(key=lambda one: -one.score)
    return _folded(_under_turns(listed, grounds) if looked_for else listed)


def hits(
    vault: Vault,
    listed: Sequence[Shown],
    grounds: Grounds,
    pieces: context.Pieces,
    outdated: frozenset[MemoryId] = frozenset(),
) -> tuple[Hit, ...]:
    """Each with what it rests on, why it was found, and the piece of it that answers best; `outdated` ones marked."""
    sources = [source for one in listed if not one.memory.observed for source in one.memory.sources]
    known: dict[MemoryId, Memory] = {}
    if sources:
        with vault.read() as db:
            known = {memory.id: memory for memory in memories.many(db, list(dict.fromkeys(sources)))}
    ceiling = float("inf")
    found: list[Hit] = []
    for rank, one in enumerate(listed, start=1):
        ceiling = min(ceiling, round(one.score, 6))
        rests_on = [known[s] for s in one.memory.sources if s in known] or [one.memory]
        found.append(
            Hit(
                rank=rank,
                score=ceiling,
                memory=one.memory,
                refs=tuple(
                    Ref(conversation=m.provenance.conversation, id=m.reference, memory=m.id)
                    for m in ([one.memory] if one.memory.observed else rests_on)
                ),
                strength=one.strength,
                why=Why(neighbour_of=one.follows) if one.follows else explained(grounds, one.place, one.folded),
                piece=next(iter(pieces.get(one.memory.seq, ())), None),
                outdated=one.memory.id in outdated,
            )
        )
    return tuple(found)


def met(listed: Sequence[Shown], grounds: Grounds) -> Flags:
    """(hits, words of the question but for those of a time): whether a hit holds a word."""
    rows = np.array([one.row(grounds.region) for one in listed], dtype=np.int64)
    query = grounds.query
    dated = re.findall(r"\w+", query.span.words.casefold()) if query.span else ()
    holding = [np.isin(rows, grounds.word_rows.get(word, ())) for word in query.words if word not in dated]
    return np.array(holding, dtype=np.bool_).reshape(len(holding), len(rows)).T


def beside(vault: Vault, grounds: Grounds, listed: Sequence[Shown]) -> list[list[Memory]]:
    """For each, the turns right before and after it in its session."""
    columns, linked = grounds.columns, grounds.columns.linked(1)
    around: list[list[int]] = []
    for one in listed:
        row = one.row(grounds.region)
        rows = [row - 1] if linked[row] else []
        if row + 1 < len(columns) and linked[row + 1]:
            rows.append(row + 1)
        around.append(columns.seq[rows].tolist())
    with vault.read() as db:
        seqs = list(dict.fromkeys(seq for row in around for seq in row))
        known = {m.seq: m for m in memories.by_seq(db, seqs) if may_be_read(m)}
    return [[known[seq] for seq in row if seq in known] for row in around]


def everything(
    vault: Vault,
    columns: Columns,
    allowed: Flags,
    budget: int,
    count: context.Count,
    left_out: frozenset[MemoryId] = frozenset(),
) -> Context | None:
    """All observed rows that are allowed, in time order, if they fit `budget` tokens whole; else None.

    What is to be left out for the question at hand has to fit as well: whether all fits does not hang on that.
    """
    rows = np.flatnonzero(allowed & columns.observed)
    if not len(rows) or len(rows) * _SHORTEST_LINE > budget:
        return None
    with vault.read() as db:
        whole = [memory for memory in memories.by_seq(db, columns.seq[rows].tolist()) if may_be_read(memory)]
    if len(whole) < len(rows) or sum(count(f"{context.line(memory)}\n") for memory in whole) > budget:
        return None
    return context.composed([memory for memory in whole if memory.id not in left_out], [], budget, count, {})


def may_be_read(memory: Memory) -> bool:
    """Whether it may stand in a context: no secret, nothing that is about to be forgotten."""
    return memory.state not in LEAVING and memory.kind is not Kind.SECRET


def _folded(listed: Sequence[Shown]) -> list[Shown]:
    """The first of each set of near-duplicates, with how many more there are."""
    heads: list[Shown] = []
    places: dict[str, int] = {}
    for one in listed:
        keys = _alike(one.memory)
        place = next((places[key] for key in keys if key in places), None)
        if place is None:
            place = len(heads)
            heads.append(one)
        else:
            heads[place] = replace(heads[place], folded=heads[place].folded + 1)
        places |= dict.fromkeys(keys, place)
    return heads


def _under_turns(listed: Sequence[Shown], grounds: Grounds) -> list[Shown]:
    """Frames go under a turn that was read from them, where they hold no more words of the question than it does.

    The turn takes the better of both places, and counts the frame.
    """
    turns = [
        one for one in listed if one.memory.facet is Facet.TURN and one.memory.provenance.channel is Channel.SCREEN
    ]
    if not turns:
        return list(listed)
    kept = {id(one): one for one in listed}
    asked = {id(one): _asked_words(one, grounds) for one in listed}
    words = {id(one): frozenset(_WORD.findall(one.memory.text.casefold())) for one in turns}
    order: list[int] = []
    for one in listed:
        if one.memory.facet is Facet.FRAME:
            seen = frozenset(_WORD.findall(one.memory.text.casefold()))
            head = next((t for t in turns if asked[id(one)] <= asked[id(t)] and _shows(seen, words[id(t)])), None)
            if head is not None:
                found = kept[id(head)]
                kept[id(head)] = replace(found, folded=found.folded + 1, score=max(found.score, one.score))
                if id(head) not in order:
                    order.append(id(head))
                continue
        if id(one) not in order:
            order.append(id(one))
    return [kept[one] for one in order]


def _asked_words(one: Shown, grounds: Grounds) -> frozenset[str]:
    """The words of the question that it holds."""
    row = one.row(grounds.region)
    return frozenset(word for word, rows in grounds.word_rows.items() if bool(np.isin(row, rows)))


def _shows(seen: frozenset[str], said: frozenset[str]) -> bool:
    """Whether a frame's words hold a message's: nearly all, for the next look may read one otherwise."""
    return bool(said) and len(said & seen) >= _SHOWN * len(said)


def _alike(memory: Memory) -> list[str]:
    """What near-duplicates share: the one they repeat, or their very words in the same place."""
    keys = [f"id {memory.folded_into or memory.id}"]
    plain = " ".join(re.findall(r"\w+", memory.text.casefold()))
    if len(plain) >= _SHORTEST_TO_FOLD:
        where = memory.provenance
        keys.append(f"text {where.app} {where.conversation} {where.speaker} {memory.kind} {plain}")
    return keys
