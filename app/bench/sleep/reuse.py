"""A made year: what is said each day, and which of it is needed on which day, by laws measured on people.

Worth is Zipf's (few are needed often, most never). The odds of need fall as a power of the days since each use, and a
use that comes close on another one fades sooner (Anderson and Schooler 1991; Pavlik and Anderson 2005, whose
c = 0.217 and a = 0.177 these are). Nothing of Mneme is in it: neither its curve nor its order of offering.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

_SEED = 20_260_105
_SAID_A_DAY, _NEEDED_A_DAY = 5, 6
_CROWDED, _LEAST = 0.217, 0.177
_SLOWEST = 0.95
LONGEST_DAYS = 490
"""There are no more things to speak of."""
_LOOKS = "amber azure brass copper cracked crimson dented faded folded golden green grey heavy ivory knitted lacquered"
_LOOKS += " marbled narrow orange painted patched pewter polished purple rusty scarlet silver slender spotted striped"
_LOOKS += " tarnished teal tiny violet wicker woollen wooden wrinkled yellow zinc"
_THINGS = "abacus album anchor atlas banjo barometer basket bellows binoculars bobbin bowl bucket buckle cabinet candle"
_THINGS += (
    " canvas chisel clarinet compass cradle crate drum easel fiddle flask funnel goblet hammock hatbox jug kettle"
)
_THINGS += " kite ladder lantern ledger lens loom mallet mirror monocle oar parasol pitcher pulley quilt rake saddle"
_THINGS += " satchel saw scale sextant shears sledge spindle stencil stool tankard telescope thimble trowel trunk vase"
_PLACES = "attic barn bakery boathouse cellar chapel clinic garage greenhouse harbour hostel kiosk library loft market"
_PLACES += " mill museum orchard pantry quarry rectory school stable station studio theatre tower workshop"
_WAYS = (
    "Ilse took the {look} {thing} over to the {place} this morning and left it by the door",
    "By the way, that {look} {thing} you asked about is with Joram at the {place} until further notice",
    "They finally repaired the {look} {thing}; it hangs on the wall of the {place} again",
    "For the inventory: one {look} {thing}, seen at the {place}, in fair condition",
    "Could somebody tell Petra that her {look} {thing} has turned up in the {place}?",
    "I would rather not lend out the {look} {thing} again, it belongs in the {place}",
    "Somebody swapped the {look} {thing} for a cheaper one when the {place} was cleared",
    "We measured the {look} {thing} twice and it only just fits through the window of the {place}",
    "The auctioneer thinks the {look} {thing} from the {place} is older than the house itself",
    "Nobody knows who painted the {look} {thing}, but the {place} has had it for ages",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that is kept, and the question that finds it."""

    number: int
    day: int
    text: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is said on a day, and the numbers of what was said before and is needed on it, in their order."""

    number: int
    said: tuple[Said, ...]
    needed: tuple[int, ...]


def year(days: int) -> Iterator[Day]:
    """Day after day, the same each time."""
    random = np.random.default_rng(_SEED)
    total = days * _SAID_A_DAY
    worth = random.permutation(1.0 / np.arange(1, total + 1))
    texts = list(islice(_texts(random), total))
    used = np.zeros(0, dtype=np.int64)
    when, pace = np.zeros(0), np.zeros(0)
    for day in range(days):
        first = day * _SAID_A_DAY
        odds = np.zeros(first)
        np.add.at(odds, used, np.maximum(day - when, 1.0) ** -pace)
        chances = odds * worth[:first]
        count = min(first, max(1, int(random.poisson(_NEEDED_A_DAY)))) if first else 0
        needed = random.choice(first, count, replace=False, p=chances / chances.sum()) if count else np.zeros(0, int)
        new = np.arange(first, first + _SAID_A_DAY)
        crowded = np.minimum(_CROWDED * odds[needed] + _LEAST, _SLOWEST)
        used = np.concatenate([used, needed, new])
        when = np.concatenate([when, np.full(len(needed) + len(new), float(day))])
        pace = np.concatenate([pace, crowded, np.full(len(new), 0.5)])
        said = tuple(
            Said(number=int(number), day=day, text=texts[number][0], question=texts[number][1]) for number in new
        )
        yield Day(number=day, said=said, needed=tuple(int(number) for number in needed))


def _texts(random: np.random.Generator) -> Iterator[tuple[str, str]]:
    pairs = list(product(_LOOKS.split(), _THINGS.split()))
    places = _PLACES.split()
    for number, at in enumerate(random.permutation(len(pairs))):
        look, thing = pairs[int(at)]
        way = _WAYS[number % len(_WAYS)].format(look=look, thing=thing, place=places[int(random.integers(len(places)))])
        yield way if way.endswith("?") else f"{way}.", f"Where is the {look} {thing}?"
