"""A prepared model loaded: the hollow model's tensors in memory of ours, the neurons beside them."""

from collections.abc import Callable
from pathlib import Path

from core.inference.layout import Layout
from core.inference.stream.graph import Node, Streamer
from core.inference.stream.neurons.active import ActiveNeurons
from core.inference.stream.pages import LinuxPages, Pages
from core.inference.stream.reading import Readers
from core.inference.stream.residency import bring_in, residency

_READERS = 4


class Hollow:
    """See graph.Streamer: all tensors stay; the neurons come and go."""

    def __init__(self, neurons: ActiveNeurons, pages: Pages) -> None:
        self.account = neurons.account
        self._neurons, self._pages = neurons, pages
        self.before, self.wants, self.computed = neurons.before, neurons.wants, neurons.computed

    before: Callable[[], None]
    wants: Callable[[bytes], bool]
    computed: Callable[[bytes, Node], None]

    def close(self) -> None:
        """See Streamer."""
        self._neurons.close()
        self._pages.close()


def hollow(path: Path, layout: Layout, neurons: ActiveNeurons) -> Callable[[int], Streamer]:
    """What `llama.Loaded` is given for a prepared model: reads the hollow model whole, then leaves it alone."""

    def stream(base: int) -> Streamer:
        end = max(tensor.end for tensor in layout.tensors)
        pages = LinuxPages(path, base, layout.data_begin, end)
        readers = Readers(pages, neurons.account, _READERS)
        try:
            bring_in(residency(layout, ()).resident, readers, neurons.account)
        finally:
            readers.close()
        return Hollow(neurons, pages)

    return stream
