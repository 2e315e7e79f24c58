"""A table of words of which a token needs one row is left to its file: it takes no memory of ours and is read right."""

from contextlib import closing
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from core.inference.kept import Kept
from core.inference.layout import read_layout
from core.inference.opening import Allowance, Mode, Opened, open_for_text
from core.inference.stream.pages import PAGE, can_stream
from core.inference.stream.residency import residency
from tests.made_models import tiny_llama

PROMPT = [20, 31, 45, 270, 288, 300, 310, 321]
TABLE = "token_embd.weight"


def tied(_: dict[str, gguf.GGUFValue], weights: dict[str, NDArray[np.float32]]) -> None:
    """The words are chosen with the same table that they are read with."""
    del weights["output.weight"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("models") / "tiny.gguf", width=128)


def test_a_table_that_serves_for_reading_only_is_looked_up_and_all_else_stays(model: Path) -> None:
    layout = read_layout(model)
    (table,) = (tensor for tensor in layout.tensors if tensor.name == TABLE)
    parts, all_stays = residency(layout, (), tables_stay=False), residency(layout, ())
    ((begin, length),) = parts.looked_up
    assert table.offset <= begin < table.offset + PAGE
    assert table.end - PAGE < begin + length <= table.end
    assert all_stays.looked_up == ()
    assert parts.resident_bytes == all_stays.resident_bytes - length
    assert all(offset + size <= begin or offset >= begin + length for offset, size in parts.resident)


def test_a_table_that_words_are_chosen_with_stays(tmp_path: Path) -> None:
    layout = read_layout(tiny_llama(tmp_path / "tied.gguf", width=128, spoil=tied))
    assert residency(layout, (), tables_stay=False).looked_up == ()


def opened(path: Path, mode: Mode) -> Opened:
    return open_for_text(path, Allowance(budget_bytes=2**30, context=128, threads=1, mode=mode))


def read(model: Opened) -> NDArray[np.float32]:
    kept = Kept(model.loaded, 4)
    kept.read(PROMPT)
    return kept.logits(-1).copy()


def mapped_from(file: Path, offset: int) -> list[str]:
    """What may be done with the memory that is this place of the file."""
    lines = (line.split() for line in Path("/proc/self/maps").read_text("ascii").splitlines())
    return [line[1] for line in lines if line[5:] == [str(file)] and int(line[2], 16) == offset]


@pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")
def test_what_is_looked_up_is_the_files_own_memory_and_gives_the_same_words(model: Path) -> None:
    ((begin, length),) = residency(read_layout(model), (), tables_stay=False).looked_up
    plain = opened(model, Mode.MEMORY)
    with closing(plain.loaded):
        wanted = read(plain)
    one = opened(model, Mode.STREAM)
    with closing(one.loaded):
        assert mapped_from(model, begin) == ["r--p"]
        assert np.array_equal(read(one), wanted)
        assert one.account.read_bytes <= model.stat().st_size - length
    assert mapped_from(model, begin) == []
