"""The only snowballstemmer: what the forms of a word share, by language."""

from functools import cache
from typing import Protocol

_ALGORITHMS = {
    "en": "porter",
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
    "da": "danish",
    "no": "norwegian",
    "fi": "finnish",
    "hu": "hungarian",
    "ro": "romanian",
    "ru": "russian",
    "tr": "turkish",
    "ca": "catalan",
    "el": "greek",
    "ar": "arabic",
    "hi": "hindi",
    "id": "indonesian",
    "pl": "polish",
    "cs": "czech",
    "lt": "lithuanian",
    "et": "estonian",
    "sr": "serbian",
    "fa": "persian",
}
"""English by Porter's first algorithm, as the index of words has it."""


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - its name in the library


@cache
def _stemmer(language: str) -> _Stemmer:
    from snowballstemmer import stemmer

    made: _Stemmer = stemmer(_ALGORITHMS[language])
    return made


def stem(word: str, language: str) -> str:
    """The word's stem; the word itself where the language has no stemmer. `word` is case-folded."""
    return _stemmer(language).stemWord(word) if language in _ALGORITHMS else word
