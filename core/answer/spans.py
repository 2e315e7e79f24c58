"""Which words of a sentence can be the answer: an amount, a date, a name, a place, a reason."""

import re
from collections.abc import Iterator

from core.answer.english import STOP
from core.answer.question import Question, Wanted, stem, words
from core.dates.clock import clocks
from core.dates.words import CALENDAR

Span = tuple[int, int]

_COUNTED = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred"
    "|once|twice)"
)
_UNITS = (
    "litres?|liters?|ml|pints?|cups?|spoons?|kg|kilos?|kilograms?|grams?|g|tons?|pounds?|metres?|meters?|cm|mm|km|miles?"
    "|kilometres?|kilometers?|feet|inches|gb|mb|tb|degrees|calories|hours?|minutes?|days?|weeks?|months?|years?"
)
_AMOUNT = re.compile(
    rf"\b(?:\d[\d.,]*|{_COUNTED}|half an?|a) (?:{_UNITS})\b|"
    r"[£$€¥] ?\d[\d.,]*\d|[£$€¥] ?\d"
    r"|\b\d[\d.,]* ?(?:euros?|pounds?|dollars?|eur|gbp|usd|cents?|bucks|%|percent|k)(?!\w)",
    re.I,
)
_NUMBER = re.compile(rf"\b\d[\d.,:/-]*\d\b|\b\d+\b|\b{_COUNTED}\b", re.I)
_DURATION = re.compile(
    rf"\b(?:about |over |almost |nearly )?(?:\d+|an?|{_COUNTED}|a few|several|half an?|a couple of)"
    r"(?: and a half)?[ -](?:minute|hour|day|week|month|year|decade|night)s?\b",
    re.I,
)
_CAPITAL = re.compile(r"\b[^\W\d_a-z][\w’'-]*(?: (?:(?:of|the|and|de|von|van|&) )?[^\W\d_a-z][\w’'-]*)*")
_CAPITALS = r"[^\W\d_a-z][\w’'&-]*(?: (?:of |the )?[^\W\d_a-z][\w’'&-]*)*"
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|by|on|outside|around|into|behind|under|inside) "
    rf"((?:the |my |our |a |an |his |her )?(?:{_CAPITALS}|[a-z][\w’'-]*(?: [a-z]\w+)?))"
)
_REASON = re.compile(r"\b(?:because|since|so that|as|in order to|due to|thanks to|to)\b (.+?)(?=[.!?;]|$)", re.I)
_WHOLE_DATE = re.compile(r"\b(?:19|20)\d\d\b")


def spans(text: str, question: Question, dates: tuple[Span, ...]) -> list[Span]:
    """The stretches of `text` that are of the wanted sort and not taken from the question itself.

    `dates` are the places of times in `text`. Nothing is found for a question that wants anything.
    """
    found = [span for span in _found(text, question.wanted, dates) if not _asked(text[span[0] : span[1]], question)]
    return sorted(set(found))


def _asked(piece: str, question: Question) -> bool:
    told = [word for word in words(piece) if word not in STOP]
    asked = set(words(question.text)) | question.names
    return bool(told) and all(word in asked or stem(word) in question.terms for word in told)


def _found(text: str, wanted: Wanted, dates: tuple[Span, ...]) -> Iterator[Span]:
    match wanted:
        case Wanted.TIME:
            yield from dates
        case Wanted.CLOCK:
            yield from clocks(text)
        case Wanted.AMOUNT:
            yield from (found.span() for found in _AMOUNT.finditer(text))
        case Wanted.NUMBER:
            yield from (found.span() for found in _NUMBER.finditer(text) if not _inside(found.span(), dates))
        case Wanted.DURATION:
            yield from (found.span() for found in _DURATION.finditer(text))
        case Wanted.PLACE:
            yield from _places(text)
        case Wanted.PERSON | Wanted.NAME:
            yield from _names(text)
        case Wanted.REASON:
            yield from (found.span(1) for found in _REASON.finditer(text))
        case _:
            return


def _inside(span: Span, others: tuple[Span, ...]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _names(text: str) -> Iterator[Span]:
    for found in _CAPITAL.finditer(text):
        start, end = found.span()
        first = re.match(r"[\w’'-]+", found.group())
        if first and (words(first.group())[:1] or [""])[0] in STOP:
            start += first.end()
            start += len(text[start:end]) - len(text[start:end].lstrip())
        elif (start == 0 or text[:start].rstrip()[-1:] in ".!?:") and " " not in found.group():
            continue
        if set(words(text[start:end])) & CALENDAR:
            continue
        if end > start and not re.fullmatch(r"(?:I|[A-Z]|.*[’'](?:m|ve|ll|d|re))", text[start:end]):
            yield start, end


def _places(text: str) -> Iterator[Span]:
    for found in _PLACE.finditer(text):
        piece = found.group(1)
        told = words(piece)
        if _WHOLE_DATE.search(piece) or CALENDAR & set(told) or all(word in STOP for word in told):
            continue
        start, end = found.span(1)
        last = piece.rsplit(" ", 1)[-1]
        if " " in piece and last.casefold() in STOP:
            end -= len(last) + 1
        yield start, end


def left_over(text: str, question: Question) -> Span | None:
    """For a question that wants anything: a title in quotation marks, else the longest stretch within a clause
    that is not in the question; None when there is none."""
    for found in _TITLE.finditer(text):
        if not _asked(found["title"], question):
            return found.span("title")
    best: Span | None = None
    begun: int | None = None
    weight = most = 0
    for match in _PIECE.finditer(text):
        word = (words(match.group()) or [""])[0]
        if not word or word in _CLAUSE or word in question.names or (word not in STOP and stem(word) in question.terms):
            begun = None
        elif word not in STOP:
            if begun is None:
                begun, weight = match.start(), 0
            weight += 1
            if most < weight <= _LONGEST:
                best, most = (begun, match.end()), weight
    return best


_LONGEST = 8
"""Words that matter in one stretch."""
_TITLE = re.compile(r"[\"“](?P<title>[^\"“”]{2,60})[\"”]")
_PIECE = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*|[.,;:!?–—()\[\]]| - ")
_CLAUSES = "but so because while which who when where that although though if then plus"
_CLAUSE = frozenset(_CLAUSES.split())
