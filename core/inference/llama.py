"""The only llama_cpp: models as the children use them. The host never loads it."""

import ctypes
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, Cancelled, ModelProblem, NoModelLibrary
from core.inference.ggml import ComputedNode, Tensor
from core.inference.header import GgufFacts, check_gguf
from core.inference.kernels import Kernels
from core.inference.serving import cancelled
from core.inference.stand_in import StandIn
from core.inference.stream.costs import Cache
from core.inference.stream.graph import Streamer

_CHOOSE = "Choose another in Settings."
_NAME_AT = Tensor.name.offset
_MOST_TOKENS = 2**24
_ERROR = 4
"""Of llama.cpp's levels of logging the one that is passed on (ggml.h, `ggml_log_level`)."""
_BUFFER = re.compile(rb"\b(KV|RS|compute|output) +buffer size = +([0-9.]+) MiB")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How a model is run. `context` and `batch` in tokens, `outputs`: positions of a batch whose logits are asked for.

    `repack`: weights are copied into the order this CPU reads fastest, else they are mapped as they lie, or with
    `copied` read into memory as they lie. `wordless`: without its vocabulary, for what reads and gives tokens only.
    `cache`: keys and values of 16 bits, or quantised to 8 (Q8_0).
    """

    context: int
    batch: int
    threads: int
    embeds: bool = False
    repack: bool = False
    copied: bool = False
    wordless: bool = False
    cache: Cache = Cache.F16
    outputs: int = 16


class Loaded:
    """A model and its context. Work in progress stops within one operation when the host cancels.

    `stream`: loads the model from its header alone; it is given the address at which the file's first byte would stand,
    and gives what brings the weights in while llama.cpp computes.
    """

    def __init__(
        self,
        path: Path,
        facts: GgufFacts,
        running: Running,
        *,
        stream: Callable[[int], Streamer] | None = None,
        header_bytes: int = 0,
    ) -> None:
        lib = self.lib = library()
        lib.llama_backend_init()
        self.said = _said(lib)
        self.said.buffers.clear()
        self.streamer: Streamer | None = None
        self._watched: BaseException | None = None
        self._closed = False
        model_settings = lib.llama_model_default_params()
        # With MMAP the repacked copy would stand beside the whole file, brought into memory by MAP_POPULATE.
        model_settings.load_mode = lib.LLAMA_LOAD_MODE_MMAP
        if running.repack or running.copied:
            model_settings.load_mode = lib.LLAMA_LOAD_MODE_NONE
        model_settings.use_extra_bufts = running.repack
        if running.wordless:
            self._without_words = _without_words(lib, facts)
            model_settings.kv_overrides = self._without_words
        settings = lib.llama_context_default_params()
        if stream is None:
            model = lib.llama_model_load_from_file(str(path).encode(), model_settings)
        else:
            model, self.streamer = self._from_header(path, header_bytes, model_settings, stream)
            self._eval = lib.ggml_backend_sched_eval_callback(self._watch)
            settings.cb_eval = self._eval
        self._model = model
        if not model:
            raise ModelProblem("This model cannot be loaded.", _CHOOSE)
        settings.n_ctx, settings.n_batch, settings.n_ubatch = running.context, running.batch, running.batch
        settings.n_seq_max = 1
        settings.n_threads = settings.n_threads_batch = running.threads
        settings.embeddings = running.embeds
        if not running.embeds:
            settings.n_outputs_max = running.outputs
        if running.cache is Cache.Q8_0:
            settings.type_k = settings.type_v = lib.GGML_TYPE_Q8_0
        self.context = lib.llama_init_from_model(model, settings)
        if not self.context:
            raise ModelProblem("There is not enough memory for this model.", "Give it more, or choose a smaller.")
        self.buffers = dict(self.said.buffers)
        """Bytes of its own buffers, as llama.cpp reported them: KV, RS (a recurrent state), compute, output."""
        self.vocabulary = lib.llama_model_get_vocab(model)
        self.width = int(lib.llama_model_n_embd(model))
        self.memory = lib.llama_get_memory(self.context)
        self.words = int(lib.llama_vocab_n_tokens(self.vocabulary))
        self.rewinds = not (lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model))
        """Whether what was read last can be taken back: a recurrent state holds everything at once."""
        self.facts = facts
        self.kernels = Kernels(lib, self.context)
        self._abort = lib.ggml_abort_callback(lambda _: cancelled())
        lib.llama_set_abort_callback(self.context, self._abort, None)
        self._batch = lib.llama_batch_init(running.batch, 0, 1)

    def close(self) -> None:
        """Give everything back, once. A process that ends need not."""
        if self._closed:
            return
        self._closed = True
        self.lib.llama_batch_free(self._batch)
        self.lib.llama_free(self.context)
        if self.streamer is not None:
            self.streamer.close()
        self.lib.llama_model_free(self._model)

    def _from_header(
        self, path: Path, header_bytes: int, settings: object, stream: Callable[[int], Streamer]
    ) -> tuple[object, Streamer | None]:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            header = StandIn(descriptor, header_bytes)
        finally:
            os.close(descriptor)
        try:
            self.said.on_header = header.cut
            model = self.lib.llama_model_load_from_file(header.path.encode(), settings)
            return model, stream(header.base()) if model else None
        finally:
            self.said.on_header = None
            header.close()

    def _watch(self, tensor: int, ask: bool, _: object) -> bool:
        """llama.cpp's word before and after each node; whatever goes wrong ends the computation, `decode` raises it."""
        streamer = self.streamer
        if streamer is None or self._watched is not None:
            return ask  # stop behind the next node, and there for good
        try:
            name = ctypes.string_at(tensor + _NAME_AT)
            if ask:
                return streamer.wants(name, ComputedNode(tensor))
            streamer.computed(name, ComputedNode(tensor))
        except BaseException as error:  # nothing may pass through llama.cpp, which would go on without the weights
            self._watched = self._watched or error
            return False
        return self._watched is None and not cancelled()

    def tokens(self, text: str, *, ends: bool, marks: bool) -> list[int]:
        """A text's tokens; `ends` adds those of beginning and end, `marks` reads spelled control tokens."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        for _ in range(2):
            found = (self.lib.llama_token * room)()
            count = self.lib.llama_tokenize(self.vocabulary, data, len(data), found, room, ends, marks)
            if -_MOST_TOKENS <= count < 0:  # a vocabulary that spells a space as three bytes needs more
                room = -count
                continue
            break
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
        if self.streamer is not None:
            self.streamer.before()
        outcome = int(self.lib.llama_decode(self.context, batch))
        error, self._watched = self._watched, None
        if error is not None:
            raise error
        if cancelled() and (outcome or self.streamer is not None):
            raise Cancelled("The model's work")
        return outcome

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on, also in what computes beside llama.cpp."""
        self.lib.llama_set_n_threads(self.context, threads, threads)
        if self.streamer is not None:
            self.streamer.set_threads(threads)

    def logits(self, place: int) -> NDArray[np.float32]:
        """What the last decode gave for one of its tokens, (words,); a view that the next decode overwrites.

        `place`: where in the batch, -1 the last whose output was asked for.
        """
        values = self.lib.llama_get_logits_ith(self.context, place)
        if not values:
            raise ModelProblem("The model gave nothing to choose from.", "Ask again.")
        return np.ctypeslib.as_array(values, (self.words,))


class _Said:
    """What llama.cpp says while it loads: the moment its header is read, and the sizes of its buffers."""

    def __init__(self, lib: ModuleType) -> None:
        self.buffers: dict[str, int] = {}
        """Of the model that is being loaded."""
        self.on_header: Callable[[], None] | None = None
        self._callback = lib.llama_log_callback(self._hear)
        lib.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _hear(self, level: int, text: bytes, _: object) -> None:
        if self.on_header is not None and b"loaded meta data" in text:
            self.on_header()
            self.on_header = None
        if found := _BUFFER.search(text):
            name = found[1].decode()
            self.buffers[name] = self.buffers.get(name, 0) + int(float(found[2]) * 2**20)
        if level == _ERROR:
            sys.stderr.write(text.decode("utf-8", "replace"))


def _without_words(lib: ModuleType, facts: GgufFacts) -> ctypes.Array[ctypes.Structure]:
    """Has llama.cpp load a model as one that has no tokenizer, but so many tokens."""
    made: ctypes.Array[ctypes.Structure] = (lib.llama_model_kv_override * 3)()
    kind, count = made[0], made[1]
    kind.tag, kind.key, kind.value.val_str = lib.LLAMA_KV_OVERRIDE_TYPE_STR, b"tokenizer.ggml.model", b"none"
    count.tag, count.key = lib.LLAMA_KV_OVERRIDE_TYPE_INT, f"{facts.architecture}.vocab_size".encode()
    count.value.val_i64 = facts.vocabulary
    return made


@cache
def _said(lib: ModuleType) -> _Said:
    """One for the process: llama.cpp keeps calling the last that it was given."""
    return _Said(lib)


class SentenceModel:
    """An embedding model: one text at a time, faster than batches (attention covers a whole batch)."""

    def __init__(self, path: Path) -> None:
        facts = check_gguf(path)
        self._context = min(facts.context_length or 512, 8192)
        running = Running(context=self._context, batch=self._context, threads=1, embeds=True, repack=True)
        self._model = Loaded(path, facts, running)
        self.dimensions = self._model.width
        self._threads = 1

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on."""
        if threads != self._threads:
            self._threads = threads
            self._model.set_threads(threads)

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
