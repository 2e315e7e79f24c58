"""How often a model's replies are right, through the engine as Mneme asks it: greedy, the real prompt."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.answer.grounds import marks, says_nothing
from core.inference.generator import Generator, whole_reply
from core.urgency import Urgency
from tests.copier.cases import Asked, Case

_LONGEST = 120


@dataclass(slots=True, kw_only=True)
class Rates:
    """Counts over questions that have an answer (`answerable`) and over those that have none (`unanswerable`)."""

    answerable: int = 0
    exact: int = 0
    """The reply letter by letter as it should be."""
    grounded: int = 0
    """Every value is in it, and the marks are the right ones."""
    unanswerable: int = 0
    abstained: int = 0

    def __str__(self) -> str:
        return (
            f"{_share(self.exact, self.answerable)} exact, {_share(self.grounded, self.answerable)} right value and "
            f"mark, {_share(self.abstained, self.unanswerable)} rightly without a memory"
        )


def judged(generator: Generator, cases: Iterable[Case]) -> Rates:
    """Ask every question of every case."""
    rates = Rates()
    for case in cases:
        for one in case.asked:
            said = whole_reply(
                generator, case.messages(one.question), max_tokens=_LONGEST, urgency=Urgency.QUESTION
            ).strip()
            _judge(rates, one, said)
    return rates


def _judge(rates: Rates, one: Asked, said: str) -> None:
    if not one.marks:
        rates.unanswerable += 1
        rates.abstained += says_nothing(said)
        return
    rates.answerable += 1
    rates.exact += said == one.reply
    named = {int(mark[1:]) for mark in marks(said)}
    rates.grounded += named == set(one.marks) and all(value in said for value in one.values)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.1%})" if whole else "none"
