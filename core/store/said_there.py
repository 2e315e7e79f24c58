"""Where on a screen the words of one turn stand: runs of them, line by line, with what else stands between. Pure."""

import re
from collections.abc import Sequence

_RUN = 3
"""Words in a row that are enough to be these and no others, where the turn has that many."""
_ENOUGH = 0.6
"""Of a turn's words: a screen that has fewer does not show it, unless a long run of them stands there."""
_LONG_RUN = 6
_NEXT_LINE = 60
"""How many words of other panes may stand between two lines of one message."""
_ALIKE = 16
"""Places in what was said that one run is looked for at: somebody may say the same word a thousand times."""
_MISREAD = 3
"""Words in a row that a reader of pictures may have read differently."""
_NOT_WORDS = re.compile(r"[\W_]+")


def words_of(text: str) -> list[str]:
    """A text as its words are compared: by blanks, without case and signs; empty where one has none."""
    return [_NOT_WORDS.sub("", word).casefold() for word in text.split()]


def runs_of(words: Sequence[str], size: int = _RUN) -> frozenset[tuple[str, ...]]:
    """All runs of so many words, of those that are any: what stands nowhere shares none with what was said."""
    shown = [word for word in words if word]
    return frozenset(zip(*(shown[at:] for at in range(size)), strict=False))


def enough(said: Sequence[str]) -> int:
    """How many words in a row must stand there of what was said."""
    return min(_RUN, sum(map(bool, said)))


def standing(there: Sequence[str], said: Sequence[str]) -> set[int]:
    """Which of the words that are `there` are those that were `said`; none where too few are to be sure.

    Both as `words_of` gives them. What is shown more than once, or cut short in a list, is found each time.
    """
    wanted = [word for word in said if word]
    if not wanted:
        return set()
    shown = [(place, word) for place, word in enumerate(there) if word]
    words = [word for _, word in shown]
    pairs = _extended(words, wanted, _runs(words, wanted))
    met = {place for _, place in pairs}
    if len(met) < _ENOUGH * len(wanted) and _longest(sorted(pairs)) < _LONG_RUN:
        return set()
    return {shown[at][0] for at, _ in pairs}


def _runs(words: Sequence[str], wanted: Sequence[str]) -> set[tuple[int, int]]:
    """(place there, place in what was said) of every word in a run of enough words."""
    least = min(_RUN, len(wanted))
    begins: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(wanted) - least + 1):
        places = begins.setdefault(tuple(wanted[at : at + least]), [])
        if len(places) < _ALIKE:
            places.append(at)
    return {
        (place + step, at + step)
        for place in range(len(words) - least + 1)
        for at in begins.get(tuple(words[place : place + least]), ())
        for step in range(least)
    }


def _extended(words: Sequence[str], wanted: Sequence[str], found: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """With the ends of lines that are shorter than a run, and with what was read differently between two runs."""
    more = set(found)
    for place, at in found:
        if (place + 1, at + 1) not in found and at + 1 < len(wanted):
            more |= _ahead(words, wanted, place, at, found)
        if (place - 1, at - 1) not in found and at > 0:
            more |= _behind(words, wanted, place, at)
    return more


def _ahead(
    words: Sequence[str], wanted: Sequence[str], place: int, at: int, found: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """What follows a run: some misread words and the next run, or the short rest in a line below."""
    for gap in range(1, _MISREAD + 1):
        if (place + gap + 1, at + gap + 1) in found:
            return {(place + step, at + step) for step in range(1, gap + 1)}
    rest = wanted[at + 1 : at + _RUN]
    for begin in range(place + 1, min(place + _NEXT_LINE, len(words) - len(rest) + 1)):
        if list(words[begin : begin + len(rest)]) == list(rest):
            return {(begin + step, at + 1 + step) for step in range(len(rest))}
    return set()


def _behind(words: Sequence[str], wanted: Sequence[str], place: int, at: int) -> set[tuple[int, int]]:
    """What stands before a run, in the line above."""
    before = wanted[max(0, at - _RUN + 1) : at]
    for end in range(place, max(place - _NEXT_LINE, len(before) - 1), -1):
        if list(words[end - len(before) : end]) == list(before):
            return {(end - len(before) + step, at - len(before) + step) for step in range(len(before))}
    return set()


def _longest(pairs: Sequence[tuple[int, int]]) -> int:
    """The most words in a row."""
    found, longest, run = set(pairs), 0, 0
    for place, at in pairs:
        if (place - 1, at - 1) in found:
            continue
        run = 1
        while (place + run, at + run) in found:
            run += 1
        longest = max(longest, run)
    return longest
