"""Words sweep by sweep: one token, or a draft of several whose tokens are then the same as one by one.

A batch of tokens may be computed by other kernels than a single one, with another rounding (see kernels.py). Whether
that is so is measured on this machine with this model: mostly not. Where it is, what follows a token of a draft with a
lead of less than a margin is decided by computing that token again by itself.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelProblem
from core.inference.choosing import Choice, lead, unlike
from core.inference.drafter import Beside, Drafter, Proposed
from core.inference.kept import Kept
from core.inference.stream.draft import NOTHING, SLOPE, Draft, Lookup, Pace

_STRONG = 4
"""The match that a first draft must have, because it is measured what difference a batch makes: one sweep more."""
_MAY_LOSE = 0.05
"""What a small model may cost before it is let go."""
_SAFELY = 3.0
"""The margin, in measured differences."""


@dataclass(slots=True)
class Counted:
    """Running totals of writing."""

    writing_sweeps: int = 0
    drafted: int = 0
    accepted: int = 0
    repeated: int = 0
    """Tokens computed again by themselves, because the lead behind them was within the margin."""


class Sweeps:
    """Finds the tokens that follow.

    `drafts` False: always one by one. `slope`: see Pace. `beside`: a small model that drafts where nothing is quoted,
    `words`: the tokens that this one knows, `slows`: see Drafter. `clock` in seconds: what a sweep takes.
    """

    def __init__(
        self,
        kept: Kept,
        *,
        most_at_once: int,
        drafts: bool,
        ends: Callable[[int], bool],
        slope: float = SLOPE,
        beside: Beside | None = None,
        words: int = 0,
        slows: float = 1.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._kept = kept
        self._most = most_at_once - 1
        self._drafts = drafts and self._most > 0
        self._ends = ends
        self._clock = clock
        self._pace = Pace(slope)
        self._small: Drafter | None = None
        if beside is not None and self._drafts:
            self._small = Drafter(beside, self._pace, words=words, slows=slows)
        self._proposed_until_now = Proposed() if self._small is None else self._small.counted
        self._stopped = ""
        self._margins: dict[tuple[int, int], float] = {}
        self._threads = 0
        self.counted = Counted()

    def set_threads(self, threads: int) -> None:
        """So many compute from now on; kernels may divide their sums by it."""
        self._threads = threads
        if self._small is not None:
            self._small.set_threads(threads)

    @property
    def no_draft(self) -> str:
        """Why the small model has stopped drafting, or why it had better, as a sentence."""
        lost = None if self._small is None else self._small.lost
        if lost is not None and lost > _MAY_LOSE:
            return f"Words took {lost:.0%} longer with it than they would have without."
        return self._stopped

    def forget(self) -> None:
        """Overwrite what the small model keeps of what it has read."""
        if self._small is not None:
            self._small.forget()

    def figures(self) -> dict[str, float]:
        """Running totals."""
        return asdict(self.counted) | asdict(self._proposed_until_now)

    def after(self, token: int, choice: Choice, written: Lookup, room: int) -> list[int]:
        """Compute a token that was chosen, and choose what follows: one token or more, at most `room`.

        Cancelled, ModelProblem.
        """
        begun = time.perf_counter()
        chosen = self._after(token, choice, written, room)
        if self._small is not None:
            self._small.wrote(len(chosen), time.perf_counter() - begun)
        return chosen

    def _after(self, token: int, choice: Choice, written: Lookup, room: int) -> list[int]:
        self.counted.writing_sweeps += 1
        draft = self._draft(choice, written, room) if self._drafts else NOTHING
        if not draft.tokens or (self._margin is None and draft.matched < _STRONG):
            draft = self._proposed(choice, written, room)
        if not draft.tokens:
            return [self._single(token, choice)]
        return self._verified(token, draft, choice)

    @property
    def _place(self) -> tuple[int, int]:
        """Where the same kernels are at work: without their switch, long caches are divided among threads."""
        return self._threads, 0 if self._kept.uniform else len(self._kept).bit_length()

    @property
    def _margin(self) -> float | None:
        return self._margins.get(self._place)

    def _draft(self, choice: Choice, written: Lookup, room: int) -> Draft:
        draft = written.draft(min(self._most, room - 1))
        if self._undecided(choice):
            return NOTHING
        worth = self._pace.worth(draft.matched, len(draft.tokens))
        return Draft(tokens=draft.tokens[:worth], matched=draft.matched)

    def _proposed(self, choice: Choice, written: Lookup, room: int) -> Draft:
        """What the small model proposes; nothing without one. Cancelled."""
        small = self._small
        if small is None or self._undecided(choice):
            return NOTHING
        try:
            return small.draft(written.tokens, min(self._most, room - 1), room)
        except ModelProblem as problem:
            # It is not needed for a single word: whatever is wrong with it, the answer goes on.
            self._small, self._stopped = None, problem.title
            small.close()
            return NOTHING

    def _undecided(self, choice: Choice) -> bool:
        """Whether a margin would not say which token comes: it is seen only where every token may."""
        return self._margin == float("inf") or (choice.bound and bool(self._margin))

    def _single(self, token: int, choice: Choice) -> int:
        begun = self._clock()
        self._kept.compute([token])
        self._pace.swept(1, self._clock() - begun)
        if self._small is not None:
            self._small.without()
        return choice.choose(-1)

    def _verified(self, token: int, draft: Draft, choice: Choice) -> list[int]:
        before, where = len(self._kept), self._place
        alone = self._alone(token) if self._margin is None else None
        begun = self._clock()
        self._kept.compute([token, *draft.tokens], all_outputs=True)
        if alone is not None:
            self._margins[where] = _SAFELY * unlike(self._kept.logits(0), alone)
        margin = self._margins[where]
        if self._undecided(choice):
            self._kept.back_to(before)
            return [self._single(token, choice)]
        chosen: list[int] = []
        for place in range(len(draft.tokens) + 1):
            if margin and lead(self._kept.logits(place)) < margin:
                self._kept.back_to(before + place)
                self._kept.compute([chosen[-1] if chosen else token])
                self.counted.repeated += 1
                chosen.append(choice.choose(-1))
                break
            chosen.append(choice.choose(place))
            if place == len(draft.tokens) or chosen[-1] != draft.tokens[place] or self._ends(chosen[-1]):
                break
        accepted = len(chosen) - 1
        self._kept.back_to(before + 1 + accepted)
        self._pace.came(draft, accepted, self._clock() - begun)
        if self._small is not None and draft.sure:
            self._small.came(draft, accepted)
        self.counted.drafted += len(draft.tokens)
        self.counted.accepted += accepted
        return chosen

    def _alone(self, token: int) -> NDArray[np.float32]:
        """What a token gives when it is computed by itself; it is taken back."""
        self._kept.compute([token])
        logits = self._kept.logits(-1).copy()
        self._kept.back_to(len(self._kept) - 1)
        return logits
