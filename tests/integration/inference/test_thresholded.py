"""A model whose neurons have gates, prepared with a share of them kept: as chosen, less is read, and never unasked."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import BadInput, Cancelled, ModelProblem
from core.inference.layout import read_layout
from core.inference.llama import Loaded, Running, library
from core.inference.opening import Allowance, open_for_text
from core.inference.planned import planned, read_model
from core.inference.preparing import Costs, measure_costs, prepare_model
from core.inference.stream.account import Account
from core.inference.stream.neurons.active import FEW, ActiveNeurons
from core.inference.stream.neurons.bundles import Switches
from core.inference.stream.neurons.hollow import beside
from core.inference.stream.neurons.prepare import prepare
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Way
from core.inference.stream.speeds import USUAL
from tests.made_gated import tiny_gated
from tests.made_models import tiny_llama
from tests.made_neurons import tiny_relu

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

TEXT = "The allotment ate my back. Opened the studio late, nobody noticed. Dana comes on Friday at nine. " * 12
TOKENS = list(range(20, 60)) + list(range(266, 300))
SHARES = (1.0, 0.6, 0.3, 0.1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gated(tmp_path_factory.mktemp("models") / "whole.gguf")


@pytest.fixture(scope="module")
def kept(whole: Path) -> dict[float, Path]:
    """The model prepared with each share kept."""
    made = {}
    for share in SHARES:
        made[share] = whole.with_name(f"kept-{share}.gguf")
        assert [step.part for step in prepare(whole, made[share], TEXT, threads=2, keep=share)][-1] == 1
    return made


@contextmanager
def opened(
    path: Path, switches: Switches | None = None, *, window_neurons: int = 4096, batch: int = 64
) -> Iterator[tuple[Loaded, Account]]:
    layout, account, prepared = read_layout(path), Account(), read_model(path).prepared
    running = Running(context=128, batch=batch, threads=2, outputs=batch)
    stream = None
    if prepared is not None:
        neurons = ActiveNeurons(
            library(),
            path,
            prepared,
            account,
            window_bytes=window_neurons * prepared.bundle,
            threads=2,
            most_tokens=batch,
            switches=switches,
        )
        stream = beside(path, layout, neurons)
    with closing(Loaded(path, layout.facts, running, stream=stream, header_bytes=layout.data_begin)) as model:
        yield model, account


def logits(model: Loaded, batch: int, tokens: Sequence[int] = TOKENS) -> NDArray[np.float32]:
    rows = []
    for begin in range(0, len(tokens), batch):
        part = tokens[begin : begin + batch]
        assert model.decode(part, begin, all_outputs=True) == 0
        rows += [model.logits(place).copy() for place in range(len(part))]
    return np.array(rows)


def written(
    path: Path, batch: int, switches: Switches | None = None, window_neurons: int = 4096
) -> tuple[NDArray[np.float32], Account]:
    with opened(path, switches, batch=batch, window_neurons=window_neurons) as (model, account):
        return logits(model, batch), account


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "qwen3", "gemma"])
@pytest.mark.parametrize("batch", [1, 5, 64])
def test_with_all_neurons_kept_the_words_are_those_of_the_whole_model(
    architecture: str, batch: int, tmp_path: Path
) -> None:
    source, target = tiny_gated(tmp_path / "whole.gguf", architecture=architecture), tmp_path / "prepared.gguf"
    list(prepare(source, target, TEXT, threads=2, keep=1.0))
    plain, _ = written(source, batch)
    found, account = written(target, batch)
    assert np.abs(found - plain).max() < 2e-3 * np.abs(plain).max()
    assert (found.argmax(axis=1) == plain.argmax(axis=1)).all()
    few = sum(1 for begin in range(0, len(TOKENS), batch) if min(batch, len(TOKENS) - begin) <= FEW)
    assert account.hits + account.misses == 2 * 1024 * few


def test_a_quantised_model_with_matrices_of_two_kinds_is_prepared(tmp_path: Path) -> None:
    source = tiny_gated(tmp_path / "whole.gguf", kind="Q4_0", down_kinds=("F32", "Q4_0"))
    target = tmp_path / "prepared.gguf"
    list(prepare(source, target, TEXT, threads=2, keep=1.0))
    plain, _ = written(source, 1)
    found, _ = written(target, 1)
    assert (found.argmax(axis=1) == plain.argmax(axis=1)).mean() >= 0.95


def test_the_fewer_are_kept_the_fewer_bytes_are_read(kept: dict[float, Path]) -> None:
    none = Switches(window=False)
    accounts = [written(kept[share], 1, none)[1] for share in SHARES]
    wanted = [account.misses / (2 * 1024 * len(TOKENS)) for account in accounts]
    assert wanted[0] == 1
    assert all(abs(share - found) < 0.05 for share, found in zip(SHARES, wanted, strict=True))
    read = [account.read_bytes for account in accounts]
    assert read == sorted(read, reverse=True)
    assert len(set(read)) == len(read)


def test_a_gate_below_its_threshold_counts_for_nothing_and_one_above_for_all(
    whole: Path, kept: dict[float, Path]
) -> None:
    plain, _ = written(whole, 1)
    near = [float(np.abs(written(kept[share], 1)[0] - plain).mean()) for share in SHARES]
    assert near == sorted(near)
    assert near[0] < 0.01 * near[-1]


@pytest.mark.parametrize("batch", [1, 5, 64])
def test_what_the_window_holds_changes_no_number(kept: dict[float, Path], batch: int) -> None:
    everything, _ = written(kept[0.3], batch)
    for switches, slots in (
        (Switches(), 1100),
        (Switches(window=False), 4096),
        (Switches(keep_tokens=3), 4096),
        (Switches(bundle=False), 1100),
    ):
        found, _ = written(kept[0.3], batch, switches, slots)
        assert np.array_equal(found, everything)


def test_a_prompt_is_read_with_all_neurons(kept: dict[float, Path], whole: Path) -> None:
    plain, _ = written(whole, 64)
    found, _ = written(kept[0.1], 64)
    many = 64  # the rest of the tokens is a batch of ten, of whose neurons some are left out
    assert np.abs(found[:many] - plain[:many]).max() < 2e-3 * np.abs(plain).max()


def test_it_runs_within_its_memory_and_says_what_it_costs(kept: dict[float, Path]) -> None:
    allowed = Allowance(budget_bytes=300 * 2**20, context=128, threads=2)
    model = open_for_text(kept[0.3], allowed)
    with closing(model.loaded):
        assert model.plan.way is Way.NEURONS
        assert model.plan.peak_bytes <= allowed.budget_bytes
        logits(model.loaded, 1)
        assert model.account.hits > 0
    prepared = read_model(kept[0.3]).prepared
    assert prepared is not None
    assert prepared.gated is not None
    assert prepared.gated.keep == pytest.approx(0.3)
    assert prepared.gated.perplexity > 0
    assert 0 <= prepared.gated.same < 1


def test_the_gates_and_all_the_rest_are_counted_in_the_plan(whole: Path, kept: dict[float, Path]) -> None:
    prepared = read_model(kept[0.3]).prepared
    assert prepared is not None
    assert prepared.head_bytes >= 2 * 1024 * 64 * 4
    plan = planned(read_model(kept[0.3]), budget_bytes=2**30)
    assert plan.resident_bytes > prepared.head_bytes


def measured(source: Path) -> Costs:
    told: list[float] = []
    found = measure_costs(
        source,
        threads=2,
        budget_bytes=120 * 2**20,
        speeds=USUAL,
        progress=lambda what, part: told.append(part),
        keeps=SHARES,
        text=TEXT,
    )
    assert told == sorted(told)
    assert told[-1] == 1
    return found


def test_the_curve_tells_of_each_share_what_it_costs_and_nothing_is_written(whole: Path) -> None:
    before = sorted(whole.parent.iterdir())
    found = measured(whole)
    assert [one.keep for one in found.shares] == list(SHARES)
    assert found.shares[0].loss == pytest.approx(found.loss, abs=1e-6)
    assert found.shares[0].same == 1
    assert found.shares[0].kept == 1
    assert found.shares[0].error == pytest.approx(0, abs=1e-9)
    assert 0 < found.shares[-1].error < 1
    assert all(abs(one.kept - one.keep) < 0.05 for one in found.shares)
    assert [one.read_bytes for one in found.shares] == sorted((one.read_bytes for one in found.shares), reverse=True)
    assert found.shares[-1].same < 1
    assert found.tokens > 200
    plan = planned(read_model(whole), budget_bytes=120 * 2**20, speeds=USUAL)
    assert found.whole.read_bytes == plan.work.read_bytes
    assert sorted(whole.parent.iterdir()) == before


def test_what_is_told_of_a_share_is_what_the_prepared_file_says(whole: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.gguf"
    prepare_model(whole, target, threads=2, progress=lambda what, part: None, keep=0.3, text=TEXT)
    prepared = read_model(target).prepared
    assert prepared is not None
    assert prepared.gated is not None
    told = next(one for one in measured(whole).shares if one.keep == 0.3)
    assert prepared.gated.perplexity == pytest.approx(told.perplexity, rel=1e-3)
    assert prepared.gated.same == pytest.approx(told.same, abs=0.01)


def test_nothing_is_prepared_before_somebody_has_chosen(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="changes its answers"):
        prepare_model(whole, tmp_path / "out.gguf", threads=2, progress=lambda what, part: None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("keep", [0.0, 0.04, 1.1, -1.0])
def test_a_share_that_cannot_be_is_refused(whole: Path, tmp_path: Path, keep: float) -> None:
    with pytest.raises(BadInput, match="cannot be kept"):
        prepare_model(whole, tmp_path / "out.gguf", threads=2, progress=lambda what, part: None, keep=keep)


def test_where_neurons_are_exactly_silent_there_is_nothing_to_choose(tmp_path: Path) -> None:
    source = tiny_relu(tmp_path / "relu.gguf")
    with pytest.raises(BadInput, match="exactly silent"):
        prepare_model(source, tmp_path / "out.gguf", threads=2, progress=lambda what, part: None, keep=0.5)
    with pytest.raises(BadInput, match="exactly silent"):
        measured(source)


def test_a_text_of_a_few_words_is_refused(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too short"):
        prepare_model(
            whole, tmp_path / "out.gguf", threads=2, progress=lambda what, part: None, keep=0.5, text="Dana comes."
        )
    assert not list(tmp_path.iterdir())


def test_families_that_cannot_be_prepared_are_refused_by_name(tmp_path: Path) -> None:
    falcon = tiny_llama(tmp_path / "falcon.gguf", architecture="falcon")
    with pytest.raises(BadInput, match="family falcon cannot be prepared"):
        prepare_model(falcon, tmp_path / "out.gguf", threads=2, progress=lambda what, part: None, keep=0.5)
    assert list(tmp_path.iterdir()) == [falcon]


def test_measuring_that_is_stopped_ends(whole: Path) -> None:
    told = list[float]()
    with pytest.raises(Cancelled):
        measure_costs(
            whole,
            threads=2,
            budget_bytes=2**30,
            speeds=USUAL,
            progress=lambda what, part: told.append(part),
            text=TEXT,
            cancelled=lambda: len(told) > 2,
        )
    assert len(told) < 10


def test_preparing_that_is_stopped_leaves_nothing(whole: Path, tmp_path: Path) -> None:
    told = list[float]()
    with pytest.raises(Cancelled):
        prepare_model(
            whole,
            tmp_path / "out.gguf",
            threads=2,
            progress=lambda what, part: told.append(part),
            keep=0.5,
            text=TEXT,
            cancelled=lambda: len(told) > 2,
        )
    assert not list(tmp_path.iterdir())


def test_changed_gates_are_refused_before_anything_is_computed(kept: dict[float, Path], tmp_path: Path) -> None:
    prepared = read_model(kept[0.3]).prepared
    assert prepared is not None
    data = bytearray(kept[0.3].read_bytes())
    data[prepared.head_at + prepared.head_bytes - 100] ^= 1
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(data)
    with pytest.raises(ModelProblem, match="damaged"):
        open_for_text(bad, Allowance(budget_bytes=2**30, context=128, threads=2))


@pytest.mark.parametrize(
    ("key", "value"),
    [("count", 0), ("bundle", 100), ("gate_kind", 99), ("gate_kind", 12), ("version", 1), ("version", 3)],
)
def test_side_data_that_cannot_be_is_refused(kept: dict[float, Path], tmp_path: Path, key: str, value: int) -> None:
    data = bytearray(kept[0.3].read_bytes())
    name = f"mneme.neurons.{key}".encode()
    at = data.index(struct.pack("<Q", len(name)) + name) + 8 + len(name) + 4
    data[at : at + 8] = struct.pack("<Q", value)
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(data)
    with pytest.raises(ModelProblem):
        read_model(bad)
