"""The conditions a person writes into a question: app:, from:, on: and the like."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.dates.calendar import NoSuchDate
from core.dates.region import Region
from core.memory import Facet, Kind, Understood
from core.recall.dates import read_date
from core.recall.likeness import fold, missing
from core.recall.span import Span

_DATES = ("before", "after", "on")
_FILTER = re.compile(
    r"(?<!\S)(?P<not>-)?(?P<key>app|with|from|to|kind|before|after|on|in):"
    r'(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]\S*))',
    re.IGNORECASE,
)
_MORE_WORDS = re.compile(r"(?:[ \t]+[^\s\":]+(?!\S)){1,5}")
_KINDS: dict[str, tuple[Kind | Facet, ...]] = {
    **{kind.value: (kind,) for kind in Kind},
    **{facet.value: (facet,) for facet in Facet},
    "conversation": (Facet.TURN,),
    "chat": (Facet.TURN,),
    "talk": (Facet.TURN,),
    "message": (Facet.TURN,),
    "screen": (Facet.FRAME,),
    "screenshot": (Facet.FRAME,),
    "picture": (Facet.FRAME,),
    "image": (Facet.FRAME,),
    "document": (Facet.PAGE, Kind.RESOURCE),
    "file": (Facet.PAGE, Kind.RESOURCE),
    "page": (Facet.PAGE, Kind.RESOURCE),
    "resource": (Facet.PAGE, Kind.RESOURCE),
    "appointment": (Facet.APPOINTMENT,),
    "meeting": (Facet.APPOINTMENT,),
    "how-to": (Kind.PROCEDURAL,),
    "howto": (Kind.PROCEDURAL,),
    "procedure": (Kind.PROCEDURAL,),
    "about me": (Kind.CORE,),
    "about-me": (Kind.CORE,),
}
"""What a kind is called: MIRIX's names, what a memory is made of, and the words of the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A condition by name: `key` is app, with, from, to or in; `value` is folded, `written` as it was typed."""

    key: str
    value: str
    written: str
    without: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the person wrote as hard conditions; empty means no condition.

    One of the same key is enough, every key must be met. Those that are `without` must none be met.
    """

    named: tuple[Named, ...] = ()
    kinds: tuple[Kind, ...] = ()
    facets: tuple[Facet, ...] = ()
    without_kinds: tuple[Kind, ...] = ()
    without_facets: tuple[Facet, ...] = ()
    days: tuple[Span, ...] = ()
    """on: and in: with a date; within one of them."""
    without_days: tuple[Span, ...] = ()
    bounds: tuple[Span, ...] = ()
    """before: and after:; within all of them."""

    @property
    def any(self) -> bool:
        """Whether there is any condition."""
        return self != _NONE

    @property
    def asks_kind(self) -> bool:
        """Whether a kind is asked for, so that what was derived may answer too."""
        return bool(self.kinds or self.facets)

    @property
    def secrets_only(self) -> bool:
        """Whether nothing but secrets is asked for."""
        return self.kinds == (Kind.SECRET,) and not self.facets


_NONE = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The filters, the text that is left, what was understood, and a sentence when nothing can fit."""

    filters: Filters
    text: str
    told: tuple[Understood, ...]
    impossible: str


class _Reader:
    """Collects conditions while the text is gone through."""

    def __init__(self, now: datetime, region: Region, is_conversation: Callable[[str], bool]) -> None:
        self._now, self._region, self._is_conversation = now, region, is_conversation
        self.named: list[Named] = []
        self.kinds: list[Kind | Facet] = []
        self.without_kinds: list[Kind | Facet] = []
        self.days: list[Span] = []
        self.without_days: list[Span] = []
        self.bounds: list[Span] = []
        self.impossible = ""

    def take(self, key: str, value: str, without: bool) -> str:
        """Keep one condition; what it means, in words. A value that cannot be is said in `impossible`."""
        try:
            if key == "kind":
                (self.without_kinds if without else self.kinds).extend(_kinds(value))
                return value
            if key in _DATES:
                return self._take_days(key, _days(value, self._now, self._region), without)
            if key == "in" and not self._is_conversation(fold(value)):
                days = read_date(value, self._now, self._region)
                if days is not None:
                    return self._take_days(key, days, without)
        except (NoSuchDate, ValueError) as wrong:
            self.impossible = self.impossible or str(wrong)
            return str(wrong)
        self.named.append(Named(key=key, value=fold(value), written=value, without=without))
        return value

    def _take_days(self, key: str, span: Span, without: bool) -> str:
        if key in ("on", "in"):
            (self.without_days if without else self.days).append(span)
            return span.meaning()
        if key == "before":
            ends = span.ends if span.begins is None else span.begins
            bound = Span(begins=ends, ends=None, words=span.words) if without else span.until(ends)
        else:
            begins = span.begins if span.ends is None else span.ends
            bound = span.until(begins) if without else Span(begins=begins, ends=None, words=span.words)
        self.bounds.append(bound)
        return bound.meaning()

    def filters(self) -> Filters:
        """All that was taken."""
        return Filters(
            named=tuple(dict.fromkeys(self.named)),
            kinds=tuple(one for one in self.kinds if isinstance(one, Kind)),
            facets=tuple(one for one in self.kinds if isinstance(one, Facet)),
            without_kinds=tuple(one for one in self.without_kinds if isinstance(one, Kind)),
            without_facets=tuple(one for one in self.without_kinds if isinstance(one, Facet)),
            days=tuple(self.days),
            without_days=tuple(self.without_days),
            bounds=tuple(self.bounds),
        )


def read_filters(
    text: str, now: datetime, region: Region, is_conversation: Callable[[str], bool], ignore: frozenset[str]
) -> Read:
    """Take the filters out of a text. Never raises.

    `is_conversation`: whether a folded name is one's; then in: means it and no date. A filter whose key is in
    `ignore` leaves its value behind as plain words. An unknown key ("foo:bar") stays where it is.
    """
    reader = _Reader(now, region, is_conversation)
    told: list[Understood] = []
    kept: list[str] = []
    at = 0
    for start, end, key, value, without in _written(text, now, region):
        kept.append(text[at:start])
        at = end
        name = f"{'-' if without else ''}{key}"
        known = understood(name, value, value, hard=True)
        if known.key in ignore:
            kept.append(value)
            continue
        meaning = reader.take(key, value, without)
        told.append(understood(name, value, meaning, hard=True))
    kept.append(text[at:])
    filters = reader.filters()
    impossible = reader.impossible or _backwards(filters)
    return Read(filters=filters, text=" ".join(kept), told=tuple(told), impossible=impossible)


def understood(kind: str, text: str, meaning: str, *, hard: bool = False) -> Understood:
    """One thing that was read out of a question, under the key by which it can be ignored."""
    name = " ".join((text or meaning).casefold().split())
    return Understood(kind=kind, text=text, meaning=meaning, hard=hard, key=f"{kind}:{name}")


def _written(text: str, now: datetime, region: Region) -> Iterator[tuple[int, int, str, str, bool]]:
    """Where a filter stands, its key and value; a date without quotes goes on as far as it reads as one."""
    at = 0
    while found := _FILTER.search(text, at):
        at = found.end()
        value = (found["quoted"] if found["plain"] is None else found["plain"]).strip()
        key = found["key"].lower()
        if not value:
            continue
        if found["plain"] is not None and key in (*_DATES, "in"):
            longer = _longest_date(text, found.start("plain"), at, now, region)
            at = longer or at
            value = text[found.start("plain") : at]
        yield found.start(), at, key, value, bool(found["not"])


def _longest_date(text: str, start: int, end: int, now: datetime, region: Region) -> int | None:
    """Where the longest date ends that begins at `start` and goes past `end`: "after:March 2026"."""
    more = _MORE_WORDS.match(text, end)
    ends = [end + word.end() for word in re.finditer(r"\S+", more[0])] if more else []
    impossible: list[int] = []
    for until in reversed(ends):
        try:
            if read_date(text[start:until], now, region, other_tongues=False):
                return until
        except NoSuchDate:
            impossible.append(until)
    try:
        alone = read_date(text[start:end], now, region, other_tongues=False) is not None
    except NoSuchDate:
        alone = True
    return impossible[-1] if impossible and not alone else None


def _backwards(filters: Filters) -> str:
    begins = [span.begins for span in filters.bounds if span.begins]
    ends = [span.ends for span in filters.bounds if span.ends]
    if begins and ends and max(begins) >= min(ends):
        return "The time asked for ends before it begins, so nothing can lie in it."
    return ""


def _kinds(value: str) -> tuple[Kind | Facet, ...]:
    name = " ".join(fold(value).replace("_", " ").split())
    for form in (name, name.removesuffix("s"), name.removesuffix("es"), f"{name.removesuffix('ies')}y"):
        if form in _KINDS:
            return _KINDS[form]
    known = ", ".join(dict.fromkeys((*Kind, "conversation", "screen", "note", "page", "fact", "promise", "summary")))
    raise ValueError(f"{missing(f'There is no kind “{value}”', name, _KINDS)} The kinds are {known}.")


def _days(value: str, now: datetime, region: Region) -> Span:
    span = read_date(value.replace("_", " "), now, region)
    if span is None:
        raise NoSuchDate(f"“{value}” is not a date that can be read; write it like 2026-03-31.")
    return span
