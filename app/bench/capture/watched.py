"""The processes of a running Mneme from outside: what each has used of the processor, by what it does."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from app.bench.outside import tree

_PARTS = {"reader_child": "the text reader", "embedder_child": "the embedder", "engine_child": "the model"}
READER = _PARTS["reader_child"]
HOST = "the host"


@dataclass(slots=True)
class Processes:
    """A process tree; one that has ended keeps what it was last seen to have used, so look often."""

    root: int
    _used: dict[int, tuple[str, float]] = field(default_factory=dict)

    def look(self) -> dict[str, float]:
        """Seconds of processor time until now, by what the process does."""
        with suppress(psutil.Error):
            for process in tree(self.root):
                with suppress(psutil.Error):
                    times = process.cpu_times()
                    self._used[process.pid] = self._name(process), times.user + times.system
        total: dict[str, float] = defaultdict(float)
        for name, seconds in self._used.values():
            total[name] += seconds
        return dict(total)

    def _name(self, process: psutil.Process) -> str:
        if process.pid == self.root:
            return HOST
        known = self._used.get(process.pid)
        if known is not None:
            return known[0]
        words = " ".join(process.cmdline())
        return next((name for module, name in _PARTS.items() if module in words), "another process")


def between(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was used from one look to the next."""
    return {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}
