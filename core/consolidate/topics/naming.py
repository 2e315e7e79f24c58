"""What a topic is called: two or three words or names that its episodes share, each of them said in one of them."""

from collections.abc import Collection, Sequence

from core.consolidate.subjects import Spread, people_of, subjects
from core.memory import Memory

WORDS = 3
_TRIED = 12
_SHARED = 1.5
"""A word of half of the episodes names them better than a rare one of two."""


def title(
    sources: Sequence[Memory], *, spread: Spread, of: int, without: Collection[str] = (), most: int = WORDS
) -> str:
    """Like "Kiln, Marsh Lane, mugs". `sources`: what stands for its episodes; `without`: words of the topic above.

    Words of several episodes come first. Where nothing tells it from others, the people or the place name it.
    """
    found = subjects(
        sources,
        spread=spread,
        of=of,
        people=people_of(sources),
        most=_TRIED,
        part=lambda memory: memory.episode,
        shared=_SHARED,
    )
    taken = {word.casefold() for word in without}
    fresh = [word for word in found if word.casefold() not in taken]
    chosen = (fresh if len(fresh) >= 2 else list(found))[:most]
    return begun(", ".join(chosen)) if chosen else _place(sources)


def _place(sources: Sequence[Memory]) -> str:
    people = dict.fromkeys(
        name
        for memory in sources
        for name in ("" if memory.provenance.mine else memory.provenance.speaker, memory.provenance.addressee)
        if name and name != "me"
    )
    origin = sources[0].provenance
    return " and ".join(list(people)[:2]) or origin.app or origin.conversation or "Notes"


def begun(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def still_fits(old: str, new: str) -> bool:
    """Whether a title need not be another one: at least half of its words are still among those it would have now."""
    words = [word.strip().casefold() for word in old.split(",")]
    now = {word.strip().casefold() for word in new.split(",")}
    return sum(word in now for word in words) * 2 >= len(words)
