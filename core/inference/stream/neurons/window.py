"""Which of a layer's neurons stand in memory: a window over those that recent tokens used."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


class Window:
    """So many slots for a layer's neurons; the neuron that was used longest ago gives way."""

    def __init__(self, neurons: int, slots: int) -> None:
        self.slots = slots
        self._slot = np.full(neurons, -1, np.int64)
        self._used = np.zeros(neurons, np.int64)
        self._holder = np.full(slots, -1, np.int64)
        self._free = np.arange(slots, dtype=np.int64)[::-1]
        self._now = 0

    def admit(self, wanted: Ids) -> Ids:
        """Give each wanted neuron a slot and return those that must be read. At most as many as there are slots."""
        self._now += 1
        self._used[wanted] = self._now
        missing = wanted[self._slot[wanted] < 0]
        if len(missing) > len(self._free):
            self._give_up(len(missing) - len(self._free))
        if len(missing):
            taken, self._free = self._free[: len(missing)], self._free[len(missing) :]
            self._slot[missing] = taken
            self._holder[taken] = missing
        return missing

    def slots_of(self, neurons: Ids) -> Ids:
        """Where admitted neurons stand."""
        return self._slot[neurons]

    @property
    def now(self) -> int:
        """The last admission's number."""
        return self._now

    def forget_before(self, admission: int) -> None:
        """Let go of all that was last used before an admission."""
        held = self._holder[self._holder >= 0]
        self._let_go(held[self._used[held] < admission])

    def forget(self) -> None:
        """Let go of all: what was read may not be what it should."""
        self._let_go(self._holder[self._holder >= 0])

    def _give_up(self, count: int) -> None:
        held = self._holder[self._holder >= 0]
        oldest = np.argpartition(self._used[held], count - 1)[:count]
        self._let_go(held[oldest])

    def _let_go(self, neurons: Ids) -> None:
        slots = self._slot[neurons]
        self._holder[slots] = -1
        self._slot[neurons] = -1
        self._free = np.concatenate([self._free, slots])
