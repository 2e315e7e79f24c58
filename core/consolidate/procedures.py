"""The steps that learn how things are done: what someone wrote down, and what the person does again and again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.consolidate.filter import READ_AT_MOST, learnable, quarantined
from core.consolidate.gathering import by_hand
from core.consolidate.howtos import HowTo, how_to
from core.consolidate.journal import SOURCES
from core.consolidate.labels import most_private
from core.consolidate.occasions import occasions
from core.consolidate.places import bare_title, step_of
from core.consolidate.placing import STALE, derived_provenance
from core.consolidate.routines import LONGEST, Doing, Routine, routines
from core.consolidate.sentences import instruction_shaped
from core.consolidate.task import Pen
from core.memory import Channel, Draft, Facet, Kind, Memory, MemoryId, Provenance
from core.store import memories, seen, tonight
from core.store.envelope import moment, offset_of
from core.store.seen import Seen

CHUNK = 250
DAYS, FRAMES = 90.0, 100_000
"""Routines are looked for in the frames of so many days, the latest ones."""
_DOINGS = 20_000
_STAY = 300.0
_MANY_SOURCES = 30
_BETWEEN = " › "


def read(pen: Pen, cursor: str) -> str | None:
    """Read the next observations for how-tos; one that is no longer told goes."""
    found = tonight.captured(pen.db, int(cursor or 0), pen.task.upto, CHUNK)
    for memory in sorted(found, key=lambda memory: (memory.at, memory.seq)):
        told = _told(memory)
        for old in seen.written_in(pen.db, memory.id):
            if told is None or old.text != told.text:
                _withdraw(pen, old, memory.id)
        if told is not None:
            _keep(pen, memory, told)
    return str(found[-1].seq) if found else None


def _told(memory: Memory) -> HowTo | None:
    if memory.facet is Facet.QUESTION or not learnable(memory) or quarantined(memory) or memory.folded_into is not None:
        return None
    heading = bare_title(memory.provenance.app, memory.provenance.window)
    return how_to(memory.text[:READ_AT_MOST], heading, memory.language)


def _withdraw(pen: Pen, old: Memory, source: MemoryId) -> None:
    if by_hand(pen, old):
        return
    rest = [id for id in old.sources if id != source]
    if rest:
        pen.update(old.id, {SOURCES: rest, "tags": _fresh(old)}, "One of its sources no longer says so.", [source])
    else:
        pen.delete(old.id, "Its source no longer says so.")


def _keep(pen: Pen, memory: Memory, told: HowTo) -> None:
    draft = Draft(
        text=told.text,
        at=memory.at,
        at_given=memory.at_given,
        facet=Facet.PROCEDURE,
        kind=Kind.PROCEDURAL,
        provenance=derived_provenance(memory),
        language=memory.language,
        importance=max(memory.importance, 1.0),
        trust=memory.trust,
        sensitivity=memory.sensitivity,
        sources=(memory.id,),
        reason="Steps that someone wrote down, in their words.",
    )
    known = seen.known_by(pen.db, pen.task.keys.of(draft))
    if known is not None:
        if memory.id in known.sources:
            pen.update(known.id, {"tags": _fresh(known)}, "Its source still says so.", [memory.id])
        elif memory.trust >= known.trust and len(known.sources) < _MANY_SOURCES:
            pen.update(known.id, {SOURCES: [*known.sources, memory.id]}, "Written again.", [memory.id])
        return
    draft = replace(draft, stability_days=pen.task.hold(draft))
    if pen.add(draft, draft.reason) is not None:
        pen.count("procedures")


def _fresh(memory: Memory) -> tuple[str, ...]:
    return tuple(tag for tag in memory.tags if tag != STALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A routine, and what each of its windows was called last."""

    routine: Routine
    names: tuple[str, ...]
    sources: tuple[Memory, ...]

    @property
    def key(self) -> str:
        return _BETWEEN.join(self.routine.steps)


def mine(pen: Pen, cursor: str) -> str | None:
    """Look for routines in the last weeks, in one step; what was known is brought up to date."""
    if cursor or not seen.any_tonight(pen.db, pen.task.upto):
        return None
    frames = seen.stretch(pen.db, DAYS, pen.task.upto, FRAMES)
    by_seq = {frame.seq: frame for frame in frames}
    known = seen.routines(pen.db)
    for routine in routines(doings(frames)[-_DOINGS:]):
        way = _way(pen, routine, by_seq)
        if way is not None:
            old = _known_as(way, known)
            known = [one for one in known if one is not old]
            _write(pen, way, old, by_seq)
    return "mined"


def doings(frames: Sequence[Seen]) -> list[Doing]:
    """Frames in time order as what was looked at, one after the other."""
    made: list[Doing] = []
    for group in _alike(frames):
        first, last = group[0], group[-1]
        made.append(
            Doing(
                what=_what(first),
                at=first.at,
                ends=last.at,
                seqs=tuple(frame.seq for frame in (first, last)),
                day=moment(first.at, first.at_offset).toordinal(),
            )
        )
    return made


def _alike(frames: Sequence[Seen]) -> Iterator[list[Seen]]:
    group: list[Seen] = []
    for frame in frames:
        if group and (_what(frame) != _what(group[-1]) or frame.at - group[-1].at > _STAY):
            yield group
            group = []
        group.append(frame)
    if group:
        yield group


def _what(frame: Seen) -> str:
    return f"{frame.app.casefold()}: {step_of(frame.app, frame.window)}"


def _way(pen: Pen, routine: Routine, frames: dict[int, Seen]) -> _Way | None:
    last = [frames[doing.seqs[0]] for doing in routine.occasions[-1]]
    names = tuple(_named(frame) for frame in last)
    if instruction_shaped("\n".join(names)):
        return None
    sources = _sources(pen, routine)
    return _Way(routine=routine, names=names, sources=sources) if sources else None


def _named(frame: Seen) -> str:
    title = bare_title(frame.app, frame.window)
    return f"{title} ({frame.app})" if frame.app and frame.app.casefold() != title.casefold() else title


def _sources(pen: Pen, routine: Routine) -> tuple[Memory, ...]:
    """The frames of the latest occasions; none when one of its windows may not be learnt from."""
    wanted: list[int] = []
    for occasion in reversed(routine.occasions):
        seqs = [doing.seqs[0] for doing in occasion[:LONGEST]]
        if len(wanted) + len(seqs) > _MANY_SOURCES:
            break
        wanted += seqs
    found = memories.by_seq(pen.db, wanted)
    allowed = [one for one in found if not quarantined(one) and one.kind is not Kind.SECRET]
    return tuple(allowed) if len(allowed) == len(wanted) else ()


def _known_as(way: _Way, known: Sequence[Memory]) -> Memory | None:
    """The record of the same routine, though it may have had a step more or less."""

    def shared(one: Memory) -> float:
        had, has = set(one.provenance.window.split(_BETWEEN)), set(way.routine.steps)
        return len(had & has) / min(len(had), len(has))

    best = max(known, key=lambda one: (shared(one), -one.seq), default=None)
    return best if best is not None and shared(best) > 0.5 else None


def _write(pen: Pen, way: _Way, old: Memory | None, frames: dict[int, Seen]) -> None:
    draft = _draft(pen, way, frames)
    if old is None:
        if pen.add(draft, draft.reason) is not None:
            pen.count("procedures")
        return
    if by_hand(pen, old):
        return
    changed: dict[str, object] = {
        "text": draft.text,
        SOURCES: list(draft.sources),
        "at": draft.at,
        "at_offset": offset_of(draft.at),
        "trust": int(draft.trust),
        "sensitivity": draft.sensitivity,
        "valid_from": draft.valid_from,
        "tags": _fresh(old),
    }
    pen.update(old.id, changed, "It was done again.", draft.sources)


def _draft(pen: Pen, way: _Way, frames: dict[int, Seen]) -> Draft:
    begun = [frames[occasion[0].seqs[0]] for occasion in way.routine.occasions]
    times = [moment(frame.at, frame.at_offset) for frame in begun]
    apps = {frames[doing.seqs[0]].app for doing in way.routine.occasions[-1]}
    steps = "\n".join(f"{number}. {name}" for number, name in enumerate(way.names, 1))
    draft = Draft(
        text=f"{occasions(times)}:\n{steps}",
        at=times[-1],
        facet=Facet.PROCEDURE,
        kind=Kind.PROCEDURAL,
        provenance=Provenance(channel=Channel.SLEEP, app=apps.pop() if len(apps) == 1 else "", window=way.key),
        language=way.sources[0].language,
        trust=min(memory.trust for memory in way.sources),
        sensitivity=most_private(memory.sensitivity for memory in way.sources),
        sources=tuple(memory.id for memory in way.sources),
        valid_from=times[0],
        reason="The same windows in the same order, on several occasions.",
    )
    return replace(draft, stability_days=pen.task.hold(draft))
