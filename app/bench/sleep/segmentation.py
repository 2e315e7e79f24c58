"""How well a stream was parted: F1 of its boundaries, exact and nearly, and the two measures of text segmentation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.bench.row import Row, mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A stream of `count` turns, before which of them a part begins (`right`), and where one was said to (`found`)."""

    count: int
    right: frozenset[int]
    found: frozenset[int]


def scores(name: str, streams: Sequence[Parted], target: float | None) -> Iterator[Row]:
    """F1 over all boundaries of all streams, with the same of even cuts as baseline; Pk and WindowDiff a stream.

    Exact, and within one and two turns, each boundary matched once, the nearest first. The target is for one turn
    either way, which is what segmenters of talk are usually judged by: which of "bye" and "anyway" begins the next
    topic is a matter of taste. Pk: Beeferman and others 1999; WindowDiff: Pevzner and Hearst 2002; both with half the
    mean length of a part, 0 is best.
    """
    even = [_evenly(one) for one in streams]
    for within in (0, 1, 2):
        precision, recall, f1 = _f1(streams, within)
        near = "exact" if not within else f"within {within}"
        count = sum(len(one.right) for one in streams)
        yield Row(
            name=f"{name}: boundary F1, {near}",
            value=f1,
            unit="share",
            n=count,
            baseline=_f1(even, within)[2],
            target=target if within == 1 else None,
        )
        if within == 1:
            found = sum(len(one.found) for one in streams)
            yield Row(name=f"{name}: precision, {near}", value=precision, unit="share", n=found)
            yield Row(name=f"{name}: recall, {near}", value=recall, unit="share", n=count)
    for measure, of in (("Pk", _pk), ("WindowDiff", _windowdiff)):
        base = mean([of(one) for one in even])
        value = mean([of(one) for one in streams])
        yield Row(name=f"{name}: {measure}", value=value, unit="share of errors", n=len(streams), baseline=base)


def matched(right: frozenset[int], found: frozenset[int], within: int) -> int:
    """How many of `found` stand for one of `right` each, at most `within` places away."""
    pairs = sorted((abs(a - b), a, b) for a in right for b in found if abs(a - b) <= within)
    taken: set[int] = set()
    used: set[int] = set()
    for _, a, b in pairs:
        if a not in taken and b not in used:
            taken.add(a)
            used.add(b)
    return len(taken)


def _f1(streams: Sequence[Parted], within: int) -> tuple[float, float, float]:
    hits = sum(matched(one.right, one.found, within) for one in streams)
    found, right = sum(len(one.found) for one in streams), sum(len(one.right) for one in streams)
    return hits / max(1, found), hits / max(1, right), 2 * hits / max(1, found + right)


def _evenly(one: Parted) -> Parted:
    parts = len(one.right) + 1
    cuts = frozenset(round(one.count * number / parts) for number in range(1, parts))
    return Parted(count=one.count, right=one.right, found=cuts)


def _pk(one: Parted) -> float:
    wide = _window(one)
    wrong = [_cuts(one.right, at, wide) > 0 for at in range(one.count - wide)]
    said = [_cuts(one.found, at, wide) > 0 for at in range(one.count - wide)]
    return mean([float(a != b) for a, b in zip(wrong, said, strict=True)])


def _windowdiff(one: Parted) -> float:
    wide = _window(one)
    return mean([float(_cuts(one.right, at, wide) != _cuts(one.found, at, wide)) for at in range(one.count - wide)])


def _window(one: Parted) -> int:
    return max(2, round(one.count / (len(one.right) + 1) / 2))


def _cuts(boundaries: frozenset[int], at: int, wide: int) -> int:
    return sum(at < boundary <= at + wide for boundary in boundaries)
