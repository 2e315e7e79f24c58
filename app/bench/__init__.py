"""Benches: each measures from outside, through real processes, and gives rows."""

from collections.abc import Callable

from app.bench import answer, capture, load, masks, ocr, recall, sleep, stream
from app.bench.row import Row
from app.cli.session import Session

BENCHES: dict[str, Callable[[list[str], Session], list[Row] | None]] = {
    "answer": answer.run,
    "capture": capture.run,
    "load": load.run,
    "masks": masks.run,
    "ocr": ocr.run,
    "recall": recall.run,
    "sleep": sleep.run,
    "stream": stream.run,
}
"""By name; one that returns None has printed what it found."""

__all__ = ["BENCHES", "Row"]
