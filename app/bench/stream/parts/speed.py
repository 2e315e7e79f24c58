"""Point 4: tokens a second in half a file's memory, against llama.cpp's own mapping and against naive loading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.bench.row import Row
from app.bench.stream.asked import Asked, Mode
from app.bench.stream.made import Shape
from app.bench.stream.run import Run
from app.bench.stream.setting import READ_AHEAD_KB, Setting, at_least, at_most, middle, same_tokens, speed

_HITS = (0.55, 0.75)
_APART = 0.1
"""How far our figure may depend on the system's read-ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What a model is measured by: tokens an answer, and how much faster than what, by read-ahead."""

    shape: Shape
    tokens: int
    against: Mapping[Mode, tuple[float, float]]


def rows(setting: Setting) -> Iterator[Row]:
    """Modes in turn, by model and read-ahead."""
    against = {Mode.MMAP: (4.0, 1.7), Mode.NAIVE: (2.5, 1.7)}
    yield from _of(setting, _Held(shape=setting.dense, tokens=6, against=against))
    yield from _of(setting, _Held(shape=setting.sparse, tokens=24, against={Mode.MMAP: (1.5, 12.0)}))


def _of(setting: Setting, held: _Held) -> Iterator[Row]:
    modes = (Mode.STREAM, *held.against)
    wanted = {mode.value: setting.asked(held.shape, mode, tokens=held.tokens) for mode in modes}
    ours: dict[int, float] = {}
    for place, kb in enumerate(READ_AHEAD_KB):
        with setting.reading_ahead(wanted[Mode.STREAM].model, kb) as set_:
            found = setting.in_turn(wanted)
        name = f"{held.shape.name}, read-ahead {found[Mode.STREAM][0].figures.read_ahead_kb} KB"
        ours[kb] = middle(found[Mode.STREAM], speed)
        yield from _figures(name, found, held, place)
        if not set_:  # twice the same would be no second figure
            break
    else:
        least, most = min(ours.values()), max(ours.values())
        what = f"{held.shape.name}: streamed at one read-ahead more than at the other"
        yield at_most(what, most / least - 1, "share", len(ours) * setting.rounds, _APART)
    yield from _in_memory(setting, wanted[Mode.STREAM], held, max(ours.values()))


def _figures(name: str, found: Mapping[str, list[Run]], held: _Held, place: int) -> Iterator[Row]:
    streamed = found[Mode.STREAM]
    count = len(streamed)
    ours = middle(streamed, speed)
    for mode, runs in found.items():
        yield Row(name=f"{name}: {mode}", value=middle(runs, speed), unit="tokens/s", n=count)
    for mode, targets in held.against.items():
        other = middle(found[mode], speed)
        yield at_least(f"{name}: against {mode}", ours / other, "times", count, targets[place], baseline=1.0)
    yield at_least(
        f"{name}: tokens the same in all modes",
        min(same_tokens(one, streamed[0]) for runs in found.values() for one in runs), "share", count, 1.0,
    )  # fmt: skip
    if held.shape.experts:
        hits = middle(streamed, lambda one: one.figures.hit_rate)
        yield at_least(f"{name}: hits of experts", hits, "share", count, _HITS[0])
        yield at_most(f"{name}: hits of experts", hits, "share", count, _HITS[1])


def _in_memory(setting: Setting, asked: Asked, held: _Held, ours: float) -> Iterator[Row]:
    whole = setting.once(setting.asked(held.shape, Mode.MEMORY, tokens=held.tokens))
    name = f"{held.shape.name}: all in memory, no limit"
    yield Row(name=name, value=speed(whole), unit="tokens/s", n=1)
    yield Row(name=f"{held.shape.name}: streamed of that", value=ours / speed(whole), unit="share", n=setting.rounds)
    same = same_tokens(whole, setting.once(asked))
    yield at_least(f"{held.shape.name}: tokens as in memory", same, "share", held.tokens, 1.0)
