"""Which of the words on a drawn screen were read, and how far their boxes are off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.bench.ocr.paper import Word
from core.capture.screen.page import ReadPage
from core.memory import WordBox

_NEAR = 6
"""Pixels by which the middle of a read word may lie outside the drawn one."""


@dataclass(frozen=True, slots=True)
class Score:
    """Words drawn, read right at their place, read in all; and the errors of left and right edges in pixels."""

    drawn: int = 0
    right: int = 0
    read: int = 0
    errors: tuple[int, ...] = ()

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.drawn + other.drawn, self.right + other.right, self.read + other.read, self.errors + other.errors
        )  # fmt: skip


def scored(drawn: Sequence[Word], page: ReadPage) -> Score:
    """Every letter must be right, and the word where it was drawn."""
    waiting: dict[str, list[WordBox]] = {}
    for box in page.boxes:
        waiting.setdefault(box.text, []).append(box)
    errors: list[int] = []
    right = 0
    for word in drawn:
        found = _nearest(word, waiting.get(word.text, ()))
        if found is not None:
            waiting[word.text].remove(found)
            right += 1
            errors += (abs(found.left - word.box.left), abs(found.left + found.width - word.box.right))
    return Score(len(drawn), right, len(page.boxes), tuple(errors))


def _nearest(word: Word, boxes: Iterable[WordBox]) -> WordBox | None:
    around = word.box.grown(_NEAR)
    for box in boxes:
        x, y = box.left + box.width / 2, box.top + box.height / 2
        if around.left <= x <= around.right and around.top <= y <= around.bottom:
            return box
    return None
