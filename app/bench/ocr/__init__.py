"""`mneme bench ocr`: engines side by side on drawn screens; a drawn session read by what changed and read whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.bench.ocr.measured import Measured, measured
from app.bench.ocr.score import Score, scored
from app.bench.ocr.screens import Size, screens
from app.bench.ocr.session import session
from app.bench.outside import busy, option
from app.bench.row import Row, mean, percentile
from app.cli.session import Session
from core.capture.screen.engine import EngineName
from core.capture.screen.known import KnownPages
from core.errors import BadInput, Missing

_ENGINES: tuple[EngineName, ...] = ("rapidocr", "tesseract")
_FEWER = 5
"""Times fewer seconds of reading that a session must take when only what changed is read."""
_PARTS = ("engines", "session")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wishes:
    """What was asked for."""

    engines: tuple[EngineName, ...]
    parts: tuple[str, ...]
    size: Size
    most: int

    @classmethod
    def read(cls, arguments: list[str]) -> "_Wishes":
        """From the bench's own arguments. Raises BadInput."""
        names = option(arguments, "--engines", ",".join(_ENGINES)).split(",")
        parts = tuple(option(arguments, "--parts", ",".join(_PARTS)).split(","))
        width, _, height = option(arguments, "--size", "1920x1080").partition("x")
        most = option(arguments, "--most", "1000")
        engines = tuple(name for name in _ENGINES if name in names)
        if not engines or len(engines) != len(names) or not set(parts) <= set(_PARTS):
            raise BadInput("Which engines, which parts?", "--engines rapidocr,tesseract --parts engines,session")
        if not (width.isdigit() and height.isdigit() and most.isdigit() and int(width) > 640 and int(height) > 480):
            raise BadInput("How large are the screens?", "Like --size 1920x1080, and --most 5 for the first frames.")
        return cls(engines=engines, parts=parts, size=(int(width), int(height)), most=int(most))


def run(arguments: list[str], session: Session) -> list[Row]:
    """`[--engines A,B] [--parts engines,session] [--size WxH] [--most N]`: rows. Raises BadInput."""
    wishes = _Wishes.read(arguments)
    rows = [busy()]
    for engine in wishes.engines:
        try:
            with measured(engine) as one:
                if "engines" in wishes.parts:
                    session.err.print(f"{engine} reads drawn screens …")
                    rows += _screens(engine, one, wishes)
                if "session" in wishes.parts:
                    session.err.print(f"{engine} reads a session …")
                    rows += _session(engine, one, wishes)
        except Missing as problem:
            session.err.print(f"{problem.title} {problem.remedy}")
    return rows


def _screens(engine: EngineName, one: Measured, wishes: _Wishes) -> Iterator[Row]:
    """Each screen read whole: words right, words read that are none, seconds, memory."""
    drawn = list(islice(screens(wishes.size), wishes.most))
    one.reader.read(drawn[0][1].pixels[:64, :64])  # loads
    yield Row(name=f"{engine}: processor time to load", value=one.cpu_s(), unit="s", n=1)
    total, seconds = Score(), []
    for name, paper in drawn:
        begun = one.cpu_s()
        score = scored(paper.words, one.reader.read(paper.pixels))
        seconds.append(one.cpu_s() - begun)
        yield Row(name=f"{engine}: words right, {name}", value=_percent(score), unit="%", n=score.drawn)
        total += score
    yield from _told(f"{engine}: all screens", total)
    yield Row(name=f"{engine}: processor time of a screen", value=mean(seconds), unit="s", n=len(seconds))
    yield Row(name=f"{engine}: memory", value=one.most_mb, unit="MB", n=1)


def _session(engine: EngineName, one: Measured, wishes: _Wishes) -> Iterator[Row]:
    """The same frames by what changed, then whole: seconds of the reader, words right in each."""
    frames = list(islice(session(wishes.size), wishes.most))
    one.reader.read(frames[0][1].pixels[:64, :64])
    known = KnownPages()
    costs: dict[str, list[float]] = {}
    changed, whole = Score(), Score()
    for kind, paper in frames:
        pixels, begun = paper.pixels, one.cpu_s()
        expected = known.expect("bench", pixels)
        page = one.reader.read(pixels, expected.page, expected.changed)
        known.keep("bench", pixels, page)
        costs.setdefault(kind, []).append(one.cpu_s() - begun)
        changed += scored(paper.words, page)
    for kind, seconds in costs.items():
        yield Row(name=f"{engine}: a frame of the session, {kind}", value=mean(seconds), unit="s", n=len(seconds))
    begun = one.cpu_s()
    for _, paper in frames:
        whole += scored(paper.words, one.reader.read(paper.pixels))
    entire, part = one.cpu_s() - begun, sum(sum(seconds) for seconds in costs.values())
    yield from _told(f"{engine}: session, what changed", changed, whole)
    yield Row(name=f"{engine}: session, processor time", value=part, unit="s", n=len(frames), baseline=entire)
    times = entire / part if part else 0.0
    yield Row(name=f"{engine}: session, times less than whole", value=times, unit="x", n=len(frames), target=_FEWER)


def _told(name: str, score: Score, whole: Score | None = None) -> Iterator[Row]:
    compared = _percent(whole) if whole is not None else None
    yield Row(name=f"{name}, words right", value=_percent(score), unit="%", n=score.drawn, baseline=compared)
    wrong = 100 * (score.read - score.right) / max(1, score.read)
    yield Row(name=f"{name}, words wrong of those read", value=wrong, unit="%", n=score.read)
    yield from _edges(name, score.errors)


def _edges(name: str, errors: Sequence[int]) -> Iterator[Row]:
    yield Row(name=f"{name}, edges of words off, median", value=percentile(errors, 0.5), unit="px", n=len(errors))
    yield Row(name=f"{name}, edges of words off, p95", value=percentile(errors, 0.95), unit="px", n=len(errors))


def _percent(score: Score) -> float:
    return 100 * score.right / max(1, score.drawn)
