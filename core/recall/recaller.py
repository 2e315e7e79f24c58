"""The whole way of a question: understood, searched by words and meaning, ranked, folded, explained."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

import numpy as np

from core.alternatives import alternatives
from core.dates.region import Region
from core.errors import Interrupted, ModelProblem
from core.events import Events
from core.inference.embedder import Embedder
from core.languages.detect import chosen, likely, told_apart
from core.languages.names import name_of
from core.languages.stems import stem
from core.memory import Context, Memory, MemoryId, Recalled
from core.recall import shown
from core.recall.allowed import allowed_rows
from core.recall.best_piece import best_pieces
from core.recall.columns import Columns, Flags, Snapshot
from core.recall.events import FindsEvents
from core.recall.followers import followed
from core.recall.forms import Forms
from core.recall.found import Found, in_turn
from core.recall.language_check import known
from core.recall.literal import literal_rows
from core.recall.names import KnownNames
from core.recall.newest import in_time, put_above
from core.recall.outlived import outlived
from core.recall.query import Query, understand
from core.recall.rank import Weights, fused
from core.recall.route import Demand, Route, demand
from core.recall.search import NEARLY_ALL, Floats, gathered
from core.recall.shown import Shown
from core.recall.standing import Asked, Standing, standing_of
from core.recall.why import Grounds
from core.recall.word_scores import Posting, WordScores
from core.settings import Recall as RecallSettings
from core.store.migrations import NEWEST
from core.store.vault import Vault
from core.store.vectors import SCANNED_UP_TO, Vectors
from core.urgency import Urgency

_CACHED_QUESTIONS = 64
_TRIES = 5
_REGION = Region()
OLDER = "An earlier Mneme wrote this vault; it cannot be brought up to date, so it can be listed but not searched."
WORDS_ONLY = "Meaning-search is not at hand, so only the words of the question were looked for."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Wish:
    """What was asked for, with the settings' defaults."""

    question: str
    now: datetime
    k: int | None
    usual: int
    conversation: str | None
    budget: int
    ignore: Sequence[str]
    region: Region
    strength: Callable[[Memory], float]


class Recaller:
    """Finds memories. Safe to use from any thread; holds nothing on disk.

    `count`: tokens of a text, for the context's budget. `knows`: whether the embedder knows a language; without
    `vectors` or `embedder`, and in languages that it does not know, words only are looked for.
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
        knows: Callable[[str], bool] | None = None,
    ) -> None:
        self._vault, self._vectors, self._embedder, self._knows = vault, vectors, embedder, knows or known({})
        self._count, self._settings = count, settings
        self._weights = weights or Weights()
        self._older = vault.read_only and vault.schema < NEWEST
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

    def use(self, embedder: Embedder, knows: Callable[[str], bool], change: Callable[[], None]) -> None:
        """Ask another embedder from now on; `change` is run while nobody asks."""
        with self._lock:
            change()
            self._embedder, self._knows = embedder, knows
            self._asked.clear()

    def warm(self) -> None:
        """Do ahead of the first question what only the first one has to: columns, stems, the counting of tokens."""
        columns = self._snapshot.current()
        stem("warm", columns.usual_language(columns.observed) or "en")
        self._count("warm")

    def recall(
        self,
        question: str,
        now: datetime,
        *,
        k: int | None = None,
        usual: int | None = None,
        conversation: str | None = None,
        context_tokens: int | None = None,
        ignore: Sequence[str] = (),
        region: Region = _REGION,
        strength: Callable[[Memory], float],
    ) -> Recalled:
        """The `k` memories that bear most on `question`, best first, with the context around them.

        `conversation` limits the search to it; `now` (aware) resolves dates, written as in `region`, and hides
        nothing; `strength` gives 0..1 and breaks ties. What was understood under the keys to `ignore` is taken as
        plain words. Without `k` there are the `usual` number of hits, or more where the question wants more (see
        `route.demand`); the settings say what is usual and, without `context_tokens`, the context's size. Never raises
        for a question.
        """
        started = perf_counter()
        wish = _Wish(
            question=question,
            now=now,
            k=None if k is None else max(1, k),
            usual=self._settings.hits if usual is None else usual,
            conversation=conversation,
            budget=self._settings.context_tokens if context_tokens is None else max(0, context_tokens),
            ignore=ignore,
            region=region,
            strength=strength,
        )
        with self._lock:
            recalled = self._again_when_interrupted(lambda: self._recalled(wish))
        return replace(recalled, took_ms=round((perf_counter() - started) * 1000, 3))

    def _again_when_interrupted(self, ask: Callable[[], Recalled]) -> Recalled:
        """A forget stops what reads the vault; the question is then asked anew."""
        for _ in range(_TRIES - 1):
            with suppress(Interrupted):
                return ask()
        return ask()

    def _recalled(self, wish: _Wish) -> Recalled:
        if self._older:
            return Recalled(question=wish.question, route="none", notices=(OLDER,))
        two = alternatives(wish.question)
        if two is None:
            return self._looked(wish)[0]
        (one, ones), (other, others) = (self._looked(replace(wish, question=text)) for text in two.both)
        both = ones.beside(others)
        return replace(
            one,
            question=wish.question,
            hits=in_turn(one.hits, other.hits),
            context=both.context(wish.budget, self._count) if both.listed else one.context,
            understood=tuple(dict.fromkeys((*one.understood, *other.understood))),
            route=f"{one.route}, each of two things by itself",
            notices=tuple(dict.fromkeys((*one.notices, *other.notices))),
        )

    def _looked(self, wish: _Wish) -> tuple[Recalled, Found]:
        """What was found for one question, and what its context is made of; nothing where the context is everything."""
        columns = self._snapshot.current()
        query = understand(
            wish.question,
            wish.now,
            self._known(columns),
            region=wish.region,
            ignore=wish.ignore,
            events=FindsEvents(self._vault, columns, wish.conversation, wish.now, wish.region),
        )
        empty = Recalled(question=wish.question, understood=query.understood, route="none")
        fitting = allowed_rows(columns, query, wish.conversation)
        reason = query.impossible or fitting.unknown or _nothing_to_search(columns, query, bool(fitting.rows.any()))
        if reason:
            return replace(empty, notices=(reason,)), Found()
        query, allowed, told = self._literally(columns, query, fitting.rows)
        if not allowed.any():
            return replace(empty, notices=told), Found()
        wanted = demand(query)
        k = wanted.hits(wish.usual) if wish.k is None else wish.k
        usual, tongues = columns.usual_language(allowed), likely(wish.question)
        language = chosen(tongues, usual)
        legible = columns.in_languages(self._knows)
        asked_in = told_apart(tongues, usual) if (legible & allowed).any() else language
        vector, unheard = self._embedded(query, asked_in)
        terms = (*query.words, *query.name_words)
        postings = self._forms.postings(terms, language, columns, self._snapshot.edition, self._snapshot.newest)
        standing = standing_of(query, wish.now)
        found = gathered(columns, query, standing, allowed, postings, self._vectors, vector, legible, self._weights, k)
        grounds = Grounds(
            query=query,
            columns=columns,
            region=found.region,
            features=found.features,
            scores=fused(found.features, self._weights),
            word_rows=found.word_rows,
        )
        latest = standing.asked is Asked.NOW and standing.state
        listed = shown.chosen(self._vault, grounds, k, wish.strength, self._weights.strength, latest=latest)
        listed, outdated = self._in_time(listed, grounds, standing, allowed)
        left_out = outdated if standing.asked is Asked.NOW else frozenset()
        whole = shown.everything(self._vault, columns, allowed, wish.budget, self._count, left_out)
        holding = [one for one in listed if one.memory.id not in left_out][: 2 * k]
        near = [] if whole or not wish.budget else shown.beside(self._vault, grounds, holding)
        read = [*(one.memory for one in (*listed[:k], *holding)), *(memory for row in near for memory in row)]
        pieces = best_pieces(self._vault, read, postings, self._vectors, vector, self._weights.own_spread)
        for_context = Found(listed=holding, around=near, pieces=pieces, left_out=left_out)
        recalled = replace(
            empty,
            hits=shown.hits(self._vault, listed[:k], grounds, pieces, outdated),
            context=whole or for_context.context(wish.budget, self._count),
            route=self._route(query, int(allowed.sum()), len(columns), vector, wish, whole, wanted),
            notices=(*fitting.notices, *told, *unheard),
        )
        return recalled, Found() if whole else for_context

    def _in_time(
        self, listed: list[Shown], grounds: Grounds, standing: Standing, allowed: Flags
    ) -> tuple[list[Shown], frozenset[MemoryId]]:
        """The value asked for above the others of its kind, and what tells another than the one asked for."""
        if standing.asked is Asked.ANY:
            return listed, frozenset()
        told: frozenset[MemoryId] = frozenset()
        if self._vectors is not None:
            listed, told = in_time(listed, shown.met(listed, grounds), self._vectors, standing)
            if standing.asked is Asked.NOW:
                listed = followed(self._vault, listed, grounds, allowed, self._looked_up, self._vectors)
        with self._vault.read() as db:
            gone = outlived(db, [one.memory for one in listed], standing)
        return put_above(listed, gone), told | frozenset(gone)

    def _looked_up(self, terms: tuple[str, ...]) -> dict[str, Posting]:
        return self._words.of(terms, self._snapshot.current(), self._snapshot.edition, self._snapshot.newest)

    def _route(
        self,
        query: Query,
        rows: int,
        of: int,
        vector: Floats | None,
        wish: _Wish,
        whole: Context | None,
        wanted: Demand,
    ) -> str:
        meaning = "" if vector is None or self._vectors is None else self._vectors.path
        if meaning and rows <= SCANNED_UP_TO and rows <= NEARLY_ALL * of:
            meaning = "exact"
        return Route(
            rows=rows,
            words=bool(query.words),
            meaning=meaning,
            filtered=bool(query.filters.any or query.phrases or query.without),
            tokens=None if whole is None else whole.tokens,
            budget=wish.budget,
            hits=None if wish.k is not None else wanted.hits(wish.usual),
            reasons=wanted.reasons,
        ).words_for_a_person()

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

    def _embedded(self, query: Query, language: str) -> tuple[Floats | None, tuple[str, ...]]:
        """The question's unit vector, or None with the reason."""
        if not query.embedded or query.filters.secrets_only:
            return None, ()
        if self._embedder is None or self._vectors is None:
            return None, (WORDS_ONLY,)
        if not self._knows(language):
            return None, (f"Meaning-search does not know {name_of(language)} with this model; words only.",)
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


def _nothing_to_search(columns: Columns, query: Query, any_allowed: bool) -> str:
    if not len(columns):
        return "Nothing has been kept yet."
    if not any_allowed:
        return "Nothing that was kept fits these conditions."
    if not (query.words or query.embedded or query.span or query.filters.any or query.phrases or query.without):
        return "There is no word in the question to look for."
    return ""
