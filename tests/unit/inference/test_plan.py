"""The plan: never more than was given, never worse with more, everything there at once when it fits."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.inference.header import GgufFacts
from core.inference.layout import Layout, Tensor
from core.inference.stream.costs import Cache, compute_bytes, program_bytes
from core.inference.stream.places import SMALL, must_stay, order_of_staying
from core.inference.stream.plan import AHEAD, Plan, Way, plan
from core.inference.stream.residency import residency
from core.inference.stream.speeds import USUAL

MB = 2**20
KINDS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")


def a_layout(
    *, layers: int, sizes: tuple[int, ...], words: int = 2 * MB, experts: int = 0, used: int = 0, begin: int = 5000
) -> Layout:
    """A model whose layers have tensors of these sizes, the last of them in experts when there are some."""
    place = begin
    tensors = []

    def add(name: str, size: int, shape: tuple[int, ...]) -> None:
        nonlocal place
        tensors.append(Tensor(name=name, offset=place, bytes=size, shape=shape, type="Q4_0"))
        place += -(-size // 32) * 32

    add("token_embd.weight", words, (64, 1000))
    add("output.weight", words, (64, 1000))
    for layer in range(layers):
        add(f"blk.{layer}.attn_norm.weight", 256, (64,))
        for kind, size in zip(KINDS, sizes, strict=False):
            add(f"blk.{layer}.{kind}.weight", size, (64, 64))
        if experts:
            add(f"blk.{layer}.ffn_gate_inp.weight", 100_000, (64, experts))
            for kind in ("gate", "up", "down"):
                add(f"blk.{layer}.ffn_{kind}_exps.weight", experts * 36_864, (64, 64, experts))
    facts = GgufFacts(
        name="Made",
        architecture="llama",
        context_length=4096,
        width=64,
        layers=layers,
        vocabulary=1000,
        parameters=1,
        bytes=place,
        quantisation="Q4_0",
        chat_template="",
        is_embedder=False,
        licence="",
        cache_bytes_per_token=4096,
        cache_in_blocks=True,
        experts_used=used,
    )
    return Layout(facts=facts, data_begin=begin, tensors=tuple(tensors))


def planned(layout: Layout, budget: int, *, cache: Cache | None = None) -> Plan:
    return plan(
        layout,
        budget_bytes=budget,
        context_tokens=1024,
        batch_tokens=64,
        speeds=USUAL,
        can_stream=True,
        cache=cache,
    )


LAYOUTS = st.builds(
    a_layout,
    layers=st.integers(1, 40),
    sizes=st.lists(st.integers(SMALL, 4 * MB), min_size=1, max_size=7).map(tuple),
    words=st.integers(1, 8 * MB),
    experts=st.sampled_from((0, 0, 8, 64)),
    used=st.integers(1, 8),
    begin=st.integers(100, 10_000),
)


@given(LAYOUTS, st.integers(1, 400))
@settings(max_examples=200, deadline=None)
def test_what_is_planned_takes_no_more_than_was_given(layout: Layout, megabytes: int) -> None:
    made = planned(layout, megabytes * MB)
    parts = made.program_bytes + made.cache_bytes + made.compute_bytes + made.resident_bytes + made.window_bytes
    assert made.peak_bytes == parts
    if made.way is Way.CANNOT:
        assert made.least_bytes > megabytes * MB
    else:
        assert made.peak_bytes <= megabytes * MB
        assert made.least_bytes <= megabytes * MB


@given(LAYOUTS, st.lists(st.integers(1, 400 * MB), min_size=2, max_size=6))
@settings(max_examples=200, deadline=None)
def test_more_memory_never_lets_fewer_weights_stay_and_is_never_slower(layout: Layout, budgets: list[int]) -> None:
    plans = [planned(layout, budget) for budget in sorted(budgets)]
    for less, more in pairwise(plans):
        if less.way is not Way.CANNOT:
            assert less.resident <= more.resident
            assert less.resident_bytes + less.window_bytes <= more.resident_bytes + more.window_bytes + 2 * 4096
            assert more.tokens_per_s >= less.tokens_per_s
            assert more.batch_tokens >= less.batch_tokens
            assert more.way is not Way.CANNOT


@given(LAYOUTS)
@settings(max_examples=100, deadline=None)
def test_a_model_runs_with_its_least_memory_and_not_with_a_byte_less(layout: Layout) -> None:
    least = planned(layout, 1).least_bytes
    assert planned(layout, least).way is not Way.CANNOT
    assert planned(layout, least - 1).way is Way.CANNOT


@given(LAYOUTS, st.integers(1, 400))
@settings(max_examples=100, deadline=None)
def test_every_tensor_stays_or_is_streamed_with_its_layer(layout: Layout, megabytes: int) -> None:
    made = planned(layout, megabytes * MB)
    streamed = {name: layer for layer, names in enumerate(made.streamed) for name in names}
    assert made.resident.isdisjoint(streamed)
    assert made.resident | streamed.keys() == {tensor.name for tensor in layout.tensors}
    for tensor in layout.tensors:
        assert streamed.get(tensor.name, tensor.layer) == tensor.layer
        assert not (must_stay(tensor) and tensor.name in streamed)


@given(LAYOUTS, st.integers(60, 400))
@settings(max_examples=100, deadline=None)
def test_any_neighbouring_tensors_fit_in_the_window(layout: Layout, megabytes: int) -> None:
    made = planned(layout, megabytes * MB)
    if made.way is not Way.DENSE:
        return
    parts = residency(layout, (name for names in made.streamed for name in names))
    ring = [part.pages[1] for part in parts.parts]
    assert sum(ring) == sum(parts.streamed_bytes(layer) for layer in parts.streamed)
    for begin in range(len(ring)):
        inside = [ring[(begin + step) % len(ring)] for step in range(min(AHEAD + 1, len(ring)))]
        assert sum(inside) <= made.window_bytes


def test_layers_stream_about_the_same_so_that_disk_and_processor_work_at_the_same_time() -> None:
    layout = a_layout(layers=28, sizes=(5 * MB, 2 * MB, 2 * MB, 5 * MB, 14 * MB, 14 * MB, 14 * MB))
    whole = planned(layout, 10**10).peak_bytes
    for budget in range(whole // 3, whole, 7 * MB):
        made = planned(layout, budget)
        if made.way is not Way.DENSE:
            continue
        sizes = {tensor.name: tensor.bytes for tensor in layout.tensors}
        streamed = [sum(sizes[name] for name in names) for names in made.streamed]
        assert max(streamed) - min(streamed) <= 14 * MB
        halves = sum(streamed[:14]), sum(streamed[14:])
        assert abs(halves[0] - halves[1]) <= 2 * 14 * MB


def test_the_budget_is_used_up_but_for_less_than_two_tensors() -> None:
    layout = a_layout(layers=28, sizes=(5 * MB, 2 * MB, 2 * MB, 5 * MB, 14 * MB, 14 * MB, 14 * MB))
    for budget in range(700 * MB, 1300 * MB, 11 * MB):
        made = planned(layout, budget)
        assert made.way is Way.DENSE
        assert budget - made.peak_bytes < 14 * MB


def test_what_fits_is_held_whole_with_keys_and_values_of_sixteen_bits_where_there_is_room() -> None:
    layout = a_layout(layers=8, sizes=(MB, MB))
    enough = planned(layout, 10**10).peak_bytes
    assert planned(layout, enough).way is Way.FITS
    assert planned(layout, enough).cache is Cache.F16
    assert planned(layout, enough - 1).way is Way.FITS
    assert planned(layout, enough - 1).cache is Cache.Q8_0
    assert planned(layout, enough - 1).repack
    assert planned(layout, enough - 1, cache=Cache.F16).way is Way.DENSE
    assert not planned(layout, enough - 1, cache=Cache.F16).repack


def test_a_strange_file_has_a_plan_all_the_same() -> None:
    layout = a_layout(layers=4, sizes=(MB, MB), experts=8, used=0)
    only_experts = tuple(one for one in layout.tensors if one.experts)
    for strange in (
        replace(layout, tensors=only_experts),
        replace(layout, tensors=layout.tensors[:1]),
        replace(layout, facts=replace(layout.facts, cache_bytes_per_token=2**62)),
    ):
        for megabytes in (1, 120, 10_000):
            made = planned(strange, megabytes * MB)
            assert made.way is Way.CANNOT or made.peak_bytes <= megabytes * MB


def test_heads_that_are_not_whole_blocks_keep_sixteen_bits() -> None:
    layout = a_layout(layers=8, sizes=(MB, MB))
    odd = replace(layout, facts=replace(layout.facts, cache_in_blocks=False))
    assert planned(odd, 85 * MB).cache is Cache.F16
    assert planned(odd, 85 * MB, cache=Cache.Q8_0).cache is Cache.F16


def test_where_nothing_can_be_streamed_the_system_maps_what_does_not_fit() -> None:
    layout = a_layout(layers=30, sizes=(4 * MB, 4 * MB))
    made = plan(layout, budget_bytes=150 * MB, context_tokens=512, batch_tokens=64, speeds=USUAL, can_stream=False)
    assert made.way is Way.MAPPED
    assert not made.repack


def test_a_mixture_keeps_all_but_its_experts_and_gives_them_the_rest() -> None:
    layout = a_layout(layers=12, sizes=(MB, MB), experts=64, used=4)
    made = planned(layout, 150 * MB)
    assert made.way is Way.EXPERTS
    assert made.peak_bytes == 150 * MB
    assert {name.split(".")[2] for names in made.streamed for name in names} == {
        "ffn_gate_exps",
        "ffn_up_exps",
        "ffn_down_exps",
    }
    assert made.batch_tokens == 64


def test_experts_of_a_kind_that_is_not_known_go_layer_by_layer() -> None:
    layout = a_layout(layers=12, sizes=(MB, MB), experts=64, used=4)
    strange = replace(layout, facts=replace(layout.facts, architecture="grovemoe"))
    assert planned(strange, 150 * MB).way is Way.DENSE


def test_the_order_of_staying_is_the_files_alone_and_spreads_layers() -> None:
    layout = a_layout(layers=8, sizes=(MB, 2 * MB))
    order = order_of_staying(layout)
    assert [int(name.split(".")[1]) for name in order[:8]] == [0, 4, 2, 6, 1, 5, 3, 7]
    assert all("attn_q" in name for name in order[:8])
    assert all("attn_k" in name for name in order[8:])


@pytest.mark.parametrize(
    ("layers", "width", "rows", "words", "context", "batch", "reported_mb"),
    [
        (36, 2560, 9728, 151_936, 4096, 256, 42.01),
        (36, 4096, 12_288, 151_936, 4096, 256, 54.01),
        (36, 4096, 12_288, 151_936, 8192, 512, 104.09),
        (28, 3072, 8192, 128_256, 4096, 256, 38.01),
        (28, 1024, 3072, 151_936, 4096, 64, 9.65),
        (28, 3072, 8192, 32_000, 2048, 256, 34.08),
    ],
)
def test_the_estimate_of_buffers_is_above_what_llama_cpp_reports_and_not_far(
    layers: int, width: int, rows: int, words: int, context: int, batch: int, reported_mb: float
) -> None:
    layout = a_layout(layers=1, sizes=(MB,))
    wide = Tensor(name="blk.0.ffn_up.weight", offset=0, bytes=MB, shape=(width, rows), type="Q4_0")
    facts = replace(layout.facts, width=width, vocabulary=words, layers=layers)
    found = compute_bytes(
        Layout(facts=facts, data_begin=0, tensors=(wide,)), context_tokens=context, batch_tokens=batch, outputs=16
    )
    assert reported_mb < found / MB < 1.2 * reported_mb + 15


def test_a_larger_vocabulary_takes_more_of_the_program() -> None:
    assert program_bytes(152_000) - program_bytes(32_000) > 45 * MB
    assert program_bytes(152_000, 151_000) - program_bytes(152_000, 0) > 25 * MB
    assert program_bytes(32_000) == program_bytes(32_000, 32_000)
