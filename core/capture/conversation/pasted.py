"""Whether a text that was pasted is a conversation, and its turns; a note that only looks like one stays a note."""

from collections import Counter
from dataclasses import dataclass, replace
from io import BytesIO

from core.capture.conversation import formats, plain
from core.capture.conversation.copied import LEVELS
from core.capture.conversation.documents import HEAD
from core.capture.conversation.report import ImportContext, Notice, Skipped
from core.errors import BadInput
from core.memory import Facet, Observation

LONGEST = 20 * 2**20
"""Characters; what is longer is imported from a file."""
_SURE = 0.9
_LEAST = 3
"""Turns of two people, below which lines like "Name: text" are taken for a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A pasted conversation."""

    format: str
    turns: tuple[Observation, ...]
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()


def told_in(text: str, context: ImportContext) -> Told | None:
    """The conversation in this text; None when no format is sure that there is one.

    Its name is made of who speaks, so that what is pasted of the same people is one conversation.
    """
    data = text.strip().encode("utf-8", "replace")
    found = formats.known(data[:HEAD], "") if len(text) <= LONGEST else None
    if found is None or (found[1] < _SURE and found[0].name != plain.NAME):
        return None
    turns: list[Observation] = []
    skipped: list[Skipped] = []
    notices: list[str] = []
    try:
        for one in found[0].read(BytesIO(data), replace(context, name="Pasted")):
            if isinstance(one, Skipped):
                skipped.append(one)
            elif isinstance(one, Notice):
                notices.append(one.sentence)
            else:
                turns.append(one)
    except BadInput:
        return None
    if not turns or any(one.facet is not Facet.TURN for one in turns):
        return None
    speakers = Counter(one.provenance.speaker for one in turns)
    if found[0].name == plain.NAME and (skipped or len(turns) < _LEAST or not _is_talk(speakers)):
        return None
    named = f"Pasted: {', '.join(sorted(speakers)[:4])}"
    turns = [_called(one, named) if "Pasted" in one.provenance.conversation else one for one in turns]
    return Told(format=found[0].name, turns=tuple(turns), skipped=tuple(skipped), notices=tuple(notices))


def _is_talk(speakers: Counter[str]) -> bool:
    """Whether two or more speak, and somebody more than once."""
    people = {name.casefold() for name in speakers} - LEVELS
    return len(people) >= 2 and speakers.most_common(1)[0][1] >= 2


def _called(turn: Observation, name: str) -> Observation:
    window = name if turn.provenance.window == "Pasted" else turn.provenance.window
    return replace(turn, provenance=replace(turn.provenance, conversation=name, window=window))
