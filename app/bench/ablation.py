"""`mneme bench recall --ablate`: every part of recall switched off by itself, as a paired difference.

The only bench that looks from inside: the imported profile is opened in this process and asked through the product's
own `Recaller` with other weights. Quality needs no more; times are measured from outside only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.bench.asking import Bar, share
from app.bench.dataset import DataSet, Key, Question
from app.bench.intervals import Interval, difference
from app.bench.outside import Outside
from app.bench.row import Row
from app.host import local_now
from app.wiring import Opened, open_profile
from core.events import Events
from core.inference import wordpiece
from core.inference.embedder import Embedder
from core.memory import EmbedderId, Recalled
from core.recall import Recaller, context
from core.recall.rank import Weights
from core.settings import Recall as RecallSettings
from core.store.profile import Profile
from core.urgency import Urgency

DEPTHS = (10, 20)
_EVERY_CANDIDATE = 10**9
Found = Mapping[int, Mapping[str, float]]
"""Depth -> question id -> share of its evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that can be switched off."""

    name: str
    weights: Weights
    names_embedded: bool = False


def parts(whole: Weights) -> Iterator[Part]:
    """Each weight at nothing, halved and doubled where that says whether it stands on a cliff; then the rest."""
    for one in fields(whole):
        if one.name in _NOT_WEIGHTS:
            continue
        yield Part(name=f"without {one.name}", weights=_times(whole, one.name, 0))
        if one.name in _SWEPT:
            yield Part(name=f"half {one.name}", weights=_times(whole, one.name, 0.5))
            yield Part(name=f"twice {one.name}", weights=_times(whole, one.name, 2))
    yield Part(name="without any neighbour", weights=replace(whole, left=0, right=0, asked=0, own_spread=(0, 0, 0)))
    yield Part(name="reciprocal ranks always", weights=replace(whole, fewest=_EVERY_CANDIDATE))
    yield Part(name="reciprocal ranks never", weights=replace(whole, fewest=0))
    yield Part(name="names left in the embedded text", weights=whole, names_embedded=True)


_NOT_WEIGHTS = frozenset({"fewest", "reciprocal"})
_SWEPT = frozenset({"words", "meaning", "left", "session", "person", "date", "question", "own_turn"})


def _times(whole: Weights, name: str, factor: float) -> Weights:
    value = getattr(whole, name)
    changed = tuple(factor * share for share in value) if isinstance(value, tuple) else factor * value
    return replace(whole, **{name: changed})  # type: ignore[arg-type]  # which of the fields is only known here


def rows(place: Outside, data: DataSet, bar: Bar) -> Iterator[Row]:
    """For each part what its absence changes in recall@10, recall@20; then what neighbours bring to a context."""
    profile = Profile(place.paths)
    profile.unlock(place.passphrase)
    opened = open_profile(profile, Events(), local_now, stays=False)
    try:
        asker = _Asker(opened, data)
        variants = list(parts(Weights()))
        with bar.over("Switching off part after part", (len(variants) + 2) * len(data.with_evidence)) as step:
            whole = asker.found(Part(name="whole", weights=Weights()), step.on)
            for part in variants:
                without = asker.found(part, step.on)
                for depth in DEPTHS:
                    change = difference(without[depth], whole[depth], data.clusters)
                    yield change.row(f"{part.name}: recall@{depth}")
            yield asker.without_neighbours(step.on).row("context of hits alone: recall")
    finally:
        opened.close()


class _Asker:
    """Asks all questions of a data set with one set of weights after the other."""

    def __init__(self, opened: Opened, data: DataSet) -> None:
        assert opened.embedder is not None
        self._opened, self._data = opened, data
        self._embedder = _Remembering(opened.embedder)

    def found(self, part: Part, on: Callable[[], None]) -> Found:
        """Shares of the evidence among the hits."""
        shares: dict[int, dict[str, float]] = {depth: {} for depth in DEPTHS}
        with self._recaller(part.weights) as recaller:
            for one in self._data.with_evidence:
                self._embedder.instead = one.text if part.names_embedded else None
                hits = self._asked(recaller, one, max(DEPTHS), 0).hits
                keys = list(dict.fromkeys((ref.conversation, ref.id) for hit in hits for ref in hit.refs))
                for depth in DEPTHS:
                    shares[depth][one.id] = share(one.evidence, keys[:depth])
                on()
        return shares

    def without_neighbours(self, on: Callable[[], None]) -> Interval:
        """What a context of the same size holds more when it is filled with hits alone."""
        budget = RecallSettings().context_tokens
        whole: dict[str, float] = {}
        bare: dict[str, float] = {}
        with self._recaller(Weights()) as recaller:
            for one in self._data.with_evidence:
                self._embedder.instead = None
                recalled = self._asked(recaller, one, 2 * max(DEPTHS), budget)
                whole[one.id] = _inside(one.evidence, recalled.context.sources)
                bare[one.id] = _inside(one.evidence, _hits_alone(recalled, budget))
                on()
        return difference(bare, whole, self._data.clusters)

    @contextmanager
    def _recaller(self, weights: Weights) -> Iterator[Recaller]:
        recaller = Recaller(
            self._opened.vault,
            Events(),
            vectors=self._opened.vectors,
            embedder=self._embedder,
            count=wordpiece.count,
            settings=RecallSettings(),
            weights=weights,
        )
        try:
            yield recaller
        finally:
            recaller.close()

    def _asked(self, recaller: Recaller, one: Question, k: int, budget: int) -> Recalled:
        now = datetime.fromisoformat(one.now) if one.now else local_now()
        aware = now if now.tzinfo is not None else now.replace(tzinfo=local_now().tzinfo)
        strength = self._opened.assistant.strength
        return recaller.recall(
            one.text,
            aware,
            k=k,
            conversation=one.conversation,
            context_tokens=budget,
            strength=lambda memory: strength(memory, aware),
        )


class _Remembering:
    """The embedder, asked once for each text; `instead` is embedded in place of what recall made of a question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}
        self.instead: str | None = None

    @property
    def id(self) -> EmbedderId:
        """As the embedder's."""
        return self._embedder.id

    @property
    def dimensions(self) -> int:
        """As the embedder's."""
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str], urgency: Urgency) -> NDArray[np.float32]:
        """(n, d), unit length."""
        wanted = [self.instead] if self.instead is not None and len(texts) == 1 else list(texts)
        for text in wanted:
            if text not in self._known:
                self._known[text] = self._embedder.embed([text], urgency)[0]
        return np.stack([self._known[text] for text in wanted])

    def close(self) -> None:
        """The embedder belongs to the profile."""


def _inside(evidence: Sequence[Key], sources: Sequence[str]) -> float:
    ids = {id for _, id in evidence}
    return len(ids & set(sources)) / len(ids)


def _hits_alone(recalled: Recalled, budget: int) -> tuple[str, ...]:
    pieces = {hit.memory.seq: [hit.piece] for hit in recalled.hits if hit.piece is not None}
    shown = [hit.memory for hit in recalled.hits]
    return context.composed(shown, [], budget, wordpiece.count, pieces).sources
