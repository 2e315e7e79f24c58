"""A day laid out in rows, weeks laid out as heat, and the words to mark in a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.memory import Channel, Day, Episode, Gap, Memory, WordBox

WEEKS = 38
LEVELS = 5


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """What belonged together."""

    episode: Episode
    members: tuple[Memory, ...]
    unrecorded: timedelta = timedelta()
    """How much of its time was not recorded."""

    @property
    def begins(self) -> datetime:
        """When it began."""
        return self.episode.begins

    @property
    def ends(self) -> datetime:
        """When it ended."""
        return self.episode.ends

    @property
    def frames(self) -> tuple[Memory, ...]:
        """Those of it that have a picture."""
        return tuple(one for one in self.members if one.picture)


@dataclass(frozen=True, slots=True)
class GapRow:
    """A time without a record."""

    gap: Gap

    @property
    def begins(self) -> datetime:
        """When it began."""
        return self.gap.begins


@dataclass(frozen=True, slots=True)
class LooseRow:
    """What came from one place in one go and belongs to no episode yet."""

    members: tuple[Memory, ...]
    unrecorded: timedelta = timedelta()
    """How much of its time was not recorded."""

    @property
    def begins(self) -> datetime:
        """When the first of it came."""
        return self.members[0].at

    @property
    def ends(self) -> datetime:
        """When the last of it came."""
        return self.members[-1].at

    @property
    def frames(self) -> tuple[Memory, ...]:
        """Those of it that have a picture."""
        return tuple(one for one in self.members if one.picture)


Row = EpisodeRow | GapRow | LooseRow

_TOGETHER = timedelta(minutes=20)


def unrecorded(gaps: Sequence[Gap], begins: datetime, ends: datetime) -> timedelta:
    """How much of a time lies in gaps; where gaps lie over each other it counts once."""
    missing, until = timedelta(), begins
    for gap in sorted(gaps, key=lambda one: one.begins):
        first, last = max(gap.begins, until), min(gap.ends, ends)
        if last > first:
            missing += last - first
            until = last
    return missing


def _seen_less(row: EpisodeRow | LooseRow, gaps: Sequence[Gap]) -> EpisodeRow | LooseRow:
    """The same with what of its time was not recorded, where it came from the screen."""
    if any(one.provenance.channel is Channel.SCREEN for one in row.members):
        return replace(row, unrecorded=unrecorded(gaps, row.begins, row.ends))
    return row


def lay_out(day: Day) -> list[Row]:
    """The day's rows in the order of time; every observation stands in exactly one of them."""
    rows: list[Row] = [GapRow(gap) for gap in day.gaps]
    rows += [EpisodeRow(episode, day.members.get(episode.id, ())) for episode in day.episodes]
    by_place: dict[tuple[str, str], list[Memory]] = {}
    for memory in sorted(day.loose, key=lambda one: (one.at, one.seq)):
        place = (memory.provenance.conversation, memory.provenance.app)
        run = by_place.setdefault(place, [])
        if run and memory.at - run[-1].at > _TOGETHER:
            rows.append(LooseRow(tuple(run)))
            run.clear()
        run.append(memory)
    rows += [LooseRow(tuple(run)) for run in by_place.values() if run]
    with_gaps = [row if isinstance(row, GapRow) else _seen_less(row, day.gaps) for row in rows]
    return sorted(with_gaps, key=lambda row: row.begins)


def frames(day: Day) -> list[Memory]:
    """All that has a picture, in the order of time."""
    every = [*day.loose, *(one for members in day.members.values() for one in members)]
    return sorted((one for one in every if one.picture), key=lambda one: (one.at, one.seq))


def heat_span(today: date) -> tuple[date, date]:
    """The first Monday and the last day of the map."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=WEEKS - 1), today


def heat_levels(counts: Mapping[date, int]) -> dict[date, int]:
    """How much there is on each day as 0 (nothing) .. 4 (among the fullest fifth), by rank, not by amount."""
    full = sorted(count for count in counts.values() if count > 0)
    levels = {}
    for day, count in counts.items():
        if count <= 0:
            levels[day] = 0
            continue
        rank = sum(1 for other in full if other <= count) / len(full)
        levels[day] = min(LEVELS - 1, 1 + int(rank * (LEVELS - 1) - 1e-9))
    return levels


def marked(boxes: Sequence[WordBox], query: str) -> list[WordBox]:
    """The words in a picture that a search for `query` found."""
    wanted = [word for word in query.casefold().split() if len(word) > 1 or word.isdigit()]
    return [box for box in boxes if any(word in box.text.casefold() for word in wanted)]


def hours(day: Day, on: date) -> tuple[int, int]:
    """The first and last hour worth drawing."""
    spans: list[Episode | Gap] = [*day.episodes, *day.gaps]
    begins = [span.begins for span in spans] + [one.at for one in day.loose]
    ends = [span.ends for span in spans] + [one.at for one in day.loose]
    if not begins:
        return 8, 18
    last = max(ends)
    to = 24 if last.date() > on else min(24, last.hour + 1)
    first = 0 if min(begins).date() < on else min(begins).hour
    return min(first, 8), max(to, 18)
