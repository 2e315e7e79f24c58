"""A model that writes: prompts in, words out, what was read kept so that a same beginning is read once."""

import codecs
import ctypes
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

from core.errors import BadInput
from core.inference.chat_format import Piece
from core.inference.choosing import Choice, Grammatical, Likeliest
from core.inference.instructions import Instructions
from core.inference.kept import Kept
from core.inference.opening import Opened
from core.inference.stream.draft import MOST, SLOPE, SLOPE_STREAMED, Lookup
from core.inference.stream.plan import Way
from core.inference.sweeps import Sweeps

Spelled: TypeAlias = "list[tuple[str, int]]"
"""What one sweep gave: tokens, each with the words that it completes."""


class TextModel:
    """A model that writes. It keeps what it has read, so that a prompt with the same beginning begins there.

    `drafts`: several tokens a sweep where the answer quotes; the tokens are the same as without.
    """

    def __init__(self, opened: Opened, *, drafts: bool = True, clock: Callable[[], float] = time.perf_counter) -> None:
        self.opened = opened
        self.context = opened.context
        self._model = opened.loaded
        self._clock = clock
        at_once = opened.plan.batch_tokens
        self._kept = Kept(self._model, at_once)
        self._sweeps = Sweeps(
            self._kept,
            most_at_once=min(MOST + 1, at_once),
            drafts=drafts and self._model.rewinds,
            ends=self._ends,
            slope=SLOPE_STREAMED if opened.plan.way is Way.DENSE else SLOPE,
            beside=opened.beside,
            words=self._model.words,
            slows=opened.plan.draft_slows,
            clock=clock,
        )
        self.reused = 0
        """How many tokens of the last prompt had been read before."""
        self.prompt_s = 0.0
        """Seconds to read the rest of it."""
        self._just_read, self._just_read_s = 0, 0.0

    def figures(self) -> dict[str, float]:
        """Running totals: of what streams the weights, and of writing."""
        return self.opened.account.snapshot() | self._sweeps.figures()

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on."""
        self._model.set_threads(threads)
        self._sweeps.set_threads(threads)

    def forget(self) -> None:
        """Overwrite what it keeps of what it has read, and what a small model beside it keeps."""
        self._kept.forget()
        self._sweeps.forget()

    @property
    def no_draft(self) -> str:
        """Why a small model that was chosen does not draft, as a sentence."""
        return self.opened.no_draft or self._sweeps.no_draft

    def count(self, text: str) -> int:
        """How many tokens a text has."""
        return len(self._model.tokens(text, ends=False, marks=False))

    def mark(self, text: str) -> int | None:
        """The control token that a mark is; None when it is no single one."""
        tokens = self._model.tokens(text.strip(), ends=False, marks=True)
        return tokens[0] if len(tokens) == 1 and not self._piece(tokens[0]) else None

    def prompt(self, pieces: Sequence[Piece]) -> list[int]:
        """A written conversation's tokens; only the format's marks become control tokens."""
        lib, vocabulary = self._model.lib, self._model.vocabulary
        tokens = [lib.llama_vocab_bos(vocabulary)] if lib.llama_vocab_get_add_bos(vocabulary) else []
        for piece in pieces:
            tokens += self._model.tokens(piece.text, ends=False, marks=piece.mark)
        return tokens

    def begin(self, prompt: Sequence[int], ours: Sequence[int], kept: Instructions) -> None:
        """Have what is our own at the beginning of a prompt in the cache, from the disk where it is there.

        Cancelled, ModelProblem.
        """
        if not ours or list(prompt[: len(ours)]) != list(ours) or self._begins(ours):
            return
        self._kept.forget()
        if kept.restore(ours):
            self._kept.took(ours)
            return
        begun = self._clock()
        self._kept.read(ours)
        self._just_read, self._just_read_s = len(ours), self._clock() - begun
        kept.save(ours)

    def _begins(self, ours: Sequence[int]) -> bool:
        """Whether what is in the cache can be taken back to these."""
        return self._kept.begins_with(ours) and (self._model.rewinds or len(self._kept) == len(ours))

    def write(
        self, prompt: Sequence[int], most: int, grammar: str | None, stops: Collection[int] = ()
    ) -> Iterator[Spelled]:
        """Yield the words sweep by sweep, greedily chosen, until the model or one of `stops` ends them.

        BadInput (too long), Cancelled, ModelProblem.
        """
        if not prompt or len(prompt) >= self.context:
            raise BadInput("This is longer than the model can read at once.", "Ask with fewer memories.")
        choice: Choice = Likeliest(self._model) if grammar is None else Grammatical(self._model, grammar)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        room = min(most, self.context - len(prompt))
        try:
            begun = self._clock()
            self.reused = self._kept.read(prompt) - self._just_read
            self.prompt_s = self._clock() - begun + self._just_read_s
            self._just_read, self._just_read_s = 0, 0.0
            written = Lookup(prompt)
            new = [choice.choose(-1)] if room > 0 else []
            while new:
                whole = next(
                    (place for place, token in enumerate(new) if token in stops or self._ends(token)), len(new)
                )
                yield [(decoder.decode(self._piece(token)), token) for token in new[:whole]]
                room -= len(new)
                if whole < len(new) or room <= 0:
                    break
                written.add(new)
                new = self._sweeps.after(new[-1], choice, written, room)
            yield [(decoder.decode(b"", True), -1)]
        finally:
            choice.close()

    def _ends(self, token: int) -> bool:
        return bool(self._model.lib.llama_vocab_is_eog(self._model.vocabulary, token))

    def _piece(self, token: int) -> bytes:
        room = ctypes.create_string_buffer(256)
        count = self._model.lib.llama_token_to_piece(self._model.vocabulary, token, room, 256, 0, False)
        return room.raw[: max(count, 0)]
