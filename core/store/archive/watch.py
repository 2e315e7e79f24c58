"""How far a long piece of work is, and whether it was called off."""

from collections.abc import Callable

from core.errors import Cancelled

Progress = Callable[[int, int], None]
"""Told (done, total) whenever another thousandth is done; total is 1,000."""
Asked = Callable[[], bool]
"""Whether the person wants it to stop; asked at every step, must be quick."""
_WHOLE = 1_000


class Watch:
    """Counts the steps of work made of parts, each worth a share of 1,000."""

    def __init__(self, what: str, progress: Progress | None, cancelled: Asked | None) -> None:
        self._what = what
        self._progress = progress
        self._cancelled = cancelled
        self._before = 0
        self._share = 0
        self._count = 1
        self._step = 0
        self._told = -1

    def part(self, share: int, count: int) -> None:
        """The next part begins: worth `share` thousandths, made of `count` steps."""
        self._before = min(_WHOLE, self._before + self._share)
        self._share, self._count, self._step = share, max(1, count), 0
        self._tell()

    def step(self) -> None:
        """One more step; Cancelled when the person stopped it."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled(self._what)
        self._step = min(self._count, self._step + 1)
        self._tell()

    def finish(self) -> None:
        """All is done."""
        self.part(0, 1)
        self._before = _WHOLE
        self._tell()

    def _tell(self) -> None:
        done = min(_WHOLE, self._before + self._share * self._step // self._count)
        if done != self._told and self._progress is not None:
            self._told = done
            self._progress(done, _WHOLE)
