"""One run measured from outside, as the object that PRODUCT's contract names."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from app.bench.stream.asked import Asked
from app.bench.stream.device import device_of
from app.bench.stream.engine import Driver, Engine, Part, Reply
from app.bench.stream.watching import Held, energy_j
from app.commands.request import JSON
from core.errors import Problem

_SAME_SWEEP_S = 0.0005
"""Words that arrive closer together come from one sweep through the weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The contract's object: MB and KB of 2^20 and 2^10 bytes; a token's figures without the first token."""

    mode: str
    tokens_per_s: float
    sweep_ms_median: float
    read_mb_per_token: float
    mean_read_kb: float
    wait_ms: float
    """Of the computing thread for weights, a token, as the engine counts it."""
    peak_mb: float
    """What its memory group was charged at most; without a group its largest resident set."""
    limit_mb: int
    failcnt: int
    """How often the limit was in the way."""
    locked_mb: float
    reads_per_token: float
    hit_rate: float
    """Experts or neurons that were there when wanted, as the engine counts; 1 where all weights stay."""
    ttft_ms: float
    """From the question to the first word, the model being loaded."""
    prefill_tokens_per_s: float
    accepted_per_sweep: float
    """Tokens of the answer a sweep through the weights."""
    read_ahead_kb: int
    """0 where the file lies on no disk of its own."""
    energy_j: float | None
    """Of the processors during the answer, everything that ran included."""
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run: the contract's figures and what else was seen."""

    asked: Asked
    figures: Figures
    held: Held
    load_s: float
    refaults: int
    group_version: int
    """0: no memory groups here, so that the peak is of the resident set and no limit stood."""
    ready: JSON
    said: JSON
    text: str

    def as_json(self) -> JSON:
        """The contract's object."""
        return asdict(self.figures) | {"tokens": list(self.figures.tokens)}


def run(asked: Asked, driver: Driver) -> Run:
    """Load, ask once, end. Raises Problem."""
    with driver.engine(asked) as engine:
        before = energy_j()
        reply = engine.ask(asked.prompt, asked.tokens)
        after = energy_j()
        spent = None if before is None or after is None else after - before
        return measured(engine, reply, spent)


def measured(engine: Engine, reply: Reply, spent_j: float | None) -> Run:
    """The figures of an answer that has just arrived."""
    asked, held, counted = engine.asked, engine.watch.held, engine.counted()
    device = device_of(asked.model)
    parts = [part for part in reply.parts if part.ids]
    if not parts:
        raise Problem("The model wrote nothing.", "Give it another prompt.")
    first, last = parts[0], parts[-1]
    ids = tuple(number for part in parts for number in part.ids)
    later = len(ids) - len(first.ids)
    read = last.read.since(first.read)
    prompt = int(reply.said.get("prompt", 0)) - int(reply.said.get("reused", 0))
    account = reply.said.get("account") or {}
    gaps = sweeps(parts)
    hits, misses = account.get("hits", 0.0), account.get("misses", 0.0)
    figures = Figures(
        mode=asked.mode.value,
        tokens_per_s=later / (last.at - first.at) if later else 0.0,
        sweep_ms_median=statistics.median(gaps) * 1000 if gaps else 0.0,
        read_mb_per_token=read.disk_bytes / 2**20 / max(later, 1),
        mean_read_kb=read.mean_kb,
        wait_ms=account.get("wait_s", 0.0) * 1000 / max(later + 1, 1),
        peak_mb=counted.peak_mb if counted else held.peak_mb,
        limit_mb=asked.limit_mb if counted else 0,
        failcnt=counted.hits if counted else 0,
        locked_mb=held.locked_mb,
        reads_per_token=read.reads / max(later, 1),
        hit_rate=hits / (hits + misses) if hits + misses else 1.0,
        ttft_ms=(first.at - reply.begun) * 1000,
        prefill_tokens_per_s=prompt / (first.at - reply.begun),
        accepted_per_sweep=later / len(gaps) if gaps else 1.0,
        read_ahead_kb=device.read_ahead_kb if device else 0,
        energy_j=spent_j,
        tokens=ids,
    )
    return Run(
        asked=asked,
        figures=figures,
        held=held,
        load_s=engine.ready["ready_s"],
        refaults=counted.refaults if counted else 0,
        group_version=engine.group.place.version if engine.group else 0,
        ready=engine.ready,
        said=reply.said,
        text="".join(part.text for part in reply.parts),
    )


def sweeps(parts: Sequence[Part]) -> list[float]:
    """Seconds of each sweep behind the first: what arrives at once came from one."""
    begins = [parts[0].at]
    for before, part in pairwise(parts):
        if part.at - before.at > _SAME_SWEEP_S:
            begins.append(part.at)
    return [later - earlier for earlier, later in pairwise(begins)]
