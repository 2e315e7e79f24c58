"""Which memories may answer at all: the filters a person wrote, and what must never be mixed up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.memory import Kind
from core.recall.columns import NOBODY, Columns, Flags, facet_number, kind_number
from core.recall.filters import Named
from core.recall.likeness import called, fold, missing, shown
from core.recall.query import Query
from core.recall.span import Span

_ME = frozenset({"me", "i", "myself"})
_NOTHING_SAID = {"from": "Nothing was said by", "to": "Nothing was said to", "with": "There is no conversation with"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Allowed:
    """One flag a row; a sentence where a condition names only what is unknown; sentences for the person otherwise."""

    rows: Flags
    unknown: str = ""
    notices: tuple[str, ...] = ()


def allowed_rows(columns: Columns, query: Query, conversation: str | None) -> Allowed:
    """The rows that meet every condition.

    Secrets only where `kind:secret` is asked for. What one person told another never includes what they told a third.
    """
    filters = query.filters
    rows = _of_kinds(columns, query)
    unknown, notices = "", list[str]()
    for key in dict.fromkeys(one.key for one in filters.named if not one.without):
        wanted = [one for one in filters.named if one.key == key and not one.without]
        fitting, missed = _any_of(columns, wanted)
        if not fitting.any():
            unknown = unknown or missed[0]
        else:
            notices += missed
        rows &= fitting
    excluded, missed = _any_of(columns, [one for one in filters.named if one.without])
    rows &= ~excluded
    notices += missed
    if conversation is not None:
        rows &= in_conversation(columns, conversation)
    if filters.days:
        rows &= _within_any(columns, filters.days)
    if filters.without_days:
        rows &= ~_within_any(columns, filters.without_days)
    for span in filters.bounds:
        rows &= _within_any(columns, (span,))
    return Allowed(rows=rows & ~_told_to_others(columns, query), unknown=unknown, notices=tuple(notices))


def _of_kinds(columns: Columns, query: Query) -> Flags:
    filters, secret = query.filters, columns.kind == kind_number(Kind.SECRET)
    rows = np.isin(columns.kind, [kind_number(kind) for kind in filters.kinds])
    rows |= np.isin(columns.facet, [facet_number(facet) for facet in filters.facets]) & ~secret
    if not filters.asks_kind:
        rows = ~secret
    rows &= ~np.isin(columns.kind, [kind_number(kind) for kind in filters.without_kinds])
    rows &= ~np.isin(columns.facet, [facet_number(facet) for facet in filters.without_facets])
    return np.asarray(rows, dtype=np.bool_)


def _within_any(columns: Columns, spans: Sequence[Span]) -> Flags:
    rows = np.zeros(len(columns), dtype=np.bool_)
    for span in spans:
        inside = np.ones(len(columns), dtype=np.bool_)
        if span.begins:
            inside &= columns.at >= span.begins.timestamp()
        if span.ends:
            inside &= columns.at < span.ends.timestamp()
        rows |= inside
    return rows


def _any_of(columns: Columns, wanted: Iterable[Named]) -> tuple[Flags, list[str]]:
    """Rows that fit one of these, and a sentence for each that fits none."""
    rows = np.zeros(len(columns), dtype=np.bool_)
    missed: list[str] = []
    for one in wanted:
        fitting = _FITTING[one.key](columns, one.value)
        rows |= fitting
        if not fitting.any():
            missed.append(_missed(columns, one))
    return rows, missed


def _missed(columns: Columns, one: Named) -> str:
    """Why a condition fits nothing, with names that are near."""
    name = f"“{one.written}”"
    if one.key == "app":
        return missing(f"Nothing comes from an application called {name}", one.value, columns.apps)
    if one.key == "in":
        return missing(f"There is no conversation and no place called {name}", one.value, _places(columns))
    if one.value in _ME or _called(columns, one.value):
        return f"{_NOTHING_SAID[one.key]} {name}."
    return missing(f"There is nobody called {name}", one.value, [shown(person) for person in columns.people])


def _places(columns: Columns) -> list[str]:
    return [*(group.removeprefix("c ") for group in columns.groups if group.startswith("c ")), *columns.apps]


def speaks(columns: Columns, query: Query) -> Flags:
    """Rows said by whom the question is about: the one who told, else everyone it names."""
    if query.people.speaker:
        return _speaks(columns, query.people.speaker)
    wanted = [number for number, name in enumerate(columns.people) if name in query.people.named]
    return np.isin(columns.speaker, wanted) if wanted else np.zeros(len(columns), dtype=np.bool_)


def _told_to_others(columns: Columns, query: Query) -> Flags:
    """Said by the one who told, to somebody known who is not the one who was told."""
    told = query.people
    if not (told.speaker and told.addressee):
        return np.zeros(len(columns), dtype=np.bool_)
    known = columns.addressee != NOBODY
    others: Flags = known & ~_hears(columns, told.addressee)
    return _speaks(columns, told.speaker) & others


def _called(columns: Columns, name: str) -> list[int]:
    """Numbers of the people who are meant by this name, whole or in part."""
    return [number for number, person in enumerate(columns.people) if called(person, name)]


def _speaks(columns: Columns, name: str) -> Flags:
    if name in _ME:
        return columns.mine.copy()
    return np.isin(columns.speaker, _called(columns, fold(name)))


def _hears(columns: Columns, name: str) -> Flags:
    if name in _ME:
        mine = np.unique(columns.speaker[columns.mine & (columns.speaker != NOBODY)])
        return np.isin(columns.addressee, [*mine.tolist(), *_called(columns, "me")])
    return np.isin(columns.addressee, _called(columns, fold(name)))


def _party(columns: Columns, name: str) -> Flags:
    """Every row of the conversations in which this person speaks or is spoken to."""
    rows = (_speaks(columns, name) | _hears(columns, name)) & columns.observed
    return np.isin(columns.group, np.unique(columns.group[rows]))


def _app(columns: Columns, name: str) -> Flags:
    wanted = [number for number, app in enumerate(columns.apps) if fold(app) == name]
    if not wanted:
        wanted = [number for number, app in enumerate(columns.apps) if name in fold(app)]
    return np.isin(columns.app, wanted)


def _inside(columns: Columns, name: str) -> Flags:
    """The conversation of that name, else those with these words in theirs, else the application."""
    named = _conversation(columns, lambda group: group.startswith("c ") and fold(group[2:]) == name)
    if not named.any():
        named = _conversation(columns, lambda group: group.startswith("c ") and called(group[2:], name))
    return named if named.any() else _app(columns, name)


def in_conversation(columns: Columns, conversation: str) -> Flags:
    """Rows of the conversation of exactly this name, and what was derived from them."""
    return _conversation(columns, lambda group: group == f"c {conversation}")


def _conversation(columns: Columns, fits: Callable[[str], bool]) -> Flags:
    """Rows of these conversations, and what was derived from them."""
    wanted = [number for number, group in enumerate(columns.groups) if fits(group)]
    inside = np.isin(columns.group, wanted)
    inside[columns.derived[inside[columns.source]]] = True
    return inside


_FITTING: dict[str, Callable[[Columns, str], Flags]] = {
    "app": _app,
    "from": _speaks,
    "to": _hears,
    "with": _party,
    "in": _inside,
}
