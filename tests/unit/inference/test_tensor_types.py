"""The kinds of weights that are written out are those the `gguf` package knows."""

from gguf.constants import GGML_QUANT_SIZES, LlamaFileType

from core.inference.tensor_types import FILE_TYPES, TENSOR_TYPES


def test_every_kind_of_weights_is_the_one_of_the_gguf_package() -> None:
    published = {int(kind): (kind.name, *sizes) for kind, sizes in GGML_QUANT_SIZES.items()}
    assert {number: tuple(kind) for number, kind in TENSOR_TYPES.items()} == published


def test_every_name_of_a_whole_file_is_the_one_of_the_gguf_package() -> None:
    assert {int(kind): kind.name for kind in LlamaFileType} == FILE_TYPES
