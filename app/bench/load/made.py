"""Made observations: sentences of the sample two by two, with their real vectors, half of a third's, and noise."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from app.bench.outside import Outside
from app.host import local_now
from app.wiring import Opened, open_profile
from core.errors import BadInput
from core.events import Events
from core.memory import Channel, Draft, Facet, Kind, Provenance
from core.paths import RESOURCES
from core.store import memories
from core.store.profile import Profile
from core.urgency import Urgency

Floats = NDArray[np.float32]
SEED = 20260919
_SAMPLE = RESOURCES / "sample" / "conversations.jsonl"
_BATCH = 1000
_TOLD_EVERY = 100_000
_DAYS = 200
_UNSAID, _NOISE = 0.5, 0.35
"""Shares of a third sentence and of noise: neighbours and strangers are then as near to each other as real turns."""


def turns() -> list[dict[str, str]]:
    """The sample's turns."""
    return [json.loads(line) for line in _SAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]


def filled(place: Outside, count: int, told: Callable[[int], None]) -> Opened:
    """A new profile with `count` observations and their vectors; `told` hears how many there are. Raises Problem."""
    profile, _ = Profile.create(place.paths, passphrase=place.passphrase)
    opened = open_profile(profile, Events(), local_now, stays=False)
    if opened.embedder is None or opened.vectors is None:
        opened.close()
        raise BadInput("There is no embedder here.", "`mneme doctor` says why; this bench needs vectors.")
    try:
        random = np.random.default_rng(SEED)
        said = turns()
        real = opened.embedder.embed([turn["text"] for turn in said], Urgency.CAPTURE)
        begins = local_now() - timedelta(days=_DAYS)
        for start in range(0, count, _BATCH):
            chosen = random.integers(0, len(said), (min(_BATCH, count - start), 3))
            drafts = [_draft(said, a, b, begins, start + row, count) for row, (a, b, _) in enumerate(chosen)]
            saved = memories.save(opened.vault, drafts, local_now())
            vectors = mixed(real, chosen, random)
            opened.vectors.put([Kind.EPISODIC] * len(saved.ids), list(saved.ids), vectors[: len(saved.ids)])
            if (start + _BATCH) % _TOLD_EVERY == 0:
                told(start + _BATCH)
    except BaseException:
        opened.close()
        raise
    return opened


def mixed(real: Floats, chosen: NDArray[np.int64], random: np.random.Generator) -> Floats:
    """Vectors (n, d) of unit length from the rows of `real` that `chosen` (n, 3) names."""
    return noisy(real[chosen[:, 0]] + real[chosen[:, 1]] + np.float32(_UNSAID) * real[chosen[:, 2]], random)


def noisy(vectors: Floats, random: np.random.Generator) -> Floats:
    """The same directions with noise, of unit length."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    noise = random.standard_normal(unit.shape, dtype=np.float32)
    made = unit + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.ascontiguousarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def _draft(said: list[dict[str, str]], a: int, b: int, begins: datetime, number: int, count: int) -> Draft:
    return Draft(
        text=f"{said[a]['text']} {said[b]['text']}",
        language="en",
        at=begins + timedelta(days=_DAYS) * (number / count),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION,
            conversation=f"made-{number // 250}",
            external_id=f"made-{number}",
            speaker=said[a]["speaker"],
            addressee=said[b]["speaker"],
        ),
    )
