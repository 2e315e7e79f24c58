"""Where experts lie in a file: what is counted covers every slice, shared pages are held while anybody needs them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ModelProblem
from core.inference.layout import Layout, read_layout
from core.inference.stream.pages import PAGE, whole
from core.inference.stream.slices import (
    Shared,
    core_of,
    joined,
    least_bytes,
    most_tokens,
    routed_layers,
    slice_of,
)
from tests.made_experts import FAMILIES, tiny_moe
from tests.made_models import tiny_llama


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Layout]:
    folder = tmp_path_factory.mktemp("models")
    # 3,072 and 640 bytes a matrix: several of them share a page.
    odd = {"small": 12, "smaller": 5}
    made = {name: tiny_moe(folder / name, layers=2, hidden=hidden) for name, hidden in odd.items()}
    made |= {family: tiny_moe(folder / family, family=family) for family in FAMILIES}
    return {name: read_layout(path) for name, path in made.items()}


def pages(offset: int, length: int) -> set[int]:
    return set(range(offset, offset + length, PAGE))


def test_a_core_lies_in_pages_that_no_other_slice_touches(layouts: dict[str, Layout]) -> None:
    for layout in layouts.values():
        for layer in routed_layers(layout):
            for tensor in (*layer.first, layer.last):
                covers = [pages(*slice_of(tensor, expert)) for expert in range(layer.experts)]
                cores = [pages(*core_of(tensor, expert)) for expert in range(layer.experts)]
                assert len({len(core) for core in cores}) == 1
                for number, core in enumerate(cores):
                    assert core <= covers[number]
                    assert not core & set[int]().union(*covers[:number], *covers[number + 1 :])


def test_each_family_of_mixtures_is_known(layouts: dict[str, Layout]) -> None:
    for family in FAMILIES:
        layers = routed_layers(layouts[family])
        assert [layer.number for layer in layers] == [0, 1, 2, 3][family == "deepseek" :]
        assert {layer.experts for layer in layers} == {16}
        assert {len(layer.first) for layer in layers} == {1 if family == "granite_swa" else 2}


def test_what_an_expert_takes_is_never_more_than_is_counted_for_it(layouts: dict[str, Layout]) -> None:
    for layout in layouts.values():
        for layer in routed_layers(layout):
            for expert in range(layer.experts):
                taken = sum(slice_of(tensor, expert)[1] for tensor in (*layer.first, layer.last))
                assert taken <= layer.expert_bytes


@given(st.sampled_from(["small", "smaller", "qwen3moe"]), st.lists(st.integers(0, 95), max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_page_is_free_only_when_nobody_holds_it(layouts: dict[str, Layout], name: str, turns: list[int]) -> None:
    layout = layouts[name]
    shared = Shared(layout)
    resident = set[int]().union(*(pages(*whole(one.offset, one.bytes)) for one in layout.tensors if not one.experts))
    slices = [
        slice_of(tensor, expert)
        for layer in routed_layers(layout)[:2]
        for tensor in (*layer.first, layer.last)
        for expert in range(layer.experts)
    ]
    held: set[int] = set()
    present: set[int] = set()
    for turn in turns:
        if turn in held:
            held.remove(turn)
            free = pages(*shared.leave(slices[turn]))
            assert free <= present
            present -= free
        else:
            held.add(turn)
            fresh = pages(*shared.take(slices[turn]))
            assert not fresh & (present | resident)
            present |= fresh
        wanted = set[int]().union(*(pages(*slices[one]) for one in held))
        assert present == wanted - resident


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5))))
def test_ranges_that_touch_become_one_and_cover_the_same(ranges: list[tuple[int, int]]) -> None:
    found = joined([(PAGE * begin, PAGE * count) for begin, count in ranges])
    covered = set[int]().union(*(pages(PAGE * begin, PAGE * count) for begin, count in ranges))
    assert set[int]().union(*(pages(*one) for one in found)) == covered
    ends = [begin + length for begin, length in found]
    assert all(end < begin for end, (begin, _) in zip(ends, found[1:], strict=False))


def test_as_many_tokens_at_once_as_the_window_holds_whatever_they_choose(layouts: dict[str, Layout]) -> None:
    layout = layouts["qwen3moe"]
    for tokens in (1, 3, 7):
        least = least_bytes(layout, tokens)
        assert most_tokens(layout, least, 64) == tokens
        assert most_tokens(layout, least - 1, 64) == tokens - 1
    assert most_tokens(layout, least_bytes(layout, 8), 64) == 64  # 16 experts are all that a layer has


def test_what_is_not_laid_out_in_a_known_way_is_refused(tmp_path: Path) -> None:
    dense = tiny_llama(tmp_path / "dense.gguf")
    other = tiny_moe(tmp_path / "other.gguf", names={"ffn_up_exps.weight": "ffn_side_exps.weight"})
    headless = tiny_moe(tmp_path / "headless.gguf", names={"ffn_down_exps.weight": "ffn_up2.weight"})
    unused = tiny_moe(tmp_path / "unused.gguf", used=0)
    for path in (dense, other, headless, unused):
        with pytest.raises(ModelProblem, match="cannot be streamed"):
            routed_layers(read_layout(path))
