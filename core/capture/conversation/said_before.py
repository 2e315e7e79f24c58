"""Whether words were met before in the same import: in a fixed piece of memory, however long the mailbox."""

import re
from collections.abc import Iterator
from hashlib import blake2b

_BITS = 2**27
"""16 MB. With _MOST windows in it one window in sixty is taken for known that is not; a text has many."""
_MOST = 8_000_000
_WINDOW = 4
_SHARE = 0.7
_WORD = re.compile(r"\w+")


class SaidBefore:
    """A Bloom filter over windows of four words. What is no longer taken in counts as new."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)
        self._count = 0

    def add(self, text: str) -> None:
        """Remember these words."""
        if self._count < _MOST:
            for place in _places(text):
                self._count += 1
                for bit in place:
                    self._bits[bit >> 3] |= 1 << (bit & 7)

    def knows(self, text: str) -> bool:
        """Whether nearly all of these words were met, in this order; never so for a text without words."""
        known = total = 0
        for place in _places(text):
            total += 1
            known += all(self._bits[bit >> 3] & (1 << (bit & 7)) for bit in place)
        return total > 0 and known >= _SHARE * total


def _places(text: str) -> Iterator[tuple[int, int]]:
    words = [word.encode("utf-8", "replace") for word in _WORD.findall(text.casefold())]
    for at in range(max(1, len(words) - _WINDOW + 1) if words else 0):
        window = b" ".join(words[at : at + _WINDOW])
        digest = int.from_bytes(blake2b(window, digest_size=8).digest(), "big")
        yield digest % _BITS, (digest >> 32) % _BITS
