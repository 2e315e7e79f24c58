"""A plan put into effect while a model is loaded: the pages, what stays in them, and what brings in the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelProblem
from core.inference.layout import Layout
from core.inference.stand_in import mapped
from core.inference.stream.account import Account
from core.inference.stream.ahead import Ahead
from core.inference.stream.experts import Experts
from core.inference.stream.graph import Streamer
from core.inference.stream.naive import Naive
from core.inference.stream.pages import LinuxPages, Pages
from core.inference.stream.plan import Plan, Way
from core.inference.stream.reading import CHUNK, Readers
from core.inference.stream.residency import bring_in, lock, residency

_THREADS = 2
"""Readers of long stretches: two are enough for a disk's full rate, and more take the processor from computing."""
_EXPERT_THREADS = 6
"""Readers of experts: many short reads at once."""
_UNBUNDLED = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What can be turned off to be measured against. `window`: what was used stays; `bundle`: long reads together."""

    window: bool = True
    bundle: bool = True
    naive: bool = False


ALL_ON = Switches()
"""As the product runs."""


def streamer(
    path: Path,
    layout: Layout,
    plan: Plan,
    account: Account,
    *,
    switches: Switches = ALL_ON,
    progress: Callable[[int, int], None] | None = None,
) -> Callable[[int], Streamer]:
    """What is given the model's address when it is mapped, reads what stays, and gives what brings in the rest.

    `progress` gets (bytes done, bytes in all) of what stays. ModelProblem.
    """

    def open_at(base: int) -> Streamer:
        pages = LinuxPages(
            path, base, layout.data_begin, layout.tensors[-1].end, direct=not switches.naive, within=mapped()
        )
        try:
            return _streamer(layout, plan, account, switches, pages, progress)
        except BaseException:
            pages.close()
            raise

    return open_at


def _streamer(
    layout: Layout,
    plan: Plan,
    account: Account,
    switches: Switches,
    pages: Pages,
    progress: Callable[[int, int], None] | None,
) -> Streamer:
    if switches.naive:
        return Naive(residency(layout, _layers(layout), joined=True), pages, account)
    if plan.way not in (Way.FITS, Way.DENSE, Way.EXPERTS):
        raise ModelProblem("This model cannot be streamed.", "Give it more memory, or choose another in Settings.")
    parts = residency(layout, (name for layer in plan.streamed for name in layer), tables_stay=False)
    for table in parts.looked_up:
        pages.lend(*table)
    readers = Readers(pages, account, _THREADS)
    try:
        bring_in(parts.resident, readers, account, progress)
        lock(parts.resident, pages, account)
        if plan.way is Way.EXPERTS:
            readers.close()
            return Experts(
                layout,
                pages,
                account,
                window_bytes=plan.window_bytes,
                threads=_EXPERT_THREADS,
                window=switches.window,
                bundle=switches.bundle,
            )
        chunk = CHUNK if switches.bundle else _UNBUNDLED
        return Ahead(parts.parts, pages, readers, account, window_bytes=plan.window_bytes, chunk=chunk)
    except BaseException:
        readers.close()
        raise


def _layers(layout: Layout) -> list[str]:
    return [tensor.name for tensor in layout.tensors if tensor.layer is not None]
