"""What `mneme bench stream` measured as the Markdown that docs/benchmarks.md includes verbatim."""

import statistics
from collections.abc import Callable, Iterator, Sequence

from app.bench.row import Row
from app.bench.stream.run import Run
from app.bench.stream.setting import met

SHOWN = "| | value | unit | n | beside | to reach | |"
RUNS = (
    "| model | mode | budget, MB | limit | read-ahead, KB | n | tokens/s | sweep, ms | read, MB a token "
    "| mean read, KB | waited, ms a token | hits | peak, MB | failcnt | refaults | prefill, tokens/s | loaded in, s |"
)
_FIGURES: tuple[Callable[[Run], float], ...] = (
    lambda run: run.figures.tokens_per_s,
    lambda run: run.figures.sweep_ms_median,
    lambda run: run.figures.read_mb_per_token,
    lambda run: run.figures.mean_read_kb,
    lambda run: run.figures.wait_ms,
    lambda run: run.figures.hit_rate,
    lambda run: run.figures.peak_mb,
    lambda run: run.figures.failcnt,
    lambda run: run.refaults,
    lambda run: run.figures.prefill_tokens_per_s,
    lambda run: run.load_s,
)
_HOLDS = {True: "holds", False: "missed", None: ""}


def markdown(rows: Sequence[Row], runs: Sequence[Run]) -> str:
    """What must be shown, then the medians of every kind of run behind it."""
    return "\n".join([*_shown(rows), "", *_behind(runs)]) + "\n"


def _shown(rows: Sequence[Row]) -> Iterator[str]:
    yield SHOWN
    yield "|---|---:|---|---:|---:|---:|---|"
    for row in rows:
        name, most = row.name.removesuffix(" (at most)"), row.name.endswith("(at most)")
        target = "" if row.target is None else f"{'≤' if most else '≥'} {figure(row.target)}"
        beside = "" if row.baseline is None else figure(row.baseline)
        cells = (name.removesuffix(" (at least)"), figure(row.value), row.unit, row.n, beside, target, _HOLDS[met(row)])
        yield f"| {' | '.join(map(str, cells))} |"


def _behind(runs: Sequence[Run]) -> Iterator[str]:
    yield RUNS
    yield "|---|---|" + "---:|" * (RUNS.count("|") - 3)
    alike: dict[tuple[str, ...], list[Run]] = {}
    for one in runs:
        alike.setdefault(_kind(one), []).append(one)
    for kind, several in alike.items():
        medians = [figure(statistics.median(of(one) for one in several)) for of in _FIGURES]
        yield f"| {' | '.join([*kind, str(len(several)), *medians])} |"


def _kind(one: Run) -> tuple[str, ...]:
    asked = one.asked
    switches = [name for name, on in (("drafting", asked.draft), ("a small model", asked.small is not None),
                                      ("no window", not asked.window),
                                      ("no bundles", not asked.bundle)) if on]  # fmt: skip
    return (
        asked.model.stem.partition("-")[0],
        ", ".join([asked.mode, *switches]),
        str(asked.budget_mb),
        str(asked.limit_mb) if one.figures.limit_mb else "none",
        str(one.figures.read_ahead_kb),
    )


def figure(value: float) -> str:
    """Three digits of a small number, whole ones of a large."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
