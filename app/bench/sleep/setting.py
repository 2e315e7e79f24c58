"""What every part of the bench of sleep is given: labelled sets, halves of them, and profiles filled for it."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from pathlib import Path

from app.bench.asking import Bar
from app.bench.dataset import DataSet
from app.bench.outside import Outside, outside
from app.cli.session import Session
from app.commands.request import JSON
from app.wiring import open_profile
from core.assistant import finish
from core.errors import Problem
from core.events import Events
from core.memory import Observation
from core.store.profile import Profile

SETS = Path(__file__).resolve().parents[1] / "sets" / "sleep"
HALVES = ("development", "unseen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What was asked for on the command line, and where to tell how far it is."""

    session: Session
    bar: Bar
    dataset: DataSet | None = None
    """Conversations and questions of the caller's own."""
    memories: int = 10_000
    """For the parts that measure how long it takes."""
    days: int = 365
    """For the parts that let time pass."""


def labelled(name: str) -> list[JSON]:
    """The lines of a set, as its author wrote them. Raises Problem when it is not there."""
    try:
        text = (SETS / name).read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(f"The set {name} is not here.", "Install Mneme with its benches.") from error
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def half(id: str) -> str:
    """Which half a labelled line belongs to: rules were mended by looking at `development` only."""
    return HALVES[int(sha1(id.encode(), usedforsecurity=False).hexdigest()[0], 16) % 2]


@contextmanager
def filled(observations: Iterable[Observation], now: datetime) -> Iterator[Outside]:
    """A profile of the bench's own that holds `observations`, with vectors, saved at `now`; closed when it is yielded.

    For what no import file can say, such as frames of a screen. Raises Problem.
    """
    with outside() as place:
        profile, _ = Profile.create(place.paths, passphrase=place.passphrase)
        opened = open_profile(profile, Events(), lambda: now, stays=False)
        try:
            for _ in opened.assistant.keep(observations, now):
                pass
            finish(opened.assistant.embedding())
        finally:
            opened.close()
        yield place


def slept(place: Outside, now: datetime) -> JSON:
    """One whole `mneme sleep` at `now`, as its JSON. Raises Problem."""
    return [line for _, line in place.lines("sleep", "--json", "--now", now.isoformat())][-1]
