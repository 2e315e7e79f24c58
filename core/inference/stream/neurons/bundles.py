"""A layer's neurons from the disk: near ones in one read, each bundle into its slot, begun early by a thread."""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.stream.account import Account
from core.inference.stream.neurons.disk import MOST_VECTORS, Disk, Memory, Numbers
from core.inference.stream.neurons.feed import PIECE
from core.inference.stream.neurons.prepared import SECTOR, Prepared
from core.inference.stream.neurons.window import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What the bench turns off to show what it is worth."""

    window: bool = True
    """Neurons of earlier tokens stay."""
    keep_tokens: int | None = None
    """For how many tokens after their last use; None: as long as there is room."""
    bundle: bool = True
    """A neuron's row and column are one read, and near neurons are too."""
    every: bool = False
    """All neurons are computed: the reference without prediction."""
    gap_bytes: int = 24 * 1024
    """What is read too much rather than reading twice; where a longer read takes as long as another one."""


GATED_GAP = 10 * 1024
"""The same where about every second neuron is read: with 24 KB nearly all would be, and it took twice as long."""


class UnderWay:
    """Reads under way."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._problem: ModelProblem | None = None

    def wait(self, account: Account) -> None:
        """Wait, counting the time. ModelProblem when a read failed."""
        if not self._done.is_set():
            begun = time.perf_counter()
            self._done.wait()
            account.wait_s += time.perf_counter() - begun
        if self._problem is not None:
            raise self._problem

    def finish(self, problem: ModelProblem | None = None) -> None:
        """All is there, or could not be read."""
        self._problem = problem
        self._done.set()


_NOTHING = UnderWay()
_NOTHING.finish()


class Bundles:
    """Reads bundles in a thread of its own, in the order asked for. `close` ends it."""

    def __init__(self, disk: Disk, prepared: Prepared, account: Account, switches: Switches) -> None:
        self._disk, self._prepared, self._account, self._switches = disk, prepared, account, switches
        self._scrap = Memory(1, prepared.bundle)
        self._chunks = [Memory(PIECE, prepared.bundle) for _ in range(2)]
        self._jobs: queue.SimpleQueue[tuple[int, Ids, Numbers, UnderWay] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="neurons", daemon=True)
        self._thread.start()

    def fetch(self, layer: int, neurons: Ids, addresses: Numbers) -> UnderWay:
        """Begin to read neurons (ascending), each to its address."""
        if not len(neurons):
            return _NOTHING
        fetch = UnderWay()
        self._jobs.put((layer, neurons, addresses, fetch))
        return fetch

    def in_order(self, layer: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """A layer's bundles from the first on, (first neuron, (n, bundle)); each valid until the one after the next."""
        begins = range(0, self._prepared.count, PIECE)
        fetches: list[UnderWay] = []
        for number in range(len(begins) + 1):
            if number < len(begins):
                begin, chunk = begins[number], self._chunks[number % 2]
                count = min(PIECE, self._prepared.count - begin)
                rows = np.arange(count)
                fetches.append(self.fetch(layer, begin + rows, chunk.address + rows * self._prepared.bundle))
            if number:
                fetches[number - 1].wait(self._account)
                begin = begins[number - 1]
                yield begin, self._chunks[(number - 1) % 2].rows[: min(PIECE, self._prepared.count - begin)]

    def close(self) -> None:
        """Let the thread finish what it reads and end it; close the file."""
        self._jobs.put(None)
        self._thread.join()
        self._disk.close()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            layer, neurons, addresses, fetch = job
            problem: ModelProblem | None = ModelProblem("The model could not go on.", "Ask again.")
            try:
                if self._switches.bundle:
                    self._read_bundled(layer, neurons, addresses)
                else:
                    self._read_apart(layer, neurons, addresses)
                problem = None
            except ModelProblem as error:
                problem = error
            finally:
                fetch.finish(problem)

    def _read_bundled(self, layer: int, neurons: Ids, addresses: Numbers) -> None:
        """Runs of near neurons, each in one read; what lies between them goes to the scrap."""
        bundle = self._prepared.bundle
        gap = 1 + self._switches.gap_bytes // bundle
        steps = np.diff(neurons)
        begins = np.concatenate([[0], np.flatnonzero(steps > gap) + 1])
        spans = np.diff(np.concatenate([begins, [len(neurons)]]))
        lasts = neurons[begins + spans - 1]
        run = np.repeat(np.arange(len(begins)), spans)
        counts = lasts - neurons[begins] + 1
        place = np.cumsum(counts) - counts
        vectors = np.empty((int(counts.sum()), 2), np.uint64)
        vectors[:, 0], vectors[:, 1] = self._scrap.address, bundle
        vectors[place[run] + neurons - neurons[begins][run], 0] = addresses
        self._read(*_cut(self._prepared.bundles_at(layer) + neurons[begins] * bundle, counts, bundle), vectors)

    def _read_apart(self, layer: int, neurons: Ids, addresses: Numbers) -> None:
        """Each neuron's row and column by themselves."""
        bundle = self._prepared.bundle
        row = -(-self._prepared.up_bytes // SECTOR) * SECTOR
        column = self._prepared.up_bytes // SECTOR * SECTOR
        at = self._prepared.bundles_at(layer) + neurons * bundle
        offsets = np.concatenate([at, at + column])
        vectors = np.empty((2 * len(neurons), 2), np.uint64)
        vectors[: len(neurons), 0], vectors[: len(neurons), 1] = addresses, row
        vectors[len(neurons) :, 0], vectors[len(neurons) :, 1] = addresses + column, bundle - column
        self._read(offsets, np.ones(len(offsets), np.int64), vectors)

    def _read(self, offsets: Numbers, counts: Numbers, vectors: NDArray[np.uint64]) -> None:
        self._disk.read(offsets, counts, vectors)
        self._account.reads += len(offsets)
        self._account.read_bytes += int(vectors[:, 1].sum())


def _cut(offsets: Numbers, counts: Numbers, bundle: int) -> tuple[Numbers, Numbers]:
    """Cut reads of more pieces than the system takes at once."""
    if not len(counts) or counts.max() <= MOST_VECTORS:
        return offsets, counts
    parts = -(-counts // MOST_VECTORS)
    run = np.repeat(np.arange(len(counts)), parts)
    number = np.arange(len(run)) - np.repeat(np.cumsum(parts) - parts, parts)
    cut = np.minimum(counts[run] - number * MOST_VECTORS, MOST_VECTORS)
    return offsets[run] + number * MOST_VECTORS * bundle, cut
