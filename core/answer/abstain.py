"""Whether anything that was found bears on the question at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answer.question import Question, Wanted
from core.answer.scoring import Scored
from core.memory import MemoryId

NO_MEMORY = "I have no memory of that."

CONTRAST = 1.0
"""How much of the question its person's memories hold, less how much anyone else's do, by the two best of each: asked
of one, said of another, is no answer. Of all marks tried it tells answerable questions from twisted ones best."""
COVERED = 0.25
"""Share of the question's words met in one place: nothing bears on a question whose words are nowhere together."""
WRONG_SORT = -0.15
"""No amount for 'how much': something on the subject that cannot answer bears on it less. Days are always known."""
ENOUGH = 0.06
"""Below it nothing is answered. Low, because a refused answer costs more than a weak one that shows its ground."""
LEAST_COVERED = 0.2
"""Nor where less than a fifth of the question is met, whoever says it."""
LEAST_ALONE = 0.4
"""More must be met where nobody is asked about, so that there are no others' words to compare with."""
_LOOKED_AT = 5
_COMPARED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """How much speaks for answering. `score` has no unit; ENOUGH is its threshold."""

    score: float = 0.0
    covered: float = 0.0
    contrast: float = 0.0
    right_sort: bool = False
    alone: bool = False
    """It asks about nobody."""

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        return self.score >= ENOUGH and self.covered >= (LEAST_ALONE if self.alone else LEAST_COVERED)


def bearing(question: Question, best: Sequence[Scored]) -> Bearing:
    """The strongest case that the best sentences make; no case when there are none."""
    looked = best[:_LOOKED_AT]
    if not looked:
        return Bearing()
    theirs, others = _best_memories(best, others=False), _best_memories(best, others=True)
    covered = max(one.covered for one in looked)
    right = question.wanted is Wanted.TIME or any(one.right_sort for one in looked)
    contrast = _mean(theirs) - _mean(others)
    return Bearing(
        score=CONTRAST * contrast + COVERED * covered + (0.0 if right else WRONG_SORT),
        covered=covered,
        contrast=contrast,
        right_sort=right,
        alone=not question.names and not question.about_me,
    )


def _best_memories(best: Sequence[Scored], *, others: bool) -> list[float]:
    """What the two best memories hold of the question, of those where another person speaks of themself or not."""
    held: dict[MemoryId, float] = {}
    for one in best:
        if (one.speaker < 0) is others:
            id = one.passage.hit.memory.id
            held[id] = max(held.get(id, 0.0), one.covered)
    return sorted(held.values(), reverse=True)[:_COMPARED]


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / _COMPARED
