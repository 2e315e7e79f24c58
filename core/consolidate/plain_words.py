"""Everyday words: what talk is made of whatever it is about, so that no topic is named after them."""

import json
from functools import cache

from core.languages.stems import stem
from core.languages.stopwords import stop_words
from core.paths import RESOURCES

_FILE = RESOURCES / "plain_words.json"


@cache
def _tables() -> dict[str, frozenset[str]]:
    held = json.loads(_FILE.read_text("utf-8"))
    return {name: frozenset(words.split()) for name, words in held.items() if name != "read_me"}


@cache
def plain(language: str) -> frozenset[str]:
    """Everyday words of a language and their stems, case-folded; where there is no table its stop words alone."""
    code = language or "en"
    words = _tables().get(code, frozenset())
    return words | stop_words(code) | frozenset(stem(word, code) for word in words)


def mood() -> frozenset[str]:
    """The words of which a sentence that says little is mostly made (English)."""
    return _tables()["mood"]
