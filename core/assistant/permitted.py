"""What another reader may be given: every memory is looked at for itself just before it is handed over."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlite_utils import Database

from core.assistant.about import EVERYTHING
from core.capture.sensitivity import sensitivities_of
from core.consolidate.filter import quarantined
from core.memory import LEAVING, OWN_OUTPUT, Kind, Memory, MemoryId, Sensitivity
from core.store import memories
from core.store.clients import Scope
from core.store.vault import Vault

_BESIDE = 2
"""Turns before and after: "What did the doctor say?" tells what "It has spread" is about."""
_WITHIN = timedelta(minutes=10)
_DEEPEST = 4
"""A topic rests on summaries, these on facts, these on what was said."""

Tells = Callable[[str, str], frozenset[Sensitivity]]
"""What a text in a language (ISO 639-1 or "") is about by its meaning."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """Whether a memory lies within a scope. For one request: what it has looked at it does not look at again.

    A memory speaks of what its label says, of what its words and its meaning say now, of what was said just before
    and after it, and of all that its sources speak of in the same way. Where one of these is not in the scope, or its
    meaning cannot be told, it is held back. Secrets, what the app itself said or was asked, what is to be forgotten and
    what reads like an order to an assistant are given to nobody.
    """

    vault: Vault
    scope: Scope
    tells: Tells
    _seen: dict[MemoryId, bool] = field(default_factory=dict)

    def __call__(self, memory: Memory) -> bool:
        """Raises Locked."""
        found = self._seen.get(memory.id)
        if found is None:
            with self.vault.read() as db:
                found = self._within(db, memory)
            found = self._seen[memory.id] = found and self._meant(memory)
        return found

    def all(self, ids: Iterable[MemoryId]) -> bool:
        """Whether all of these are here and within the scope."""
        wanted = list(dict.fromkeys(ids))
        with self.vault.read() as db:
            found = memories.many(db, wanted)
        return len(found) == len(wanted) and all(self(memory) for memory in found)

    def _within(self, db: Database, memory: Memory) -> bool:
        if memory.kind is Kind.SECRET or memory.kind not in self.scope.kinds:
            return False
        if memory.facet in OWN_OUTPUT or memory.state in LEAVING or quarantined(memory):
            return False
        if any(one.kind is Kind.SECRET for one in _sources(db, memory)):
            return False
        return speaks_of(db, memory) <= self.scope.sensitivities

    def _meant(self, memory: Memory) -> bool:
        if self.scope.sensitivities >= EVERYTHING:
            return True
        return self.tells(f"{memory.text}\n{memory.caption}", memory.language) <= self.scope.sensitivities


def speaks_of(db: Database, memory: Memory) -> frozenset[Sensitivity]:
    """All that a memory is about by its words, its label, its company and its sources."""
    found = _of_itself(memory)
    for one in _beside(db, memory):
        found |= _of_itself(one)
    for source in _sources(db, memory):
        found |= _of_itself(source)
        for one in _beside(db, source):
            found |= _of_itself(one)
    return found


def _sources(db: Database, memory: Memory) -> Iterator[Memory]:
    """What it was derived from, and what that was."""
    sources = memory.sources
    for _ in range(_DEEPEST):
        below = memories.many(db, list(dict.fromkeys(sources))) if sources else []
        yield from below
        sources = tuple(id for one in below for id in one.sources)


def _of_itself(memory: Memory) -> frozenset[Sensitivity]:
    origin = memory.provenance
    around = (origin.window, origin.url, origin.app, origin.conversation, origin.speaker, origin.addressee)
    fact = () if memory.fact is None else (memory.fact.subject, memory.fact.attribute, memory.fact.value)
    return (sensitivities_of(memory.text, memory.caption, *around, *fact) | {memory.sensitivity}) - {Sensitivity.NONE}


def _beside(db: Database, memory: Memory) -> list[Memory]:
    if not memory.provenance.conversation or not memory.observed:
        return []
    window = memories.conversation_window(db, memory, _BESIDE, _BESIDE)
    return [one for one in window if one.id != memory.id and abs(one.at - memory.at) <= _WITHIN]
