"""A small model beside the large one, in the same process: it proposes what may come next, one token after the other.

Whatever it proposes, the large model decides: its words are the same with it and without.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import ModelProblem
from core.inference.kept import Kept
from core.inference.llama import Loaded
from core.inference.stream.beside import READ_AT_ONCE
from core.inference.stream.draft import NOTHING, Draft, Pace
from core.inference.stream.odds import LIKELY, Odds

_NEWEST = 0.2
"""What the newest step counts for in the time that steps take."""
_NEWEST_PROMPT = 0.5
_SLOWS = 1.02
"""Sweeps that take this many times as long are worth having the memory back for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A small model that is loaded, and how long its work is expected to take until it was measured, in seconds."""

    loaded: Loaded
    context: int
    token_s: float
    read_s: float
    """For each token of a longer prompt."""


@dataclass(slots=True)
class Proposed:
    """Running totals of what it did."""

    proposed: int = 0
    held: int = 0
    proposing_s: float = 0.0
    small_read: int = 0
    """Tokens that it read, of prompts and of what was written without it."""
    small_read_s: float = 0.0


class Drafter:
    """Proposes where that pays: `pace` says how long the large model's sweeps take.

    `words`: tokens that the large model knows. `slows`: how many times as long its sweeps take because of the memory
    that this one has. It keeps what it has read, as that does, in memory only.
    """

    def __init__(self, beside: Beside, pace: Pace, *, words: int, slows: float) -> None:
        self._beside, self._pace = beside, pace
        self._words = min(words, beside.loaded.words)
        self._kept = Kept(beside.loaded, READ_AT_ONCE)
        self._odds = Odds()
        self._token_s, self._read_s = beside.token_s, beside.read_s
        self._slows = slows
        self._written, self._written_s, self._alone_s = 0, 0.0, 0.0
        self.counted = Proposed()

    def draft(self, written: Sequence[int], most: int, room: int) -> Draft:
        """What may follow, at most `most` tokens, where `room` may still be written; nothing where that would not pay.

        Cancelled, ModelProblem.
        """
        one = self._pace.one_s
        most = min(most, self._beside.context - len(written))
        if one is None or most < 1:
            return NOTHING
        behind = len(written) - self._kept.common(written[:-1])
        takes, each = self._pace.takes, self._token_s
        read_s = max(behind - 1, 0) * self._read_s
        length = self._odds.length(takes, each, most, self._pace.most_s - (read_s if behind <= READ_AT_ONCE else 0.0))
        if not length or not self._odds.worth_reading(behind, self._read_s, room, takes, each, most):
            return NOTHING
        if max(written[-behind:]) >= self._words:
            return NOTHING
        if behind > READ_AT_ONCE:
            self._read_up(written[:-1], behind - 1)
            behind = 1
        self._kept.back_to(len(written) - behind)
        return self._proposed(written[-behind:], length, most)

    def came(self, draft: Draft, accepted: int) -> None:
        """Of what it proposed so many tokens held."""
        self._odds.came(draft.sure, accepted)
        self.counted.proposed += len(draft.tokens)
        self.counted.held += accepted

    @property
    def lost(self) -> float | None:
        """How much longer writing took than without it, as a share; None before enough was written to tell.

        Only where the large model would have its memory: elsewhere it costs nothing to let it stand.
        """
        if self._slows < _SLOWS or self._written < LIKELY:
            return None
        return self._written_s / self._alone_s - 1

    def wrote(self, tokens: int, seconds: float) -> None:
        """So many tokens were written in so long, with it or although it stood by."""
        if one := self._pace.one_s:
            self._written += tokens
            self._written_s += seconds
            self._alone_s += tokens * one / self._slows

    def without(self) -> None:
        """A token was written without it."""
        self._odds.without()

    def set_threads(self, threads: int) -> None:
        """How many threads compute from now on."""
        self._beside.loaded.set_threads(threads)

    def forget(self) -> None:
        """Overwrite what it keeps of what it has read."""
        self._kept.forget()

    def close(self) -> None:
        """Give its memory back."""
        self._beside.loaded.close()

    def _read_up(self, tokens: Sequence[int], count: int) -> None:
        begun = time.perf_counter()
        self._kept.read(tokens)
        seconds = time.perf_counter() - begun
        self._read_s += _NEWEST_PROMPT * (seconds / count - self._read_s)
        self.counted.small_read += count
        self.counted.small_read_s += seconds

    def _proposed(self, last: Sequence[int], length: int, most: int) -> Draft:
        """Tokens behind the last ones: `length` of them, more where it is sure, fewer where it is not."""
        begun = time.perf_counter()
        tokens, sure = list[int](), list[float]()
        brings = chance = 1.0
        takes, steps = self._pace.takes, 0
        while len(tokens) < most:
            now_s = takes(len(tokens) + 1) + len(tokens) * self._token_s
            next_s = takes(len(tokens) + 2) + (len(tokens) + 1) * self._token_s
            pays = (brings + chance * self._odds.usual) / next_s > brings / now_s
            if (len(tokens) >= length and not pays) or next_s > self._pace.most_s:
                break
            self._kept.compute(tokens[-1:] or last)
            steps += 1
            token, likely = self._likeliest()
            holds = self._odds.holds(likely)
            spent = steps * self._token_s
            now, then = takes(len(tokens) + 1) + spent, takes(len(tokens) + 2) + spent
            if (brings + chance * holds) / then <= brings / now:
                break
            tokens.append(token)
            sure.append(likely)
            chance *= holds
            brings += chance
        cost = time.perf_counter() - begun
        self._token_s += _NEWEST * (cost / max(steps, 1) - self._token_s)
        self.counted.proposing_s += cost
        if not tokens:
            self._pace.lost(cost)
        return Draft(tokens=tuple(tokens), matched=0, sure=tuple(sure), cost_s=cost)

    def _likeliest(self) -> tuple[int, float]:
        """The likeliest token behind the last, and the likelihood that it is given."""
        logits = self._kept.logits(-1)[: self._words]
        best = int(logits.argmax())
        total = float(np.exp(logits - logits[best]).sum())
        if not np.isfinite(total):
            raise ModelProblem("The model that drafts gave nothing to choose from.", "Choose another to draft.")
        return best, 1 / total
