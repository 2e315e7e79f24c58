"""The app itself with its window (off screen where there is no display), asked at its door by another process."""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np

from app.bench.load.made import SEED, turns
from app.bench.outside import Outside, cpu_s, memory_mb
from app.bench.row import Row, percentile
from app.commands.request import JSON
from app.host import local_now
from app.main import PULSE

_ASKED = 200
_SAVED = 40
_MANY = 100_000
_TARGETS_MS = ((25, 50), (35, 80))
"""Recall's p50 and p95 below `_MANY` memories, and for so many; for more nothing is promised."""
_LAUNCH_S, _IDLE_SHARE, _IDLE_MB = 2, 0.5, 600
_IMPORTED = 600
_IDLE_S = 20.0
_PATIENCE_S = 600.0
_INDEX_PATIENCE_S = 7200.0
_MS = 1000.0
_NEVER = 10_000_000
"""Vectors from which Chroma is built: more than there are, so that it is measured only where that is meant."""
_FIRST = {"question": "Where did Dana put the ladder?", "k": 10}
_LATE = "the window's thread late under questions and saves"
_OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":mneme-bench"}


def running(place: Outside, count: int, with_chroma: bool, told: Callable[[str], None]) -> Iterator[Row]:
    """Launch, recall, memory, idling without Chroma; by Chroma when wanted; then the window under load."""
    _chroma_from(place, _NEVER)
    told("Starting Mneme and asking …")
    yield from _everyday(place, count)
    if with_chroma:
        told("The same with Chroma …")
        yield from _by_chroma(place, count)
    told("Starting it again and asking at once …")
    pulse = place.folder / "pulse"
    with place.staying(**_display(), **{PULSE: str(pulse)}):
        place.until("recall", _FIRST, _hits, _PATIENCE_S)
        yield from _waits(f"recall right after the launch, {count}", _asked(place))
        _asked(place, save=True)
    late = [float(line) for line in pulse.read_text(encoding="utf-8").split()]
    yield Row(name=f"{_LATE}, p99", value=percentile(late, 0.99), unit="ms", n=len(late), target=100)
    yield Row(name=f"{_LATE}, most", value=max(late, default=0.0), unit="ms", n=len(late))


def _display() -> dict[str, str]:
    return {} if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else _OFF_SCREEN


def _hits(found: JSON) -> bool:
    return bool(found["hits"])


def _everyday(place: Outside, count: int) -> Iterator[Row]:
    begun = time.perf_counter()
    with place.staying(**_display()) as process:
        place.until("recall", _FIRST, _hits, _PATIENCE_S)
        usable, used = time.perf_counter() - begun, cpu_s(process.pid)
        promised = count <= _MANY
        launch_s, idle_mb = (_LAUNCH_S, _IDLE_MB) if promised else (None, None)
        yield Row(name=f"launch to usable, {count}", value=usable, unit="s", n=1, target=launch_s)
        yield Row(name=f"processor time of that, {count}", value=used, unit="s", n=1)
        targets = _TARGETS_MS[count >= _MANY] if promised else None
        yield from _costs(f"recall, {count}", place, process.pid, targets)
        yield from _waits(f"recall right after a save, {count}", _asked(place, save=True))
        time.sleep(5)
        used, since = cpu_s(process.pid), time.perf_counter()
        time.sleep(_IDLE_S)
        idle = (cpu_s(process.pid) - used) / (time.perf_counter() - since)
        yield Row(name=f"idle, {count}", value=idle * 100, unit="% of a core", n=1, target=_IDLE_SHARE)
        held = memory_mb(process.pid)
        yield Row(name=f"memory of all processes, idle, {count}", value=held, unit="MB", n=1, target=idle_mb)


def _by_chroma(place: Outside, count: int) -> Iterator[Row]:
    """The app made to build Chroma however few there are."""
    _chroma_from(place, 0)
    with place.staying(**_display()) as process:
        begun = time.perf_counter()
        place.until("recall", _FIRST, _hits, _PATIENCE_S)
        place.until("status", {}, lambda found: found["index"] == "chroma", _INDEX_PATIENCE_S)
        yield Row(name=f"Chroma ready after, {count}", value=time.perf_counter() - begun, unit="s", n=1)
        yield Row(name=f"processor time until then, {count}", value=cpu_s(process.pid), unit="s", n=1)
        yield from _costs(f"recall by Chroma, {count}", place, process.pid)
        held = memory_mb(process.pid)
        yield Row(name=f"memory of all processes with Chroma, {count}", value=held, unit="MB", n=1)
    _chroma_from(place, _NEVER)


def _chroma_from(place: Outside, count: int) -> None:
    place.seconds("settings", "set", "store.vectors_chroma_from", str(count), "--json")


def _costs(name: str, place: Outside, pid: int, targets: tuple[float, float] | None = None) -> Iterator[Row]:
    """Waits at the door and the processor time behind them."""
    before = cpu_s(pid)
    seconds = _asked(place)
    used = (cpu_s(pid) - before) / len(seconds)
    yield from _waits(name, seconds, targets)
    yield Row(name=f"{name}, processor time of one", value=used * _MS, unit="ms", n=len(seconds))


def _asked(place: Outside, *, save: bool = False) -> list[float]:
    """Seconds of each question at the door, embedding and pipe included."""
    seconds: list[float] = []
    for number, turn in enumerate((turns() * 2)[: _SAVED if save else _ASKED]):
        if save:
            place.ask("remember", {"text": f"Note {number} of the bench about the shed.", "no_wait": True})
        before = time.perf_counter()
        place.ask("recall", {"question": turn["text"], "k": 10})
        seconds.append(time.perf_counter() - before)
    return seconds


def _waits(name: str, seconds: list[float], targets: tuple[float, float] | None = None) -> Iterator[Row]:
    for number, share in enumerate((0.5, 0.95)):
        yield Row(
            name=f"{name}, p{share * 100:.0f}",
            value=percentile(seconds, share) * _MS,
            unit="ms",
            n=len(seconds),
            target=None if targets is None else targets[number],
        )


def importing(place: Outside) -> Row:
    """A whole `mneme import` of a file, start, Argon2 and every vector included."""
    file = place.folder / "made.jsonl"
    _write(file, _IMPORTED)
    seconds = place.seconds("import", str(file), "--json")
    return Row(name="import, vectors included", value=_IMPORTED / seconds, unit="turns/s", n=_IMPORTED, target=60)


def _write(file: Path, count: int) -> None:
    said = turns()
    random = np.random.default_rng(SEED)
    begins = local_now() - timedelta(days=30)
    with file.open("w", encoding="utf-8") as out:
        for number, (a, b) in enumerate(random.integers(0, len(said), (count, 2))):
            line = {
                "conversation": "made",
                "id": f"m{number}",
                "at": (begins + timedelta(minutes=number)).isoformat(),
                "speaker": said[a]["speaker"],
                "text": f"{said[a]['text']} {said[b]['text']}",
            }
            out.write(json.dumps(line) + "\n")
