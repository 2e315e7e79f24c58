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

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def uniform(self) -> bool:
        """Whether the kernels' switch is there (see kernels.py)."""
        return self._loaded.kernels.found

    def forget(self) -> None:
        """Overwrite them all."""
        self._loaded.lib.llama_memory_clear(self._loaded.memory, True)
        self._tokens = []

    def read(self, prompt: Sequence[int]) -> int:
        """Read a prompt from where it differs from what was read before, its last token always; how many were known.

        Cancelled, ModelProblem.
        """
        self.back_to(self.common(prompt[:-1]))
        common = len(self)
        self._loaded.kernels.set_uniform(False)
        try:
            for begin in range(common, len(prompt), self._at_once):
                self.compute(prompt[begin : begin + self._at_once])
        finally:
            self._loaded.kernels.set_uniform(True)
        return common

    def common(self, tokens: Sequence[int]) -> int:
        """How many of these, from the first on, were read as the first."""
        most = min(len(self._tokens), len(tokens))
        if self._tokens[:most] == list(tokens[:most]):
            return most
        return next(place for place in range(most) if self._tokens[place] != tokens[place])

    def begins_with(self, tokens: Sequence[int]) -> bool:
        """Whether these were read first."""
        return self._tokens[: len(tokens)] == list(tokens)

    def took(self, tokens: Sequence[int]) -> None:
        """The empty cache was given the keys and values of these."""
        self._tokens = list(tokens)

    def compute(self, tokens: Sequence[int], *, all_outputs: bool = False) -> None:
        """Read some more in one sweep. Cancelled: then nothing of them is kept. ModelProblem: then nothing at all."""
        try:
            outcome = self._loaded.decode(tokens, len(self), all_outputs=all_outputs)
        except Cancelled:
            # A recurrent state cannot be taken back by halves.
            if not self._loaded.lib.llama_memory_seq_rm(self._loaded.memory, -1, len(self), -1):
                self.forget()
            raise
        except BaseException:
            self.forget()
            raise
        if outcome:
            self.forget()
            raise ModelProblem("The model could not go on.", "Give it more memory, or ask again.")
        self._tokens += tokens

    def back_to(self, length: int) -> None:
        """Take back all but the first; all of them where a model cannot do it by halves."""
        if length == len(self):
            return
        if not self._loaded.lib.llama_memory_seq_rm(self._loaded.memory, -1, length, -1):
            self.forget()
            return
        del self._tokens[length:]

    def logits(self, place: int) -> NDArray[np.float32]:
        """See Loaded.logits."""
        return self._loaded.logits(place)
