"""Several tokens a sweep: what probably comes next, taken from where the last tokens stood before.

What a small model proposes where nothing stood there is drafted alike (odds.py, inference/drafter.py).

Prompt lookup: an answer quotes the memories in its prompt, so what followed the same tokens there is likely to follow
here. A draft costs time when it does not hold: how long sweeps take and how often drafts hold is measured as they run,
and a draft is made only where it pays, within what may be lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 15
"""Tokens of a draft: with the one that is certain 16 in a sweep."""
_PAIR = 2
_LONGEST_MATCH = 16
_PLACES_TRIED = 32
_GROUPS = (2, 4, 8)
"""Longest matches of the groups whose drafts hold about equally often; the last group is open."""
_EXPECTED = ((1.0, 2.0), (2.0, 3.0), (3.0, 3.5), (3.6, 4.0))
"""(held, tried) each group begins with: 50, 67, 86 and 90 %."""
_MEMORY = 0.95
"""What earlier drafts count for at each new one."""
_RETURN = 0.02
"""How far each token written without a draft brings back what was expected at first, so that it is tried again."""
_NEWEST = 0.3
"""What the newest sweep counts for in the time that sweeps take."""
SLOPE = 0.4
"""How much longer a sweep takes for each token more, until it was measured: with all weights in memory, 2 to 8 tokens
took 1.5 to 3.7 times as long as one."""
SLOPE_STREAMED = 0.05
"""The same where every sweep reads the weights anew, which takes the longest: 2 to 16 tokens took as long as one."""
_FIRST_CREDIT = 0.6
_SHARE = 0.03
_MOST_CREDIT = 12.0
"""What drafts may lose, in sweeps of one token: to begin with, for each token written, and at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Tokens that may come next, and how many tokens before them stood in the same order before."""

    tokens: tuple[int, ...]
    matched: int
    sure: tuple[float, ...] = ()
    """Of what a small model proposed: the likelihood that it gave each."""
    cost_s: float = 0.0
    """Seconds that it took for that."""


NOTHING = Draft(tokens=(), matched=0)


class Lookup:
    """A prompt and what was written to it, searched for what the last tokens were followed by."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._behind: dict[tuple[int, int], list[int]] = {}
        self.add(tokens)

    def add(self, tokens: Sequence[int]) -> None:
        """Go on with these."""
        for token in tokens:
            here = self._tokens
            if len(here) >= _PAIR:
                self._behind.setdefault((here[-2], here[-1]), []).append(len(here))
            here.append(token)

    def draft(self, most: int) -> Draft:
        """What followed the longest stretch that ends like this one, of those the latest; at most `most` tokens."""
        here = self._tokens
        if most < 1 or len(here) < _PAIR:
            return NOTHING
        best, matched = 0, 0
        for place in reversed(self._behind.get((here[-2], here[-1]), [])[-_PLACES_TRIED:]):
            length = self._same_before(place)
            if length > matched:
                best, matched = place, length
                if length == _LONGEST_MATCH:
                    break
        return Draft(tokens=tuple(here[best : best + most]), matched=matched) if matched else NOTHING

    @property
    def tokens(self) -> Sequence[int]:
        """All of them, in order; not to be changed."""
        return self._tokens

    def _same_before(self, place: int) -> int:
        """How many tokens before `place` are those at the end."""
        here = self._tokens
        longest = min(place, _LONGEST_MATCH)
        length = _PAIR
        while length < longest and here[place - 1 - length] == here[-1 - length]:
            length += 1
        return length


class Pace:
    """How long sweeps of n tokens take, how often drafts hold, and so how many tokens a draft may have.

    `slope`: how much longer a sweep takes for each token more, until it was measured.
    """

    def __init__(self, slope: float = SLOPE) -> None:
        self._slope = slope
        self._seconds: dict[int, float] = {}
        self._held = [list(group) for group in _EXPECTED]
        self._credit = _FIRST_CREDIT

    @property
    def one_s(self) -> float | None:
        """Seconds of a sweep of one token; None until there was one."""
        return self._seconds.get(1)

    @property
    def most_s(self) -> float:
        """Seconds that a sweep may take with its draft, so that no more is lost than may be."""
        return (1 + self._credit) * (self.one_s or 0.0)

    def lost(self, seconds: float) -> None:
        """So long was spent on a draft that was not even tried."""
        if self.one_s:
            self._credit -= seconds / self.one_s

    def worth(self, matched: int, most: int = MOST) -> int:
        """How many tokens to draft behind a match of this length; 0: go on one by one."""
        one = self.one_s
        if one is None or matched < _PAIR:
            return 0
        held, tried = self._held[_group(matched)]
        holds = held / tried
        best, best_rate = 0, 1 / one
        expected, chance = 1.0, 1.0
        for drafted in range(1, min(most, MOST) + 1):
            chance *= holds
            expected += chance
            takes = self.takes(drafted + 1)
            if takes / one - 1 > self._credit:
                break
            if expected / takes > best_rate:
                best, best_rate = drafted, expected / takes
        return best

    def swept(self, tokens: int, seconds: float) -> None:
        """A sweep of so many tokens, without a draft, took so long."""
        self._note(tokens, seconds)
        self._credit = min(self._credit + _SHARE, _MOST_CREDIT)
        for group, expected in zip(self._held, _EXPECTED, strict=True):
            for place in range(2):
                group[place] += _RETURN * (expected[place] - group[place])

    def came(self, draft: Draft, accepted: int, seconds: float) -> None:
        """Of a draft so many tokens held; its sweep took so long, beside what the draft had cost."""
        if not draft.sure:
            group = self._held[_group(draft.matched)]
            group[0] = group[0] * _MEMORY + accepted
            group[1] = group[1] * _MEMORY + accepted + (accepted < len(draft.tokens))
        one = self._seconds.get(1, seconds)
        spent = (seconds + draft.cost_s) / max(one, 1e-9)
        self._credit = min(self._credit + (1 + _SHARE) * (1 + accepted) - spent, _MOST_CREDIT)
        self._note(len(draft.tokens) + 1, seconds)

    def _note(self, tokens: int, seconds: float) -> None:
        known = self._seconds.get(tokens)
        self._seconds[tokens] = seconds if known is None else known + _NEWEST * (seconds - known)

    def takes(self, tokens: int) -> float:
        """Seconds of a sweep of so many tokens: measured, or along the line through the nearest two that were."""
        if tokens in self._seconds:
            return self._seconds[tokens]
        one = self._seconds[1]
        below = max(number for number in self._seconds if number < tokens)
        above = min((number for number in self._seconds if number > tokens), default=None)
        if above is not None:
            share = (tokens - below) / (above - below)
            return self._seconds[below] + share * (self._seconds[above] - self._seconds[below])
        slope = one * self._slope if below == 1 else max(0.0, (self._seconds[below] - one) / (below - 1))
        return self._seconds[below] + slope * (tokens - below)


def _group(matched: int) -> int:
    return next((number for number, longest in enumerate(_GROUPS) if matched <= longest), len(_GROUPS))
