"""Makes a tiny model that says what it is told to: each letter is followed by a fixed one, whatever came before."""

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from tests.made_models import LETTERS, MARKS, tiny_llama

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
ROUND = {letter: ALPHABET[(place + 1) % 26] for place, letter in enumerate(ALPHABET)}
"""a, b, c ... z, a, and so on without end."""
END = "\0"
"""Follows a letter: the answer ends."""
_BYTES = 256
_LINE_END = len(MARKS) + ord("\n")
"""The last token of a prompt."""


def token_of(letter: str) -> int:
    """The token that a letter is."""
    words = sorted({"▁" if one == " " else one for one in LETTERS} - {"\n"})
    return 4 if letter == END else len(MARKS) + _BYTES + words.index("▁" if letter == " " else letter)


def chain_llama(
    path: Path,
    follows: Mapping[str, str],
    *,
    context: int = 1024,
    also: Mapping[str, str] | None = None,
    width: int = 128,
    layers: int = 2,
) -> Path:
    """Write a model whose next letter depends on the last alone; it begins with the first of `follows`.

    `also` is as likely as `follows`, to the bit.
    """

    def spoil(_: dict[str, gguf.GGUFValue], weights: dict[str, NDArray[np.float32]]) -> None:
        for name in weights:
            if name.endswith(("attn_output.weight", "ffn_down.weight")):
                weights[name][:] = 0
        rows = weights["token_embd.weight"]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        output = weights["output.weight"]
        output[:] = 0
        output[token_of(next(iter(follows)))] += rows[_LINE_END]
        for letter, then in follows.items():
            output[token_of(then)] += rows[token_of(letter)]
        for letter, then in (also or {}).items():
            output[token_of(then)] = output[token_of(follows[letter])]

    return tiny_llama(path, context=context, width=width, layers=layers, spoil=spoil)
