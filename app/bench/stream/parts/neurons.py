"""Point 6: a dense model with ReLU^2, prepared: only the neurons that a token makes active are read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Asked, Mode
from app.bench.stream.made import words
from app.bench.stream.run import Run
from app.bench.stream.setting import (
    READ_AHEAD_KB,
    SHORT,
    Setting,
    at_least,
    at_most,
    middle,
    same_tokens,
    speed,
)
from core.inference.layout import read_layout

_TOKENS = 24
_SLOW_TOKENS = 5
"""Of the modes that need seconds for each."""
_ROUNDS = 2
_SEEDS = (21, 22, 23, 24)
_ARGMAX, _OF_FFN, _SPARED = 0.99, 0.08, 2.0
_AGAINST: Mapping[Mode, tuple[float, float]] = {Mode.MMAP: (3.5, 1.5), Mode.NAIVE: (3.0, 3.0)}


def rows(setting: Setting) -> Iterator[Row]:
    """The prepared file in half of the plain file's memory, against the plain file by other ways."""
    plain = setting.asked(setting.squared, Mode.MMAP, tokens=_SLOW_TOKENS)
    ours = replace(plain, model=setting.prepared(setting.squared), mode=Mode.STREAM, tokens=_TOKENS)
    yield from _read(setting, plain, ours)
    yield from _same(setting, plain, ours)
    yield from _fast(setting, plain, ours)


def _read(setting: Setting, plain: Asked, ours: Asked) -> Iterator[Row]:
    with_, bare, apart = (setting.once(one) for one in (ours, replace(ours, window=False), replace(ours, bundle=False)))
    name, count = setting.squared.name, _TOKENS - 1
    neurons = sum(
        one.bytes for one in read_layout(plain.model).tensors if ".ffn_up." in one.name or ".ffn_down." in one.name
    )
    read = with_.figures.read_mb_per_token
    yield Row(name=f"{name}: read", value=read, unit="MB a token", n=count)
    yield at_most(f"{name}: read of the FFN's bytes", read * 2**20 / neurons, "share", count, _OF_FFN)
    spared = bare.figures.read_mb_per_token / max(read, 1e-9)
    yield at_least(f"{name}: bytes without the window against with it", spared, "times", count, _SPARED)
    longer = with_.figures.mean_read_kb / max(apart.figures.mean_read_kb, 1e-9)
    yield at_least(f"{name}: mean read with bundles against without", longer, "times", count, _SPARED)
    yield Row(name=f"{name}: mean read", value=with_.figures.mean_read_kb, unit="KB", n=count)
    yield Row(name=f"{name}: neurons that were there when wanted", value=with_.figures.hit_rate, unit="share", n=count)


def _same(setting: Setting, plain: Asked, ours: Asked) -> Iterator[Row]:
    """Tokens with all neurons resident, and the choice of the plain file at each place up to the first that differs."""
    resident = setting.once(replace(ours, mode=Mode.MEMORY, limit_mb=0, budget_mb=4 * ours.budget_mb))
    same = same_tokens(setting.once(ours), resident)
    yield at_least(f"{setting.squared.name}: tokens as with all neurons resident", same, "share", _TOKENS, 1.0)
    found = [_answers(setting, one) for one in (ours, replace(plain, mode=Mode.MEMORY, limit_mb=0, tokens=_TOKENS))]
    alike = places = 0
    for left, right in zip(*found, strict=True):
        until = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
        alike += min(len(left), len(right)) if until is None else until
        places += min(len(left), len(right)) if until is None else until + 1
    name = f"{setting.squared.name}: argmax as the plain file in llama.cpp"
    yield at_least(name, alike / places, "share", places, _ARGMAX)


def _answers(setting: Setting, asked: Asked) -> list[tuple[int, ...]]:
    with setting.driver.engine(asked) as engine:
        prompts = [words(SHORT, seed, setting.squared) for seed in _SEEDS]
        replies = [engine.ask(prompt, _TOKENS) for prompt in prompts]
    return [tuple(number for part in reply.parts for number in part.ids) for reply in replies]


def _fast(setting: Setting, plain: Asked, ours: Asked) -> Iterator[Row]:
    wanted = {Mode.STREAM.value: ours} | {mode.value: replace(plain, mode=mode) for mode in _AGAINST}
    for place, kb in enumerate(READ_AHEAD_KB):
        with setting.reading_ahead(plain.model, kb) as set_:
            found = setting.in_turn(wanted, min(setting.rounds, _ROUNDS))
        yield from _against(f"{setting.squared.name}, read-ahead {_ahead(found)} KB", found, place)
        if not set_:
            return


def _against(name: str, found: Mapping[str, list[Run]], place: int) -> Iterator[Row]:
    streamed = found[Mode.STREAM]
    for mode, runs in found.items():
        yield Row(name=f"{name}: {mode}", value=middle(runs, speed), unit="tokens/s", n=len(runs))
    for mode, targets in _AGAINST.items():
        ratio = middle(streamed, speed) / middle(found[mode], speed)
        yield at_least(f"{name}: against {mode}", ratio, "times", len(streamed), targets[place], baseline=1.0)


def _ahead(found: Mapping[str, list[Run]]) -> int:
    return found[Mode.STREAM][0].figures.read_ahead_kb
