"""Letters that come alone, and what goes on by itself, on drawn screens: what of each is kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from app.bench.capture.scenes import MUST, MUST_NOT, Scene
from app.bench.capture.setting import Setting, at_least, at_most
from app.bench.row import Row, percentile
from core.capture.screen.change import Seen, look_at
from core.capture.screen.presets import PRESETS, Preset

_FIRST = 7_000
"""The first scene's number; those below were looked at while the rules were mended."""
_KEPT = {"two letters": 0.99, "two letters typed where a caret blinks": 0.98, "one letter": 0.92}
_FALSELY = {"clocks": 0.05, "carets": 0.05, "spinners": 0.10}
_HASTENED = 2
_LATE_S = 0.08
"""By how much a look may come later than it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What was kept of one scene after its first look."""

    early: int
    """Frames before what must be kept came, or of a scene of which nothing must."""
    after_s: float | None
    """Seconds until it was kept."""


def rows(setting: Setting) -> Iterator[Row]:
    """Each kind on so many screens, at the looks of the preset."""
    pace = PRESETS[setting.preset]
    numbers = range(_FIRST, _FIRST + setting.screens)
    late: list[float] = []
    for name, draw in MUST.items():
        found = [looked(draw(np.random.default_rng(number)), pace, number) for number in numbers]
        after = [one.after_s for one in found if one.after_s is not None]
        late += after
        yield at_least(f"{name}, kept", len(after) / len(found), "share", len(found), _KEPT[name])
    yield Row(name="until they are kept, p95", value=percentile(late, 0.95), unit="s", n=len(late))
    for name, draw in MUST_NOT.items():
        counted = Counter(looked(draw(np.random.default_rng(number)), pace, number).early for number in numbers)
        share = 1 - counted[0] / len(numbers)
        what = f"{name}, of which a look is kept"
        if name in _FALSELY:
            yield at_most(what, share, "share", len(numbers), _FALSELY[name])
        else:
            yield Row(name=what, value=share, unit="share", n=len(numbers))
        frames = sum(kept * screens for kept, screens in counted.items())
        yield Row(name=f"{name}, looks kept of each", value=frames / len(numbers), unit="frames", n=len(numbers))


def looked(scene: Scene, pace: Preset, number: int) -> _Looked:
    """A scene looked at while somebody works: at the greatest gap, and sooner where a look was not sure (`Pacing`)."""
    random = np.random.default_rng(number)
    seen, second, hastened, early = Seen(), 0.0, 0, -1
    while second < scene.ends_s:
        look = look_at(np.asarray(scene.at(second)))
        change = seen.differs(look, "window", at=scene.begins + timedelta(seconds=second))
        if change.real:
            seen.kept(look, "window")
            if scene.comes_s is not None and second >= scene.comes_s:
                return _Looked(early=early, after_s=second - scene.comes_s)
            early += 1
        if change.pending and hastened < _HASTENED:
            second += pace.least_gap + hastened * pace.poll
            hastened += 1
        else:
            second += pace.greatest_gap
            hastened = 0
        second += float(random.uniform(0, _LATE_S))
    return _Looked(early=early, after_s=None)
