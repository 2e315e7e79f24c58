"""What a text is about as far as other readers are concerned: health, money, love, work or none of them. Pure.

It decides only what MCP clients are kept from; the person's own questions are never limited by it. It goes by
words, so it errs towards keeping back. The words are of the languages in `resources/sensitive_words.json`.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from core.memory import MOST_PRIVATE_FIRST, Sensitivity
from core.paths import RESOURCES

_READ_AT_MOST = 20_000
_AMOUNT = re.compile(
    r"(?<!\w)(?:[£$€¥]\s?\d|\d[\d.,]*\s?(?:[£$€¥]|(?:euros?|dollars?|pounds?|francs?|eur|usd|gbp|chf)\b))",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


Labels = defaultdict[str, set[Sensitivity]]


@dataclass(slots=True)
class _Words:
    """Which sensitivity each word tells of, by how it is looked up; all without case."""

    whole: Labels = field(default_factory=lambda: defaultdict(set))
    begins: defaultdict[int, Labels] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """By length."""
    ends: defaultdict[int, Labels] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    phrases: defaultdict[str, list[tuple[list[str], Sensitivity]]] = field(default_factory=lambda: defaultdict(list))
    """By the first word."""

    def add(self, phrase: str, kind: Sensitivity) -> None:
        """A star at an end of a word stands for the rest of it."""
        words = _words_of(phrase)
        if len(words) > 1:
            self.phrases[words[0]].append(([*words[1:-1], words[-1] + "*" * phrase.endswith("*")], kind))
        elif phrase.startswith("*"):
            self.ends[len(words[0])][words[0]].add(kind)
        elif phrase.endswith("*"):
            self.begins[len(words[0])][words[0]].add(kind)
        else:
            self.whole[words[0]].add(kind)

    def told_by(self, said: list[str]) -> set[Sensitivity]:
        """What the words of a text speak of."""
        found: set[Sensitivity] = set()
        for word in set(said):
            found.update(self.whole.get(word, ()))
            for length, begins in self.begins.items():
                found.update(begins.get(word[:length], ()))
            for length, ends in self.ends.items():
                found.update(ends.get(word[-length:], ()))
        for at, word in enumerate(said):
            found.update(kind for rest, kind in self.phrases.get(word, ()) if _goes_on(said, at + 1, rest))
        return found


def _goes_on(said: list[str], at: int, rest: list[str]) -> bool:
    found = said[at : at + len(rest)]
    if len(found) < len(rest) or found[:-1] != rest[:-1]:
        return False
    return found[-1].startswith(rest[-1][:-1]) if rest[-1].endswith("*") else found[-1] == rest[-1]


def _words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


@lru_cache(maxsize=1)
def _known() -> _Words:
    kept = json.loads((RESOURCES / "sensitive_words.json").read_text(encoding="utf-8"))
    words = _Words()
    for kind in MOST_PRIVATE_FIRST:
        for phrase in kept[kind.value]:
            words.add(phrase, kind)
    return words


def sensitivities_of(*texts: str) -> frozenset[Sensitivity]:
    """All that these texts speak of; empty when of nothing private. Each is read to its first 20,000 characters."""
    text = "\n".join(part[:_READ_AT_MOST] for part in texts if part)
    found = _known().told_by(_words_of(text))
    return frozenset(found | {Sensitivity.MONEY} if _AMOUNT.search(text) else found)


def sensitivity_of(*texts: str) -> Sensitivity:
    """The most private thing these texts (what was said, a caption, a window's title) speak of."""
    found = sensitivities_of(*texts)
    return next((kind for kind in MOST_PRIVATE_FIRST if kind in found), Sensitivity.NONE)
