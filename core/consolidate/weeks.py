"""A week in the words of its days: the telling sentences again, each under its day."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from core.consolidate.summaries import Summary, summarise
from core.dates.words import MONTHS, WEEKDAYS
from core.memory import Memory

SENTENCES, CHARACTERS = 10, 1600
FEWEST_DAYS = 2


def of_a_week(quoted: Sequence[Memory]) -> Summary | None:
    """The digest of one week. `quoted`: what its days were summed up with, in time order; None for less than two days.

    The text has a line for each day that something is told of, and below it the sentences, each under its speaker.
    """
    if len({memory.at.date() for memory in quoted}) < FEWEST_DAYS:
        return None
    made = summarise(quoted, sentences=SENTENCES, characters=CHARACTERS, part=_day)
    if made is None or len({_day(one.memory) for one in made.quoted}) < FEWEST_DAYS:
        return None
    lines = [
        line
        for day, told in groupby(made.quoted, key=lambda one: _day(one.memory))
        for line in (day_line(day), *(one.line for one in told))
    ]
    return Summary(text="\n".join(lines), sources=made.sources, quoted=made.quoted)


def day_line(day: date) -> str:
    """Like "Monday 24 August"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _day(memory: Memory) -> date:
    return memory.at.date()
