"""The only llama_cpp: models as the children use them. Never imported by the host."""

import ctypes
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled, Missing, ModelProblem
from core.inference.header import check_gguf
from core.inference.serving import cancelled


def library() -> ModuleType:
    """llama_cpp, or Missing with what to do."""
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise Missing(
            "llama.cpp is not installed or cannot run here.",
            "Mneme goes on by words alone; `pip install llama-cpp-python` needs a C++ compiler.",
        ) from error
    return llama_cpp


class SentenceModel:
    """An embedding model: one text at a time, which is faster than batches (attention covers a whole batch)."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        facts = check_gguf(path)
        self._lib = library()
        context = min(facts.context_length or 512, 8192)
        try:
            self._model = self._lib.Llama(
                str(path),
                embedding=True,
                n_ctx=context,
                n_batch=context,
                n_ubatch=context,
                n_threads=threads,
                n_threads_batch=threads,
                verbose=False,
            )
        except (ValueError, RuntimeError, AssertionError) as error:
            raise ModelProblem("This model cannot be loaded.", "Choose another in Settings.") from error
        self._context = context
        self._batch = self._lib.llama_batch_init(context, 0, 1)
        self._abort = self._lib.ggml_abort_callback(lambda _: cancelled())
        self._lib.llama_set_abort_callback(self._model.ctx, self._abort, None)
        self.dimensions = int(self._model.n_embd())

    def embed(self, text: str) -> NDArray[np.float32]:
        """The vector of one text, (d,), unit length; what is longer than the model's context is cut.

        Cancelled within one operation of the model when the host cancels.
        """
        tokens = self._tokens(text)
        self._fill(tokens)
        memory = self._lib.llama_get_memory(self._model.ctx)
        if memory:
            self._lib.llama_memory_clear(memory, True)
        if self._lib.llama_decode(self._model.ctx, self._batch):
            if cancelled():
                raise Cancelled("The embedding")
            raise ModelProblem("The embedding model could not read a text.", "Choose another in Settings.")
        values = self._lib.llama_get_embeddings_seq(self._model.ctx, 0)
        if not values:
            raise ModelProblem("This model gives no sentence vectors.", "Choose an embedding model.")
        pointer = ctypes.cast(values, ctypes.POINTER(ctypes.c_float))
        vector: NDArray[np.float32] = np.ctypeslib.as_array(pointer, (self.dimensions,)).astype(np.float32)
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0:
            raise ModelProblem("The embedding model gave a vector without a direction.", "Choose another.")
        return vector / np.float32(length)

    def _tokens(self, text: str) -> list[int]:
        clean = text.encode("utf-8", "replace")
        tokens: list[int] = self._model.tokenize(clean, add_bos=True, special=False)
        if len(tokens) > self._context:
            tokens = [*tokens[: self._context - 1], tokens[-1]]
        return tokens

    def _fill(self, tokens: list[int]) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place] = token
            batch.pos[place] = place
            batch.seq_id[place][0] = 0
            batch.n_seq_id[place] = 1
            batch.logits[place] = True
