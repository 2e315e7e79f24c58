"""`mneme bench load`: launch, recall, import, memory and idling of real processes over many memories."""

import json
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.bench.outside import Outside, busy, cpu_s, memory_mb, option, outside
from app.bench.row import Row, percentile
from app.cli.session import Session
from app.host import local_now
from app.main import PULSE
from app.wiring import Opened, open_profile
from core.errors import BadInput
from core.events import Events
from core.memory import Channel, Draft, Facet, Kind, Provenance
from core.paths import RESOURCES
from core.store import memories
from core.store.profile import Profile
from core.urgency import Urgency

_SAMPLE = RESOURCES / "sample" / "conversations.jsonl"
_BATCH = 500
_ASKED = 200
_SAVED = 40
_MANY = 100_000
_TARGET_MS = (60, 120)
_IMPORTED = 600
_IDLE_S = 20.0
_SEED = 20260919
_NOISE = 0.35
"""Length of the noise added to a real vector of length 1: other memories, as near to each other as real ones."""
Vectors = NDArray[np.float32]


def run(arguments: list[str], session: Session) -> list[Row]:
    """`--memories N` (10000): rows for PRODUCT's figures. Raises Problem."""
    count = option(arguments, "--memories", "10000")
    if not count.isdigit() or not 100 <= int(count) <= 1_000_000:
        raise BadInput("How many memories?", "A number from 100 to 1000000, like --memories 10000.")
    others = busy()
    with outside() as place:
        session.err.print(f"Making {count} memories …")
        opened = _filled(place, int(count))
        try:
            rows = list(_both_indexes(opened))
        finally:
            opened.close()
        session.err.print("Starting Mneme and asking …")
        rows = [others, *_running(place, int(count)), *rows]
    with outside() as place:
        session.err.print("Importing …")
        rows.append(_importing(place))
    return rows


def _turns() -> list[dict[str, str]]:
    return [json.loads(line) for line in _SAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]


def _filled(place: Outside, count: int) -> Opened:
    """A profile with `count` observations: the sample's sentences two by two, their real vectors with noise."""
    profile, _ = Profile.create(place.paths, passphrase=place.passphrase)
    opened = open_profile(profile, Events(), local_now, stays=False)
    if opened.embedder is None or opened.vectors is None:
        opened.close()
        raise BadInput("There is no embedder here.", "`mneme doctor` says why; this bench needs vectors.")
    random = np.random.default_rng(_SEED)
    turns = _turns()
    real = opened.embedder.embed([turn["text"] for turn in turns], Urgency.CAPTURE)
    begins = local_now() - timedelta(days=200)
    for start in range(0, count, _BATCH):
        pairs = random.integers(0, len(turns), (min(_BATCH, count - start), 2))
        drafts = [_draft(turns, a, b, begins, start + row, count) for row, (a, b) in enumerate(pairs)]
        saved = memories.save(opened.vault, drafts, local_now())
        vectors = _noisy(real[pairs[:, 0]] + real[pairs[:, 1]], random)
        opened.vectors.put([Kind.EPISODIC] * len(saved.ids), list(saved.ids), vectors[: len(saved.ids)])
    return opened


def _draft(turns: list[dict[str, str]], a: int, b: int, begins: datetime, number: int, count: int) -> Draft:
    return Draft(
        text=f"{turns[a]['text']} {turns[b]['text']}",
        at=begins + timedelta(days=200) * (number / count),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION,
            conversation=f"made-{number // 250}",
            external_id=f"made-{number}",
            speaker=turns[a]["speaker"],
            addressee=turns[b]["speaker"],
        ),
    )


def _noisy(vectors: Vectors, random: np.random.Generator) -> Vectors:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    noise = random.standard_normal(unit.shape).astype(np.float32)
    made = unit + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.ascontiguousarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def _both_indexes(opened: Opened) -> Iterator[Row]:
    """The same vectors asked exactly and by Chroma, in this process: nothing but the search itself."""
    assert opened.vectors is not None
    random = np.random.default_rng(_SEED + 1)
    everything = opened.vectors.snapshot()
    chosen = [everything.ids[row] for row in random.integers(0, len(everything.ids), _ASKED)]
    queries = _noisy(opened.vectors.of(chosen), random)
    exact, exact_s = _searched(opened, queries)
    opened.vectors.build_in_background()
    if not opened.vectors.wait_until_ready(1800):
        raise BadInput("Chroma did not become ready.", "`mneme doctor` may say why.")
    near, near_s = _searched(opened, queries)
    kept = [len(a & b) / max(1, len(a)) for a, b in zip(exact, near, strict=True)]
    ms = 1000.0
    yield Row(name="exact search p95", value=percentile(exact_s, 0.95) * ms, unit="ms", n=_ASKED)
    yield Row(name="Chroma search p95", value=percentile(near_s, 0.95) * ms, unit="ms", n=_ASKED)
    yield Row(name="Chroma recall@10 of exact", value=sum(kept) / len(kept), unit="share", n=_ASKED)


def _searched(opened: Opened, queries: Vectors) -> tuple[list[set[str]], list[float]]:
    assert opened.vectors is not None
    found: list[set[str]] = []
    seconds: list[float] = []
    for query in queries:
        begun = time.perf_counter()
        hits = opened.vectors.search(query, 10)
        seconds.append(time.perf_counter() - begun)
        found.append({id for id, _ in hits})
    return found, seconds


def _running(place: Outside, count: int) -> Iterator[Row]:
    """The app itself with its window (off screen where there is no display), asked at its door."""
    display = {} if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else _OFF_SCREEN
    begun = time.perf_counter()
    with place.staying(**display) as process:
        place.until("recall", _FIRST, lambda found: bool(found["hits"]), 120)
        usable, used = time.perf_counter() - begun, cpu_s(process.pid)
        yield Row(name=f"launch to usable, {count} memories", value=usable, unit="s", n=1, target=2.5)
        yield Row(name="processor time of that", value=used, unit="s", n=1)
        place.until("status", {}, lambda found: found["index"] == "chroma", 1800)
        yield from _waits("recall", count, _asked(place), _TARGET_MS[count >= _MANY])
        yield from _waits("recall right after a save", count, _asked(place, save=True))
        time.sleep(5)
        used, since = cpu_s(process.pid), time.perf_counter()
        time.sleep(_IDLE_S)
        idle = (cpu_s(process.pid) - used) / (time.perf_counter() - since)
        yield Row(name="idle", value=idle * 100, unit="% of a core", n=1, target=1)
        yield Row(name="memory of all processes, idle", value=memory_mb(process.pid), unit="MB", n=1, target=700)
    pulse = place.folder / "pulse"
    with place.staying(**display, **{PULSE: str(pulse)}):
        place.until("recall", _FIRST, lambda found: bool(found["hits"]), 120)
        yield from _waits("recall while the index is built", count, _asked(place))
        _asked(place, save=True)
    late = [float(line) for line in pulse.read_text(encoding="utf-8").split()]
    yield Row(name=f"{_LATE}, p99", value=percentile(late, 0.99), unit="ms", n=len(late), target=100)
    yield Row(name=f"{_LATE}, most", value=max(late, default=0.0), unit="ms", n=len(late))


_FIRST = {"question": "Where did Dana put the ladder?", "k": 10}
_LATE = "the window's thread late under questions and saves"


def _asked(place: Outside, *, save: bool = False) -> list[float]:
    """Seconds of each question at the door, embedding and pipe included."""
    seconds: list[float] = []
    for number, turn in enumerate((_turns() * 2)[: _SAVED if save else _ASKED]):
        if save:
            place.ask("remember", {"text": f"Note {number} of the bench about the shed.", "no_wait": True})
        before = time.perf_counter()
        place.ask("recall", {"question": turn["text"], "k": 10})
        seconds.append(time.perf_counter() - before)
    return seconds


def _waits(name: str, count: int, seconds: list[float], target: float | None = None) -> Iterator[Row]:
    ms = 1000.0
    yield Row(name=f"{name} p50, {count}", value=percentile(seconds, 0.5) * ms, unit="ms", n=len(seconds))
    yield Row(
        name=f"{name} p95, {count}", value=percentile(seconds, 0.95) * ms, unit="ms", n=len(seconds), target=target
    )


_OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":mneme-bench"}


def _importing(place: Outside) -> Row:
    """A whole `mneme import` of a file, start, Argon2 and every vector included."""
    file = place.folder / "made.jsonl"
    _write(file, _IMPORTED)
    seconds = place.seconds("import", str(file), "--json")
    return Row(name="import, vectors included", value=_IMPORTED / seconds, unit="turns/s", n=_IMPORTED, target=60)


def _write(file: Path, count: int) -> None:
    turns = _turns()
    random = np.random.default_rng(_SEED)
    begins = local_now() - timedelta(days=30)
    with file.open("w", encoding="utf-8") as out:
        for number, (a, b) in enumerate(random.integers(0, len(turns), (count, 2))):
            line = {
                "conversation": "made",
                "id": f"m{number}",
                "at": (begins + timedelta(minutes=number)).isoformat(),
                "speaker": turns[a]["speaker"],
                "text": f"{turns[a]['text']} {turns[b]['text']}",
            }
            out.write(json.dumps(line) + "\n")
