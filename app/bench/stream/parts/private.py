"""What the engine holds of its own beside weights: its program, with what llama.cpp keeps for a context taken off."""

from collections.abc import Iterator

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.setting import Setting, at_most

_PRIVATE_MB = 80


def rows(setting: Setting) -> Iterator[Row]:
    """Mapped weights are no private memory; of a streamed model the budget holds the weights too."""
    shape = setting.dense
    for mode in (Mode.MMAP, Mode.STREAM):
        asked = setting.asked(shape, mode, tokens=4, limited=False)
        with setting.driver.engine(asked) as engine:
            engine.ask(asked.prompt, asked.tokens)
            own_mb = engine.watch.own_mb()
            buffers = sum((engine.ready.get("buffers") or {}).values()) / 2**20
            weights = (engine.ready.get("resident_bytes", 0) + engine.ready.get("window_bytes", 0)) / 2**20
        name = f"{shape.name}, {mode}: private memory without KV and compute buffers"
        if mode is Mode.MMAP:
            yield at_most(name, own_mb - buffers, "MB", 1, _PRIVATE_MB)
        else:
            yield at_most(f"{name} and without weights", own_mb - buffers - weights, "MB", 1, _PRIVATE_MB)
        yield Row(name=f"{shape.name}, {mode}: private memory in all", value=own_mb, unit="MB", n=1)
        yield Row(name=f"{shape.name}, {mode}: KV and compute buffers", value=buffers, unit="MB", n=1)
