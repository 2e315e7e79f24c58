"""This machine measured as weights are read and computed with: real reads, real decodes, nothing left behind."""

import os
from pathlib import Path

import pytest

from core.errors import ModelProblem
from core.inference.header import check_gguf
from core.inference.layout import read_layout
from core.inference.stream.made_layers import LAYERS, WEIGHT_BYTES, made_layers
from core.inference.stream.pages import PAGE
from core.inference.stream.speed import LONG, measure_cpu, measure_disk
from core.inference.stream.speeds import DiskSpeed


def test_a_disk_has_a_rate_for_each_length_and_number_of_readers(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(os.urandom(3 * LONG + 123))
    found = measure_disk(file, patience=0.1)
    assert {piece for piece, _, _ in found.pieces} == {LONG, 2**20, 2**16}
    assert all(rate > 0 for _, _, rate in found.pieces)
    assert found.long_bytes_s == max(rate for piece, _, rate in found.pieces if piece == LONG)
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_is_short_is_read_in_shorter_pieces_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    short, empty = tmp_path / "short", tmp_path / "empty"
    short.write_bytes(os.urandom(5 * PAGE))
    empty.write_bytes(b"")
    assert measure_disk(short, patience=0.05).long_bytes_s > 0
    with pytest.raises(ModelProblem, match="too short"):
        measure_disk(empty)
    with pytest.raises(ModelProblem, match="cannot be opened"):
        measure_disk(tmp_path / "missing")


def test_the_rate_of_a_piece_is_that_of_the_length_measured_nearest_to_it() -> None:
    disk = DiskSpeed(
        long_bytes_s=9.0, pieces=((LONG, 1, 9.0), (2**20, 1, 5.0), (2**20, 8, 7.0), (2**16, 1, 1.0), (2**16, 16, 3.0))
    )
    assert [disk.piece_bytes_s(size) for size in (100, 2**16, 2**20, 900_000, 2**23)] == [3.0, 3.0, 7.0, 7.0, 9.0]
    assert DiskSpeed(long_bytes_s=9.0).piece_bytes_s(2**16) == 9.0


def test_the_made_up_layers_are_a_sound_model_of_the_size_that_is_counted() -> None:
    with made_layers() as path:
        assert check_gguf(path).layers == LAYERS
        layout = read_layout(path)
        assert sum(one.bytes for one in layout.tensors if one.layer is not None and len(one.shape) > 1) == WEIGHT_BYTES
    assert not path.exists()


def test_a_processor_takes_more_weights_for_many_tokens_than_for_one() -> None:
    found = measure_cpu(1)
    assert found.one_bytes_s > 0
    assert found.batch_bytes_s > found.one_bytes_s
    assert found.repacked_bytes_s > found.one_bytes_s
