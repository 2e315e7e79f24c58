"""What the plan foretells, from three seconds of measuring this machine, beside what then comes."""

from collections.abc import Iterator

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.made import Shape
from app.bench.stream.setting import Setting, at_most, speed
from core.inference.planned import planned, read_model
from core.inference.stream.speed import measure
from core.inference.stream.speeds import Speeds
from core.inference.threads import threads

_TOKENS = 12
_SHARES = (0.35, 0.5, 0.75)
_APART = 0.5
"""How far a foretold rate may be from the measured one, in shares of it, before "about" says too much."""


def rows(setting: Setting) -> Iterator[Row]:
    """Streamed at three budgets; the same runs as for the tokens."""
    for shape in (setting.dense, setting.sparse):
        speeds = measure(setting.model(shape), threads=threads())
        for share in _SHARES:
            yield from _at(setting, shape, share, speeds)


def _at(setting: Setting, shape: Shape, share: float, speeds: Speeds) -> Iterator[Row]:
    asked = setting.asked(shape, Mode.STREAM, tokens=_TOKENS, share=share, limited=False)
    done = setting.once(asked)
    context = int(done.ready["context"])
    foretold = planned(
        read_model(asked.model), budget_bytes=asked.budget_mb * 2**20, context_tokens=context, speeds=speeds
    )
    name = f"{shape.name} in {asked.budget_mb} MB"
    found = speed(done)
    yield Row(name=f"{name}: foretold", value=foretold.tokens_per_s, unit="tokens/s", n=1, baseline=found)
    yield at_most(f"{name}: foretold apart from measured", abs(foretold.tokens_per_s / found - 1), "share", 1, _APART)
    mb = foretold.work.read_bytes / 2**20
    read = done.figures.read_mb_per_token
    yield Row(name=f"{name}: foretold to be read", value=mb, unit="MB a token", n=1, baseline=read)
