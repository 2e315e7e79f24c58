"""The lines of the next request: what is worth reading, episode by episode, from where the last request ended."""

from collections.abc import Collection, Generator
from dataclasses import dataclass, replace

from core.consolidate.facts import ME
from core.consolidate.task import Looking
from core.consolidate.thinking.worth import Worth, own, worth
from core.dates.shown import shown
from core.dates.words import WEEKDAYS
from core.errors import Interrupted
from core.inference.channels import neutral
from core.memory import Memory
from core.store import tonight

AT_MOST = 120
"""Lines of one request: what a small model can still keep apart by their marks."""
_LOOK, _AT_ONCE = 500, 20
"""Observations fetched at once, and looked at between two yields."""
_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a night's thinking is: the episode by its first observation, the last one read, what it has cost."""

    first: int = 0
    seq: int = 0
    tokens: int = 0
    seconds: int = 0
    begin: int = 0
    upto: int = 0
    """The older stretch that is being read; 0: what is new tonight."""

    def written(self) -> str:
        """As a stage's cursor."""
        return f"{self.first},{self.seq},{self.tokens},{self.seconds},{self.begin},{self.upto}"

    def at(self, first: int, seq: int) -> "Place":
        """The same behind another observation."""
        return replace(self, first=first, seq=seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One observation as a model is given it."""

    worth: Worth
    heading: str
    """Day and people; written where it differs from the line before."""
    text: str
    first: int
    """The first observation of its episode."""

    @property
    def memory(self) -> Memory:
        """The observation."""
        return self.worth.memory


def place(cursor: str) -> Place:
    """Where a cursor stands."""
    if not cursor:
        return Place()
    first, seq, tokens, seconds, begin, upto = (int(part) for part in cursor.split(","))
    return Place(first=first, seq=seq, tokens=tokens, seconds=seconds, begin=begin, upto=upto)


def gathered(
    looking: Looking, at: Place, names: Collection[str], most_bytes: int
) -> Generator[None, None, tuple[list[Line], Place]]:
    """The next lines of about `most_bytes` together, and the place up to which observations were looked at.

    Yields between looks at the store. No lines: nothing more to read tonight.
    """
    lines: list[Line] = []
    size = 0
    first, seq = at.first, at.seq
    while True:
        yield
        try:
            with looking.read() as db:
                upto = at.upto or looking.task.upto
                found = tonight.by_episode(db, first, seq, upto, _LOOK, begin=at.begin)
        except Interrupted:
            continue
        for number, (begins, memory) in enumerate(found, start=1):
            if not number % _AT_ONCE:
                yield
            told = worth(memory, names)
            if told is not None:
                line = _line(told, begins)
                size += len(line.text.encode("utf-8", "replace"))
                if lines and (size > most_bytes or len(lines) == AT_MOST):
                    return lines, at.at(first, seq)
                lines.append(line)
            first, seq = begins, memory.seq
        if not found:
            return lines, at.at(first, seq)


def _line(told: Worth, first: int) -> Line:
    memory = told.memory
    at = memory.at.date()
    people = neutral(memory.provenance.conversation, longest=_NAME)
    return Line(
        worth=told,
        heading=f"{WEEKDAYS[at.weekday()]}, {shown(at)}" + (f", {people}" if people else ""),
        text=f"{speaker(memory)}: {neutral(told.text)}",
        first=first,
    )


def speaker(memory: Memory) -> str:
    """Who said it, as a model is told; "me" is the person."""
    return ME if own(memory) else neutral(memory.provenance.speaker, longest=_NAME)
