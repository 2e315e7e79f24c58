"""Which memories may answer at all: the filters a person wrote, and what must never be mixed up."""

from collections.abc import Callable

import numpy as np

from core.memory import Kind
from core.recall.columns import NOBODY, Columns, Flags, kind_number
from core.recall.query import Query


def allowed_rows(columns: Columns, query: Query, conversation: str | None) -> tuple[Flags, str]:
    """(one flag a row, a sentence when a filter names something unknown).

    Secrets only where `kind:secret` is asked for. What one person told another never includes what they told a third.
    """
    filters = query.filters
    allowed = np.ones(len(columns), dtype=np.bool_)
    unknown = ""
    kinds = [kind_number(kind) for kind in filters.kinds]
    allowed &= np.isin(columns.kind, kinds) if kinds else columns.kind != kind_number(Kind.SECRET)
    conditions: tuple[tuple[str, Callable[[Columns, str], Flags], str], ...] = (
        (filters.app, _app, "Nothing comes from an application called"),
        (filters.speaker, _speaks, "Nothing was said by"),
        (filters.addressee, _hears, "Nothing was said to"),
        (filters.party, _party, "There is no conversation with"),
        (filters.conversation, _inside, "There is no conversation"),
    )
    for name, fitting_rows, words in conditions:
        if name:
            fitting = fitting_rows(columns, name)
            unknown = unknown or ("" if fitting.any() else f"{words} “{name}”.")
            allowed &= fitting
    if conversation is not None:
        allowed &= _conversation(columns, lambda group: group == f"c {conversation}")
    for span in filters.spans:
        if span.begins:
            allowed &= columns.at >= span.begins.timestamp()
        if span.ends:
            allowed &= columns.at < span.ends.timestamp()
    return allowed & ~_told_to_others(columns, query), unknown


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
    """Numbers of the people whose whole name or first name this is."""
    return [n for n, person in enumerate(columns.people) if person == name or person.split()[:1] == [name]]


def _speaks(columns: Columns, name: str) -> Flags:
    if name == "me":
        return columns.mine.copy()
    return np.isin(columns.speaker, _called(columns, name))


def _hears(columns: Columns, name: str) -> Flags:
    if name == "me":
        mine = np.unique(columns.speaker[columns.mine & (columns.speaker != NOBODY)])
        return np.isin(columns.addressee, [*mine.tolist(), *_called(columns, "me")])
    return np.isin(columns.addressee, _called(columns, name))


def _party(columns: Columns, name: str) -> Flags:
    """Every row of the conversations in which this person speaks or is spoken to."""
    rows = (_speaks(columns, name) | _hears(columns, name)) & columns.observed
    return np.isin(columns.group, np.unique(columns.group[rows]))


def _app(columns: Columns, name: str) -> Flags:
    wanted = [number for number, app in enumerate(columns.apps) if app == name]
    if not wanted:
        wanted = [number for number, app in enumerate(columns.apps) if name in app]
    return np.isin(columns.app, wanted)


def _inside(columns: Columns, name: str) -> Flags:
    return _conversation(columns, lambda group: group.casefold() == f"c {name}")


def _conversation(columns: Columns, fits: Callable[[str], bool]) -> Flags:
    """Rows of these conversations, and what was derived from them."""
    wanted = [number for number, group in enumerate(columns.groups) if fits(group)]
    inside = np.isin(columns.group, wanted)
    inside[columns.derived[inside[columns.source]]] = True
    return inside
