"""Counts an English embedder's tokens without native code: WordPiece from a GGUF file's vocabulary."""

import threading
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from core.errors import ModelProblem
from core.inference.header import read_values
from core.paths import BUNDLED_EMBEDDER

_WORD_BEGINS = "\u2581"
_NO_WORD = 1_000_000
_ENCODING = threading.Lock()


class WordPieces:
    """The tokenizer of a `bert` GGUF file. ModelMissing or ModelProblem when it has no such vocabulary."""

    def __init__(self, path: Path) -> None:
        tokens, model = read_values(path, "tokenizer.ggml.tokens", "tokenizer.ggml.model")
        if model != "bert" or not isinstance(tokens, tuple):
            raise ModelProblem("This model has no WordPiece vocabulary.", "Choose a BERT-like embedder.")
        vocabulary = {_spelled_as_published(str(token)): number for number, token in enumerate(tokens)}
        self._tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
        self._tokenizer.normalizer = BertNormalizer()
        self._tokenizer.pre_tokenizer = BertPreTokenizer()

    def count(self, text: str) -> int:
        """How many tokens a text has, without the two that mark its beginning and end."""
        return len(self.encode(text))

    def encode(self, text: str) -> list[int]:
        """The tokens' numbers."""
        clean = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._tokenizer.encode(clean, add_special_tokens=False).ids
        return ids


def _spelled_as_published(token: str) -> str:
    """Undo llama.cpp's spelling: what begins a word is marked there, what goes on in it is marked here."""
    if token.startswith("[") and token.endswith("]") and len(token) > 2:
        return token
    return token[1:] if token.startswith(_WORD_BEGINS) else "##" + token


@cache
def _bundled() -> WordPieces:
    return WordPieces(BUNDLED_EMBEDDER)


def count(text: str) -> int:
    """Tokens of a text as the bundled embedder and the context budget count them."""
    with _ENCODING:
        return _bundled().count(text)


def commonness(word: str) -> int:
    """A word's place in the vocabulary, which begins with the commonest; past its end what is no one piece of it."""
    with _ENCODING:
        pieces = _bundled().encode(word)
    return pieces[0] if len(pieces) == 1 else _NO_WORD
