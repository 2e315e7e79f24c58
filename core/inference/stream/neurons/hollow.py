"""A prepared model loaded: the hollow model's tensors in memory of ours, the neurons beside them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.inference.layout import Layout
from core.inference.llama import library
from core.inference.stand_in import mapped
from core.inference.stream.account import Account
from core.inference.stream.graph import Node, Streamer
from core.inference.stream.loading import ALL_ON, Switches
from core.inference.stream.neurons.active import ActiveNeurons
from core.inference.stream.neurons.bundles import GATED_GAP
from core.inference.stream.neurons.bundles import Switches as Chosen
from core.inference.stream.neurons.prepared import Prepared
from core.inference.stream.pages import LinuxPages, Pages
from core.inference.stream.plan import Plan
from core.inference.stream.reading import Readers
from core.inference.stream.residency import bring_in, residency

_READERS = 4


class Hollow:
    """See graph.Streamer: all tensors stay; the neurons come and go."""

    def __init__(self, neurons: ActiveNeurons, pages: Pages) -> None:
        self.account = neurons.account
        self._neurons, self._pages = neurons, pages
        self.wants, self.computed, self.set_threads = neurons.wants, neurons.computed, neurons.set_threads

    wants: Callable[[bytes, Node], bool]
    computed: Callable[[bytes, Node], None]
    set_threads: Callable[[int], None]

    def before(self) -> None:
        """See Streamer. ModelProblem when the file has been changed since it was opened."""
        self._pages.unchanged()
        self._neurons.before()

    def close(self) -> None:
        """See Streamer."""
        self._neurons.close()
        self._pages.close()


def hollow(
    path: Path,
    layout: Layout,
    prepared: Prepared,
    plan: Plan,
    account: Account,
    *,
    threads: int,
    switches: Switches = ALL_ON,
) -> Callable[[int], Streamer]:
    """What `llama.Loaded` is given for a prepared model: it reads the hollow model whole, then leaves it alone.

    The side data is read and checked here, before llama.cpp sees the file. ModelProblem.
    """
    chosen = Chosen(window=switches.window, bundle=switches.bundle)
    if prepared.gated is not None:
        chosen = replace(chosen, gap_bytes=GATED_GAP)
    neurons = ActiveNeurons(
        library(),
        path,
        prepared,
        account,
        window_bytes=plan.window_bytes,
        threads=threads,
        most_tokens=plan.batch_tokens,
        switches=chosen,
    )

    return beside(path, layout, neurons)


def beside(path: Path, layout: Layout, neurons: ActiveNeurons) -> Callable[[int], Streamer]:
    """The same for neurons that are there already."""

    def stream(base: int) -> Streamer:
        pages = LinuxPages(path, base, layout.data_begin, max(tensor.end for tensor in layout.tensors), within=mapped())
        readers = Readers(pages, neurons.account, _READERS)
        try:
            bring_in(residency(layout, ()).resident, readers, neurons.account)
        finally:
            readers.close()
        return Hollow(neurons, pages)

    return stream
