"""What every part of the bench of streaming is given: models, runs in turn, and where to tell how far it is."""

import os
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from app.bench.asking import Bar
from app.bench.row import Row
from app.bench.stream.asked import Asked, Mode
from app.bench.stream.device import device_of
from app.bench.stream.engine import Driver
from app.bench.stream.made import CHAINED, QUOTING, SMALL, Shape, made, words
from app.bench.stream.quoting import Inside, embed_copier
from app.bench.stream.run import Run, run
from app.cli.session import Session
from core.errors import Problem
from core.inference.stream.neurons.prepare import prepare

_CALIBRATED_ON, _CALIBRATION_SEED = 2000, 99
_STEPS = 1000
COPIER = Path(__file__).resolve().parents[3] / "tests" / "data" / "copier.gguf"
AROUND = Inside(layers=28, width=3072, inner=12288, heads=24, shared_heads=8, head_width=128)
"""1.6 GB."""
SHORT = 24
"""Tokens of a prompt that is not what is measured."""
_CACHE = "q8_0"
"""The same in all modes and at all budgets, so that tokens can be compared."""
READ_AHEAD_KB = (128, 8192)
"""The usual one, and the largest that anybody sets."""


@dataclass(slots=True, kw_only=True)
class Setting:
    """A bench under way. Budgets are shares of a model's file."""

    session: Session
    bar: Bar
    driver: Driver
    folder: Path
    rounds: int = 3
    dense: Shape
    sparse: Shape
    squared: Shape
    chained: Shape = CHAINED
    small: Shape = SMALL
    """What drafts for it."""
    around: Inside = AROUND
    """The shape around the model that quotes."""
    beside_mb: int = 0
    """Added to each budget: for models beside which the engine's own program is large."""
    runs: list[Run] = field(default_factory=list)
    """Every run until now, for the table."""

    def model(self, shape: Shape) -> Path:
        """The file of a shape, made when it is not there yet. Raises Problem."""
        if (self.folder / shape.file).exists():
            return self.folder / shape.file
        with self.bar.over(f"Making {shape.name}, {shape.bytes / 2**30:.1f} GB, in {self.folder}", shape.bytes) as step:
            seen = 0

            def on(done: int, _: int) -> None:
                nonlocal seen
                step.on(done - seen)
                seen = done

            return made(shape, self.folder, on)

    def prepared(self, shape: Shape) -> Path:
        """The same with its neurons bundled, as `mneme models prepare` makes it. Raises Problem."""
        source = self.model(shape)
        target = source.with_suffix(".prepared.gguf")
        if not target.exists():
            text = words(_CALIBRATED_ON, _CALIBRATION_SEED, shape)
            with self.bar.over(f"Preparing {shape.name}", _STEPS) as step:
                done = 0
                for told in prepare(source, target, text, threads=os.cpu_count() or 1):
                    step.on(int(told.part * _STEPS) - done)
                    done = int(told.part * _STEPS)
        return target

    def quoting(self) -> Path:
        """The trained copier inside a large shape. Raises Problem."""
        if not COPIER.exists():
            raise Problem("The trained model that quotes is not here.", "Run this from a checkout that has it.")
        target = self.folder / f"{QUOTING}-{crc32(COPIER.read_bytes()):08x}.gguf"
        if not target.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.session.err.print(f"Making {QUOTING} in {self.folder} …", markup=False)
            around = self.around
            embed_copier(
                COPIER, target, layers=around.layers, width=around.width, inner=around.inner, heads=around.heads,
                shared_heads=around.shared_heads, head_width=around.head_width,
            )  # fmt: skip
        return target

    def asked(
        self, shape: Shape, mode: Mode, *, tokens: int, share: float = 0.5, limited: bool = True, seed: int = 1,
        draft: bool = False, small: Shape | None = None, window: bool = True, bundle: bool = True,
    ) -> Asked:  # fmt: skip
        """A run of a made model with a short prompt, with `share` of its file as the budget, and as the limit."""
        model = self.model(shape)
        budget = int(model.stat().st_size * share) // 2**20 + self.beside_mb
        free = not limited or mode is Mode.MEMORY
        return Asked(
            model=model, mode=mode, budget_mb=budget, prompt=words(SHORT, seed, shape), tokens=tokens,
            limit_mb=0 if free else budget, draft=draft, small=None if small is None else self.model(small),
            window=window, bundle=bundle,
            cache=_CACHE,
        )  # fmt: skip

    def run(self, asked: Asked) -> Run:
        """One run, counted for the table. Raises Problem."""
        done = run(asked, self.driver)
        self.runs.append(done)
        return done

    def once(self, asked: Asked) -> Run:
        """That run, from before where it has been made. Raises Problem."""
        return next((done for done in self.runs if done.asked == asked), None) or self.run(asked)

    def in_turn(self, wanted: Mapping[str, Asked], rounds: int | None = None) -> dict[str, list[Run]]:
        """Each of them, then each again: what the machine does meanwhile meets all alike. Raises Problem."""
        found: dict[str, list[Run]] = defaultdict(list)
        times = rounds or self.rounds
        with self.bar.over(f"{', '.join(wanted)} in turn", len(wanted) * times) as step:
            for _ in range(times):
                for name, asked in wanted.items():
                    found[name].append(self.run(asked))
                    step.on()
        return dict(found)

    @contextmanager
    def reading_ahead(self, model: Path, kb: int) -> Iterator[bool]:
        """The disk's read-ahead set within; False, and said, where that may not be."""
        device = device_of(model)
        if device is None or not device.settable:
            self.session.err.print(
                f"The read-ahead of this disk cannot be set to {kb} KB: measured as it is.", markup=False
            )
            yield False
            return
        with device.reading_ahead(kb):
            yield True


def middle(runs: list[Run], figure: Callable[[Run], float]) -> float:
    """The median over runs."""
    return statistics.median(figure(one) for one in runs)


def speed(one: Run) -> float:
    """Tokens a second behind the first."""
    return one.figures.tokens_per_s


def same_tokens(one: Run, reference: Run) -> float:
    """Which share of the shorter answer's tokens is the same from its beginning."""
    pairs = list(zip(one.figures.tokens, reference.figures.tokens, strict=False))
    alike = next((place for place, (left, right) in enumerate(pairs) if left != right), len(pairs))
    return alike / len(pairs) if pairs else 0.0


def at_least(name: str, value: float, unit: str, n: int, target: float, baseline: float | None = None) -> Row:
    """A figure that reaches its target from below."""
    return Row(name=f"{name} (at least)", value=value, unit=unit, n=n, target=target, baseline=baseline)


def at_most(name: str, value: float, unit: str, n: int, target: float, baseline: float | None = None) -> Row:
    """A figure that must not grow past its target."""
    return Row(name=f"{name} (at most)", value=value, unit=unit, n=n, target=target, baseline=baseline)


def met(row: Row) -> bool | None:
    """Whether a row holds its target; None for one without."""
    if row.target is None:
        return None
    return row.value <= row.target if row.name.endswith("(at most)") else row.value >= row.target
