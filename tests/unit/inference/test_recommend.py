"""Of the models on offer exactly one is recommended for a machine, or none with a sentence why."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.inference.catalog import Offer, offers
from core.inference.recommend import GIB, MIB, Machine, given_mb, memory_for_model, recommend
from core.inference.stream.speeds import USUAL, CpuSpeed, Speeds
from core.inference.stream.verdict import Fit, Need, Verdict, verdict


def machine(memory_gb: float, disk_gb: float = 500, cores: int = 4) -> Machine:
    return Machine(memory_bytes=int(memory_gb * GIB), cores=cores, free_disk_bytes=int(disk_gb * GIB))


def judged(there: Machine, speeds: Speeds = USUAL) -> list[tuple[Offer, Verdict]]:
    return [
        (
            offer,
            verdict(
                Need(
                    bytes=offer.bytes,
                    parameters=offer.parameters,
                    active=offer.active,
                    layers=offer.layers,
                    cache_bytes_per_token=offer.cache_bytes_per_token,
                ),
                budget_bytes=memory_for_model(there),
                context_tokens=4096,
                speeds=speeds,
            ),
        )
        for offer in offers()
    ]


def slowed(factor: float) -> Speeds:
    cpu = USUAL.cpu
    return Speeds(
        disk=dataclasses.replace(USUAL.disk, long_bytes_s=USUAL.disk.long_bytes_s * factor, pieces=()),
        cpu=CpuSpeed(
            one_bytes_s=cpu.one_bytes_s * factor,
            batch_bytes_s=cpu.batch_bytes_s * factor,
            repacked_bytes_s=cpu.repacked_bytes_s * factor,
        ),
    )


def chosen(there: Machine, speeds: Speeds = USUAL) -> Offer:
    found = recommend(judged(there, speeds), there)
    assert found.offer is not None, found.sentence
    assert found.verdict is not None
    return found.offer


def test_a_larger_machine_is_never_recommended_a_lesser_model() -> None:
    sizes = [math.sqrt(o.parameters * o.active) for o in (chosen(machine(gb)) for gb in (4, 8, 16, 32, 64))]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_what_is_recommended_is_checked_fits_the_disk_and_is_pleasant() -> None:
    for gb in (4, 8, 16, 32):
        there = machine(gb)
        found = recommend(judged(there), there)
        assert found.offer is not None
        assert found.verdict is not None
        assert found.offer.sha256
        assert found.verdict.fit in (Fit.FITS, Fit.STREAMS)
        assert found.verdict.first_word_s <= 10
        assert found.verdict.tokens_per_s >= 4


def test_a_full_disk_is_said_and_nothing_recommended() -> None:
    there = machine(16, disk_gb=1)
    found = recommend(judged(there), there)
    assert found.offer is None
    assert "2.6 GB of free disk" in found.sentence
    assert "answers without one" in found.sentence


def test_a_little_disk_gives_a_little_model() -> None:
    assert chosen(machine(32, disk_gb=4)).bytes <= 2 * GIB


def test_a_slow_machine_gets_the_quickest_and_a_hopeless_one_none() -> None:
    there = machine(8)
    assert chosen(there, slowed(0.3)).parameters < 1e9
    found = recommend(judged(there, slowed(0.001)), there)
    assert found.offer is None
    assert "too slow" in found.sentence


def test_an_unchecked_offer_is_never_recommended() -> None:
    there = machine(16)
    unchecked = [(dataclasses.replace(offer, sha256=""), found) for offer, found in judged(there)]
    assert recommend(unchecked, there).offer is None


@given(memory=st.integers(0, 2**45))
def test_a_model_is_given_at_most_half_and_never_what_the_system_needs(memory: int) -> None:
    given_ = memory_for_model(Machine(memory_bytes=memory, cores=1, free_disk_bytes=0))
    assert given_ % (256 * MIB) == 0
    assert given_ == 512 * MIB or (given_ <= memory / 2 and given_ <= memory - 3 * GIB)


@given(wanted=st.integers(128, 2**20), memory=st.integers(1, 2**45))
def test_a_model_is_never_given_more_than_the_machine_has_beside_its_system(wanted: int, memory: int) -> None:
    there = Machine(memory_bytes=memory, cores=1, free_disk_bytes=0)
    found = given_mb(wanted, there)
    assert found == wanted or found * MIB <= max(memory - GIB, 128 * MIB) < wanted * MIB + MIB
    assert 128 <= found <= wanted


def test_where_the_memory_is_not_known_a_model_is_given_what_is_wished() -> None:
    assert given_mb(2**20, Machine(memory_bytes=0, cores=1, free_disk_bytes=0)) == 2**20


@settings(max_examples=60, deadline=None)
@given(
    memory=st.floats(1, 256), disk=st.floats(0.1, 100), factor=st.floats(0.001, 10), cores=st.sampled_from((1, 2, 16))
)
def test_there_is_always_exactly_one_or_a_sentence(memory: float, disk: float, factor: float, cores: int) -> None:
    there = machine(memory, disk, cores)
    found = recommend(judged(there, slowed(factor)), there)
    assert found.sentence
    assert (found.offer is None) == (found.verdict is None)
    if found.offer is not None:
        assert found.offer.bytes <= there.free_disk_bytes


@pytest.mark.parametrize("there", [machine(8), machine(16)])
def test_not_knowing_the_disk_does_not_forbid_a_model(there: Machine) -> None:
    assert recommend(judged(there), dataclasses.replace(there, free_disk_bytes=0)).offer is not None
