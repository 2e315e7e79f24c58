"""Reads a GGUF file's header within strict bounds, before native code sees the file."""

import math
import stat
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.errors import ModelMissing, ModelProblem
from core.inference.gguf import REMEDY, Reader, Value, bad
from core.inference.tensor_types import FILE_TYPES, TENSOR_TYPES, TensorType

_LONGEST_NAME = 63
_EMBEDDERS = ("bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert", "neo-bert")


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufFacts:
    """What a model file says of itself, checked against the file. Zero or empty: not said."""

    name: str
    architecture: str
    context_length: int
    """Tokens it was trained on at once."""
    width: int
    layers: int
    vocabulary: int
    parameters: int
    bytes: int
    quantisation: str
    chat_template: str
    is_embedder: bool
    licence: str
    cache_bytes_per_token: int
    """What the KV cache takes for each token of context, as 16-bit numbers."""
    cache_in_blocks: bool
    """Whether heads are as long as quantised keys and values need it: whole blocks of 32 numbers."""
    experts_used: int
    """Of a mixture of experts, how many work on each token."""
    words: str = ""
    """A digest of its vocabulary: two models with the same one have the same tokens."""
    merges: int = 0
    """Pairs of words that its tokenizer joins; 0 for tokenizers that go by scores."""

    @property
    def has_template(self) -> bool:
        """Whether it says how a conversation is written."""
        return bool(self.chat_template)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedTensor:
    """A tensor as the header names it: `offset` from where the tensors begin, `shape` with rows first."""

    name: str
    offset: int
    bytes: int
    shape: tuple[int, ...]
    kind: TensorType


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufHeader:
    """All that is wanted of a header, from reading it once. `values`: the entries asked for, where it has them."""

    facts: GgufFacts
    data_begin: int
    """Bytes of the header: all tensors lie behind it."""
    tensors: tuple[PlacedTensor, ...]
    values: Mapping[str, Value]


def read_header(path: Path, *keys: str) -> GgufHeader:
    """Read and check the header of a model file, once; of its entries `keys` are kept, arrays as tuples.

    ModelMissing, or ModelProblem saying what is wrong.
    """
    with _opened(path) as file:
        reader = Reader(file, _Wanted(keys))
        metadata = reader.metadata()
        alignment = _alignment(metadata)
        tensors = _tensors(reader, alignment)
        begins = -(-reader.position // alignment) * alignment
    return GgufHeader(
        facts=_facts(path, reader, metadata, tensors),
        data_begin=begins,
        tensors=tuple(tensors),
        values={key: metadata[key] for key in keys if key in metadata},
    )


def check_gguf(path: Path) -> GgufFacts:
    """What a model file says of itself. Raises as `read_header`."""
    return read_header(path).facts


def read_values(path: Path, *keys: str) -> list[Value | None]:
    """Entries of a model file alone, arrays as tuples; None for what it has not. ModelProblem."""
    with _opened(path) as file:
        found = Reader(file, keys).metadata()
    return [found.get(key) for key in keys]


def _opened(path: Path) -> IO[bytes]:
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            raise ModelProblem("This model is not a file.", "Choose a file that ends in .gguf.")
        return path.open("rb")
    except FileNotFoundError as error:
        raise ModelMissing("The model's file is not there any more.", REMEDY) from error
    except (OSError, ValueError) as error:
        raise ModelProblem("The model's file cannot be opened.", "Check its folder's permissions.") from error


def _facts(path: Path, reader: Reader, metadata: Mapping[str, Value], tensors: Sequence[PlacedTensor]) -> GgufFacts:
    types: Counter[TensorType] = Counter()
    for tensor in tensors:
        types[tensor.kind] += math.prod(tensor.shape)
    if _whole(metadata, "split.count") > 1:
        raise ModelProblem(
            "This file is one part of several, which are not a model by themselves.",
            "Join them with llama.cpp's `llama-gguf-split --merge`, and add the whole.",
        )
    architecture = _text(metadata, "general.architecture")
    if not architecture:
        raise bad("it does not say of which architecture it is")
    return GgufFacts(
        name=_text(metadata, "general.name") or path.stem,
        architecture=architecture,
        context_length=_whole(metadata, f"{architecture}.context_length"),
        width=_whole(metadata, f"{architecture}.embedding_length"),
        layers=_whole(metadata, f"{architecture}.block_count"),
        vocabulary=_length(metadata, "tokenizer.ggml.tokens"),
        parameters=types.total(),
        bytes=reader.size,
        quantisation=_quantisation(metadata, types),
        chat_template=_text(metadata, "tokenizer.chat_template"),
        is_embedder=architecture in _EMBEDDERS or f"{architecture}.pooling_type" in metadata,
        licence=_text(metadata, "general.license"),
        cache_bytes_per_token=_cache_bytes(metadata, architecture),
        cache_in_blocks=not any(length % 32 for length in _head_lengths(metadata, architecture)),
        experts_used=max(_by_layer(metadata, f"{architecture}.expert_used_count"), default=0),
        words=reader.words,
        merges=_length(metadata, "tokenizer.ggml.merges"),
    )


def _cache_bytes(metadata: Mapping[str, Value], architecture: str) -> int:
    """Keys and values of all layers; without word of shared heads, as if each head had its own."""
    heads = max(_by_layer(metadata, f"{architecture}.attention.head_count"), default=0) or 1
    shared = metadata.get(f"{architecture}.attention.head_count_kv")
    if isinstance(shared, tuple):
        pairs = sum(one for one in shared if type(one) is int and 0 < one <= heads)
    else:
        one_layer = shared if type(shared) is int and 0 < shared <= heads else heads
        pairs = one_layer * _whole(metadata, f"{architecture}.block_count")
    return 2 * pairs * sum(_head_lengths(metadata, architecture))


def _head_lengths(metadata: Mapping[str, Value], architecture: str) -> tuple[int, int]:
    """Numbers of a head's key and value."""
    heads = max(_by_layer(metadata, f"{architecture}.attention.head_count"), default=0) or 1
    usual = _whole(metadata, f"{architecture}.embedding_length") // heads
    key, value = (_whole(metadata, f"{architecture}.attention.{kind}_length") for kind in ("key", "value"))
    return key or usual, value or usual


def _by_layer(metadata: Mapping[str, Value], key: str) -> tuple[int, ...]:
    """A number that is given once for all layers, or for each."""
    value = metadata.get(key, 0)
    each = value if isinstance(value, tuple) else (value,)
    return tuple(one for one in each if type(one) is int and 0 <= one < 2**63)


class _Wanted:
    """The entries asked for, and those that may be given for each layer."""

    _ENDS = (".attention.head_count", ".attention.head_count_kv", ".expert_used_count")

    def __init__(self, keys: Container[str]) -> None:
        self._keys = keys

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (key in self._keys or key.endswith(self._ENDS))


def _alignment(metadata: Mapping[str, Value]) -> int:
    alignment = metadata.get("general.alignment", 32)
    if type(alignment) is not int or not 8 <= alignment <= 2**20 or alignment & (alignment - 1):
        raise bad("its alignment is not a power of two")
    return alignment


def _tensors(reader: Reader, alignment: int) -> list[PlacedTensor]:
    """Every tensor, its shape and place checked."""
    names: set[str] = set()
    found: list[PlacedTensor] = []
    for _ in range(reader.tensor_count):
        name = reader.string()
        if not 0 < len(name.encode()) <= _LONGEST_NAME or name in names:
            raise bad("a tensor has no name, a long one, or one that was used already")
        names.add(name)
        shape = _shape(reader)
        kind = _type(int(reader.number("<I")))
        if shape[0] % kind.block:
            raise bad("a tensor's rows are not whole blocks")
        offset = int(reader.number("<Q"))
        if offset % alignment:
            raise bad("a tensor does not begin where one may")
        size = math.prod(shape) // kind.block * kind.block_bytes
        found.append(PlacedTensor(name=name, offset=offset, bytes=size, shape=shape, kind=kind))
    _check_places([(one.offset, one.offset + one.bytes) for one in found], reader, alignment)
    return found


def _shape(reader: Reader) -> tuple[int, ...]:
    """A tensor's lengths, that of its rows first."""
    dimensions = int(reader.number("<I"))
    if not 1 <= dimensions <= 4:
        raise bad(f"a tensor has {dimensions} dimensions")
    lengths = tuple(int(reader.number("<Q")) for _ in range(dimensions))
    if not all(lengths) or math.prod(lengths) >= 2**62:
        raise bad("a tensor's size is impossible")
    return lengths


def _type(number: int) -> TensorType:
    kind = TENSOR_TYPES.get(number)
    if kind is None:
        raise bad(f"a tensor is of the unknown type {number}")
    return kind


def _check_places(places: list[tuple[int, int]], reader: Reader, alignment: int) -> None:
    if not places:
        raise bad("it holds no tensors")
    begins = -(-reader.position // alignment) * alignment
    last = 0
    for begin, end in sorted(places):
        if begin < last:
            raise bad("two tensors overlap")
        last = end
    if begins + last > reader.size:
        raise bad("it is cut short")


def _quantisation(metadata: Mapping[str, Value], types: Counter[TensorType]) -> str:
    """The kind of numbers that most of the weights are; the file's own word where it agrees to be known."""
    said = FILE_TYPES.get(_whole(metadata, "general.file_type"), "")
    if "general.file_type" in metadata and said.startswith("MOSTLY_"):
        return said.removeprefix("MOSTLY_")
    return types.most_common(1)[0][0].name


def _text(metadata: Mapping[str, Value], key: str) -> str:
    value = metadata.get(key, "")
    return value if isinstance(value, str) else ""


def _whole(metadata: Mapping[str, Value], key: str) -> int:
    value = metadata.get(key, 0)
    return value if type(value) is int and 0 <= value < 2**63 else 0


def _length(metadata: Mapping[str, Value], key: str) -> int:
    """Of a list, whose items were kept or only counted."""
    value = metadata.get(key, 0)
    return len(value) if isinstance(value, tuple) else _whole(metadata, key)
