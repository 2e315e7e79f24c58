"""What a model has read and keeps: tokens in order, read on from where a new prompt differs, taken back at the end."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled, ModelProblem
from core.inference.llama import Loaded


class Kept:
    """The tokens whose keys and values stand in the cache, and the only way to change them."""

    def __init__(self, loaded: Loaded, at_once: int) -> None:
        self._loaded = loaded
        self._at_once = at_once
        self._tokens: list[int] = []
        self.exact = 0
        """So many from the beginning are as single tokens would have left them; later ones may differ in rounding."""

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def tokens(self) -> tuple[int, ...]:
        """All of them."""
        return tuple(self._tokens)

    def since(self, place: int) -> list[int]:
        """Those from a place on."""
        return self._tokens[place:]

    def forget(self) -> None:
        """Overwrite them all."""
        self._loaded.lib.llama_memory_clear(self._loaded.memory, True)
        self._tokens, self.exact = [], 0

    def read(self, prompt: Sequence[int]) -> int:
        """Read a prompt from where it differs from what was read before, its last token always; how many were known.

        Cancelled, ModelProblem.
        """
        common = 0
        for old, new in zip(self._tokens[: self.exact], prompt[:-1], strict=False):
            if old != new:
                break
            common += 1
        self.back_to(common)
        common = len(self)
        for begin in range(common, len(prompt), self._at_once):
            self.compute(prompt[begin : begin + self._at_once])
        self.exact = len(self)
        return common

    def compute(self, tokens: Sequence[int], *, all_outputs: bool = False) -> None:
        """Read some more in one sweep. Cancelled: then nothing of them is kept. ModelProblem: then nothing at all."""
        whole = self.exact == len(self) and len(tokens) == 1
        try:
            outcome = self._loaded.decode(tokens, len(self), all_outputs=all_outputs)
        except Cancelled:
            self._loaded.lib.llama_memory_seq_rm(self._loaded.memory, -1, len(self), -1)
            raise
        if outcome:
            self.forget()
            raise ModelProblem("The model could not go on.", "Give it more memory, or ask again.")
        self._tokens += tokens
        if whole:
            self.exact = len(self)

    def back_to(self, length: int) -> None:
        """Take back all but the first; all of them where a model cannot do it by halves."""
        if length == len(self):
            return
        if not self._loaded.lib.llama_memory_seq_rm(self._loaded.memory, -1, length, -1):
            self.forget()
            return
        del self._tokens[length:]
        self.exact = min(self.exact, length)

    def logits(self, place: int) -> NDArray[np.float32]:
        """See Loaded.logits."""
        return self._loaded.logits(place)
