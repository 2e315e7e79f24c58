"""Whether anything that was found bears on the question at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answer.question import Question, Wanted
from core.answer.scoring import Scored
from core.answer.wording import ENGLISH
from core.memory import Memory, MemoryId

NO_MEMORY = "I have no memory of that."

CONTRAST = 1.0
"""How much of the question its person's memories hold, less how much another's do who speaks of themself, by the two
best of each: asked of one, said of another, is no answer. Of all marks tried it tells answerable questions from twisted
ones best. What another says without a word of themself counts on neither side."""
LIKER = 0.75
"""The same by meaning, where it was looked at: the best cosine of the one less the best of another."""
COVERED = 0.25
"""Share of the question's words met in one place: nothing bears on a question whose words are nowhere together."""
WRONG_SORT = -0.15
"""No amount for 'how much': something on the subject that cannot answer bears on it less. Days are always known."""
ENOUGH = 0.1
"""Below it nothing is answered. Low, because a refused answer costs more than a weak one that shows its ground."""
LEAST_MET = 0.1
"""Nor where less than a tenth of the question is met, whoever says it: other words for the same are common."""
LEAST_ALONE = 0.3
"""More must be met where nobody is asked about, so that there are no others' words to compare with."""
LEAST_PARTS = 0.05
"""Outside English, where parts of words meet by chance or miss by a spelling, only nothing at all is refused."""
UNLIKE = 0.2
"""A cosine that says nothing; what a sentence has above it counts as met, what it has below as missed."""
_LOOKED_AT = 5
_COMPARED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """How much speaks for answering. `score` has no unit; ENOUGH is its threshold."""

    score: float = 0.0
    met: float = 0.0
    """Share of the question's words in one place, more or less by what the best sentence means."""
    contrast: float = 0.0
    right_sort: bool = False
    alone: bool = False
    """It asks about nobody."""
    parts: float | None = None
    """Outside English: share of the parts of its words, and all that counts."""

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        if self.parts is not None:
            return self.parts >= LEAST_PARTS
        return self.score >= ENOUGH and self.met >= (LEAST_ALONE if self.alone else LEAST_MET)


def bearing(question: Question, best: Sequence[Scored]) -> Bearing:
    """The strongest case that the best sentences make; no case when there are none."""
    looked = best[:_LOOKED_AT]
    unknown = question.strangers if not question.names else frozenset()
    if not looked or (unknown and not any(_speaks_of(one.passage.hit.memory, unknown) for one in best)):
        return Bearing()
    theirs = [one for one in best if one.of_theirs]
    others = [one for one in best if one.of_another]
    covered = max(one.covered for one in looked)
    right = question.wanted is Wanted.TIME or any(one.right_sort for one in looked)
    contrast = _held(theirs) - _held(others)
    like, unlike = _like(theirs), _like(others)
    score = CONTRAST * contrast + LIKER * ((like or 0.0) - (unlike or 0.0)) + COVERED * covered
    return Bearing(
        score=score if right else score + WRONG_SORT,
        met=covered + (0.0 if like is None else like - UNLIKE),
        contrast=contrast,
        right_sort=right,
        alone=not question.names and not question.about_me,
        parts=None if question.language == ENGLISH else covered,
    )


def _speaks_of(memory: Memory, names: frozenset[str]) -> bool:
    """Whether any of the names stands in it, or where it was said, or belongs to who speaks or is spoken to.

    What is said of Tom answers nothing about a Noor of whom nothing is known.
    """
    origin = memory.provenance
    said = f"{memory.text} {memory.caption} {origin.conversation}".casefold()
    there = f"{origin.speaker} {origin.addressee}".casefold().split()
    return any(
        name in said or any(word.startswith(name) or (len(word) > 1 and name.startswith(word)) for word in there)
        for name in names
    )


def _held(found: Sequence[Scored]) -> float:
    """What their two best memories hold of the question, in the mean."""
    held: dict[MemoryId, float] = {}
    for one in found:
        id = one.passage.hit.memory.id
        held[id] = max(held.get(id, 0.0), one.covered)
    return sum(sorted(held.values(), reverse=True)[:_COMPARED]) / _COMPARED


def _like(found: Sequence[Scored]) -> float | None:
    """The best cosine of those that were looked at and do not ask themselves; None where none was."""
    return max((one.like for one in found if one.like is not None and not one.passage.asks), default=None)
