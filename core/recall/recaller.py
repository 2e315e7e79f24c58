"""The whole way of a question: understood, searched by words and meaning, ranked, folded, explained."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

import numpy as np

from core.dates.region import Region
from core.errors import Interrupted, ModelProblem
from core.events import Events
from core.inference.embedder import Embedder
from core.languages.detect import language_of
from core.memory import LEAVING, Context, Hit, Kind, Memory, MemoryId, Recalled, Ref
from core.recall import context
from core.recall.allowed import allowed_rows
from core.recall.best_piece import best_pieces
from core.recall.columns import Columns, Flags, Ints, Snapshot
from core.recall.forms import Forms
from core.recall.names import KnownNames
from core.recall.query import Query, understand
from core.recall.rank import Scores, Weights, fused
from core.recall.search import Floats, Gathered, gathered, literal_rows
from core.recall.why import Grounds, explained
from core.recall.word_scores import WordScores
from core.settings import Recall as RecallSettings
from core.store import memories
from core.store.pieces import Range
from core.store.vault import Vault
from core.store.vectors import Vectors
from core.urgency import Urgency

_CACHED_QUESTIONS = 64
_TRIES = 5
_SHORTEST_TO_FOLD = 20
_REGION = Region()
WORDS_ONLY = "Meaning-search is not at hand, so only the words of the question were looked for."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """A memory to show: where it stands in the region, its score with the tie-break, what it stands for."""

    memory: Memory
    place: int
    score: float
    strength: float
    folded: int = 0


class Recaller:
    """Finds memories. Safe to use from any thread; holds nothing on disk.

    `count`: tokens of a text, for the context's budget. Without `vectors` or `embedder` it looks for words only.
    """

    def __init__(
        self,
        vault: Vault,
        events: Events,
        *,
        vectors: Vectors | None,
        embedder: Embedder | None,
        count: Callable[[str], int],
        settings: RecallSettings,
        weights: Weights | None = None,
    ) -> None:
        self._vault, self._vectors, self._embedder = vault, vectors, embedder
        self._count, self._settings = count, settings
        self._weights = weights or Weights()
        self._snapshot = Snapshot(vault, events)
        self._words = WordScores(vault)
        self._forms = Forms(vault, self._words)
        self._names: tuple[tuple[tuple[str, ...], tuple[str, ...]], KnownNames] = (((), ()), KnownNames(()))
        self._asked: OrderedDict[str, Floats] = OrderedDict()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Stop listening and drop every cache, as on a lock."""
        with self._lock:
            self._snapshot.close()
            self._words.clear()
            self._asked.clear()

    def warm(self) -> None:
        """Build the columns ahead of the first question."""
        self._snapshot.current()

    def recall(
        self,
        question: str,
        now: datetime,
        *,
        k: int | None = None,
        conversation: str | None = None,
        context_tokens: int | None = None,
        ignore: Sequence[str] = (),
        region: Region = _REGION,
        strength: Callable[[Memory], float],
    ) -> Recalled:
        """The `k` memories that bear most on `question`, best first, with the context around them.

        `conversation` limits the search to it; `now` (aware) resolves dates, written as in `region`, and hides
        nothing; `strength` gives 0..1 and breaks ties. What was understood under the keys to `ignore` is taken as
        plain words. Without `k` or `context_tokens` the settings decide. Never raises for a question.
        """
        started = perf_counter()
        wanted = self._settings.hits if k is None else max(1, k)
        budget = self._settings.context_tokens if context_tokens is None else max(0, context_tokens)
        with self._lock:
            recalled = self._again_when_interrupted(
                lambda: self._recalled(question, now, wanted, conversation, budget, strength, ignore, region)
            )
        return replace(recalled, took_ms=round((perf_counter() - started) * 1000, 3))

    def _again_when_interrupted(self, ask: Callable[[], Recalled]) -> Recalled:
        """A forget stops what reads the vault; the question is then asked anew."""
        for _ in range(_TRIES - 1):
            with suppress(Interrupted):
                return ask()
        return ask()

    def _recalled(
        self,
        question: str,
        now: datetime,
        k: int,
        conversation: str | None,
        budget: int,
        strength: Callable[[Memory], float],
        ignore: Sequence[str],
        region: Region,
    ) -> Recalled:
        columns = self._snapshot.current()
        query = understand(question, now, self._known(columns), region=region, ignore=ignore)
        empty = Recalled(question=question, understood=query.understood, route="none")
        fitting = allowed_rows(columns, query, conversation)
        reason = query.impossible or fitting.unknown or _nothing_to_search(columns, query, bool(fitting.rows.any()))
        if reason:
            return replace(empty, notices=(reason,))
        query, allowed, told = self._literally(columns, query, fitting.rows)
        if not allowed.any():
            return replace(empty, notices=told)
        vector, unheard = self._embedded(query)
        notices = (*fitting.notices, *told, *unheard)
        terms = (*query.words, *query.name_words)
        language = language_of(question, columns.usual_language(allowed))
        postings = self._forms.postings(terms, language, columns, self._snapshot.edition, self._snapshot.newest)
        found = gathered(columns, query, allowed, postings, self._vectors, vector, self._weights, k)
        scores = fused(found.features, self._weights)
        chosen = self._chosen(columns, query, found, scores, k, strength)
        grounds = Grounds(
            query=query,
            columns=columns,
            region=found.region,
            features=found.features,
            scores=scores,
            word_rows=found.word_rows,
        )
        beside = self._beside(columns, found.region, chosen[: 2 * k]) if budget else []
        shown = [*(one.memory for one in chosen[: 2 * k]), *(memory for row in beside for memory in row)]
        pieces = best_pieces(self._vault, shown, postings, self._vectors, vector)
        return replace(
            empty,
            hits=self._hits(chosen[:k], grounds, pieces),
            context=self._context(chosen[: 2 * k], beside, budget, pieces),
            route=self._route(query, vector),
            notices=notices,
        )

    def _literally(self, columns: Columns, query: Query, allowed: Flags) -> tuple[Query, Flags, tuple[str, ...]]:
        """The rows that also hold every phrase and no unwanted word, with a sentence when there are none.

        A phrase that nothing holds is looked for by its words, if there is something else in the question.
        """
        if not (query.phrases or query.without):
            return query, allowed, ()
        rows = allowed & literal_rows(self._vault, columns, query)
        if rows.any() or not (query.phrases and query.words):
            return query, rows, () if rows.any() else ("Nothing holds exactly those words.",)
        told = f"Nothing holds {' and '.join(f'“{phrase}”' for phrase in query.phrases)} word for word."
        softer = query.softened()
        rows = allowed & literal_rows(self._vault, columns, softer)
        return softer, rows, (f"{told} Its words were looked for." if rows.any() else told,)

    def _known(self, columns: Columns) -> KnownNames:
        if self._names[0] != (columns.people, columns.groups):
            conversations = [group[2:] for group in columns.groups if group.startswith("c ")]
            self._names = ((columns.people, columns.groups), KnownNames(columns.people, conversations))
        return self._names[1]

    def _embedded(self, query: Query) -> tuple[Floats | None, tuple[str, ...]]:
        """The question's unit vector, or None with the reason."""
        if not query.embedded or query.filters.secrets_only:
            return None, ()
        if self._embedder is None or self._vectors is None:
            return None, (WORDS_ONLY,)
        kept = self._asked.get(query.embedded)
        if kept is None:
            try:
                kept = self._embedder.embed([query.embedded], Urgency.QUESTION)[0]
            except ModelProblem as problem:
                return None, (f"{problem.title} {WORDS_ONLY}",)
            if not np.isfinite(kept).all():
                return None, (f"The model for meaning made nothing of the question. {WORDS_ONLY}",)
        self._asked[query.embedded] = kept
        self._asked.move_to_end(query.embedded)
        while len(self._asked) > _CACHED_QUESTIONS:
            self._asked.popitem(last=False)
        return kept, ()

    def _route(self, query: Query, vector: Floats | None) -> str:
        channels = ["words"] if query.words else []
        if vector is not None and self._vectors is not None:
            channels.append("meaning (Chroma)" if self._vectors.ready else "meaning (exact)")
        if query.filters.any or query.phrases or query.without:
            channels.append("filters")
        return " + ".join(channels)

    def _chosen(
        self,
        columns: Columns,
        query: Query,
        found: Gathered,
        scores: Scores,
        k: int,
        strength: Callable[[Memory], float],
    ) -> list[_Found]:
        """The best candidates as the vault has them now, near-duplicates folded, best first."""
        candidates = np.flatnonzero(found.features.candidate)
        totals = scores.total[candidates]
        if not (query.words or query.embedded):
            totals = totals + columns.at[found.region[candidates]]
        best = candidates[np.argsort(-totals, kind="stable")[: max(3 * k, 30)]]
        seqs = columns.seq[found.region[best]].tolist()
        with self._vault.read() as db:
            present = {memory.seq: memory for memory in memories.by_seq(db, seqs)}
        listed: list[_Found] = []
        for place, seq in zip(best.tolist(), seqs, strict=True):
            memory = present.get(seq)
            if memory is None or memory.state in LEAVING:
                continue
            held = strength(memory)
            score = float(scores.total[place]) + self._weights.strength * held
            listed.append(_Found(memory=memory, place=place, score=score, strength=held))
        if query.words or query.embedded:
            listed.sort(key=lambda one: -one.score)
        return _folded(listed)

    def _hits(self, chosen: Sequence[_Found], grounds: Grounds, pieces: dict[int, Range]) -> tuple[Hit, ...]:
        sources = [source for one in chosen if not one.memory.observed for source in one.memory.sources]
        known: dict[MemoryId, Memory] = {}
        if sources:
            with self._vault.read() as db:
                known = {memory.id: memory for memory in memories.many(db, list(dict.fromkeys(sources)))}
        ceiling = float("inf")
        hits: list[Hit] = []
        for rank, one in enumerate(chosen, start=1):
            ceiling = min(ceiling, round(one.score, 6))
            rests_on = [known[s] for s in one.memory.sources if s in known] or [one.memory]
            hits.append(
                Hit(
                    rank=rank,
                    score=ceiling,
                    memory=one.memory,
                    refs=tuple(
                        Ref(conversation=m.provenance.conversation, id=m.reference, memory=m.id)
                        for m in ([one.memory] if one.memory.observed else rests_on)
                    ),
                    strength=one.strength,
                    why=explained(grounds, one.place, one.folded),
                    piece=pieces.get(one.memory.seq),
                )
            )
        return tuple(hits)

    def _beside(self, columns: Columns, region: Ints, chosen: Sequence[_Found]) -> list[list[Memory]]:
        """For each, the turns right before and after it."""
        linked = columns.linked(1)
        beside: list[list[int]] = []
        for one in chosen:
            row = int(region[one.place])
            rows = [row - 1] if linked[row] else []
            if row + 1 < len(columns) and linked[row + 1]:
                rows.append(row + 1)
            beside.append(columns.seq[rows].tolist())
        with self._vault.read() as db:
            seqs = list(dict.fromkeys(seq for row in beside for seq in row))
            known = {m.seq: m for m in memories.by_seq(db, seqs) if m.state not in LEAVING and m.kind != Kind.SECRET}
        return [[known[seq] for seq in row if seq in known] for row in beside]

    def _context(
        self, chosen: Sequence[_Found], around: Sequence[Sequence[Memory]], budget: int, pieces: dict[int, Range]
    ) -> Context:
        if not budget or not chosen:
            return Context()
        shown = [one.memory for one in chosen if one.memory.kind != Kind.SECRET]
        return context.composed(shown, around, budget, self._count, pieces)


def _nothing_to_search(columns: Columns, query: Query, any_allowed: bool) -> str:
    if not len(columns):
        return "Nothing has been kept yet."
    if not any_allowed:
        return "Nothing that was kept fits these conditions."
    if not (query.words or query.embedded or query.span or query.filters.any or query.phrases or query.without):
        return "There is no word in the question to look for."
    return ""


def _folded(listed: Sequence[_Found]) -> list[_Found]:
    """The first of each set of near-duplicates, with how many more there are."""
    heads: list[_Found] = []
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


def _alike(memory: Memory) -> list[str]:
    """What near-duplicates share: the one they repeat, or their very words in the same place."""
    keys = [f"id {memory.folded_into or memory.id}"]
    plain = " ".join(re.findall(r"\w+", memory.text.casefold()))
    if len(plain) >= _SHORTEST_TO_FOLD:
        where = memory.provenance
        keys.append(f"text {where.app} {where.conversation} {where.speaker} {memory.kind} {plain}")
    return keys
