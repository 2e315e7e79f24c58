"""How long a night takes and what it holds: ten thousand new observations slept on by a process, seen from outside."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import numpy as np
import psutil

from app.bench.load.made import SEED, mixed, turns
from app.bench.outside import Outside, cpu_s, memory_mb, outside
from app.bench.row import Row
from app.bench.sleep.setting import Setting
from app.commands.request import JSON
from app.host import local_now
from app.wiring import Opened, open_profile
from core.errors import Problem
from core.events import Events
from core.memory import Channel, Draft, Facet, Kind, Provenance, Trust
from core.store import memories
from core.store.profile import Profile
from core.store.vault import Vault
from core.urgency import Urgency

_FRAMES = 5
"""One observation in so many is a screen."""
_WITHIN_S, _WITHIN_MB = 300.0, 600.0
"""Promised for 10,000 observations on two cores without a model."""
_PROMISED = 10_000
_LOOKS_EVERY_S = 0.5
_TALK = 20
_PEOPLE = ("Dana", "Sam", "Rosa", "Noor", "Ilse")
_WINDOWS = ("Notes", "Mail", "Editor", "Timetable", "Recipes", "Map")


def rows(setting: Setting) -> Iterator[Row]:
    """The first night over all of it, then a night in which nothing is new."""
    count = setting.memories
    promised = count <= _PROMISED
    with outside() as place:
        profile, _ = Profile.create(place.paths, passphrase=place.passphrase)
        opened = open_profile(profile, Events(), local_now, stays=False)
        try:
            _talks(opened, count - count // _FRAMES)
            _frames(opened.vault, count // _FRAMES)
        finally:
            opened.close()
        now = local_now()
        night = _night(place, now)
        name = f"a night over {count} new observations, a screen in {_FRAMES}"
        yield Row(name=name, value=night.took_s, unit="s", n=1, target=_WITHIN_S if promised else None)
        yield Row(name=f"{name}: processor time", value=night.processor_s, unit="s", n=1)
        most_mb = _WITHIN_MB if promised else None
        yield Row(name=f"{name}: memory of all processes, most", value=night.most_mb, unit="MB", n=1, target=most_mb)
        for stage, seconds in night.said["stages"].items():
            yield Row(name=f"of that, {stage}", value=float(seconds), unit="s", n=1)
        yield Row(name="lines in its journal", value=float(len(night.said["entries"])), unit="lines", n=1)
        quiet = _night(place, now + timedelta(days=1))
        yield Row(name=f"a night with nothing new beside {count} memories", value=quiet.took_s, unit="s", n=1)


class _Night:
    """One `mneme sleep`, watched."""

    def __init__(self, said: JSON, took_s: float, processor_s: float, most_mb: float) -> None:
        self.said, self.took_s, self.processor_s, self.most_mb = said, took_s, processor_s, most_mb


def _night(place: Outside, now: datetime) -> _Night:
    result = place.folder / "night.json"
    words = place.words("--now", now.isoformat(), "sleep", "--json", "--no-wait")
    begun, most, used = time.perf_counter(), 0.0, 0.0
    with (
        result.open("wb") as out,
        subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL, env=place.environment()) as process,
    ):
        while process.poll() is None:
            with suppress(psutil.Error):
                most, used = max(most, memory_mb(process.pid)), max(used, cpu_s(process.pid))
            time.sleep(_LOOKS_EVERY_S)
    took = time.perf_counter() - begun
    if process.returncode:
        raise Problem(f"`mneme sleep` ended with {process.returncode}.", "Run it by hand.")
    said = json.loads(result.read_text(encoding="utf-8").splitlines()[-1])
    result.unlink()
    return _Night(said, took, used, most)


def _talks(opened: Opened, count: int) -> None:
    """Talks of twenty turns a minute apart, two a day: the sample's own course of talk, each time told otherwise."""
    said, random = turns(), np.random.default_rng(SEED)
    real = opened.embedder.embed([turn["text"] for turn in said], Urgency.CAPTURE) if opened.embedder else None
    begins = local_now() - timedelta(days=count / _TALK / 2 + 1)
    for first in range(0, count, _TALK):
        talk = first // _TALK
        start = int(random.integers(0, len(said)))
        chosen = np.array(
            [((start + turn) % len(said), int(random.integers(0, len(said))), start) for turn in range(_TALK)]
        )
        at = begins + timedelta(hours=12 * talk)
        drafts = [_turn(said[a], said[b], talk, number, at) for number, (a, b, _) in enumerate(chosen)]
        saved = memories.save(opened.vault, drafts[: count - first], local_now())
        if opened.vectors is not None and real is not None:
            vectors = mixed(real, chosen, random)[: len(saved.ids)]
            opened.vectors.put([Kind.EPISODIC] * len(saved.ids), list(saved.ids), vectors)


def _turn(one: dict[str, str], other: dict[str, str], talk: int, number: int, begins: datetime) -> Draft:
    mine = number % 2 == 0
    return Draft(
        text=f"{one['text']} {other['text']}",
        language="en",
        at=begins + timedelta(minutes=number),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION,
            conversation=f"talk with {_PEOPLE[talk % len(_PEOPLE)]}",
            external_id=f"{talk}-{number}",
            session=str(talk),
            speaker="me" if mine else _PEOPLE[talk % len(_PEOPLE)],
            addressee=_PEOPLE[talk % len(_PEOPLE)] if mine else "me",
            mine=mine,
        ),
        trust=Trust.SAID if mine else Trust.CAPTURED,
    )


def _frames(vault: Vault, count: int) -> None:
    """Screens as they come in: a page looked at several times, its title in the window, among other pages."""
    said = turns()
    begins = local_now() - timedelta(days=30)
    drafts = []
    for number in range(count):
        page = number // 4
        lines = [said[(page * 7 + line) % len(said)]["text"] for line in range(6)]
        window = f"{_WINDOWS[page % len(_WINDOWS)]} {page % 97} - Browser"
        drafts.append(
            Draft(
                text="\n".join([window, *lines, f"Page {number % 4 + 1}"]),
                language="en",
                at=begins + timedelta(days=30) * (number / max(count, 1)),
                facet=Facet.FRAME,
                provenance=Provenance(channel=Channel.SCREEN, app="Browser", window=window),
            )
        )
    for start in range(0, count, 1000):
        memories.save(vault, drafts[start : start + 1000], local_now())
