"""What the window knows of other assistants: who asks to read, who may read what, and each time one asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from core.memory import Kind, Selection, Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """One time that another assistant asked: never what it asked."""

    at: datetime
    client: str
    tool: str
    given: int
    """How many memories it was given."""
    held_back: int = 0
    """How many bore on it and were not given."""
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingScope:
    """What an assistant may do."""

    kinds: frozenset[Kind]
    sensitivities: frozenset[Sensitivity]
    """Beside what is about nothing private."""
    may_write: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantLine:
    """Another assistant, by the name that it gives itself."""

    name: str
    standing: Literal["asks", "allowed", "denied"]
    scope: ReadingScope
    """What it may do; where it is not allowed, what is proposed."""
    keyed: bool
    last_asked: datetime
    asked: int
    given: int
    held_back: int
    refused: int
    notes: Selection
    """What it wrote."""


class OtherAssistants(Protocol):
    """Who else may read, decided by the person. All may block, and raise Problem."""

    def listed(self) -> Sequence[AssistantLine]:
        """Those that wait for the person's word first."""
        ...

    def accesses(self) -> Sequence[AccessLine]:
        """What they asked for, newest first."""
        ...

    def allow(self, name: str, scope: ReadingScope) -> None:
        """Let it read within a scope."""
        ...

    def deny(self, name: str) -> None:
        """Refuse it from now on."""
        ...

    def forget(self, name: str) -> None:
        """Know nothing of it: it asks anew when it comes back."""
        ...
