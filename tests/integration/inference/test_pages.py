"""Memory over a model's weights: moved or given back, by what the kernel can; refused where it was never run."""

import random
import sys
from pathlib import Path

import pytest

from core.errors import ModelProblem
from core.inference.layout import read_layout
from core.inference.llama import Loaded, Running
from core.inference.stream.account import Account
from core.inference.stream.ahead import Ahead
from core.inference.stream.graph import Streamer
from core.inference.stream.pages import PAGE, LinuxPages, can_hand_on, can_stream
from core.inference.stream.pages_untried import MacPages, WindowsPages
from core.inference.stream.reading import CHUNK, Readers
from core.inference.stream.residency import bring_in, residency, widest
from tests.integration.inference.test_streamed import large, write
from tests.made_models import tiny_llama


def test_old_kernels_give_pages_back_and_newer_ones_hand_them_on() -> None:
    if sys.platform != "linux":
        pytest.skip("other systems do neither")
    assert not can_hand_on("4.18.0-553.el8_10.x86_64")
    assert not can_hand_on("5.6.19")
    assert can_hand_on("5.7.0")
    assert can_hand_on("6.8.0-45-generic")
    assert can_hand_on("10.0+")


@pytest.mark.parametrize("pages", [MacPages, WindowsPages])
def test_what_was_never_run_refuses_with_a_sentence(pages: type[MacPages] | type[WindowsPages], tmp_path: Path) -> None:
    if sys.platform in ("darwin", "win32"):
        pytest.skip("this would run it")
    with pytest.raises(ModelProblem, match="not streamed on this system yet"):
        pages(tmp_path / "model.gguf", 0, 0, PAGE)


@pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")
@pytest.mark.parametrize("hands_on", [True, False])
@pytest.mark.parametrize("stay", [0, 6, 20])
def test_the_tokens_are_the_same_whether_pages_are_handed_on_or_given_back(
    tmp_path: Path, hands_on: bool, stay: int
) -> None:
    model = tiny_llama(tmp_path / "tiny.gguf", width=128, layers=5)
    layout = read_layout(model)
    names = large(layout)
    random.Random(stay).shuffle(names)
    account = Account()

    def open_at(base: int) -> Streamer:
        pages = LinuxPages(model, base, layout.data_begin, layout.tensors[-1].end, hands_on=hands_on)
        parts = residency(layout, names[stay:])
        readers = Readers(pages, account, 2)
        bring_in(parts.resident, readers, account)
        return Ahead(parts.parts, pages, readers, account, window_bytes=widest(parts.parts, 2), chunk=CHUNK)

    running = Running(context=128, batch=4, threads=2)
    plain = Loaded(model, layout.facts, running)
    streamed = Loaded(model, layout.facts, running, stream=open_at, header_bytes=layout.data_begin)
    try:
        assert write(streamed, 4) == write(plain, 4)
        assert account.read_bytes > 0
    finally:
        streamed.close()
        plain.close()
