"""Texts cut into words with their offsets, and words with places put into lines. Pure."""

from collections.abc import Hashable, Iterable, Sequence
from statistics import median

from app.accessible.asked import Row

_LONGEST_WORD = 200


def in_units(text: str, first: int, end: int) -> str:
    """The text as UTF-16 units where its program counts in them, so that offsets hold; nothing where it does not."""
    raw = text.encode("utf-16-le", "surrogatepass")
    units = "".join(chr(raw[n] | raw[n + 1] << 8) for n in range(0, len(raw), 2))
    return units if len(units) == end - first else ""


def _whole(word: str) -> str:
    """UTF-16 units as characters; a half of one is none."""
    return word.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def pieces(text: str, begins: int) -> Iterable[tuple[str, int, int]]:
    """Words with their offsets; what stands for a picture or a link of its own is none."""
    at = 0
    for word in text.replace("\ufffc", " ").split():
        at = text.index(word, at)
        end = at + len(word)
        if len(word) <= _LONGEST_WORD:
            yield _whole(word), begins + at, begins + end
        at = end


def lines(words: Sequence[tuple[Hashable, Row]]) -> Iterable[tuple[Row, ...]]:
    """Words of one object that follow one another at one height."""
    if not words:
        return
    usual = median(rect.height for _, (_, rect) in words)
    row: list[Row] = []
    whose: Hashable | None = None
    for one, (word, rect) in words:
        if rect.height > 3 * usual:
            continue  # goes over a line's end
        last = row[-1][1] if row else rect
        if row and (one != whose or abs(rect.top - last.top) > last.height // 2 or rect.left < last.left):
            yield tuple(row)
            row = []
        row.append((word, rect))
        whose = one
    if row:
        yield tuple(row)
