"""Which pages of a model stay in memory and which come layer by layer: the plan's tensors as ranges of pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.inference.layout import Layout, Tensor
from core.inference.stream.account import Account
from core.inference.stream.pages import Pages, Range, inner, whole
from core.inference.stream.reading import Fetch, Readers

_TABLES = ("token_embd.weight", "per_layer_token_embd.weight")
_AT_ONCE = 16
"""Ranges under way at a time, so that progress can be told."""


_USED = ("attn_qkv", "attn_q", "attn_v", "attn_k", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
"""Kinds of tensors in the order in which a layer mostly uses them; others come before, as they lie in the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """A tensor that comes and goes: bytes [begin, end) of the file, and the whole `pages` that it has to itself."""

    begin: int
    end: int
    pages: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Residency:
    """Pages that stay, and of each layer those that come and go. No page is in two of them."""

    resident: tuple[Range, ...]
    streamed: Mapping[int, tuple[Range, ...]]
    looked_up: tuple[Range, ...] = ()
    """Pages of tables of which a token needs one row: left to the file, which is mapped there."""
    parts: tuple[Part, ...] = ()
    """The same as `streamed`, a tensor each, about as a sweep uses them; only where no two share a range."""

    @property
    def resident_bytes(self) -> int:
        """Bytes of the pages that stay."""
        return sum(length for _, length in self.resident)

    def streamed_bytes(self, layer: int) -> int:
        """Bytes of a layer's pages that come and go."""
        return sum(length for _, length in self.streamed.get(layer, ()))


def residency(layout: Layout, streamed: Iterable[str], *, tables_stay: bool = True, joined: bool = False) -> Residency:
    """The ranges of pages when these tensors are streamed and all others stay.

    `joined`: streamed tensors of a layer that lie side by side are one range. A page that a streamed range shares with
    anything else stays. Without `tables_stay` a table of words that serves for reading only is left to the file.
    """
    wanted = frozenset(streamed)
    tables = () if tables_stay else tuple(_tables(layout))
    layers: dict[int, list[Range]] = {}
    parts: list[tuple[tuple[int, int], Part]] = []
    for run in _runs(layout.tensors, wanted, joined=joined):
        begin, length = inner(run[0].offset, run[-1].end - run[0].offset)
        layer = run[0].layer
        if length and layer is not None:
            layers.setdefault(layer, []).append((begin, length))
            parts.append(((layer, _place(run[0])), Part(run[0].offset, run[-1].end, (begin, length))))
    gone = sorted([*tables, *(one for ranges in layers.values() for one in ranges)])
    begin, length = whole(layout.data_begin, layout.tensors[-1].end - layout.data_begin)
    return Residency(
        resident=tuple(_between(gone, begin, begin + length)),
        streamed={layer: tuple(ranges) for layer, ranges in sorted(layers.items())},
        looked_up=tables,
        parts=() if joined else tuple(part for _, part in sorted(parts, key=lambda one: one[0])),
    )


def widest(parts: Sequence[Part], count: int) -> int:
    """Bytes of the pages of the `count` neighbours in the ring of parts that take most."""
    sizes = [part.pages[1] for part in parts]
    if count >= len(sizes):
        return sum(sizes)
    ring = sizes + sizes[: count - 1]
    return max(sum(ring[place : place + count]) for place in range(len(sizes)))


def _place(tensor: Tensor) -> int:
    kind = tensor.name.split(".")[2]
    return _USED.index(kind) if kind in _USED else -1


def _tables(layout: Layout) -> Iterable[Range]:
    """Tables of words that are not at the same time what words are chosen with."""
    if any(tensor.name == "output.weight" for tensor in layout.tensors):
        for tensor in layout.tensors:
            if tensor.name in _TABLES:
                begin, length = inner(tensor.offset, tensor.bytes)
                if length:
                    yield begin, length


def _runs(tensors: Sequence[Tensor], wanted: frozenset[str], *, joined: bool) -> Iterable[list[Tensor]]:
    """Wanted tensors one by one, or those of a layer that lie side by side (but for the padding between them)."""
    run: list[Tensor] = []
    for tensor in tensors:
        if run and (not joined or tensor.name not in wanted or tensor.layer != run[-1].layer):
            yield run
            run = []
        if tensor.name in wanted and tensor.layer is not None:
            run.append(tensor)
    if run:
        yield run


def _between(gone: Sequence[Range], begin: int, end: int) -> Iterable[Range]:
    for offset, length in gone:
        if offset > begin:
            yield begin, offset - begin
        begin = offset + length
    if end > begin:
        yield begin, end - begin


def bring_in(
    ranges: Sequence[Range], readers: Readers, account: Account, progress: Callable[[int, int], None] | None = None
) -> None:
    """Read what stays. `progress` gets (bytes done, bytes in all). ModelProblem."""
    total, done = sum(length for _, length in ranges), 0
    under_way: list[tuple[Fetch, int]] = []
    for number, one in enumerate((*ranges, None)):
        if one is not None:
            under_way.append((readers.fetch([one]), one[1]))
        while under_way and (number == len(ranges) or len(under_way) >= _AT_ONCE):
            fetch, length = under_way.pop(0)
            fetch.wait(account)
            done += length
            if progress:
                progress(done, total)


def lock(ranges: Sequence[Range], pages: Pages, account: Account) -> None:
    """Keep what stays out of swap, as far as this user may; the rest stays because every token uses it."""
    for offset, length in ranges:
        if not pages.lock(offset, length):
            return
        account.locked_bytes += length
