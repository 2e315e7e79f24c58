"""How near vectors are to each other: what the made ones have in common with real turns, and what random ones lack."""

from collections.abc import Iterator, Sequence

import numpy as np

from app.bench.load.made import SEED, Floats
from app.bench.row import Row

_TENTH = 10
_SHARES = (5, 50, 95)
MOST = 3000
"""Vectors compared with each other, at most; the nearest of more are nearer, so only equal numbers compare."""


def likeness(sets: Sequence[tuple[str, Floats]]) -> Iterator[Row]:
    """For each named set of unit vectors (n, d): cosines to the nearest, to the tenth, and of any two.

    All sets are cut to the size of each smaller one too, since only then do they compare.
    """
    for size in sorted({min(len(vectors), MOST) for _, vectors in sets}):
        for name, vectors in sets:
            if len(vectors) >= size:
                yield from _of(name, vectors, size)


def strangers(count: int, dimensions: int) -> Floats:
    """Random directions: what says nothing about an index for language."""
    made = np.random.default_rng(SEED + 2).standard_normal((count, dimensions), dtype=np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def _of(name: str, vectors: Floats, size: int) -> Iterator[Row]:
    chosen = np.random.default_rng(SEED).choice(len(vectors), size, replace=False)
    part = vectors[chosen]
    cosines = part @ part.T
    any_two = cosines[np.triu_indices(size, 1)]
    np.fill_diagonal(cosines, -1.0)
    ordered = -np.partition(-cosines, [0, _TENTH - 1], axis=1)
    for kind, found in (("nearest", ordered[:, 0]), ("tenth nearest", ordered[:, _TENTH - 1]), ("any two", any_two)):
        yield Row(name=f"{name}, {size}, {kind}, mean", value=float(found.mean()), unit="cosine", n=len(found))
        for share in _SHARES:
            value = float(np.percentile(found, share))
            yield Row(name=f"{name}, {size}, {kind}, p{share}", value=value, unit="cosine", n=len(found))
