"""The copier's own tokenizer: byte pairs learnt from what it reads, applied exactly as llama.cpp applies them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from core.inference.chat_format import Piece

CONTROL = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
BYTES = tuple(f"<0x{number:02X}>" for number in range(256))
SIGN = -1e6
"""The score of a single sign."""
_SPACE = "▁"
_MARKED = re.compile("(" + "|".join(map(re.escape, CONTROL)) + ")")
_WORD = re.compile(f"{_SPACE}?(?:[^\\W\\d_]+|\\d+)")
_CHUNK = re.compile(f"{_SPACE}?[^{_SPACE}\n]+|{_SPACE}|\n+")


@dataclass(slots=True)
class Vocabulary:
    """Tokens in their order: control, bytes, signs, then what is merged, the first merged first."""

    signs: tuple[str, ...]
    merges: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False)
    _ranks: dict[str, int] = field(init=False, repr=False)
    _known: dict[str, tuple[int, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = {token: place for place, token in enumerate(self.tokens)}
        self._ranks = {token: rank for rank, token in enumerate(self.merges)}

    @property
    def tokens(self) -> tuple[str, ...]:
        """All tokens, as they stand in the file."""
        return *CONTROL, *BYTES, *self.signs, *self.merges

    @property
    def scores(self) -> list[float]:
        """What llama.cpp merges by: the highest first."""
        return [0.0] * (len(CONTROL) + 256) + [SIGN] * len(self.signs) + [-float(at) for at in range(len(self.merges))]

    def control(self, name: str) -> int:
        """A control token's number."""
        return CONTROL.index(name)

    def piece(self, piece: Piece) -> list[int]:
        """A written piece's tokens; only in a mark are control tokens read."""
        parts = _MARKED.split(piece.text) if piece.mark else [piece.text]
        found: list[int] = []
        for part in parts:
            found += [CONTROL.index(part)] if piece.mark and part in CONTROL else self.text(part)
        return found

    def text(self, text: str) -> list[int]:
        """A text's tokens. No merge crosses a space or a line's end, so it is done chunk by chunk."""
        found: list[int] = []
        for chunk in _CHUNK.findall(text.replace(" ", _SPACE)):
            known = self._known.get(chunk)
            if known is None:
                known = self._known[chunk] = tuple(self._chunk(chunk))
            found += known
        return found

    def written(self, tokens: Iterable[int]) -> str:
        """The text of tokens."""
        all_tokens, data = self.tokens, b""
        for token in tokens:
            name = all_tokens[token]
            data += bytes([token - len(CONTROL)]) if name in BYTES else name.replace(_SPACE, " ").encode()
        return data.decode("utf-8", "replace")

    def _chunk(self, chunk: str) -> list[int]:
        parts = list(chunk)
        while len(parts) > 1:
            ranked = [(self._ranks.get(left + right, 1 << 30), at) for at, (left, right) in enumerate(pairwise(parts))]
            rank, at = min(ranked)
            if rank == 1 << 30:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        found: list[int] = []
        for part in parts:
            whole = self._ids.get(part)
            found += [whole] if whole is not None else [len(CONTROL) + byte for byte in part.encode()]
        return found


def learn(texts: Iterable[str], size: int, marks: int) -> Vocabulary:
    """Byte-pair merges of words (Sennrich et al. 2016) until there are `size`; the marks [M1].. come first.

    Letters merge with letters and figures with figures only, so that a name is the same tokens before any sign.
    """
    first: list[str] = ["[M", "'s"]
    for number in range(1, marks + 1):
        grown = f"[M{number}"
        first += [grown] if grown not in first else []
    first += [f"[M{number}]" for number in range(1, marks + 1)]
    words = Counter(word for text in texts for word in _WORD.findall(text.replace(" ", _SPACE)))
    signs = tuple(sorted({*map(chr, range(33, 127)), _SPACE, *"…–‹›éüöäßèàñç"}))
    return Vocabulary(signs, (*first, *_merged(words, size - len(first) - len(signs) - 256 - len(CONTROL), signs)))


def _merged(words: Counter[str], most: int, signs: Sequence[str]) -> list[str]:
    known = frozenset(signs)
    spelled = {word: list(word) for word in words if set(word) <= known}
    pairs: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for word, parts in spelled.items():
        for pair in pairwise(parts):
            pairs[pair] += words[word]
            where[pair].add(word)
    merges: dict[str, None] = {}
    while len(merges) < most:
        (left, right), count = max(pairs.items(), key=lambda one: (one[1], one[0]))
        if count <= 0:
            break
        merges[left + right] = None
        for word in list(where[left, right]):
            parts = spelled[word]
            for pair in pairwise(parts):
                pairs[pair] -= words[word]
                where[pair].discard(word)
            at = 0
            while at < len(parts) - 1:
                if parts[at] == left and parts[at + 1] == right:
                    parts[at : at + 2] = [left + right]
                at += 1
            for pair in pairwise(parts):
                pairs[pair] += words[word]
                where[pair].add(word)
    return list(merges)
