"""Whether two statements give different values of one thing: the same in all else that can be compared."""

from collections.abc import Iterable
from datetime import timedelta

from core.consolidate.aspects import ATTRIBUTES, BY_NAME, MOMENTS, ONCE, ONE_SUM, QUALIFIERS, STEADY_SUM
from core.consolidate.facts import ME
from core.consolidate.stating import Statement
from core.consolidate.supersede import CLOSE
from core.memory import Facet

_NEAR_DIGITS = 2
_SCREENS = (Facet.FRAME, Facet.PAGE)


def apart(one: Statement, other: Statement) -> bool:
    """Whether they come from different places, within the days in which time does not settle it."""
    return abs(one.source.at - other.source.at) <= CLOSE and _place(one) != _place(other)


def _place(one: Statement) -> tuple[str, ...]:
    origin = one.source.provenance
    if one.source.facet in _SCREENS:
        return ("screen", origin.app)
    return (origin.channel.value, origin.app, origin.conversation)


def same_thing(one: Statement, other: Statement) -> frozenset[str]:
    """The stems that show that both speak of the same; empty when they may not.

    What one says is all in the other or in who says it and where; and at least two stems are the same.
    """
    mine, theirs = one.about - other.about, other.about - one.about
    if not (mine <= other.beside or theirs <= one.beside):
        return frozenset()
    shared = (one.about & other.about) | (mine & other.beside) | (theirs & one.beside)
    if (one.source.facet in _SCREENS) != (other.source.facet in _SCREENS):
        shared |= one.beside & other.beside
    for marks in (ONE_SUM, ONCE, MOMENTS, QUALIFIERS):
        if (one.about & marks) != (other.about & marks):
            return frozenset()
    if one.owner and one.owner == other.owner:
        shared |= one.owner
    elif not (_belongs(one, other, shared) and _belongs(other, one, shared)):
        return frozenset()
    return shared if len(shared) >= 2 and shared - ATTRIBUTES else frozenset()


def _belongs(one: Statement, other: Statement, shared: frozenset[str]) -> bool:
    """Whether what one calls theirs is theirs in the other's words too, or named so well that it can be no other."""
    if not one.owner or one.owner & (other.about | other.beside):
        return True
    return ME in one.owner and not other.owner and (len(shared) > 2 or any(stem[0].isdigit() for stem in shared))


def opposed(one: Statement, other: Statement) -> str:
    """The kind of which they say different values; empty when they do not contradict each other."""
    if one.changed or other.changed or not (one.sure and other.sure) or not apart(one, other):
        return ""
    shared = same_thing(one, other)
    if not shared:
        return ""
    both = [kind for kind in one.values if kind in other.values]
    differing = [kind for kind in both if one.values[kind][0] != other.values[kind][0]]
    if "day" in differing and "month" in differing:
        differing.remove("month")
    if len(differing) != 1:
        return ""
    (kind,) = differing
    return kind if _telling(kind, one, other, shared) else ""


def _telling(kind: str, one: Statement, other: Statement, shared: frozenset[str]) -> bool:
    """Whether a thing can have only one value of this kind."""
    a, b = one.values[kind][0], other.values[kind][0]
    numbered = any(stem[0].isdigit() for stem in shared)
    if kind == "time":
        if _day(one) or _day(other) or "weekday" in one.values:
            return _day(one) == _day(other)
        return bool(shared & MOMENTS) and numbered and any(one.forms.get(stem, "").isupper() for stem in shared)
    if kind == "amount":
        if a.split()[-1] != b.split()[-1] or ("month" in one.values) != ("month" in other.values):
            return False
        return bool(shared & STEADY_SUM or (shared & ONE_SUM and numbered))
    if kind == "day":
        return bool(shared & ONCE) and (not shared & BY_NAME or len(shared) > 2)
    if kind == "span":
        first, second = [int(x) for x in a.split("-")], [int(x) for x in b.split("-")]
        return first[0] == second[0] and first[1] < second[2] and second[1] < first[2]
    if kind == "phone":
        return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) <= _NEAR_DIGITS
    if kind == "size":
        return a.split()[0] == b.split()[0] and ("day" in one.values) == ("day" in other.values)
    if kind == "count":
        return a.split()[1] == b.split()[1] and ("day" in one.values) == ("day" in other.values)
    return kind == "age" and abs(int(a) - int(b)) <= 2


def _day(one: Statement) -> str:
    return (one.values.get("day") or one.values.get("coming") or ("", ""))[0]


def agrees(one: Statement, other: Statement, kind: str) -> bool:
    """Whether `other` gives the same value of the same thing."""
    return (
        kind in other.values
        and other.values[kind][0] == one.values[kind][0]
        and bool(same_thing(one, other))
        and all(other.values[k][0] == v[0] for k, v in one.values.items() if k in other.values)
    )


def explained(one: Statement, other: Statement, kind: str, all_: Iterable[Statement]) -> bool:
    """Whether a change is spoken of, or a source says both or a third: a series, a list, or no contradiction."""
    shared = same_thing(one, other)
    places = {_place(one), _place(other)}
    for third in all_:
        if third is one or third is other or abs(third.source.at - one.source.at) > CLOSE + timedelta(days=1):
            continue
        if third.changed:
            if third.about & shared and kind in third.values:
                return True
        elif _place(third) in places and kind in third.values and shared <= third.about | third.beside:
            mine = one if _place(third) == _place(one) else other
            if third.values[kind][0] != mine.values[kind][0]:
                return True
    return False
