"""Weights for a made `arcee` whose neurons are sparse as trained ones are: few active, the same ones often.

A neuron's row is low-rank with a little noise, so that a predictor can foretell it; channel 0 is the same for every
token, and how much a neuron resists it makes it hot or cold. Columns have one scale throughout and one -8 in every
block along either side, so that they are the same numbers whether a block is cut along rows or along columns.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

ACTIVE, SPREAD = 0.07, 1.6
"""Of all neurons, those active for a token; how unequal they are, in standard deviations of a neuron's sum."""
RANK, NOISE = 128, 0.08
_CONSTANT = 0.5
"""Channel 0, in lengths of the rest of an embedding."""
_ADDED = 0.2
"""What a layer's neurons add to a channel, in standard deviations of an embedding's."""
_FOLLOWS = 0.2
"""How much a word's output row resembles the embedding of the word that it likes to follow."""
_BLOCK = 32

Weights = NDArray[np.uint8] | NDArray[np.float32]


def weights(name: str, sizes: tuple[int, ...], layers: int, seed: int) -> Weights:
    """A tensor's weights as they stand in the file: vectors of ones, Q4_0 matrices; `sizes` (rows, width)."""
    random = np.random.default_rng([seed, *name.encode()])
    layer = int(name.split(".")[1]) if name.startswith("blk.") else 0
    if len(sizes) == 1:
        return np.ones(sizes, np.float32)
    if name == "token_embd.weight":
        return _embeddings(sizes, seed)
    if name == "output.weight":
        return _outputs(sizes, seed, random)
    if name.endswith("ffn_up.weight"):
        return _rows(sizes, layer, random)
    if name.endswith("ffn_down.weight"):
        return _columns(sizes, random)
    values = random.standard_normal(sizes, dtype=np.float32) / np.float32(sizes[1] ** 0.5)
    if name.endswith("attn_output.weight"):
        values *= np.float32(0.3)
        values[0] = 0
    return pack(values)


def pack(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Rows as Q4_0: blocks of a scale (float16) and 16 pairs of 4-bit numbers."""
    blocks = values.reshape(-1, _BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)
    scale = (largest / -8).astype(np.float16)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(scale != 0, blocks / scale.astype(np.float32), 0)
    numbers = np.clip(np.floor(whole + 8.5), 0, 15).astype(np.uint8)
    return _packed(numbers, scale).reshape(len(values), -1)


def _packed(numbers: NDArray[np.uint8], scale: NDArray[np.float16]) -> NDArray[np.uint8]:
    """Blocks (n, 32) of numbers from 0 to 15 and their scales (n, 1)."""
    half = _BLOCK // 2
    return np.concatenate([scale.view(np.uint8).reshape(-1, 2), numbers[:, :half] | numbers[:, half:] << 4], axis=1)


def _embedding_values(sizes: tuple[int, ...], seed: int) -> NDArray[np.float32]:
    values = np.random.default_rng([seed, 1]).standard_normal(sizes, dtype=np.float32)
    values[:, :_BLOCK] = 0
    values[:, 0] = _CONSTANT * sizes[1] ** 0.5
    return values


def _embeddings(sizes: tuple[int, ...], seed: int) -> NDArray[np.uint8]:
    return pack(_embedding_values(sizes, seed))


def _outputs(sizes: tuple[int, ...], seed: int, random: np.random.Generator) -> NDArray[np.uint8]:
    liked = _embedding_values(sizes, seed)[random.permutation(sizes[0])]
    liked[:, 0] = 0
    values = random.standard_normal(sizes, dtype=np.float32) + np.float32(_FOLLOWS) * liked
    values[:, 0] = 0
    values[:300] = 0
    values /= np.float32(sizes[1] ** 0.5)
    return pack(values)


def _rows(sizes: tuple[int, ...], layer: int, random: np.random.Generator) -> NDArray[np.uint8]:
    count, width = sizes
    inner = random.standard_normal((RANK, width), dtype=np.float32)
    outer = random.standard_normal((count, RANK), dtype=np.float32)
    values = outer @ inner / np.float32((RANK * width) ** 0.5)
    values += np.float32(NOISE) * random.standard_normal(sizes, dtype=np.float32) / np.float32(width**0.5)
    values[:, :_BLOCK] = 0
    # The rest of a token grows from layer to layer while channel 0 stays.
    grown = (1 + layer * _ADDED**2) ** 0.5
    values[:, 0] = -resistance(count, random) * np.float32(grown / (_CONSTANT * width**0.5))
    return pack(values)


def resistance(count: int, random: np.random.Generator) -> NDArray[np.float32]:
    """What a neuron's sum must exceed, in its own standard deviations: ACTIVE of all exceed it for a token."""
    middle = NormalDist().inv_cdf(1 - ACTIVE) * (1 + SPREAD**2) ** 0.5
    found: NDArray[np.float32] = (middle + SPREAD * random.standard_normal(count)).astype(np.float32)
    return found


def _columns(sizes: tuple[int, ...], random: np.random.Generator) -> NDArray[np.uint8]:
    """(width, count): numbers from -7 to 7, a -8 where row and column agree modulo 32, nothing in channel 0."""
    width, count = sizes
    drive = random.standard_normal(2**18) - resistance(2**18, random)
    power = float(np.mean(np.maximum(drive, 0) ** 4))
    scale = np.float16(_ADDED / (4.3 * (count * power) ** 0.5))
    numbers = np.clip(np.rint(random.normal(0.26, 4.2, sizes)), -7, 7).astype(np.int8)
    rows, columns = np.arange(width)[:, None] % _BLOCK, np.arange(count)[None, :] % _BLOCK
    numbers[(rows + columns) % _BLOCK == 0] = -8
    numbers[1, ::_BLOCK] = -8
    numbers[0] = 0
    blocks = (numbers.reshape(-1, _BLOCK) + 8).astype(np.uint8)
    return _packed(blocks, np.full((len(blocks), 1), scale)).reshape(width, -1)
