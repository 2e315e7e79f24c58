"""The first word after a long prompt whose beginning has been read before, beside one that is new."""

from collections.abc import Iterator
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.made import words
from app.bench.stream.setting import SHORT, Setting, at_most

_PREFIX = 2000
_TOKENS = 4
_WARM = 0.2


def rows(setting: Setting, tokens: int = _PREFIX) -> Iterator[Row]:
    """A long prompt twice, with another question at its end; a model that fits and a streamed one."""
    shape = setting.dense
    long = words(tokens, 3, shape)
    for mode, share in ((Mode.OWN, 2.0), (Mode.STREAM, 0.5)):
        asked = setting.asked(shape, mode, tokens=_TOKENS, share=share, limited=False)
        with setting.driver.engine(replace(asked, context=tokens + 512)) as engine:
            cold, warm = (engine.ask(long + words(SHORT, seed, shape), _TOKENS) for seed in (11, 12))
        took = [(one.parts[0].at - one.begun) * 1000 for one in (cold, warm)]
        name = f"{shape.name}, {mode}: first word after {tokens} tokens"
        yield Row(name=f"{name}, none read before", value=took[0], unit="ms", n=1)
        yield Row(name=f"{name}, read before", value=took[1], unit="ms", n=1)
        yield at_most(f"{name}: read before against new", took[1] / took[0], "share", 1, _WARM)
