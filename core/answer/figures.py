"""How much something is: only a sentence with a figure can say it, and none about something else does."""

import re
from collections.abc import Sequence

from core.answer.question import Question, Wanted, near, same, stems
from core.answer.scoring import Scored
from core.answer.wording import ENGLISH

_ASKS_A_PRICE = re.compile(
    r"\bhow much (?:is|are|was|were|for|rent|money)\b|\bhow much\b.*\b(?:earns?|weighs?)\b"
    r"|\b(?:costs?|pays?|paid|prices?|fees?|charges?|owes?|spends?|spent)\b"
)
"""How much one likes something is told without a figure; what it is or costs is not."""
_OF_PRICES = stems(
    "cost costs pay pays paid price prices fee fees charge charges owe owes spend spent money much total"
)
"""Met by the price of anything."""
_FIGURE = re.compile(
    r"\d|[£$€¥]|\b(?:\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half|twice"
    r"|double|quarter|dozen|grand|quid|bucks?|euros?|pounds?|dollars?|free|nothing|gratis|cheap|cheaper|expensive"
    r"|fortune)\b",
    re.IGNORECASE,
)
_LOOKED_AT = 5


def able(question: Question, best: Sequence[Scored]) -> Sequence[Scored]:
    """The sentences that can answer, best first; none where the thing is spoken of and its price is not.

    As they are for any other question, where nothing that was found speaks of the thing at all, and outside English,
    whose figures and prices are not known here.
    """
    if question.wanted is not Wanted.AMOUNT or question.language != ENGLISH:
        return best
    thing = question.terms - _OF_PRICES
    if not _ASKS_A_PRICE.search(question.text.casefold()) or not any(_is_of(one, thing) for one in best[:_LOOKED_AT]):
        return best
    return [one for one in best if _tells(one) and _is_of(one, thing)]


def _is_of(one: Scored, thing: frozenset[str]) -> bool:
    """Whether it, or what stands around it, speaks of the thing."""
    there = one.passage.terms | one.passage.around
    return any(term in there or (same(term) | near(term)) & there for term in thing)


def _tells(one: Scored) -> bool:
    return one.right_sort or bool(_FIGURE.search(one.passage.text))
