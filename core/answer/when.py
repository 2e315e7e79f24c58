"""Reads times out of a sentence against the day it was said: "yesterday" said on 8 May is 7 May."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from core.answer.english import PAST
from core.dates import calendar
from core.dates.calendar import Days, NoSuchDate
from core.dates.grammar import OF_QUESTIONS, Form, Mention, mentions
from core.dates.shown import month_shown, shown
from core.dates.spans import Lean, days_of

_FORMS = frozenset(Form) - OF_QUESTIONS.union(
    {
        Form.JOINED_MONTH,
        Form.LOOSE_TURN,
        Form.LOOSE_SEASON,
        Form.PAST,
        Form.END,
        Form.YEAR,
    }
)
"""Told sentences are long: a word that often means something else, or says no more than it does, is left alone."""
_FUTURE = re.compile(
    r"\b(?:will|'ll|’ll|going to|gonna|plan(?:s|ning)?|next|booked|is on|are on|by|let's|shall|can't wait|due|until"
    r"|appointment)\b",
    re.I,
)
_OVER = re.compile(rf"\b\w+ed\b|\b(?:was|were|had|did|got|made|{'|'.join(sorted(PAST))})\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time named in a text, at characters [start, end). `said` is how to say it without the context."""

    start: int
    end: int
    said: str
    first: date
    last: date
    """The days it can be, both within it."""
    day: date | None = None
    """The day, where it is one day."""
    relative: bool = True
    """Whether it can only be understood with the day it was said on."""
    lacks_year: bool = False
    """Whether its year alone is what was left out."""


def times(text: str, said: datetime) -> tuple[When, ...]:
    """The times in `text`, in order and without overlap, for someone who speaks at `said`."""
    read = (_read(mention, said.date(), text) for mention in mentions(text, _FORMS))
    return tuple(when for when in read if when is not None)


def resolved(text: str, said: datetime, *, same_day: bool = True) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`text` with each relative time followed by what it means, and where those meanings stand.

    A day of the month is followed by its year alone. Not `same_day`: what is the day of saying itself is left out.
    """
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    at = length = 0
    for when in times(text, said):
        before = text[at : when.end]
        pieces.append(before)
        length += len(before)
        at = when.end
        own = (length - (when.end - when.start), length)
        if not when.relative or (not same_day and when.day == said.date()):
            spans.append(own)
            continue
        meant = str(when.day.year) if when.day and when.lacks_year else when.said
        pieces.append(f" ({meant})")
        length += len(meant) + 3
        spans.append((own[0], length) if meant != when.said else (length - len(meant) - 1, length - 1))
    pieces.append(text[at:])
    return "".join(pieces), tuple(spans)


def _read(mention: Mention, today: date, text: str) -> When | None:
    """None for a day of the week of which the sentence does not say whether it is behind or ahead.

    And for a season with its year: there is nothing to add to it, and its words find more than its days do.
    """
    lean = Lean.RATHER_COMING if _FUTURE.search(text) else Lean.RATHER_PAST
    if mention.form is Form.SHORT_WEEKDAY and not text[mention.start : mention.end].split()[-1][:1].isupper():
        return None
    undecided = mention.form in (Form.WEEKDAY, Form.BARE_WEEKDAY, Form.SHORT_WEEKDAY) and not mention.which
    if undecided and not lean.ahead and not _OVER.search(text):
        return None
    if mention.season and mention.year is not None:
        return None
    try:
        days = days_of(mention, today, lean)
        meant = _meant(mention, today, days)
    except NoSuchDate:
        return None
    return When(
        start=mention.start,
        end=mention.end,
        said=meant or shown(days.first),
        first=days.first,
        last=days.last,
        day=None if meant else days.first,
        relative=mention.year is None,
        lacks_year=mention.form is Form.DAY,
    )


def _meant(mention: Mention, today: date, days: Days) -> str:
    """How to say a time that is not one day; empty for a day. Raises NoSuchDate."""
    count, unit = mention.count, mention.unit
    if mention.season:
        return f"{'autumn' if mention.season == 'fall' else mention.season} {days.first.year}"
    if mention.form is Form.MONTH or (unit == "month" and not mention.vague):
        return month_shown(days.first)
    if mention.form in (Form.AGO, Form.HENCE) and mention.vague:
        return f"a few {unit}s {'before' if mention.form is Form.AGO else 'after'} {shown(today)}"
    if unit == "year" and mention.form is Form.AGO and count == 1:
        return f"about {month_shown(calendar.months_moved(today, -12))}"
    if unit == "year":
        return str(today.year - count if mention.form is Form.AGO else days.first.year)
    if mention.form is Form.TURN:
        return _turned(mention, today, days)
    if unit == "weekend":
        return f"the weekend before {shown(calendar.moved(today, -7 * (count - 1)))}"
    if unit in ("week", "fortnight"):
        middle = days.first if mention.form is Form.HENCE else calendar.moved(days.first, 3)
        return f"about {shown(middle)}"
    return ""


def _turned(mention: Mention, today: date, days: Days) -> str:
    """A week or weekend: people mean it from the day they speak on, so the day is named."""
    if mention.which in ("this", "coming", "this coming"):
        return f"the {mention.unit} of {shown(days.first)}"
    return f"the {mention.unit} {'after' if days.first > today else 'before'} {shown(today)}"
