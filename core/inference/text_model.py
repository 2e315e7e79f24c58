"""A model that writes: prompts in, words out, what was read kept so that a same beginning is read once."""

import codecs
import ctypes
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from core.errors import BadInput, Cancelled, ModelProblem
from core.inference.chat_format import Piece
from core.inference.opening import Opened

_Pointer: TypeAlias = "ctypes.c_void_p | int"


class TextModel:
    """A model that writes. It keeps what it has read, so that a prompt with the same beginning begins there."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.context = opened.context
        self._at_once = opened.plan.batch_tokens
        self._model = opened.loaded
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

    def write(self, prompt: Sequence[int], most: int, grammar: str | None) -> Iterator[tuple[str, list[int]]]:
        """Yield the words as they come, greedily chosen, each with its tokens. BadInput (too long), Cancelled."""
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
                yield decoder.decode(self._piece(token)), [token]
                if len(self._read) + 1 >= self.context:
                    break
                self._compute([token])
            yield decoder.decode(b"", True), []
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
