"""The only llama_cpp: models as the children use them. The host never loads it."""

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, Cancelled, ModelProblem, NoModelLibrary
from core.inference.header import GgufFacts, check_gguf
from core.inference.serving import cancelled

_CHOOSE = "Choose another in Settings."


def library() -> ModuleType:
    """llama_cpp, or NoModelLibrary with what to do."""
    # Its threads wait for each other by spinning otherwise: two of them beside a busy core were three times
    # slower than one (24 against 66 texts/s); asleep they cost nothing and two are never slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise NoModelLibrary(
            "llama.cpp is not installed or cannot run here.",
            "Mneme goes on by words alone. For the rest: install a C++ compiler, remove .venv, start Mneme again.",
        ) from error
    return llama_cpp


class Loaded:
    """A model and its context. Work in progress stops within one operation when the host cancels."""

    def __init__(
        self, path: Path, facts: GgufFacts, context: int, batch: int, *, embeds: bool, repack: bool, threads: int
    ) -> None:
        lib = self.lib = library()
        lib.llama_backend_init()
        model_settings = lib.llama_model_default_params()
        model_settings.load_mode = lib.LLAMA_LOAD_MODE_MMAP
        model_settings.use_extra_bufts = repack
        model = lib.llama_model_load_from_file(str(path).encode(), model_settings)
        if not model:
            raise ModelProblem("This model cannot be loaded.", _CHOOSE)
        settings = lib.llama_context_default_params()
        settings.n_ctx, settings.n_batch, settings.n_ubatch = context, batch, batch
        settings.n_seq_max = 1
        settings.n_threads = settings.n_threads_batch = threads
        settings.embeddings = embeds
        self.context = lib.llama_init_from_model(model, settings)
        if not self.context:
            raise ModelProblem("There is not enough memory for this model.", "Give it more, or choose a smaller.")
        self.vocabulary = lib.llama_model_get_vocab(model)
        self.width = int(lib.llama_model_n_embd(model))
        self.memory = lib.llama_get_memory(self.context)
        self.facts = facts
        self._abort = lib.ggml_abort_callback(lambda _: cancelled())
        lib.llama_set_abort_callback(self.context, self._abort, None)
        self._batch = lib.llama_batch_init(batch, 0, 1)

    def tokens(self, text: str, *, ends: bool, marks: bool) -> list[int]:
        """A text's tokens; `ends` adds those of beginning and end, `marks` reads spelled control tokens."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        found = (self.lib.llama_token * room)()
        count = self.lib.llama_tokenize(self.vocabulary, data, len(data), found, room, ends, marks)
        if count < 0:
            raise BadInput("This text cannot be read by the model.", "Give it a shorter one.")
        return list(found[:count])

    def decode(self, tokens: Sequence[int], begin: int, *, all_outputs: bool) -> int:
        """Compute tokens that stand from `begin` on; 0 when it went well. Cancelled."""
        batch, last = self._batch, len(tokens) - 1
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place] = token
            batch.pos[place] = begin + place
            batch.seq_id[place][0] = 0
            batch.n_seq_id[place] = 1
            batch.logits[place] = all_outputs or place == last
        outcome = int(self.lib.llama_decode(self.context, batch))
        if outcome and cancelled():
            raise Cancelled("The model's work")
        return outcome


class SentenceModel:
    """An embedding model: one text at a time, faster than batches (attention covers a whole batch)."""

    def __init__(self, path: Path) -> None:
        facts = check_gguf(path)
        self._context = min(facts.context_length or 512, 8192)
        self._model = Loaded(path, facts, self._context, self._context, embeds=True, repack=True, threads=1)
        self.dimensions = self._model.width
        self._threads = 1

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on."""
        if threads != self._threads:
            self._threads = threads
            self._model.lib.llama_set_n_threads(self._model.context, threads, threads)

    def embed(self, text: str) -> NDArray[np.float32]:
        """The vector of one text, (d,), unit length; what is longer than the model's context is cut.

        Cancelled within one operation of the model when the host cancels.
        """
        model = self._model
        tokens = model.tokens(text, ends=True, marks=False)
        if len(tokens) > self._context:
            tokens = [*tokens[: self._context - 1], tokens[-1]]
        if model.memory:
            model.lib.llama_memory_clear(model.memory, True)
        if model.decode(tokens, 0, all_outputs=True):
            raise ModelProblem("The embedding model could not read a text.", _CHOOSE)
        values = model.lib.llama_get_embeddings_seq(model.context, 0)
        if not values:
            raise ModelProblem("This model gives no sentence vectors.", "Choose an embedding model.")
        pointer = ctypes.cast(values, ctypes.POINTER(ctypes.c_float))
        vector: NDArray[np.float32] = np.ctypeslib.as_array(pointer, (self.dimensions,)).astype(np.float32)
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0:
            raise ModelProblem("The embedding model gave a vector without a direction.", _CHOOSE)
        return vector / np.float32(length)
