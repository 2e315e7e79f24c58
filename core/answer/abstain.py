"""Whether anything that was found bears on the question at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answer.question import Question, Wanted
from core.answer.scoring import Scored

NO_MEMORY = "I have no memory of that."

COVERED = 1.0
"""Share of the question's words met in one place: nothing bears on a question whose words are nowhere together."""
OWN = 0.6
"""The same within the sentence itself: words met by chance are spread."""
SORT = 0.25
"""A date for 'when': something on the subject that cannot answer bears on it less."""
SPEAKER = 0.5
"""The named person says it or is named in it; asked of one, said of another, it is not the answer."""
MEANING = 0.4
"""Recall's own mark of likeness in meaning, for what was said in other words."""
CONTRAST = 0.6
"""How much more of the question its person says than anyone else: what only another one said was not theirs."""
ENOUGH = 0.75
"""Below it nothing is answered. Low, because a refused answer costs more than a weak one that shows its ground."""
_LOOKED_AT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """How much speaks for answering. `score` has no unit; ENOUGH is its threshold."""

    score: float
    covered: float
    own: float
    sort: bool
    speaker: float
    meaning: float
    contrast: float = 0.0

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        return self.score >= ENOUGH


NOTHING = Bearing(score=0.0, covered=0.0, own=0.0, sort=False, speaker=0.0, meaning=0.0)


def bearing(question: Question, best: Sequence[Scored]) -> Bearing:
    """The strongest case that one of the best sentences makes; NOTHING when there are none."""
    contrast = _contrast(best)
    return max(
        (_case(question, one, contrast) for one in best[:_LOOKED_AT]), key=lambda one: one.score, default=NOTHING
    )


def _contrast(best: Sequence[Scored]) -> float:
    """The share of the question in the named person's best sentence less that in anyone else's, -1 .. 1."""
    theirs = max((_content(one) for one in best if one.speaker > 0), default=0.0)
    others = max((_content(one) for one in best if one.speaker < 0), default=0.0)
    return theirs - others


def _content(one: Scored) -> float:
    return (one.own + one.covered) / 2


def _case(question: Question, one: Scored, contrast: float) -> Bearing:
    meaning = max(0.0, min(1.0, one.passage.hit.why.meaning))
    score = (
        COVERED * one.covered
        + OWN * one.own
        + SPEAKER * one.speaker
        + MEANING * meaning
        + CONTRAST * min(0.0, contrast)
    )
    if question.wanted is not Wanted.ANYTHING:
        score += SORT if one.right_sort or question.wanted is Wanted.TIME else -SORT
    return Bearing(
        score=score,
        covered=one.covered,
        own=one.own,
        sort=one.right_sort,
        speaker=one.speaker,
        meaning=meaning,
        contrast=contrast,
    )
