"""A mixture of experts whose experts come and go writes what it writes in memory, and counts what it does."""

import mmap
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from ctypes import addressof, c_char, string_at
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.layout import Layout, read_layout
from core.inference.llama import Loaded, Running
from core.inference.stream.account import Account
from core.inference.stream.experts import Experts
from core.inference.stream.graph import Streamer
from core.inference.stream.pages import PAGE, LinuxPages, can_stream, whole
from core.inference.stream.reading import Readers
from core.inference.stream.residency import bring_in, residency
from core.inference.stream.routers import Routers
from core.inference.stream.slices import least_bytes, most_tokens, routed_layers
from tests.made_experts import FAMILIES, tiny_moe

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

PROMPT = [20, 31, 45, 270, 288, 300, 310, 321, 70, 55, 290]


class CountedPages(LinuxPages):
    """Knows which pages hold something, and the most that ever did beside the resident ones."""

    def __init__(self, path: Path, base: int, layout: Layout) -> None:
        super().__init__(path, base, layout.data_begin, layout.tensors[-1].end)
        self._lock = threading.Lock()
        self.present: set[int] = set()
        self.resident: set[int] = set()
        self.most = 0
        self.handed = 0

    def read(self, offset: int, length: int) -> None:
        super().read(offset, length)
        with self._lock:
            self.present |= set(range(offset, offset + length, PAGE))
            self.most = max(self.most, len(self.present - self.resident) * PAGE)

    def drop(self, offset: int, length: int) -> None:
        gone = set(range(offset, offset + length, PAGE))
        assert not gone & self.resident
        with self._lock:
            self.present -= gone
        super().drop(offset, length)

    def hand_on(self, source: int, target: int, length: int) -> None:
        moved = set(range(source, source + length, PAGE))
        into = set(range(target, target + length, PAGE))
        assert not (moved | into) & self.resident
        self.handed += 1
        if self.handed <= 300:
            assert in_one_mapping(self.base + source, length)
        with self._lock:
            self.present = (self.present - moved) | into
        super().hand_on(source, target, length)


def in_one_mapping(begin: int, length: int) -> bool:
    """Kernels before 6.17 move memory out of one mapping at a time only."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        first, last = (int(part, 16) for part in line.split()[0].split("-"))
        if first <= begin < last:
            return begin + length <= last
    return False


class Chosen:
    """A router's choice."""

    def __init__(self, *choices: Sequence[int]) -> None:
        self._choices = choices

    def place(self) -> int:
        return 0

    def sources(self) -> Sequence[int]:
        return ()

    def numbers(self) -> NDArray[np.int32]:
        return np.array(self._choices, np.int32)

    def floats(self) -> NDArray[np.float32]:
        raise ValueError("whole numbers")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("models")

    def made(family: str) -> Path:
        path = folder / f"{family}.gguf"
        return path if path.exists() else tiny_moe(path, family=family)

    return made


def experts(
    path: Path, window_bytes: int, account: Account, seen: list[CountedPages] | None = None, **switches: bool
) -> Callable[[int], Streamer]:
    layout = read_layout(path)

    def open_at(base: int) -> Streamer:
        pages = CountedPages(path, base, layout)
        parts = residency(layout, [tensor.name for tensor in layout.tensors if tensor.experts])
        readers = Readers(pages, Account(), 2)
        bring_in(parts.resident, readers, Account())
        readers.close()
        for tensor in layout.tensors:
            if not tensor.experts:
                begin, length = whole(tensor.offset, tensor.bytes)
                pages.resident |= set(range(begin, begin + length, PAGE))
        pages.present &= pages.resident
        pages.most = 0
        if seen is not None:
            seen.append(pages)
        return Experts(layout, pages, account, window_bytes=window_bytes, threads=3, **switches)

    return open_at


@contextmanager
def loaded(path: Path, batch: int, stream: Callable[[int], Streamer] | None = None) -> Iterator[Loaded]:
    layout = read_layout(path)
    running = Running(context=128, batch=batch, threads=2)
    with closing(Loaded(path, layout.facts, running, stream=stream, header_bytes=layout.data_begin)) as model:
        yield model


def write(model: Loaded, batch: int, count: int = 24) -> tuple[list[int], NDArray[np.float32]]:
    """Greedy tokens behind the prompt, and the last logits."""
    model.lib.llama_memory_clear(model.memory, True)
    size = model.lib.llama_vocab_n_tokens(model.vocabulary)
    for begin in range(0, len(PROMPT), batch):
        assert model.decode(PROMPT[begin : begin + batch], begin, all_outputs=False) == 0
    written: list[int] = []
    for place in range(count):
        logits = np.ctypeslib.as_array(model.lib.llama_get_logits_ith(model.context, -1), (size,)).copy()
        written.append(int(logits.argmax()))
        assert model.decode(written[-1:], len(PROMPT) + place, all_outputs=False) == 0
    return written, logits


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("batch", [1, 4, 16])
def test_every_family_writes_what_it_writes_in_memory_within_any_window(
    models: Callable[[str], Path], family: str, batch: int
) -> None:
    path = models(family)
    layout = read_layout(path)
    with loaded(path, batch) as plain:
        wanted, wanted_logits = write(plain, batch)
    assert len(set(wanted)) > 3
    everything = least_bytes(layout, 16) * 4
    for window_bytes in (least_bytes(layout, batch), everything // 2, everything):
        account, seen = Account(), list[CountedPages]()
        with loaded(path, batch, experts(path, window_bytes, account, seen)) as model:
            written, logits = write(model, batch)
        assert written == wanted
        assert np.array_equal(logits, wanted_logits)
        assert 0 < seen[0].most <= window_bytes
        assert account.hits + account.misses > 0


@pytest.mark.parametrize("hidden", [4, 12, 36, 100])
def test_experts_that_share_their_pages_with_others_lose_nothing_when_those_go(tmp_path: Path, hidden: int) -> None:
    path = tiny_moe(tmp_path / "odd.gguf", hidden=hidden, layers=6)
    with loaded(path, 2) as plain:
        wanted, wanted_logits = write(plain, 2, count=60)
    least = least_bytes(read_layout(path), 2)
    for window_bytes in (least, 2 * least, 5 * least):
        account, seen = Account(), list[CountedPages]()
        with loaded(path, 2, experts(path, window_bytes, account, seen)) as model:
            written, logits = write(model, 2, count=60)
        assert written == wanted
        assert np.array_equal(logits, wanted_logits)
        assert 0 < seen[0].most <= window_bytes
        assert account.early > 0


@pytest.mark.parametrize("switches", [{"window": False}, {"bundle": False}, {"early": False}])
def test_each_switch_changes_the_reading_and_not_a_word(
    models: Callable[[str], Path], switches: dict[str, bool]
) -> None:
    path = models("qwen3moe")
    window_bytes = least_bytes(read_layout(path), 8)
    accounts = {}
    words = {}
    for name, chosen in {"on": {}, "off": switches}.items():
        account = accounts[name] = Account()
        with loaded(path, 4, experts(path, window_bytes, account, **chosen)) as model:
            words[name] = write(model, 4)[0]
    assert words["on"] == words["off"]
    on, off = accounts["on"], accounts["off"]
    if "window" in switches:
        assert off.hits == 0
        assert off.misses > on.misses
    elif "early" in switches:
        assert off.early == 0 < on.early
    assert off.read_bytes > 0


def test_small_pieces_are_read_without_bundling_and_whole_slices_with(tmp_path: Path) -> None:
    path = tiny_moe(tmp_path / "wide.gguf", hidden=1024, experts=8, layers=2)
    window_bytes = least_bytes(read_layout(path), 2)
    sizes = {}
    for bundle in (True, False):
        account = Account()
        with loaded(path, 1, experts(path, window_bytes, account, bundle=bundle)) as model:
            write(model, 1, count=8)
        sizes[bundle] = account.read_bytes / account.reads
    assert sizes[False] <= 2**16 < 2**17 < sizes[True]


@contextmanager
def driven(path: Path, window: int, **switches: bool) -> Iterator[tuple[Streamer, CountedPages, Callable[[], None]]]:
    """The experts of a model that is not loaded: a router of the test's own chooses; and a check of what is there."""
    layout = read_layout(path)
    room = mmap.mmap(-1, layout.tensors[-1].end + 2 * PAGE)
    begin = c_char.from_buffer(room)
    account, seen = Account(), list[CountedPages]()
    base = (addressof(begin) + PAGE - 1) & -PAGE
    data = path.read_bytes()
    layers = routed_layers(layout)
    streamer = experts(path, layers[0].expert_bytes * window, account, seen, **switches)(base)

    def check(layer: int, *chosen: int) -> None:
        streamer.wants(f"ffn_moe_down-{layer}".encode(), Chosen())
        for tensor in (*layers[layer].first, layers[layer].last):
            size = tensor.bytes // tensor.experts
            for expert in chosen:
                at = tensor.offset + expert * size
                assert string_at(base + at, size) == data[at : at + size]

    try:
        yield streamer, seen[0], check
    finally:
        streamer.close()
        del begin


def test_hits_misses_and_reads_of_a_known_routing_are_counted_exactly(models: Callable[[str], Path]) -> None:
    path = models("qwen3moe")
    with driven(path, window=4) as (streamer, _, check):
        account = streamer.account
        for number, (choices, hits, misses, reads) in enumerate(
            [
                ([[3, 7]], 0, 2, 6),
                ([[3, 9]], 1, 1, 3),
                ([[9, 3]], 2, 0, 0),
                # Neighbours are read at once: 10 and 11 of three matrices. Of 7 and the two, 7 and one more must go.
                ([[10, 11]], 0, 2, 3),
                ([[3, 9], [3, 11]], 3, 0, 0),
                ([[0, 14]], 0, 2, 6),
                ([[0, 15]], 1, 1, 3),
            ]
        ):
            before = account.snapshot()
            streamer.before()
            streamer.computed(b"ffn_moe_topk-0", Chosen(*choices))
            check(0, *{one for choice in choices for one in choice})
            now = account.snapshot()
            change = {name: now[name] - before[name] for name in ("hits", "misses", "reads", "early", "sweeps")}
            assert change == {"hits": hits, "misses": misses, "reads": reads, "early": 0, "sweeps": 1}, number


@pytest.mark.parametrize("family", ["gpt-oss", "qwen3moe"])
def test_what_stays_is_whole_after_any_order_of_choices(models: Callable[[str], Path], family: str) -> None:
    random = np.random.default_rng(3)
    for bundle in (True, False):
        with driven(models(family), window=9, bundle=bundle) as (streamer, pages, check):
            for _ in range(30):
                for layer in range(4):
                    choices = [sorted(random.choice(16, 2, replace=False).tolist()) for _ in range(3)]
                    streamer.computed(f"ffn_moe_topk-{layer}".encode(), Chosen(*choices))
                    check(layer, *{one for choice in choices for one in choice})
        # Matrices of less than a page, as gpt-oss has here, have no memory of their own to hand on.
        assert (pages.handed > 300) == (family == "qwen3moe")


@pytest.mark.parametrize(("kind", "guesses"), [(np.float32, 3), (np.float16, 0)])
def test_a_router_is_guessed_at_only_where_its_numbers_are_read_as_they_are(
    tmp_path: Path, kind: type[np.floating], guesses: int
) -> None:
    layout = read_layout(tiny_moe(tmp_path / "m.gguf", layers=4, probabilities=kind))
    assert len(Routers(layout, routed_layers(layout), 0).states) == guesses


def test_words_made_of_weights_that_no_router_asked_for_are_refused(models: Callable[[str], Path]) -> None:
    with driven(models("qwen3moe"), window=4) as (streamer, _, _):
        streamer.before()
        streamer.computed(b"ffn_moe_topk-0", Chosen([1, 2]))
        assert not streamer.wants(b"result_output", Chosen())
        streamer.before()
        with pytest.raises(ModelProblem, match="not laid out in a way that is known"):
            streamer.wants(b"result_output", Chosen())


def test_a_sweep_that_is_cut_short_is_gone_on_from_and_nothing_is_lost(models: Callable[[str], Path]) -> None:
    path = models("deepseek")
    with loaded(path, 4) as plain:
        wanted = write(plain, 4)[0]
    with loaded(path, 4, experts(path, least_bytes(read_layout(path), 4), Account())) as model:
        streamer = model.streamer
        assert streamer is not None
        for stop in (1, 2, 3):
            streamer.before()
            for layer in range(1, stop + 1):
                streamer.computed(f"ffn_moe_topk-{layer}".encode(), Chosen([layer, 5], [9, 12]))
        assert write(model, 4)[0] == wanted


def test_a_window_for_less_than_one_token_is_refused(models: Callable[[str], Path]) -> None:
    path = models("qwen3moe")
    layout = read_layout(path)
    assert most_tokens(layout, least_bytes(layout) - 1, 16) == 0
    with pytest.raises(ModelProblem, match="not enough memory for this model's experts"):
        loaded(path, 1, experts(path, least_bytes(layout) - 1, Account())).__enter__()


def test_a_file_cut_short_while_it_is_used_ends_the_answer_and_not_the_process(tmp_path: Path) -> None:
    path = tiny_moe(tmp_path / "cut.gguf")
    layout = read_layout(path)
    with loaded(path, 1, experts(path, least_bytes(layout), Account())) as model:
        assert model.decode(PROMPT[:1], 0, all_outputs=False) == 0
        with path.open("r+b") as file:
            file.truncate(layout.data_begin)
        with pytest.raises(ModelProblem, match="changed while it was in use"):
            write(model, 1)
        with pytest.raises(ModelProblem, match="changed while it was in use"):
            model.decode(PROMPT[:1], 60, all_outputs=False)
