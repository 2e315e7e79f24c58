"""A streamed model writes what the same model in memory writes: at any share that stays, in batches, after a cut."""

import ctypes
import mmap
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.header import GgufFacts
from core.inference.layout import Layout, Tensor, read_layout
from core.inference.llama import Loaded, Running
from core.inference.stream.account import Account
from core.inference.stream.ahead import WORDS, Ahead
from core.inference.stream.graph import Node, Streamer
from core.inference.stream.naive import Naive
from core.inference.stream.pages import PAGE, LinuxPages, can_stream
from core.inference.stream.reading import CHUNK, Readers
from core.inference.stream.residency import Part, Residency, bring_in, residency, widest
from tests.made_models import tiny_llama

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

LAYERS = 5
PROMPT = [20, 31, 45, 270, 288, 300, 310]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("models") / "tiny.gguf", width=128, layers=LAYERS)


@contextmanager
def loaded(path: Path, batch: int, stream: Callable[[int], Streamer] | None = None) -> Iterator[Loaded]:
    layout = read_layout(path)
    running = Running(context=128, batch=batch, threads=2)
    with closing(Loaded(path, layout.facts, running, stream=stream, header_bytes=layout.data_begin)) as model:
        yield model


def write(model: Loaded, batch: int, count: int = 24) -> list[int]:
    """Greedy tokens behind the prompt."""
    model.lib.llama_memory_clear(model.memory, True)
    size = model.lib.llama_vocab_n_tokens(model.vocabulary)
    for begin in range(0, len(PROMPT), batch):
        assert model.decode(PROMPT[begin : begin + batch], begin, all_outputs=False) == 0
    written: list[int] = []
    for place in range(count):
        logits = np.ctypeslib.as_array(model.lib.llama_get_logits_ith(model.context, -1), (size,))
        written.append(int(logits.argmax()))
        assert model.decode(written[-1:], len(PROMPT) + place, all_outputs=False) == 0
    return written


def large(layout: Layout) -> list[str]:
    return [tensor.name for tensor in layout.tensors if tensor.layer is not None and tensor.bytes > 2 * PAGE]


def ahead(
    path: Path,
    streamed: Sequence[str],
    account: Account,
    *,
    at_once: int = 2,
    chunk: int = CHUNK,
    order: Callable[[Sequence[Part]], Sequence[Part]] = tuple,
    make: type[LinuxPages] = LinuxPages,
) -> Callable[[int], Streamer]:
    layout = read_layout(path)
    parts = residency(layout, streamed)

    def open_at(base: int) -> Streamer:
        pages = make(path, base, layout.data_begin, layout.tensors[-1].end)
        readers = Readers(pages, account, 2)
        bring_in(parts.resident, readers, account)
        ring = order(parts.parts)
        return Ahead(ring, pages, readers, account, window_bytes=widest(ring, at_once), chunk=chunk)

    return open_at


@pytest.fixture(scope="module")
def wanted(model: Path) -> list[int]:
    with loaded(model, 4) as plain:
        return write(plain, 4)


@pytest.mark.parametrize("batch", [1, 3, 7])
@pytest.mark.parametrize("kinds", [("ffn_down",), ("ffn_down", "ffn_up"), ("attn_q", "attn_v", "ffn_gate", "ffn_up")])
def test_any_share_that_is_streamed_gives_the_same_tokens(
    model: Path, wanted: list[int], kinds: tuple[str, ...], batch: int
) -> None:
    streamed = [name for name in large(read_layout(model)) if name.split(".")[2] in kinds]
    account = Account()
    with loaded(model, batch, ahead(model, streamed, account)) as one:
        assert write(one, batch) == wanted
    assert account.read_bytes > read_layout(model).weight_bytes


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 99])
def test_however_many_tensors_are_in_memory_the_tokens_are_the_same(
    model: Path, wanted: list[int], at_once: int
) -> None:
    with loaded(model, 4, ahead(model, large(read_layout(model)), Account(), at_once=at_once)) as one:
        assert write(one, 4) == wanted


class Filled(LinuxPages):
    """Counts the bytes that have memory among those that a test asks about."""

    of: tuple[Part, ...] = ()
    most = 0
    still = threading.RLock()
    """Held while pages move, so that none is counted in two places."""

    def read(self, offset: int, length: int) -> None:
        super().read(offset, length)
        with self.still:
            there = sum(_there(self.base + begin, size) for begin, size in (part.pages for part in self.of))
            type(self).most = max(self.most, there)

    def hand_on(self, source: int, target: int, length: int) -> None:
        with self.still:
            super().hand_on(source, target, length)

    def drop(self, offset: int, length: int) -> None:
        with self.still:
            super().drop(offset, length)


def _there(address: int, length: int) -> int:
    """Bytes of a range of this process that are in memory (bit 63 of each entry of Linux's pagemap)."""
    with Path("/proc/self/pagemap").open("rb") as entries:
        entries.seek(address // PAGE * 8)
        found = np.frombuffer(entries.read(length // PAGE * 8), np.uint64)
    return int((found >> np.uint64(63)).sum()) * PAGE


@pytest.mark.parametrize("order", [tuple, lambda ring: tuple(reversed(ring))])
@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_no_more_is_in_memory_than_the_window_holds(
    model: Path, wanted: list[int], at_once: int, order: Callable[[Sequence[Part]], Sequence[Part]]
) -> None:
    names = large(read_layout(model))
    Filled.of, Filled.most = residency(read_layout(model), names).parts, 0
    window = widest(order(Filled.of), at_once)
    with loaded(model, 4, ahead(model, names, Account(), at_once=at_once, order=order, make=Filled)) as one:
        assert write(one, 4) == wanted
    assert window / 2 < Filled.most <= window


def shuffled(ring: Sequence[Part]) -> Sequence[Part]:
    return random.Random(3).sample(ring, len(ring))


def test_the_order_in_which_tensors_are_used_is_learned_from_the_first_sweep(model: Path, wanted: list[int]) -> None:
    right, wrong = Account(), Account()
    names = large(read_layout(model))
    for account, order in ((right, tuple), (wrong, shuffled)):
        with loaded(model, 4, ahead(model, names, account, order=order)) as one:
            assert write(one, 4) == wanted
    a_sweep = sum(part.pages[1] for part in residency(read_layout(model), names).parts)
    assert right.read_bytes < wrong.read_bytes < right.read_bytes + 2 * a_sweep


def test_what_no_sweep_uses_is_read_at_most_once(model: Path, wanted: list[int]) -> None:
    """As the last layers of a file that are for another use: here tensors that are already over when they come."""
    layout, account = read_layout(model), Account()
    names, end = large(layout), layout.tensors[-1].end
    beyond = tuple(Part(end + place, end + place + 1, (0, 0)) for place in (PAGE, 2 * PAGE))
    with loaded(model, 4, ahead(model, names, account, order=lambda ring: (*ring, *beyond))) as one:
        assert write(one, 4) == wanted
        assert isinstance(one.streamer, Ahead)
        one.streamer.before()
        assert one.streamer.expected == len(residency(layout, names).parts)


def test_naive_loading_gives_the_same_tokens_and_reads_everything_each_time(model: Path, wanted: list[int]) -> None:
    layout, account = read_layout(model), Account()
    parts = residency(layout, large(layout), joined=True)

    def naive(base: int) -> Streamer:
        pages = LinuxPages(model, base, layout.data_begin, layout.tensors[-1].end, direct=False)
        return Naive(parts, pages, account)

    with loaded(model, 4, naive) as one:
        assert write(one, 4) == wanted
    assert account.read_bytes >= account.sweeps * layout.weight_bytes


def test_each_sweep_reads_every_streamed_page_once(model: Path) -> None:
    layout, account = read_layout(model), Account()
    parts = residency(layout, large(layout))
    with loaded(model, 4, ahead(model, large(layout), account)) as one:
        write(one, 4, count=3)
        assert isinstance(one.streamer, Ahead)
    of_a_sweep = sum(parts.streamed_bytes(layer) for layer in parts.streamed)
    read = account.read_bytes - parts.resident_bytes
    sizes = [part.pages[1] for part in parts.parts]
    fitting = [sum(sizes[:count]) for count in range(len(sizes)) if sum(sizes[:count]) <= widest(parts.parts, 2)]
    begun_for_the_next = fitting[-1]
    assert account.sweeps == 5
    assert read == 5 * of_a_sweep + begun_for_the_next


def test_whole_reads_are_longer_than_pieces(model: Path) -> None:
    whole, pieces = Account(), Account()
    for account, chunk in ((whole, CHUNK), (pieces, PAGE)):
        with loaded(model, 4, ahead(model, large(read_layout(model)), account, chunk=chunk)) as one:
            write(one, 4, count=3)
    assert whole.read_bytes == pieces.read_bytes
    assert whole.read_bytes / whole.reads > 4 * pieces.read_bytes / pieces.reads


def test_a_sweep_that_was_cut_short_does_not_spoil_the_next(model: Path, wanted: list[int]) -> None:
    with loaded(model, 4, ahead(model, large(read_layout(model)), Account())) as one:
        streamer = one.streamer
        assert streamer is not None
        one.streamer = _Cut(streamer, after=b"ffn_up-2")
        with pytest.raises(ModelProblem, match="cut"):
            one.decode(PROMPT[:3], 0, all_outputs=False)
        one.streamer = streamer
        assert write(one, 4) == wanted


def test_a_bug_in_a_streamer_is_raised_and_nothing_is_written(model: Path) -> None:
    with loaded(model, 4, ahead(model, large(read_layout(model)), Account())) as one:
        inside = one.streamer
        assert inside is not None
        one.streamer = _Cut(inside, after=b"ffn_out-1", problem=KeyError("a bug"))
        with pytest.raises(KeyError, match="a bug"):
            one.decode(PROMPT[:3], 0, all_outputs=False)
        one.streamer = inside


class OneMapping(LinuxPages):
    """Says when pages of more than one mapping were to be moved at once, which kernels before 6.17 refuse."""

    moved = 0

    def _move(self, source: int, target: int, length: int) -> None:
        type(self).moved += 1
        place = self.base + source
        maps = [line.split()[0].split("-") for line in Path("/proc/self/maps").read_text("ascii").splitlines()]
        assert any(int(low, 16) <= place and place + length <= int(high, 16) for low, high in maps)
        super()._move(source, target, length)


def test_pages_are_moved_one_mapping_at_a_time(model: Path, wanted: list[int]) -> None:
    layout, account = read_layout(model), Account()
    kinds = [
        ("ffn_down",),
        ("ffn_up", "ffn_gate", "attn_q"),
        ("attn_v", "ffn_down"),
        ("ffn_gate",),
        ("attn_k", "ffn_up"),
    ]
    uneven = [name for name in large(layout) if name.split(".")[2] in kinds[int(name.split(".")[1])]]
    with loaded(model, 4, ahead(model, uneven, account, make=OneMapping)) as one:
        assert write(one, 4) == wanted
    assert OneMapping.moved > 100


def test_what_cannot_be_moved_stands_empty_and_is_filled_again(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(bytes(range(256)) * (16 * PAGE // 256))
    with mmap.mmap(-1, 16 * PAGE) as room:
        base = ctypes.addressof(ctypes.c_char.from_buffer(room))
        pages = LinuxPages(file, base, 0, 16 * PAGE, direct=False)
        pages.read(0, 4 * PAGE)
        pages.hand_on(0, 4 * PAGE, 4 * PAGE)
        assert ctypes.string_at(base + 4 * PAGE, 256) == bytes(range(256))
        pages.read(4 * PAGE, 4 * PAGE)
        libc = ctypes.CDLL(None)
        libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        assert libc.munmap(base + 12 * PAGE, 2 * PAGE) == 0
        pages.hand_on(12 * PAGE, 4 * PAGE, 2 * PAGE)  # nothing is there
        assert ctypes.string_at(base + 4 * PAGE, 2 * PAGE) == bytes(2 * PAGE)
        pages.read(4 * PAGE, 2 * PAGE)
        assert ctypes.string_at(base + 4 * PAGE, 256) == bytes(range(256))
        pages.close()


class Unread(LinuxPages):
    """Moves pages without reading; counts the moves."""

    moved = 0

    def read(self, offset: int, length: int) -> None:
        pass

    def _move(self, source: int, target: int, length: int) -> None:
        self.moved += 1
        super()._move(source, target, length)


@pytest.mark.parametrize("at_once", [2, 5])
@pytest.mark.parametrize("staying", ["", "kv", "kvo", "d"])
def test_memory_that_is_handed_on_does_not_fall_to_pieces(tmp_path: Path, staying: str, at_once: int) -> None:
    sizes = {"q": 29, "k": 7, "v": 8, "o": 29, "g": 101, "u": 101, "d": 120}
    ring: list[Part] = []
    place = 0
    for layer in range(16):
        for kind, pages in sizes.items():
            length = (pages + (layer % 3 == 0 and kind in "vd") * pages // 3) * PAGE
            if kind not in staying or (kind == "o" and layer % 2):
                ring.append(Part(place, place + length, (place, length)))
            place += length
    file = tmp_path / "weights"
    with file.open("wb") as sparse, mmap.mmap(-1, place) as room:
        sparse.truncate(place)
        account = Account()
        moving = Unread(file, ctypes.addressof(ctypes.c_char.from_buffer(room)), 0, place, direct=False)
        readers = Readers(moving, account, 1)
        through = Ahead(ring, moving, readers, account, window_bytes=widest(ring, at_once), chunk=place)
        for _ in range(40):
            moving.moved = 0
            through.before()
            for part in ring:
                node = _From(moving.base + part.begin)
                assert through.wants(b"", node)
                through.computed(b"", node)
            through.wants(WORDS, _From(0))
        assert len(ring) / 2 < moving.moved < 4 * len(ring)
        through.close()


@dataclass
class _From:
    """A node that is computed from what stands at an address."""

    address: int

    def place(self) -> int:
        return 0

    def sources(self) -> Sequence[int]:
        return (self.address,)

    def floats(self) -> NDArray[np.float32]:
        return np.zeros((0, 0), np.float32)

    def numbers(self) -> NDArray[np.int32]:
        return np.zeros((0, 0), np.int32)


class _Cut:
    """Ends a sweep in its middle, as a failed read does."""

    def __init__(self, inside: Streamer, after: bytes, problem: Exception | None = None) -> None:
        self._inside, self._after, self.account = inside, after, inside.account
        self._problem = problem or ModelProblem("The sweep was cut.", "")

    def before(self) -> None:
        self._inside.before()

    def wants(self, node: bytes, about: Node) -> bool:
        return self._inside.wants(node, about)

    def computed(self, node: bytes, about: Node) -> None:
        self._inside.computed(node, about)
        if node == self._after:
            raise self._problem

    def set_threads(self, threads: int) -> None:
        self._inside.set_threads(threads)

    def close(self) -> None:
        self._inside.close()


def test_a_file_that_is_cut_while_it_is_streamed_ends_in_a_sentence(model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(model.read_bytes())
    with loaded(copy, 4, ahead(copy, large(read_layout(copy)), Account())) as one:
        write(one, 4, count=2)
        with copy.open("r+b") as file:
            file.truncate(read_layout(model).data_begin + PAGE)
        with pytest.raises(ModelProblem, match="changed while it was in use"):
            write(one, 4, count=3)


def test_a_model_is_mapped_without_being_read(model: Path) -> None:
    read: list[int] = []

    def nothing(base: int) -> Streamer:
        layout = read_layout(model)
        LinuxPages(model, base, layout.data_begin, layout.tensors[-1].end).close()
        read.append(base)
        raise ModelProblem("Far enough.", "")

    with pytest.raises(ModelProblem, match="Far enough"), loaded(model, 4, nothing):
        pass
    assert read[0] % PAGE == 0


@given(
    sizes=st.lists(st.integers(1, 6 * PAGE), min_size=2, max_size=30),
    chosen=st.sets(st.integers(0, 29)),
    begin=st.integers(100, 3 * PAGE),
)
@pytest.mark.parametrize("joined", [False, True])
@settings(max_examples=200)
def test_every_page_either_stays_or_belongs_to_one_layer(
    joined: bool, sizes: list[int], chosen: set[int], begin: int
) -> None:
    layout = _layout(sizes, begin)
    names = [tensor.name for place, tensor in enumerate(layout.tensors) if place in chosen]
    parts = residency(layout, names, joined=joined)
    pages: list[int] = []
    for offset, length in (*parts.resident, *(one for ranges in parts.streamed.values() for one in ranges)):
        assert offset % PAGE == length % PAGE == 0
        pages += range(offset // PAGE, (offset + length) // PAGE)
    first, last = layout.data_begin // PAGE, (layout.tensors[-1].end - 1) // PAGE
    assert sorted(pages) == list(range(first, last + 1))
    _streamed_pages_hold_only_their_layer(layout, parts, chosen)


def _streamed_pages_hold_only_their_layer(layout: Layout, parts: Residency, chosen: set[int]) -> None:
    for place, tensor in enumerate(layout.tensors):
        for layer, ranges in parts.streamed.items():
            for offset, length in ranges:
                if tensor.offset < offset + length and tensor.end > offset:
                    assert place in chosen
                    assert tensor.layer == layer


def _layout(sizes: list[int], begin: int) -> Layout:
    tensors: list[Tensor] = []
    place = begin
    for number, size in enumerate(sizes):
        name = f"blk.{number // 3}.part{number % 3}.weight" if number else "token_embd.weight"
        tensors.append(Tensor(name=name, offset=place, bytes=size, shape=(size,), type="I8"))
        place += -(-size // 32) * 32
    return Layout(facts=_FACTS, data_begin=begin, tensors=tuple(tensors))


_FACTS = GgufFacts(
    name="made",
    architecture="llama",
    context_length=0,
    width=0,
    layers=0,
    vocabulary=0,
    parameters=0,
    bytes=0,
    quantisation="",
    chat_template="",
    is_embedder=False,
    licence="",
    cache_bytes_per_token=0,
    cache_in_blocks=True,
    experts_used=0,
)
