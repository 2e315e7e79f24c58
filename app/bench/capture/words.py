"""Words for a made screen: sentences of the sample's words that nobody has written before, and canaries."""

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from app.bench.load.made import turns

CANARIES = ("quetzalmor", "vexilkrund", "jaspwhittle", "obzidrake", "flumqartz", "wyverkolt", "zephqinder", "grolmyxen")
"""Words that stand nowhere but in windows that are to be left out; no six letters of them stand in other words."""
_PIECE = 6
_ENOUGH = 0.5
_WORD = re.compile(r"[a-z]{3,}")


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """The sample's words of four to ten letters, each once, in order."""
    found = {word for turn in turns() for word in re.findall(r"\b[a-z]{4,10}\b", turn["text"])}
    return tuple(sorted(found))


def sentences(count: int, seed: int, words: int) -> Iterator[str]:
    """So many sentences of so many words, the same for a seed."""
    random = np.random.default_rng(seed)
    known = vocabulary()
    for _ in range(count):
        chosen = [known[number] for number in random.integers(0, len(known), words)]
        yield f"{' '.join(chosen).capitalize()}."


def words_of(text: str) -> list[str]:
    """The words of three letters and more, in small letters; figures and signs left out."""
    return _WORD.findall(text.lower())


def pairs(text: str) -> frozenset[tuple[str, str]]:
    """The words of a text two by two, as they stand one behind the other."""
    return frozenset(itertools.pairwise(words_of(text)))


def stands_in(sentence: str, seen: frozenset[tuple[str, str]]) -> bool:
    """Whether a sentence was read: half of its pairs of words are there, for a reader errs and lines are broken.

    Words alone would not do: a full screen holds most of the vocabulary, and so the words of what was never shown.
    """
    wanted = list(itertools.pairwise(words_of(sentence)))
    return sum(pair in seen for pair in wanted) >= _ENOUGH * len(wanted)


def traces(text: str, canaries: tuple[str, ...] = CANARIES) -> set[str]:
    """The canaries of which six letters in a row stand in a text, blanks left out."""
    joined = re.sub(r"\s+", "", text.lower())
    return {word for word in canaries if any(word[at : at + _PIECE] in joined for at in range(len(word) - _PIECE + 1))}
