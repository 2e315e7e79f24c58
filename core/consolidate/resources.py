"""The step that notes what was looked at: one record for each page, file or document, with its visits and its dwell."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from core.consolidate.filter import quarantined
from core.consolidate.gathering import by_hand
from core.consolidate.journal import SOURCES
from core.consolidate.labels import most_private
from core.consolidate.places import Place, beginning, place_of
from core.consolidate.placing import STALE
from core.consolidate.sentences import instruction_shaped
from core.consolidate.task import Pen
from core.consolidate.visits import STAY, Look, Visit, visits
from core.memory import QUARANTINED, Channel, Draft, Facet, Kind, Memory, Provenance
from core.store import memories, seen
from core.store.envelope import moment, offset_of
from core.store.seen import Seen

PLACES = 50
"""Windows of one step."""
SOURCES_AT_MOST = 24
SHORTEST = 30.0
"""Seconds; what was passed through quicker has no record, its frames are kept all the same."""
_MARKS = ("", "*", "• ", "● ")


def note(pen: Pen, cursor: str) -> str | None:
    """Bring the records of the next places that were looked at since the last sleep up to date."""
    found = seen.tonight(pen.db, int(cursor or 0), pen.task.upto, PLACES)
    places = [place_of(one.app, one.window, one.url) for one in found]
    for place in {place.key: place for place in places if place is not None}.values():
        _bring_up_to_date(pen, place)
    return str(found[-1].seq) if found else None


def _bring_up_to_date(pen: Pen, place: Place) -> None:
    old = seen.resource_at(pen.db, place.address, "" if place.address else place.key)
    draft = _record(pen, place)
    if old is None:
        if draft is not None and pen.add(draft, draft.reason) is not None:
            pen.count("resources")
        return
    if by_hand(pen, old):
        return
    if draft is None:
        pen.delete(old.id, "Too little is left of what it was seen in.")
        return
    changed: dict[str, object] = {
        "text": draft.text,
        SOURCES: list(draft.sources),
        "at": draft.at,
        "at_offset": offset_of(draft.at),
        "trust": int(draft.trust),
        "sensitivity": draft.sensitivity,
        "valid_from": draft.valid_from,
        "tags": tuple(tag for tag in old.tags if tag != STALE),
    }
    if pen.update(old.id, changed, "It was looked at again.", draft.sources) is not None:
        pen.count("looked at again")


def _record(pen: Pen, place: Place) -> Draft | None:
    """What all the frames of a place amount to; None when that is too little."""
    frames = _frames(pen, place)
    made = visits([_look(one) for one in frames])
    if sum(visit.seconds for visit in made) < SHORTEST:
        return None
    sources = _sources(pen, made)
    if not sources:
        return None
    title = _title(frames, place)
    if instruction_shaped(title):
        return None
    by_seq = {one.seq: one for one in frames}
    first, last = (moment(one.at, one.at_offset) for one in (frames[0], by_seq[made[-1].looks[-1].seq]))
    draft = Draft(
        text=told(title, place, made, last),
        at=last,
        facet=Facet.RESOURCE,
        kind=Kind.RESOURCE,
        provenance=Provenance(
            channel=Channel.SLEEP,
            app=frames[-1].app,
            window="" if place.address else place.key,
            url=place.address,
        ),
        language=sources[-1].language,
        trust=min(memory.trust for memory in sources),
        sensitivity=most_private(memory.sensitivity for memory in sources),
        sources=tuple(memory.id for memory in sources),
        valid_from=first,
        reason="A page, file or document that was on the screen.",
    )
    return replace(draft, stability_days=pen.task.hold(draft))


def _frames(pen: Pen, place: Place) -> list[Seen]:
    upto, within = pen.task.upto, STAY.total_seconds()
    if place.address:
        found = seen.at_address(pen.db, beginning(place), upto, within)
    else:
        found = seen.under_title(pen.db, [mark + beginning(place) for mark in _MARKS], upto, within)
    shown = {(one.app, one.window, one.url) for one in found}
    here = {window for window in shown if (other := place_of(*window)) is not None and other.key == place.key}
    return [one for one in found if (one.app, one.window, one.url) in here]


def _look(one: Seen) -> Look:
    return Look(seq=one.seq, at=one.at, following=one.following)


def _sources(pen: Pen, made: Sequence[Visit]) -> list[Memory]:
    """A frame of each visit that may be learnt from, the first visit's and the latest ones'."""
    wanted = list(made) if len(made) <= SOURCES_AT_MOST else [made[0], *made[1 - SOURCES_AT_MOST :]]
    found = []
    for visit in wanted:
        middle = visit.looks[len(visit.looks) // 2]
        for look in dict.fromkeys((visit.looks[0], middle, visit.looks[-1])):
            kept = [memory for memory in memories.by_seq(pen.db, [look.seq]) if _believed(memory)]
            if kept:
                found += kept
                break
    return found


def _believed(memory: Memory) -> bool:
    return QUARANTINED not in memory.tags and not quarantined(memory) and memory.kind is not Kind.SECRET


def _title(frames: Sequence[Seen], place: Place) -> str:
    """What it was called most often; of those the latest."""
    called = [other.title for one in frames if (other := place_of(one.app, one.window, one.url)) is not None]
    counted = Counter(called)
    return max(enumerate(called), key=lambda each: (counted[each[1]], each[0]))[1] if called else place.title


def told(title: str, place: Place, made: Sequence[Visit], last: datetime) -> str:
    """The record in words."""
    where = place.address.partition("://")[2] if place.address else ""
    named = f"{title} ({where})" if where and where != title else title
    minutes = round(sum(visit.seconds for visit in made) / 60)
    long = "less than a minute" if minutes < 1 else "1 minute" if minutes == 1 else f"{minutes} minutes"
    if len(made) == 1:
        return f"{named}: opened once, {long}, on {_day(last.date())}."
    often = "twice" if len(made) == 2 else f"{len(made)} times"
    return f"{named}: opened {often}, {long} in all, last on {_day(last.date())}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
