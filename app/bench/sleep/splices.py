"""Streams with known switches out of real talk: passages of different sessions, one behind the other, at even steps."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from app.bench.dataset import DataSet
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

_STREAMS, _PARTS = 10, (6, 12)
_LENGTHS = ((6, 10), (8, 20))
"""Turns of a passage, from and to."""
_BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A stream, before which of its turns another passage begins, and how it was made."""

    made: str
    observations: tuple[Observation, ...]
    switches: frozenset[int]


def spliced(dataset: DataSet) -> list[Splice]:
    """Ten streams a way: of one conversation's sessions, and of any conversations, whose people are named A and B."""
    sessions: dict[tuple[str, str], list[JSON]] = defaultdict(list)
    for text in dataset.file.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        sessions[str(line["conversation"]), str(line.get("session", ""))].append(line)
    long = {key: turns for key, turns in sorted(sessions.items()) if len(turns) >= _LENGTHS[0][1]}
    made = []
    for among in ("one conversation", "any conversations"):
        for least, most in _LENGTHS:
            random = Random(f"{among} {least}")
            name = f"{among}, passages of {least} to {most} turns"
            made += [_splice(random, long, among, (least, most), f"{name} {number}") for number in range(_STREAMS)]
    return made


def _splice(
    random: Random, sessions: dict[tuple[str, str], list[JSON]], among: str, lengths: tuple[int, int], name: str
) -> Splice:
    home = random.choice(sorted({conversation for conversation, _ in sessions}))
    keys = [key for key in sessions if among == "any conversations" or key[0] == home]
    lines: list[JSON] = []
    switches, last = [], None
    for _ in range(random.randint(*_PARTS)):
        key = random.choice([key for key in keys if key != last])
        last, turns = key, sessions[key]
        many = min(random.randint(*lengths), len(turns))
        begin = random.randint(0, len(turns) - many)
        if lines:
            switches.append(len(lines))
        lines += _with_names(turns[begin : begin + many], plain=among == "any conversations")
    observations = tuple(_turn(line, place, name) for place, line in enumerate(lines))
    return Splice(made=name.rpartition(" ")[0], observations=observations, switches=frozenset(switches))


def _with_names(turns: Iterable[JSON], *, plain: bool) -> list[JSON]:
    kept = list(turns)
    names = {name: "AB"[place % 2] for place, name in enumerate(sorted({str(line["speaker"]) for line in kept}))}
    return [line | {"speaker": names[str(line["speaker"])]} if plain else line for line in kept]


def _turn(line: JSON, place: int, name: str) -> Observation:
    return Observation(
        text=str(line["text"]),
        caption=str(line.get("image_caption") or ""),
        at=_BEGIN + timedelta(minutes=place),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION, conversation=name, external_id=f"{name}/{place}", speaker=str(line["speaker"])
        ),
    )
