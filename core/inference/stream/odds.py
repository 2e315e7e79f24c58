"""How often what a small model proposes holds, by how sure it was; how much it proposes, and when to begin. Pure.

A proposal of n tokens of which each holds with chance h brings 1 + h + ... + h^n tokens for one sweep of that length
and n small steps ("Fast Inference from Transformers via Speculative Decoding", Leviathan and others 2023, section 3).
"""

from collections.abc import Callable, Sequence

_SURE = (0.4, 0.7, 0.9)
"""Likelihoods that the small model gave its token, which part the groups."""
_EXPECTED = ((0.6, 2.0), (1.1, 2.0), (1.5, 2.0), (1.8, 2.0))
"""(held, tried) each group begins with: 30, 55, 75 and 90 %."""
_EXPECTED_OF_ALL = (3.0, 5.0)
_MEMORY = 0.97
"""What earlier proposals count for at each new one."""
_RETURN = 0.002
"""How far each token written without a proposal brings back what was expected at first: to begin anew costs a prompt
read, so that one which did not hold is left alone for some answers."""
LIKELY = 64
"""Tokens of an answer to reckon with, where more may come."""
_WORTH = 2.0
"""What is gained must be so many times what reading up costs."""
_SOON = 16
"""So many tokens behind it just goes on."""

Takes = Callable[[int], float]
"""Seconds of a sweep of so many tokens."""


class Odds:
    """Of one small model beside one large one."""

    def __init__(self) -> None:
        self._groups = [list(group) for group in _EXPECTED]
        self._all = list(_EXPECTED_OF_ALL)

    @property
    def usual(self) -> float:
        """The share of proposed tokens that hold, all together."""
        return self._all[0] / self._all[1]

    def holds(self, sure: float) -> float:
        """The chance that a token holds which the small model gave this likelihood."""
        held, tried = self._groups[_group(sure)]
        return held / tried

    def came(self, sure: Sequence[float], accepted: int) -> None:
        """Of tokens proposed with these likelihoods so many held; behind the first that did not nothing is known."""
        for place, one in enumerate(sure[: accepted + 1]):
            for counted in (self._groups[_group(one)], self._all):
                counted[0] = counted[0] * _MEMORY + (place < accepted)
                counted[1] = counted[1] * _MEMORY + 1

    def without(self) -> None:
        """A token was written without any proposal."""
        for counted, expected in zip((*self._groups, self._all), (*_EXPECTED, _EXPECTED_OF_ALL), strict=True):
            for place in range(2):
                counted[place] += _RETURN * (expected[place] - counted[place])

    def length(self, takes: Takes, each_s: float, most: int, most_s: float) -> int:
        """How many tokens to propose where each costs `each_s`; 0: none. No sweep is to take more than `most_s`."""
        best, best_rate = 0, 1 / takes(1)
        expected = chance = 1.0
        for proposed in range(1, most + 1):
            chance *= self.usual
            expected += chance
            seconds = takes(proposed + 1) + proposed * each_s
            if seconds > most_s:
                break
            if expected / seconds > best_rate:
                best, best_rate = proposed, expected / seconds
        return best

    def worth_reading(self, behind: int, read_s: float, room: int, takes: Takes, each_s: float, most: int) -> bool:
        """Whether to read up so many tokens of a prompt, each in `read_s`, with `room` tokens left to be written."""
        if behind <= _SOON:
            return True
        length = self.length(takes, each_s, most, float("inf"))
        if not length:
            return False
        usual = self.usual
        brings = 1.0 + sum(usual**place for place in range(1, length + 1))
        gained = takes(1) - (takes(length + 1) + length * each_s) / brings
        return gained * min(room, LIKELY) >= _WORTH * behind * read_s


def _group(sure: float) -> int:
    return next((number for number, most in enumerate(_SURE) if sure < most), len(_SURE))
