"""A prepared model: what it writes is what the whole model writes, and bad files are refused before they are used."""

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import BadInput, Cancelled, ModelProblem
from core.inference.layout import read_layout
from core.inference.llama import Loaded, Running, library
from core.inference.opening import Allowance, Mode, open_for_text
from core.inference.planned import read_model
from core.inference.preparing import prepare_model
from core.inference.stream.account import Account
from core.inference.stream.graph import Node, Streamer
from core.inference.stream.neurons.active import ActiveNeurons
from core.inference.stream.neurons.bundles import Switches
from core.inference.stream.neurons.hollow import beside
from core.inference.stream.neurons.prepare import prepare
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Way
from tests.made_models import tiny_llama
from tests.made_neurons import tiny_relu

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

TEXT = "The allotment ate my back. Opened the studio late, nobody noticed. Dana comes on Friday at nine. " * 12
TOKENS = list(range(20, 60)) + list(range(266, 300))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_relu(tmp_path_factory.mktemp("models") / "whole.gguf")


@pytest.fixture(scope="module")
def ready(whole: Path) -> Path:
    target = whole.with_name("prepared.gguf")
    assert [step.part for step in prepare(whole, target, TEXT, threads=2)][-1] == 1
    return target


@contextmanager
def opened(
    path: Path,
    switches: Switches | None = None,
    *,
    window_neurons: int = 4096,
    batch: int = 64,
    through: Callable[[Streamer], Streamer] = lambda inner: inner,
    kind: type[ActiveNeurons] = ActiveNeurons,
) -> Iterator[tuple[Loaded, Account]]:
    layout, account = read_layout(path), Account()
    running = Running(context=128, batch=batch, threads=2, outputs=batch)
    stream: Callable[[int], Streamer] | None = None
    prepared = read_model(path).prepared
    if prepared is not None:
        neurons = kind(
            library(),
            path,
            prepared,
            account,
            window_bytes=window_neurons * prepared.bundle,
            threads=2,
            most_tokens=batch,
            switches=switches,
        )
        beside_it = beside(path, layout, neurons)

        def stream(base: int) -> Streamer:
            return through(beside_it(base))

    with closing(Loaded(path, layout.facts, running, stream=stream, header_bytes=layout.data_begin)) as model:
        yield model, account


def logits(model: Loaded, batch: int, tokens: Sequence[int] = TOKENS) -> NDArray[np.float32]:
    size = model.lib.llama_vocab_n_tokens(model.vocabulary)
    rows = []
    for begin in range(0, len(tokens), batch):
        part = tokens[begin : begin + batch]
        assert model.decode(part, begin, all_outputs=True) == 0
        for place in range(len(part)):
            pointer = model.lib.llama_get_logits_ith(model.context, place)
            rows.append(np.ctypeslib.as_array(pointer, (size,)).copy())
    return np.array(rows)


def written(
    path: Path, batch: int, switches: Switches | None = None, **given: int
) -> tuple[NDArray[np.float32], Account]:
    with opened(path, switches, **given) as (model, account):
        return logits(model, batch), account


@pytest.mark.parametrize("architecture", ["arcee", "nemotron", "jais2"])
@pytest.mark.parametrize("batch", [1, 5, 64])
def test_with_all_neurons_computed_the_words_are_those_of_the_whole_model(
    architecture: str, batch: int, tmp_path: Path
) -> None:
    source = tiny_relu(tmp_path / "whole.gguf", architecture=architecture)
    target = tmp_path / "prepared.gguf"
    list(prepare(source, target, TEXT, threads=2, tokens=300))
    plain, _ = written(source, batch)
    found, _ = written(target, batch, Switches(every=True))
    assert np.abs(found - plain).max() < 2e-3 * np.abs(plain).max()
    assert (found.argmax(axis=1) == plain.argmax(axis=1)).all()


@pytest.mark.parametrize("batch", [1, 5])
def test_with_foretold_neurons_the_likeliest_word_is_the_same(whole: Path, ready: Path, batch: int) -> None:
    plain, _ = written(whole, batch)
    found, account = written(ready, batch)
    assert (found.argmax(axis=1) == plain.argmax(axis=1)).mean() >= 0.99
    assert 0 < account.hits < 2 * 1024 * len(TOKENS)


def test_without_its_neurons_the_hollow_model_says_something_else(whole: Path, ready: Path) -> None:
    plain, _ = written(whole, 64)
    layout = read_layout(ready)
    with closing(Loaded(ready, layout.facts, Running(context=128, batch=64, threads=2, outputs=64))) as hollow:
        assert np.abs(logits(hollow, 64) - plain).max() > 0.1 * np.abs(plain).max()


@pytest.mark.parametrize("batch", [1, 5, 64])
def test_what_the_window_holds_changes_no_number(ready: Path, batch: int) -> None:
    everything, _ = written(ready, batch)
    for switches, slots in (
        (Switches(), 1100),
        (Switches(window=False), 4096),
        (Switches(keep_tokens=3), 4096),
        (Switches(bundle=False), 1100),
    ):
        found, _ = written(ready, batch, switches, window_neurons=slots)
        assert np.array_equal(found, everything)


def test_the_window_saves_reads_and_bundles_make_them_longer(ready: Path) -> None:
    _, kept = written(ready, 1)
    _, three = written(ready, 1, Switches(keep_tokens=3))
    _, none = written(ready, 1, Switches(window=False))
    _, apart = written(ready, 1, Switches(window=False, bundle=False))
    assert kept.misses < three.misses < none.misses
    assert kept.read_bytes < three.read_bytes < none.read_bytes
    assert none.read_bytes / none.reads > 2 * apart.read_bytes / apart.reads
    assert none.hits == 0


def test_a_prepared_model_is_opened_where_all_models_are(whole: Path, ready: Path) -> None:
    plain, _ = written(whole, 16)
    allowed = Allowance(budget_bytes=300 * 2**20, context=128, threads=2)
    model = open_for_text(ready, allowed)
    with closing(model.loaded):
        assert model.plan.way is Way.NEURONS
        assert model.plan.peak_bytes <= allowed.budget_bytes
        found = logits(model.loaded, 16)
        assert (found.argmax(axis=1) == plain.argmax(axis=1)).mean() >= 0.99
        assert model.account.hits > 0


def test_too_little_memory_is_refused_with_the_least(ready: Path) -> None:
    with pytest.raises(ModelProblem, match="needs at least"):
        open_for_text(ready, Allowance(budget_bytes=2**20, context=128, threads=2))
    everything = open_for_text(ready, Allowance(budget_bytes=2**20, context=128, threads=2, mode=Mode.MEMORY))
    with closing(everything.loaded):
        assert everything.plan.window_bytes == 2 * 1024 * 512


def test_changed_predictors_are_refused_before_native_code(ready: Path, tmp_path: Path) -> None:
    prepared = read_model(ready).prepared
    assert prepared is not None
    data = bytearray(ready.read_bytes())
    data[prepared.head_at + 1000] ^= 1
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(data)
    with pytest.raises(ModelProblem, match="damaged"):
        open_for_text(bad, Allowance(budget_bytes=2**30, context=128, threads=2))


@pytest.mark.parametrize("change", [-1, 1, 4096, -4096])
def test_a_file_of_another_length_is_refused(ready: Path, tmp_path: Path, change: int) -> None:
    data = ready.read_bytes()
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(data + bytes(change) if change > 0 else data[:change])
    with pytest.raises(ModelProblem, match="damaged"):
        read_model(bad)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("count", 0),
        ("count", 2**40),
        ("bundle", 100),
        ("up_kind", 99),
        ("down_kind", 12),
        ("place", 4097),
        ("place", 0),
        ("bytes", 4096),
        ("version", 2),
    ],
)
def test_side_data_that_cannot_be_is_refused(ready: Path, tmp_path: Path, key: str, value: int) -> None:
    data = bytearray(ready.read_bytes())
    name = f"mneme.neurons.{key}".encode()
    at = data.index(struct.pack("<Q", len(name)) + name) + 8 + len(name) + 4
    data[at : at + 8] = struct.pack("<Q", value)
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(data)
    with pytest.raises(ModelProblem):
        read_model(bad)


class Deaf:
    """A streamer that is not told of one node, as with a llama.cpp that calls it something else."""

    def __init__(self, inner: Streamer) -> None:
        self.account, self.before, self.close, self._inner = inner.account, inner.before, inner.close, inner
        self.set_threads = inner.set_threads

    def wants(self, node: bytes, about: Node) -> bool:
        return self._inner.wants(node, about) and node != b"ffn_norm-1"

    def computed(self, node: bytes, about: Node) -> None:
        self._inner.computed(node, about)


def test_a_sleeping_jobs_share_of_the_threads_is_the_neurons_too(ready: Path) -> None:
    told: list[int] = []

    class Heard(ActiveNeurons):
        def set_threads(self, threads: int) -> None:
            told.append(threads)
            super().set_threads(threads)

    with opened(ready, kind=Heard) as (model, _):
        model.set_threads(1)
        assert model.decode([20, 21], 0, all_outputs=False) == 0
        assert model.lib.llama_n_threads(model.context) == 1
    assert told == [2, 1]


def test_words_that_would_be_told_without_a_layers_neurons_are_not_told(ready: Path) -> None:
    with pytest.raises(ModelProblem, match="does not run"), opened(ready, through=Deaf) as (model, _):
        logits(model, 4, TOKENS[:4])


def test_families_that_are_not_known_are_refused_by_name(tmp_path: Path) -> None:
    falcon = tiny_llama(tmp_path / "falcon.gguf", architecture="falcon")
    with pytest.raises(BadInput, match="family falcon cannot be prepared"):
        prepare_model(falcon, tmp_path / "out.gguf", threads=2, progress=lambda what, part: None)
    assert list(tmp_path.iterdir()) == [falcon]


def test_a_prepared_model_is_not_prepared_again(ready: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="prepared already"):
        prepare_model(ready, tmp_path / "out.gguf", threads=2, progress=lambda what, part: None)


def test_preparing_tells_how_far_it_is_and_writes_what_runs(whole: Path, tmp_path: Path) -> None:
    target, told = tmp_path / "out.gguf", list[float]()
    prepare_model(whole, target, threads=2, progress=lambda what, part: told.append(part))
    assert told == sorted(told)
    assert told[-1] == 1
    plain, _ = written(whole, 1)
    found, _ = written(target, 1)
    assert (found.argmax(axis=1) == plain.argmax(axis=1)).mean() >= 0.98


def test_preparing_that_is_stopped_leaves_nothing(whole: Path, tmp_path: Path) -> None:
    told = list[float]()
    with pytest.raises(Cancelled):
        prepare_model(
            whole,
            tmp_path / "out.gguf",
            threads=2,
            progress=lambda what, part: told.append(part),
            cancelled=lambda: len(told) > 1,
        )
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_not_written_over(whole: Path, ready: Path) -> None:
    with pytest.raises(BadInput, match="already"):
        prepare_model(whole, ready, threads=2, progress=lambda what, part: None)
