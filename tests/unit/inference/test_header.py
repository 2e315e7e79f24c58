"""A model file's header is checked within bounds, whatever the file holds."""

import os
import random
import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import ModelMissing, ModelProblem
from core.inference.header import check_gguf, read_values
from core.paths import BUNDLED_EMBEDDER
from tests.made_models import RawGguf, tiny_llama

HUGE = (2**63, 2**64 - 1, 2**32, 10**6)


def test_the_bundled_embedder_says_what_it_is() -> None:
    facts = check_gguf(BUNDLED_EMBEDDER)
    assert (facts.architecture, facts.context_length, facts.width) == ("bert", 512, 384)
    assert (facts.layers, facts.vocabulary, facts.quantisation) == (6, 30522, "Q8_0")
    assert facts.is_embedder
    assert not facts.has_template
    assert facts.licence == "apache-2.0"
    assert facts.parameters == 22_565_376


def test_a_text_model_says_what_it_is(tmp_path: Path) -> None:
    facts = check_gguf(tiny_llama(tmp_path / "tiny.gguf", context=321))
    assert (facts.name, facts.architecture, facts.context_length) == ("Tiny", "llama", 321)
    assert facts.has_template
    assert not facts.is_embedder
    assert facts.cache_bytes_per_token == 2 * (64 + 64) * 2
    assert facts.bytes == (tmp_path / "tiny.gguf").stat().st_size


def test_a_small_file_written_by_hand_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "hand.gguf"
    path.write_bytes(RawGguf().build())
    assert check_gguf(path).parameters == 96
    assert read_values(path, "general.architecture", "list", "absent") == ["llama", (1, 2, 3), None]


@pytest.mark.parametrize("count", [2, 3, 65535])
def test_one_part_of_several_is_refused_with_what_to_do(tmp_path: Path, count: int) -> None:
    path = tmp_path / "model-00001-of-00003.gguf"
    raw = RawGguf()
    raw.entries.append(("split.count", 2, struct.pack("<H", count)))
    path.write_bytes(raw.build())
    with pytest.raises(ModelProblem, match="one part of several") as refused:
        check_gguf(path)
    assert "--merge" in refused.value.remedy


def test_a_model_that_was_split_into_one_part_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "whole.gguf"
    raw = RawGguf()
    raw.entries.append(("split.count", 2, struct.pack("<H", 1)))
    path.write_bytes(raw.build())
    assert check_gguf(path).parameters == 96


@pytest.mark.parametrize(
    ("kind", "shared", "pairs"),
    [
        (gguf.GGUFValueType.ARRAY, [4, 4], 8),
        (gguf.GGUFValueType.ARRAY, [0, 2], 2),
        (gguf.GGUFValueType.ARRAY, [1, 4], 5),
        (gguf.GGUFValueType.UINT32, 2, 4),
    ],
)
def test_keys_and_values_are_counted_layer_by_layer(
    tmp_path: Path, kind: gguf.GGUFValueType, shared: int | list[int], pairs: int
) -> None:
    def given(entries: dict[str, gguf.GGUFValue], _: dict[str, NDArray[np.float32]]) -> None:
        sub = gguf.GGUFValueType.UINT32 if isinstance(shared, list) else None
        entries["llama.attention.head_count_kv"] = gguf.GGUFValue(value=shared, type=kind, sub_type=sub)

    path = tiny_llama(tmp_path / "tiny.gguf", spoil=given)
    assert check_gguf(path).cache_bytes_per_token == 2 * pairs * (16 + 16)


def _tensor(**changes: object) -> Callable[[RawGguf], None]:
    def change(raw: RawGguf) -> None:
        raw.tensors[1] = raw.tensors[1] | changes  # type: ignore[call-overload]

    return change


def _entry(key: str, kind: int, value: bytes) -> Callable[[RawGguf], None]:
    return lambda raw: raw.entries.append((key, kind, value))


def _set(**fields: object) -> Callable[[RawGguf], None]:
    def change(raw: RawGguf) -> None:
        for name, value in fields.items():
            setattr(raw, name, value)

    return change


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


WRONG: dict[str, Callable[[RawGguf], None]] = {
    **{f"magic {magic!r}": _set(magic=magic) for magic in (b"GGML", b"ggjt", b"FUGG", b"\0\0\0\0", b"PK\3\4")},
    **{f"version {number}": _set(version=number) for number in (0, 1, 4, 0x03000000, 2**32 - 1)},
    **{f"{number} tensors claimed": _set(tensor_count=number) for number in (*HUGE, 3)},
    **{f"{number} entries claimed": _set(entry_count=number) for number in HUGE},
    **{f"a key of {number} bytes": _set(first_key_length=number) for number in HUGE},
    **{f"a text of {number} bytes": _entry("text", 8, struct.pack("<Q", number)) for number in HUGE},
    **{f"a list of {number}": _entry("items", 9, struct.pack("<IQ", 4, number)) for number in HUGE},
    **{f"texts in a list of {n}": _entry("items", 9, struct.pack("<IQ", 8, n)) for n in HUGE},
    **{f"an entry of type {kind}": _entry("odd", kind, b"\0" * 8) for kind in (13, 255, 2**32 - 1)},
    "a list of lists": _entry("items", 9, struct.pack("<IQ", 9, 1) + struct.pack("<IQ", 4, 0)),
    "a list of an unknown type": _entry("items", 9, struct.pack("<IQ", 77, 1) + b"\0" * 8),
    "an entry without a name": _entry("", 4, struct.pack("<I", 1)),
    "the same entry twice": _entry("general.architecture", 8, _text("bert")),
    **{
        f"an alignment of {number}": _entry("general.alignment", 4, struct.pack("<I", number))
        for number in (0, 1, 3, 48, 2**31)
    },
    "an alignment in words": _entry("general.alignment", 8, _text("32")),
    "an alignment of true": _entry("general.alignment", 7, b"\1"),
    **{f"{number} dimensions": _tensor(dimension_count=number) for number in (0, 5, 2**31)},
    **{f"a side of {side}": _tensor(sides=[side, 4]) for side in (0, 2**63, 2**62, 10**9)},
    "sides whose product overflows": _tensor(sides=[2**33, 2**33]),
    **{f"tensor type {kind}": _tensor(kind=kind) for kind in (4, 5, 999, 2**32 - 1)},
    "half a block": _tensor(kind=8, sides=[16, 4]),
    **{f"an offset of {offset}": _tensor(offset=offset) for offset in (1, 33, 2**20, 2**40, 2**63, 2**64 - 32)},
    "tensors on top of each other": _tensor(offset=0),
    "a tensor without a name": _tensor(name=""),
    "a tensor of a long name": _tensor(name="x" * 64),
    "two tensors of one name": _tensor(name="first"),
    "no tensors": _set(tensors=[]),
    "no architecture": _set(entries=[("general.name", 8, _text("nameless"))]),
    "an architecture in numbers": _set(entries=[("general.architecture", 4, struct.pack("<I", 7))]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    raw = RawGguf()
    WRONG[name](raw)
    path = tmp_path / "wrong.gguf"
    path.write_bytes(raw.build())
    with pytest.raises(ModelProblem) as caught:
        check_gguf(path)
    assert caught.value.title.endswith(".")
    assert caught.value.remedy


@pytest.mark.parametrize("part", range(24))
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, part: int) -> None:
    whole = RawGguf().build()
    path = tmp_path / "cut.gguf"
    path.write_bytes(whole[: len(whole) * part // 24])
    with pytest.raises(ModelProblem):
        check_gguf(path)


def test_a_file_with_any_flipped_byte_loads_or_is_refused(tmp_path: Path) -> None:
    whole = RawGguf().build()
    chance = random.Random(5)
    path = tmp_path / "flipped.gguf"
    refused = 0
    for _ in range(400):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(data))
        try:
            check_gguf(path)
        except ModelProblem:
            refused += 1
    assert 50 < refused < 400


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    (tmp_path / "folder.gguf").mkdir()
    (tmp_path / "empty.gguf").touch()
    (tmp_path / "zeros.gguf").write_bytes(bytes(1000))
    for name in ("pipe", "folder", "empty", "zeros"):
        with pytest.raises(ModelProblem):
            check_gguf(tmp_path / f"{name}.gguf")
    for path in (tmp_path / "absent.gguf", tmp_path / "empty.gguf" / "inside"):
        with pytest.raises(ModelProblem):
            check_gguf(path)
    with pytest.raises(ModelMissing):
        check_gguf(tmp_path / "absent.gguf")
