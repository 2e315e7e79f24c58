"""Words that say how, not what, by language: articles, pronouns, auxiliaries, question words."""

import json
import re
from collections.abc import Iterable
from functools import cache

from core.paths import RESOURCES

_FILE = RESOURCES / "stop_words.json"
_WORD = re.compile(r"[^\W\d_]+")
_LEAST, _SHARE, _AHEAD = 3, 0.3, 3
"""Function words, their share of a text, and how many times the next language's there must be to be sure."""


@cache
def tables() -> dict[str, frozenset[str]]:
    """Stop words, case-folded, by ISO 639-1 code."""
    held = json.loads(_FILE.read_text("utf-8"))
    return {code: frozenset(words.casefold().split()) for code, words in held.items() if code != "read_me"}


def stop_words(language: str) -> frozenset[str]:
    """Those of one language; empty where there is no table."""
    return tables().get(language, frozenset())


def language_by_function_words(text: str) -> str:
    """The language that a text's function words leave no doubt of; empty when they do."""
    words = [word.casefold() for word in _WORD.findall(text)]
    best, most, second = _two_best(set(words))
    sure = most >= _LEAST and most >= _SHARE * len(set(words)) and most >= _AHEAD * second
    return best if sure else ""


def _two_best(words: Iterable[str]) -> tuple[str, int, int]:
    found = set(words)
    counted = sorted(((len(found & table), code) for code, table in tables().items()), reverse=True)
    return counted[0][1], counted[0][0], counted[1][0]
