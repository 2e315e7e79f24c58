"""How many neurons thresholds keep, which ones, and what a plan foretells of it before anything is prepared."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import BadInput
from core.inference.layout import Layout, read_layout
from core.inference.planned import read_model
from core.inference.stream.neurons.lost import Curve, Point
from core.inference.stream.neurons.planned import expected, plan_neurons
from core.inference.stream.neurons.preparable import Neurons, neurons_of, preparable
from core.inference.stream.neurons.prepare import prepare
from core.inference.stream.neurons.prepared import Gated
from core.inference.stream.neurons.thresholds import Sampled, thresholds
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Plan, Way
from core.inference.stream.speeds import USUAL
from tests.made_experts import tiny_moe
from tests.made_gated import tiny_gated
from tests.made_models import tiny_llama
from tests.made_neurons import tiny_relu

_MB = 2**20


def sampled(*, weights: NDArray[np.float32] | None = None) -> Sampled:
    random = np.random.default_rng(2)
    gates = np.abs(random.standard_normal((200, 300))).astype(np.float16)
    return Sampled(gates, np.ones(300, np.float32) if weights is None else weights)


@given(st.floats(0.05, 0.99))
def test_about_as_many_are_kept_as_were_asked_for(keep: float) -> None:
    layer = sampled()
    assert (layer.gates > thresholds(layer, keep)).mean() == pytest.approx(keep, abs=0.01)


def test_all_are_kept_even_those_whose_gates_are_shut() -> None:
    layer = Sampled(np.zeros((5, 7), np.float16), np.zeros(7, np.float32))
    assert (layer.gates > thresholds(layer, 1.0)).all()


def test_what_adds_more_for_the_same_gate_has_the_lower_threshold() -> None:
    weights = np.linspace(0.1, 2.0, 300).astype(np.float32)
    layer = sampled(weights=weights)
    limits = thresholds(layer, 0.4)
    assert all(low > high for low, high in pairwise(limits))
    assert limits * weights == pytest.approx(limits[0] * weights[0])


def test_a_neuron_that_adds_nothing_is_left_out() -> None:
    weights = np.ones(300, np.float32)
    weights[:100] = 0
    limits = thresholds(sampled(weights=weights), 0.3)
    assert not (sampled().gates > limits)[:, :100].any()


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return read_layout(tiny_gated(tmp_path_factory.mktemp("models") / "gates.gguf", width=256, count=8192, layers=4))


def foretold(layout: Layout, keep: float, budget_mb: int) -> Plan:
    made, hollow = expected(layout, keep)
    return plan_neurons(made, hollow, budget_bytes=budget_mb * _MB, context_tokens=512, batch_tokens=256, speeds=USUAL)


@pytest.mark.parametrize("beyond_mb", [0, 20, 50])
def test_fewer_kept_means_fewer_bytes_foretold(layout: Layout, beyond_mb: int) -> None:
    budget_mb = -(-foretold(layout, 1.0, 1).least_bytes // _MB) + beyond_mb
    plans = [foretold(layout, keep, budget_mb) for keep in (1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1)]
    assert {plan.way for plan in plans} == {Way.NEURONS}
    read = [plan.work.read_bytes for plan in plans]
    assert all(more > fewer for more, fewer in pairwise(read))
    assert all(plan.peak_bytes <= budget_mb * _MB for plan in plans)


@given(st.integers(150, 400), st.floats(0.05, 1.0))
def test_more_memory_never_means_more_bytes(layout: Layout, budget_mb: int, keep: float) -> None:
    little, much = (foretold(layout, keep, budget_mb + more) for more in (0, 20))
    assert much.work.read_bytes <= little.work.read_bytes


@pytest.mark.skipif(not can_stream(), reason="models are prepared on Linux only")
def test_what_is_foretold_of_a_model_is_what_its_prepared_file_takes(tmp_path: Path) -> None:
    source, target = tiny_gated(tmp_path / "gates.gguf", count=2048, layers=3), tmp_path / "kept.gguf"
    list(
        prepare(
            source, target, "Dana comes on Friday at nine, with the drawings of the hall. " * 20, threads=1, keep=0.4
        )
    )
    before = foretold(read_layout(source), 0.4, 300)
    model = read_model(target)
    assert model.prepared is not None
    after = plan_neurons(
        model.prepared, model.layout, budget_bytes=300 * _MB, context_tokens=512, batch_tokens=256, speeds=USUAL
    )
    assert before.least_bytes == pytest.approx(after.least_bytes, abs=2**18)
    assert before.peak_bytes == pytest.approx(after.peak_bytes, abs=2**18)


def test_what_fits_is_not_read(layout: Layout) -> None:
    assert foretold(layout, 0.5, 2000).work.read_bytes == 0


def test_a_curves_perplexity_is_told_against_the_whole_models() -> None:
    point = Point(keep=0.5, kept=0.5, loss=2.1, same=0.9, error=0.01)
    curve = Curve(tokens=100, loss=2.0, points=(point,))
    assert curve.perplexity(point) == pytest.approx(1.10517, rel=1e-4)


@pytest.mark.parametrize(
    ("perplexity", "said"), [(1.021, "+2.1 %"), (0.999, "-0.1 %"), (1.0, "+0.0 %"), (4.25, "4.2 times as high")]
)
def test_a_prepared_model_says_what_was_lost(perplexity: float, said: str) -> None:
    gated = Gated(kind=0, act="silu", keep=0.4, perplexity=perplexity, same=0.9)
    assert gated.sentence == f"Keeps 40 % of its neurons, so its answers differ: perplexity {said}."


def test_each_family_is_known_or_refused_with_a_sentence(tmp_path: Path) -> None:
    silent = read_layout(tiny_relu(tmp_path / "arcee.gguf"))
    gated = read_layout(tiny_gated(tmp_path / "qwen3.gguf", architecture="qwen3"))
    assert (neurons_of(silent), neurons_of(gated)) == (Neurons.SILENT, Neurons.GATED)
    assert preparable(gated) is (Neurons.GATED if can_stream() else None)
    with pytest.raises(BadInput, match="family gemma2 cannot be prepared"):
        neurons_of(read_layout(tiny_llama(tmp_path / "gemma2.gguf", architecture="gemma2")))
    experts = read_layout(tiny_moe(tmp_path / "moe.gguf"))
    with pytest.raises(BadInput, match="only its chosen experts are read already"):
        neurons_of(experts)
    assert preparable(experts) is None
    with pytest.raises(BadInput, match="prepared already"):
        neurons_of(gated, ("mneme.neurons.version",))


def test_a_part_that_nothing_is_known_of_is_refused(tmp_path: Path) -> None:
    def biased(entries: object, weights: dict[str, NDArray[np.float32]]) -> None:
        weights["blk.1.ffn_gate.bias"] = np.zeros(128, np.float32)

    layout = read_layout(tiny_llama(tmp_path / "biased.gguf", spoil=biased))
    with pytest.raises(BadInput, match=r"what ffn_gate\.bias does there is not known"):
        neurons_of(layout)
