"""One answer against what should have been said: every measure of `mneme bench answer`, for one question."""

import re
from dataclasses import dataclass

from app.bench.dataset import Question
from app.bench.days import days, only_days
from app.bench.judging import best, contained, f1, held
from app.commands.request import JSON

_HEAD = re.compile(r"^[^:\n]{1,80}, \d{1,2} [A-Z][a-z]+ \d{4}: ")
"""Who said it and when, which stands before a sentence and is no part of it."""
LOOKED_AT = 2
"""Sentences of an answer that count for its right span."""

DEFINITION = (
    "Right span: of an answer's first two sentences (without the words of who said it and when). Where the gold is a"
    " time, a marked span names it: that very day, or for a week, month or year a time within it. Else both sentences"
    " together hold every word of the gold, compared as SQuAD does (case, articles, punctuation off; numbers in"
    " figures, dates as day month year; words like 'and', 'of', 'her' left out of the gold; no stemming, no synonyms)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an answer is worth. Shares are 0 .. 1; `day` is None where the gold is no time."""

    abstained: bool
    right: bool
    """The definition."""
    mostly: bool
    """The same with half of the gold's words."""
    in_one_piece: bool
    """The gold stands in the first two sentences, in one piece."""
    contained: bool
    """It stands anywhere in the answer."""
    on_evidence: bool
    """One of the first two sentences rests on a turn of the evidence."""
    day: bool | None
    """The first marked span that is a time names the gold's."""
    f1: float
    """Token F1 of the whole answer."""
    span_f1: float
    """Of the first marked span, the whole first sentence where none is marked."""
    first_f1: float
    """Of the first sentence."""
    baseline_f1: float
    """Of the sentence of the first hit with most of the question's words."""
    baseline_right: bool


def judged(question: Question, answer: JSON, first_hit: str) -> Verdict:
    """`answer` is a line of batch ask, `first_hit` the text that recall puts first ('' without one)."""
    gold = question.answer
    sentences = [_HEAD.sub("", one["text"]) for one in answer["sentences"]]
    told = " ".join(sentences[:LOOKED_AT])
    marked = [one["text"][slice(*one["span"])] for one in answer["sentences"][:LOOKED_AT] if one["span"]]
    evidence = {id for _, id in question.evidence}
    baseline = best(question.text, first_hit)
    wanted = only_days(gold)
    said = [found for found in map(days, marked) if found is not None]
    share = held(gold, told)
    timely = wanted is not None and any(wanted.right(one) for one in said)
    abstained = bool(answer["abstained"])
    return Verdict(
        abstained=abstained,
        right=timely if wanted else share == 1.0,
        mostly=timely if wanted else share >= 0.5,
        in_one_piece=contained(gold, told),
        contained=contained(gold, answer["answer"]),
        on_evidence=any(evidence & set(one["grounds"]) for one in answer["sentences"][:LOOKED_AT]),
        day=None if wanted is None else bool(said) and wanted.right(said[0]),
        f1=0.0 if abstained else f1(gold, answer["answer"]),
        span_f1=f1(gold, (marked or sentences or [""])[0]),
        first_f1=f1(gold, sentences[0]) if sentences else 0.0,
        baseline_f1=f1(gold, baseline),
        baseline_right=held(gold, baseline) == 1.0,
    )
