"""A time that a question speaks of, and what dates it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from core.dates import calendar
from core.dates.calendar import Days, NoSuchDate
from core.dates.shown import month_shown, shown
from core.memory import MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, `begins` <= t < `ends`; None is open. `words` is what was written."""

    begins: datetime | None
    ends: datetime | None
    words: str

    def meaning(self) -> str:
        """The span in plain ISO dates, with hours where it is not of whole days, for the person."""
        last = self.ends - timedelta(seconds=1) if self.ends else None
        if any(edge and edge.time() != time() for edge in (self.begins, self.ends)):
            return _hours(self.begins, self.ends)
        if self.begins and last:
            first, final = self.begins.date().isoformat(), last.date().isoformat()
            return first if first == final else f"{first} to {final}"
        if self.begins:
            return f"from {self.begins.date().isoformat()}"
        return f"until {last.date().isoformat()}" if last else "any time"

    def until(self, ends: datetime | None) -> "Span":
        """All the time up to then."""
        return Span(begins=None, ends=ends, words=self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event in the person's life that a memory dates."""

    name: str
    days: Days
    memory: MemoryId

    def shown(self) -> str:
        """When it was, like 7 May 2023."""
        first, last = self.days.first, self.days.last
        if first == last:
            return shown(first)
        month = calendar.month_of(first)
        return month_shown(first) if self.days == month else f"{shown(first)} to {shown(last)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What was found: one span, or what was wrong with it; the events that it was counted from."""

    span: Span | None = None
    wrong: str = ""
    wrong_words: str = ""
    happenings: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Words at [start, end) that may name an event; `core` is where the event's own name begins."""

    start: int
    end: int
    happening: Happening


FindEvents = Callable[[str, Collection[tuple[int, int]]], Iterator[Event]]
"""Given a text and the places of its dates, the events it counts from."""


class Impossible(NoSuchDate):
    """A date that cannot be, with the words it was written in."""

    def __init__(self, words: str, sentence: str) -> None:
        super().__init__(sentence)
        self.words = words


def span_of(days: Days, words: str, zone: tzinfo | None) -> Span:
    """From the first midnight of the days to the last."""
    return Span(begins=midnight(days.first, zone), ends=midnight(calendar.moved(days.last, 1), zone), words=words)


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time(), tzinfo=zone)


def _hours(begins: datetime | None, ends: datetime | None) -> str:
    first = f"{begins:%Y-%m-%d %H:%M}" if begins else "any time"
    if ends is None:
        return f"from {first}"
    same = begins is not None and begins.date() == ends.date()
    return f"{first} to {ends:%H:%M}" if same else f"{first} to {ends:%Y-%m-%d %H:%M}"
