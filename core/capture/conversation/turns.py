"""What all readers share: the time of turns that have none, and ids for formats without them."""

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.memory import Claim, Facet, Observation, Provenance

_WAITING = 1000
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Undated:
    """An observation whose `at` is only a place holder; a neighbour's time replaces it."""

    observation: Observation


Read = ReadOut | Undated


def dated(turns: Iterable[Read], context: ImportContext) -> Iterator[ReadOut]:
    """Every turn with a time: its own, the one before it in its conversation, else the one after.

    A conversation without any date takes the moment of import. Order within a conversation is kept.
    """
    last: OrderedDict[str, datetime] = OrderedDict()
    waiting: dict[str, list[Observation]] = {}
    held = 0
    for turn in turns:
        if isinstance(turn, Skipped | Notice):
            yield turn
            continue
        observation = turn.observation if isinstance(turn, Undated) else turn
        conversation = observation.provenance.conversation
        if isinstance(turn, Undated):
            if conversation in last:
                yield replace(observation, at=last[conversation], at_given=False)
                continue
            waiting.setdefault(conversation, []).append(observation)
            held += 1
            if held > _WAITING:
                yield from _release(waiting, context.now)
                held = 0
            continue
        early = waiting.pop(conversation, [])
        held -= len(early)
        yield from (replace(one, at=observation.at, at_given=False) for one in early)
        last[conversation] = observation.at
        last.move_to_end(conversation)
        if len(last) > _REMEMBERED:
            last.popitem(last=False)
        yield observation
    yield from _release(waiting, context.now)


def _release(waiting: dict[str, list[Observation]], at: datetime) -> Iterator[Observation]:
    for observations in waiting.values():
        yield from (replace(one, at=at, at_given=False) for one in observations)
    waiting.clear()


@dataclass(slots=True)
class StableIds:
    """Ids for turns that have none: the same file read again gives the same ids.

    Made of the conversation, who, when and what, and of how often the same has been met before (among the
    last 100,000), so that a longer version of the same file only adds what is new.
    """

    conversation: str
    _met: OrderedDict[bytes, int] = field(default_factory=OrderedDict)

    def next(self, *parts: str) -> str:
        """The id of the next turn made of these parts."""
        told = "\x1f".join((self.conversation, *parts)).encode("utf-8", "replace")
        digest = hashlib.sha256(told).digest()[:12]
        times = self._met.pop(digest, 0)
        self._met[digest] = times + 1
        if len(self._met) > _REMEMBERED:
            self._met.popitem(last=False)
        return f"{digest.hex()}-{times}"


def observed(
    text: str,
    at: datetime | None,
    provenance: Provenance,
    context: ImportContext,
    *,
    caption: str = "",
    called: Collection[str] = (),
) -> Observation | Undated:
    """A conversation's turn, waiting for a neighbour's time when `at` is None.

    `provenance.mine` is what the file itself says; whose it is by name is found here, by its speaker and by what
    else the speaker is `called`.
    """
    if (
        provenance.claim is Claim.SOURCE
        and not provenance.mine
        and any(context.is_named(name) for name in (provenance.speaker, *called))
    ):
        provenance = replace(provenance, mine=True, claim=Claim.NAMED)
    if not context.vouched:
        provenance = replace(provenance, mine=False, claim=Claim.UNVOUCHED if provenance.mine else Claim.LOOSE)
    turn = Observation(
        text=text,
        at=at or context.now,
        facet=Facet.TURN,
        provenance=provenance,
        caption=caption,
        at_given=at is not None,
    )
    return turn if at is not None else Undated(turn)
