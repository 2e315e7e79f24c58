"""Neurons read by need: the window's slots, reads put together, scattered reads, the predictor's fit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelProblem
from core.inference.stream.account import Account
from core.inference.stream.neurons.active import slots_of
from core.inference.stream.neurons.bundles import Bundles, Switches
from core.inference.stream.neurons.disk import Disk, Memory, Plain, open_disk
from core.inference.stream.neurons.fit import LOST, fit, rounded
from core.inference.stream.neurons.prepared import Prepared
from core.inference.stream.neurons.window import Window

COUNT, WIDTH = 1200, 64


def prepared(*, layers: int = 1, shares: tuple[float, ...] = (0.1,)) -> Prepared:
    return Prepared(
        width=WIDTH,
        count=COUNT,
        up_kind=0,
        down_kind=0,
        bundle=512,
        ranks=(32,) * layers,
        shares=shares,
        place=0,
        head_hash="",
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A layer's neurons: each one's bundle tells its number."""
    path = tmp_path / "neurons"
    numbers = np.repeat(np.arange(COUNT, dtype=np.uint32), 128)
    path.write_bytes(numbers.tobytes() + bytes(4096))
    return path


def test_a_neuron_stays_until_another_needs_its_place() -> None:
    window = Window(10, 3)
    assert window.admit(np.array([1, 4])).tolist() == [1, 4]
    assert window.admit(np.array([4, 7])).tolist() == [7]
    assert window.admit(np.array([9])).tolist() == [9]
    assert window.admit(np.array([4, 7, 9])).tolist() == []
    assert window.admit(np.array([1])).tolist() == [1]


@given(st.lists(st.sets(st.integers(0, 29), min_size=1, max_size=8), min_size=1, max_size=30), st.integers(8, 30))
def test_every_neuron_asked_for_has_a_slot_of_its_own(asked: list[set[int]], slots: int) -> None:
    window = Window(30, slots)
    there: dict[int, int] = {}
    for neurons in asked:
        wanted = np.array(sorted(neurons))
        missing = set(window.admit(wanted).tolist())
        places = window.slots_of(wanted).tolist()
        assert len(set(places)) == len(places)
        assert all(0 <= place < slots for place in places)
        for neuron, place in zip(wanted.tolist(), places, strict=True):
            if neuron not in missing:
                assert there[place] == neuron
            there[place] = neuron


def test_a_window_of_some_tokens_lets_go_of_what_was_used_before_them() -> None:
    window = Window(10, 10)
    window.admit(np.array([1, 2]))
    window.admit(np.array([2, 3]))
    window.forget_before(2)
    assert window.admit(np.array([1, 2, 3])).tolist() == [1]


def read(file: Path, neurons: list[int], switches: Switches, disk: Disk | None = None) -> tuple[list[int], Account]:
    account, memory = Account(), Memory(2 * COUNT, 512)
    bundles = Bundles(disk or open_disk(file), prepared(), account, switches)
    wanted = np.array(neurons)
    slots = np.arange(len(neurons))[::-1] * 2
    try:
        bundles.fetch(0, wanted, memory.address + slots * 512).wait(account)
    finally:
        bundles.close()
    return memory.rows.view(np.uint32)[slots].max(axis=1).tolist(), account


@pytest.mark.parametrize("plain", [False, True])
def test_neurons_come_into_their_slots(file: Path, plain: bool) -> None:
    wanted = [0, 1, 5, 600, 601, 1199]
    found, _ = read(file, wanted, Switches(), Plain(file) if plain else None)
    assert found == wanted


def test_near_neurons_are_one_read_and_far_ones_are_not(file: Path) -> None:
    _, account = read(file, [3, 4, 6, 400, 402], Switches(gap_bytes=1024))
    assert (account.reads, account.read_bytes) == (2, (4 + 3) * 512)


def test_without_bundling_a_neuron_takes_two_reads(file: Path) -> None:
    found, account = read(file, [3, 4, 6, 400, 402], Switches(bundle=False))
    assert found == [3, 4, 6, 400, 402]
    assert account.reads == 10


def test_a_long_run_is_cut_where_the_system_would_refuse_it(file: Path) -> None:
    found, account = read(file, list(range(COUNT)), Switches())
    assert found == list(range(COUNT))
    assert account.read_bytes == COUNT * 512


def test_a_layer_comes_whole_in_its_order(file: Path) -> None:
    account = Account()
    bundles = Bundles(open_disk(file), prepared(), account, Switches())
    seen: list[int] = []
    for begin, rows in bundles.in_order(0):
        assert begin == len(seen)
        seen += rows.view(np.uint32)[:, 0].tolist()
    bundles.close()
    assert seen == list(range(COUNT))


@pytest.mark.parametrize("plain", [False, True])
def test_a_file_cut_short_is_a_problem(file: Path, plain: bool) -> None:
    with file.open("r+b") as whole:
        whole.truncate(600 * 512)
    with pytest.raises(ModelProblem, match="cannot be read"):
        read(file, [1, 599, 600], Switches(gap_bytes=0), Plain(file) if plain else None)


def test_slots_go_where_neurons_are_active_and_within_the_memory() -> None:
    slots = slots_of(prepared(layers=2, shares=(0.1, 0.3)), 1600 * 512)
    assert sum(slots) <= 1600
    assert min(slots) >= 512
    assert slots[1] > slots[0]
    assert slots_of(prepared(layers=2, shares=(0.1, 0.3)), 2**30) == [COUNT, COUNT]


def test_a_memory_below_a_piece_a_layer_is_refused() -> None:
    with pytest.raises(ModelProblem, match="not enough memory"):
        slots_of(prepared(layers=2, shares=(0.1, 0.3)), 1000 * 512)


def test_the_predictor_keeps_nearly_all_that_counts_and_leaves_most_out() -> None:
    random = np.random.default_rng(4)
    width, count, rank = 128, 2000, 24
    up = random.standard_normal((count, rank)) @ random.standard_normal((rank, width)) / np.sqrt(rank * width)
    up = (up + 0.05 * random.standard_normal((count, width)) / np.sqrt(width)).astype(np.float32)
    bias = -random.normal(1.2, 1.0, count).astype(np.float32)
    tokens = random.standard_normal((900, width)).astype(np.float32)
    fitted = fit(up, bias, np.ones(count, np.float32), tokens[:400], tokens[400:600], (512.0, 34 / 32))
    new = tokens[600:]
    truth = np.maximum(new @ up.T + bias, 0) ** 4
    kept = (new @ fitted.inner.T) @ fitted.outer.T > fitted.thresholds
    assert len(fitted.inner) == 32
    assert kept.mean() < 1.2 * (truth > 0).mean()
    assert truth[~kept].sum() / truth.sum() < 10 * LOST


def test_rounded_numbers_have_eight_bits_a_block() -> None:
    rows = np.linspace(-1, 1, 64, dtype=np.float32).reshape(1, 64)
    assert np.abs(rounded(rows) - rows).max() < 1 / 127
    assert not rounded(np.zeros((2, 32), np.float32)).any()
