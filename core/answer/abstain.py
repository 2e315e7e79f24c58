"""Whether anything that was found bears on the question at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answer.question import Question, Wanted
from core.answer.scoring import Scored

NO_MEMORY = "I have no memory of that."

CONTRAST = 1.0
"""What the question's person says of it less what anyone else does: asked of one, said of another, is no answer.
Of all marks tried, this one tells answerable questions from twisted ones best."""
COVERED = 0.5
"""Share of the question's words met in one place: nothing bears on a question whose words are nowhere together."""
WRONG_SORT = -0.15
"""No amount for 'how much': something on the subject that cannot answer bears on it less. Days are always known."""
ENOUGH = 0.1
"""Below it nothing is answered. Low, because a refused answer costs more than a weak one that shows its ground."""
LEAST_COVERED = 0.2
"""Nor where less than a fifth of the question is met, whoever says it."""
_LOOKED_AT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """How much speaks for answering. `score` has no unit; ENOUGH is its threshold."""

    score: float = 0.0
    covered: float = 0.0
    contrast: float = 0.0
    right_sort: bool = False

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        return self.score >= ENOUGH and self.covered >= LEAST_COVERED


def bearing(question: Question, best: Sequence[Scored]) -> Bearing:
    """The strongest case that the best sentences make; no case when there are none."""
    looked = best[:_LOOKED_AT]
    if not looked:
        return Bearing()
    theirs = max((_content(one) for one in best if one.speaker >= 0), default=0.0)
    others = max((_content(one) for one in best if one.speaker < 0), default=0.0)
    covered = max(one.covered for one in looked)
    right = question.wanted is Wanted.TIME or any(one.right_sort for one in looked)
    contrast = theirs - others
    return Bearing(
        score=CONTRAST * contrast + COVERED * covered + (0.0 if right else WRONG_SORT),
        covered=covered,
        contrast=contrast,
        right_sort=right,
    )


def _content(one: Scored) -> float:
    return (one.own + one.covered) / 2
