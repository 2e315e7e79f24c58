"""The next token, greedily: the likeliest one, or the likeliest that a grammar lets through."""

import ctypes
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.inference.llama import Loaded

_Pointer: TypeAlias = "ctypes.c_void_p | int"


class Choice(Protocol):
    """Chooses from what the last decode gave; each choice counts for the next one."""

    bound: bool
    """Only some tokens may come, so that how near the second one was is not known."""

    def choose(self, place: int) -> int:
        """The token that follows the one at this place of the batch; -1: the last."""

    def close(self) -> None:
        """No more is chosen."""


class Likeliest:
    """Without any bounds."""

    bound = False

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    def choose(self, place: int) -> int:
        """See Choice."""
        return int(self._loaded.logits(place).argmax())

    def close(self) -> None:
        """Nothing to give back."""


class Grammatical:
    """Bound to a grammar (GBNF with a rule `root`). BadInput when it is none."""

    bound = True

    def __init__(self, loaded: Loaded, grammar: str) -> None:
        self._loaded = loaded
        lib = loaded.lib
        chain: _Pointer = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        self._chain = chain
        bound = lib.llama_sampler_init_grammar(loaded.vocabulary, grammar.encode(), b"root")
        if not bound:
            self.close()
            raise BadInput("The form asked of the model is not a grammar.", "This is a bug; report it.")
        lib.llama_sampler_chain_add(chain, bound)
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())

    def choose(self, place: int) -> int:
        """See Choice."""
        return int(self._loaded.lib.llama_sampler_sample(self._chain, self._loaded.context, place))

    def close(self) -> None:
        """Give the grammar back."""
        self._loaded.lib.llama_sampler_free(self._chain)


def lead(logits: NDArray[np.float32]) -> float:
    """By how much the likeliest of the tokens, (words,), is likelier than the second."""
    best = int(logits.argmax())
    highest = float(logits[best])
    logits[best] = -np.inf
    second = float(logits.max())
    logits[best] = highest
    return highest - second


def unlike(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """How far two computations of the same logits differ, as seen from the likeliest token; 0 only when bit-equal."""
    if np.array_equal(one, other):
        return 0.0
    apart = one - other
    apart -= apart[int(other.argmax())]
    furthest = float(np.abs(apart).max())
    return furthest if np.isfinite(furthest) else float("inf")
