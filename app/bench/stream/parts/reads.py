"""Point 3: what the window and the bundles spare of the disk, each switched off by itself."""

from collections.abc import Iterator
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.setting import Setting, at_least, at_most

_TOKENS = 32


def rows(setting: Setting) -> Iterator[Row]:
    """Bytes a token with the window and without; the mean read with bundles and without. Experts, and whole layers."""
    asked = setting.asked(setting.sparse, Mode.STREAM, tokens=_TOKENS)
    both, bare = setting.once(asked), setting.once(replace(asked, window=False))
    apart = setting.once(replace(asked, bundle=False))
    name, count = setting.sparse.name, len(both.figures.tokens) - 1
    read = (both.figures.read_mb_per_token, bare.figures.read_mb_per_token)
    yield at_most(f"{name}: read with the window", read[0], "MB a token", count, round(read[1], 3), baseline=read[1])
    size = (both.figures.mean_read_kb, apart.figures.mean_read_kb)
    yield at_least(f"{name}: mean read with bundles", size[0], "KB", count, round(size[1], 3), baseline=size[1])
    asked = setting.asked(setting.dense, Mode.STREAM, tokens=8)
    long, short = (setting.once(replace(asked, bundle=on)).figures.mean_read_kb for on in (True, False))
    name = f"{setting.dense.name}: mean read with bundles"
    yield at_least(name, long, "KB", asked.tokens - 1, round(short, 3), baseline=short)
