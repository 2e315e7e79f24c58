"""The only llama_cpp: models as the children use them. The host never loads it."""

import codecs
import ctypes
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, Cancelled, ModelProblem, NoModelLibrary
from core.inference.chat_format import Piece
from core.inference.header import GgufFacts, check_gguf
from core.inference.serving import cancelled

_Pointer: TypeAlias = "ctypes.c_void_p | int"
_CHOOSE = "Choose another in Settings."
_MOST_CONTEXT = 2**17


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


class _Loaded:
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
        self._model = _Loaded(path, facts, self._context, self._context, embeds=True, repack=True, threads=1)
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


class TextModel:
    """A model that writes. It keeps what it has read, so that a prompt with the same beginning begins there."""

    def __init__(self, path: Path, *, context: int, repack: bool, threads: int) -> None:
        facts = check_gguf(path)
        if facts.is_embedder or not facts.vocabulary:
            raise ModelProblem("This model does not write text.", "Choose one for answers in Settings.")
        self.context = min(context, facts.context_length or context, _MOST_CONTEXT)
        self._at_once = min(self.context, 256)
        self._model = _Loaded(path, facts, self.context, self._at_once, embeds=False, repack=repack, threads=threads)
        self._read: list[int] = []
        self.reused = 0
        """How many tokens of the last prompt had been read before."""

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on."""
        self._model.lib.llama_set_n_threads(self._model.context, threads, threads)

    def forget(self) -> None:
        """Overwrite what it keeps of what it has read."""
        self._model.lib.llama_memory_clear(self._model.memory, True)
        self._read = []

    def count(self, text: str) -> int:
        """How many tokens a text has."""
        return len(self._model.tokens(text, ends=False, marks=False))

    def prompt(self, pieces: Sequence[Piece]) -> list[int]:
        """A written conversation's tokens; only the format's marks become control tokens."""
        lib, vocabulary = self._model.lib, self._model.vocabulary
        tokens = [lib.llama_vocab_bos(vocabulary)] if lib.llama_vocab_get_add_bos(vocabulary) else []
        for piece in pieces:
            tokens += self._model.tokens(piece.text, ends=False, marks=piece.mark)
        return tokens

    def write(self, prompt: Sequence[int], most: int, grammar: str | None) -> Iterator[str]:
        """Yield the answer's words as they come, greedily chosen. BadInput (too long), Cancelled."""
        if not prompt or len(prompt) >= self.context:
            raise BadInput("This is longer than the model can read at once.", "Ask with fewer memories.")
        lib, model = self._model.lib, self._model
        sampler = self._sampler(grammar)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            self._read_on(prompt)
            for _ in range(min(most, self.context - len(prompt))):
                token = int(lib.llama_sampler_sample(sampler, model.context, -1))
                if lib.llama_vocab_is_eog(model.vocabulary, token):
                    break
                yield decoder.decode(self._piece(token))
                if len(self._read) + 1 >= self.context:
                    break
                self._compute([token])
            yield decoder.decode(b"", True)
        finally:
            lib.llama_sampler_free(sampler)

    def _sampler(self, grammar: str | None) -> _Pointer:
        lib = self._model.lib
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        if grammar is not None:
            bound = lib.llama_sampler_init_grammar(self._model.vocabulary, grammar.encode(), b"root")
            if not bound:
                lib.llama_sampler_free(chain)
                raise BadInput("The form asked of the model is not a grammar.", "This is a bug; report it.")
            lib.llama_sampler_chain_add(chain, bound)
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
        pointer: _Pointer = chain
        return pointer

    def _read_on(self, prompt: Sequence[int]) -> None:
        """Read a prompt from where it differs from what was read before; its last token always."""
        common = 0
        for old, new in zip(self._read, prompt[:-1], strict=False):
            if old != new:
                break
            common += 1
        if not self._model.lib.llama_memory_seq_rm(self._model.memory, -1, common, -1):
            self.forget()
            common = 0
        self._read = self._read[:common]
        self.reused = common
        for begin in range(common, len(prompt), self._at_once):
            self._compute(prompt[begin : begin + self._at_once])

    def _compute(self, tokens: Sequence[int]) -> None:
        try:
            outcome = self._model.decode(tokens, len(self._read), all_outputs=False)
        except Cancelled:
            self._model.lib.llama_memory_seq_rm(self._model.memory, -1, len(self._read), -1)
            raise
        if outcome:
            self.forget()
            raise ModelProblem("The model could not go on.", "Give it more memory, or ask again.")
        self._read += tokens

    def _piece(self, token: int) -> bytes:
        room = ctypes.create_string_buffer(256)
        count = self._model.lib.llama_token_to_piece(self._model.vocabulary, token, room, 256, 0, False)
        return room.raw[: max(count, 0)]
