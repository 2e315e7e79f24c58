"""What an answer took of memory and disk, as the engine told it when it was done; in figures and as a sentence."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError

from core.inference.frames import Header, Json
from core.inference.stream.plan import Way

_TELLING = 8
"""Tokens behind the first from which on an answer says what one takes."""
_MB, _GB = 2**20, 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Bytes; what is told for a token holds for those behind the first: the prompt is read in other ways."""

    way: Way
    weight_bytes: int
    stays_bytes: int
    """Of the weights, what stays in memory or is kept there until something else is needed more."""
    locked_bytes: int
    """Of that, what cannot be written to the swap."""
    most_bytes: int
    """The most that the engine was seen to hold; 0 where no process is told that."""
    direct: bool
    """Whether the weights were read past the system's cache, which would keep a second copy of them."""
    read_bytes_per_token: float
    mean_read_bytes: float
    waited: float
    """Of the time, the share in which computing waited for the disk."""
    there: float | None
    """Of the experts or neurons that were chosen, the share that was there or on its way; None where none are."""
    tokens_per_sweep: float
    """Tokens for each time that the weights were gone through: more than 1 where drafts held."""
    drafted: int
    """Tokens that were guessed beforehand; those that were right had no sweep of their own."""
    accepted: int

    def as_json(self) -> dict[str, Json]:
        """For the vault, and for a machine to read."""
        return asdict(self) | {"way": self.way.value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Json]) -> "Spent | None":
        """What `as_json` gave; None for what another version kept."""
        try:
            return _KEPT.validate_python(kept)
        except ValidationError:
            return None

    @property
    def sentence(self) -> str:
        """For the person: where the weights were, what was read, how long was waited for it."""
        held = f" The engine held {_size(self.most_bytes)} at most." if self.most_bytes else ""
        whole = _size(self.weight_bytes)
        if self.way is Way.FITS:
            return f"All {whole} of it were in memory.{held}"
        if self.way is Way.MAPPED:
            return f"The system kept what it could of {whole} in memory.{held}"
        locked = f" ({_size(self.locked_bytes)} of it kept out of the swap)" if self.locked_bytes >= _MB else ""
        chosen = "" if self.there is None else f" {self.there:.0%} of what a token chose was there or on its way."
        through = "" if self.direct else " through the system's cache (this file system knows no other way)"
        return (
            f"Streamed: {_of(self.stays_bytes, self.weight_bytes)} stayed in memory{locked}, "
            f"{_size(self.read_bytes_per_token)} were read for each token{through}, "
            f"{self.waited:.0%} of the time was waiting for the disk.{chosen}{held}"
        )


_KEPT = TypeAdapter(Spent)


def spent_of(told: Header, *, tokens: int, seconds: float) -> Spent | None:
    """What the engine told with the end of an answer of `tokens` behind the first, written in so many seconds.

    None for an answer too short to tell, and where nothing was told.
    """
    held, writing = told.get("held"), told.get("writing")
    if tokens < _TELLING or seconds <= 0 or not isinstance(held, Mapping) or not isinstance(writing, Mapping):
        return None

    def total(name: str) -> float:
        value = writing.get(name)
        return float(value) if isinstance(value, (int, float)) else 0.0

    def held_bytes(name: str) -> int:
        value = held.get(name)
        return value if isinstance(value, int) else 0

    chosen = total("hits") + total("misses")
    return Spent(
        way=Way(str(held.get("way"))),
        weight_bytes=held_bytes("weights"),
        stays_bytes=held_bytes("stays"),
        locked_bytes=held_bytes("locked"),
        most_bytes=held_bytes("most"),
        direct=held.get("direct") is not False,
        read_bytes_per_token=total("read_bytes") / tokens,
        mean_read_bytes=total("read_bytes") / max(total("reads"), 1.0),
        waited=min(total("wait_s") / seconds, 1.0),
        there=(total("hits") + total("early")) / chosen if chosen else None,
        tokens_per_sweep=tokens / max(total("writing_sweeps"), 1.0),
        drafted=round(total("drafted")),
        accepted=round(total("accepted")),
    )


def _of(part: float, whole: float) -> str:
    """Both in the unit of the whole: 0.8 of 1.7 GB."""
    if whole >= _GB:
        return f"{part / _GB:.1f} of {whole / _GB:.1f} GB"
    return f"{part / _MB:.0f} of {whole / _MB:.0f} MB"


def _size(size: float) -> str:
    if size >= _GB:
        return f"{size / _GB:.1f} GB"
    return f"{size / _MB:.0f} MB" if size >= 10 * _MB else f"{size / _MB:.1f} MB"
