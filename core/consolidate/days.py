"""Days and hours named in a sentence that speaks of what is to come, with their clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.dates.calendar import NoSuchDate
from core.dates.clock import AFTER_A_DAY, BEFORE_A_DAY, clock
from core.dates.grammar import Form, Mention, mentions, wholly
from core.dates.spans import Lean, days_of
from core.dates.words import MONTHS

_FORMS = frozenset({Form.ISO, Form.DAY, Form.NEAR, Form.HENCE, Form.TURN, Form.WEEKDAY, Form.BARE_WEEKDAY, Form.END})
"""An appointment has a day, a week or a month; a promise at most the end of one."""
_LEAD = re.compile(r"\b(?:on|by|until|before|for|from|at)\s+$", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"\s+(?:morning|afternoon|evening|night)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A span of time named in a text at `start`..`end`; without a clock it is whole days."""

    start: int
    end: int
    begins: datetime
    ends: datetime
    clock: bool


def whens(text: str, at: datetime) -> Iterator[When]:
    """Every day or hour named in `text`, in order. Days without a year are the next such day from `at` on."""
    for mention in mentions(text, _FORMS):
        if mention.unit == "year" or mention.vague:
            continue
        start, end, told = _around(text, mention)
        hour = clock(told) if told else None
        try:
            days = days_of(mention, at.date(), Lean.COMING)
            begins = datetime.combine(days.first, hour or time(), tzinfo=at.tzinfo)
            ends = datetime.combine(days.last, time(23, 59, 59), tzinfo=at.tzinfo)
            ends = begins + timedelta(hours=1) if hour else ends
        except (NoSuchDate, OverflowError):
            continue
        yield When(start=start, end=end, begins=begins, ends=ends, clock=hour is not None)


def _around(text: str, mention: Mention) -> tuple[int, int, str]:
    """Where the words about the day begin and end, with the word before them, and which are its clock."""
    start, end = mention.start, mention.end
    told = ""
    before = BEFORE_A_DAY.search(text[:start])
    if before:
        start, told = before.start(), before["clock"]
    leading = _LEAD.search(text[:start])
    if leading:
        start = leading.start()
    part = _PART_OF_DAY.match(text, end)
    if part and mention.form in (Form.NEAR, Form.WEEKDAY, Form.BARE_WEEKDAY):
        end = part.end()
    after = AFTER_A_DAY.match(text, end)
    if after:
        end, told = after.end(), after["clock"]
    return start, end, told


def day_in_year(text: str) -> str | None:
    """A birthday as "12 March" or "4 May 1988", from any of the ways to write it; None when it is none."""
    told = re.sub(r"^on\s+", "", text.strip(), flags=re.IGNORECASE)
    named = next(wholly(told, {Form.DAY}), None)
    if named is None or named.month is None:
        return None
    return f"{named.day} {MONTHS[named.month - 1]}" + (f" {named.year}" if named.year else "")
