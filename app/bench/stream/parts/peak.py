"""Point 2: a file of twice the budget runs; what the engine holds at most, with a limit over it and without."""

from collections.abc import Iterator
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.setting import Setting, at_most

_TOKENS = 12
_MORE = 1.03


def rows(setting: Setting) -> Iterator[Row]:
    """Half of the file as budget, and once as the limit of a memory group."""
    for shape in (setting.dense, setting.sparse):
        free = setting.asked(shape, Mode.STREAM, tokens=_TOKENS, limited=False)
        done = setting.once(free)
        size_mb = free.model.stat().st_size / 2**20
        name = f"{shape.name}, a file of {size_mb:.0f} MB in {free.budget_mb} MB"
        target = free.budget_mb * _MORE
        resident = f"{name}: peak without a limit, of the resident set"
        yield at_most(resident, done.held.peak_mb, "MB", 1, target, baseline=free.budget_mb)
        yield Row(name=f"{name}: locked", value=done.held.locked_mb, unit="MB", n=1)
        if not setting.driver.grouped:
            continue
        charged = f"{name}: peak without a limit, of all that was charged to it"
        yield Row(name=charged, value=done.figures.peak_mb, unit="MB", n=1, baseline=free.budget_mb)
        held = setting.once(replace(free, limit_mb=free.budget_mb))
        limited = f"{name}: under the limit, peak of its memory group"
        yield Row(name=limited, value=held.figures.peak_mb, unit="MB", n=1, baseline=free.budget_mb)
        yield Row(name=f"{name}: under the limit, failcnt", value=held.figures.failcnt, unit="times", n=1)
        yield Row(name=f"{name}: under the limit, refaults", value=held.refaults, unit="pages", n=1)
