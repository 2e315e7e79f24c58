"""The process that measures this CPU: two made-up layers are computed with, as a model's are."""

import time
from pathlib import Path

from core.errors import ModelProblem
from core.inference.child import Header, Reply, serve
from core.inference.header import check_gguf
from core.inference.llama import Loaded, Running
from core.inference.stream.made_layers import WEIGHT_BYTES, made_layers

_MANY = 64
_TIMES_ONE, _TIMES_MANY = 12, 3


def _measure(header: Header, __: bytes) -> Reply:
    """{"threads"} -> {"one", "batch", "repacked"}: bytes of weights a second, see CpuSpeed."""
    threads = int(str(header["threads"]))
    with made_layers() as path:
        one, batch = _rates(path, threads, repack=False)
        _, repacked = _rates(path, threads, repack=True)
    return {"one": one, "batch": batch, "repacked": repacked}, b""


def _rates(path: Path, threads: int, *, repack: bool) -> tuple[float, float]:
    running = Running(context=512, batch=_MANY, threads=threads, repack=repack)
    model = Loaded(path, check_gguf(path), running)
    try:
        _seconds(model, 1, 0)
        # The shortest, not the median: what else runs just now is not this CPU's speed.
        one = min(_seconds(model, 1, 1 + place) for place in range(_TIMES_ONE))
        many = min(_seconds(model, _MANY, 1 + _TIMES_ONE + _MANY * place) for place in range(_TIMES_MANY))
    finally:
        model.close()
    return WEIGHT_BYTES / one, WEIGHT_BYTES * _MANY / many


def _seconds(model: Loaded, tokens: int, begin: int) -> float:
    begun = time.perf_counter()
    if model.decode([1 + place % 200 for place in range(tokens)], begin, all_outputs=False):
        raise ModelProblem("This CPU could not be measured.", "Try again when the machine is idle.")
    return time.perf_counter() - begun


def main() -> None:
    """Measure for the host until it closes the pipe."""
    serve({"measure": _measure})


if __name__ == "__main__":
    main()
